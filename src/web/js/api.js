// Requests. Addresses are relative to the page, so that any prefix will do.

import { setClock } from './format.js';

export class Failure extends Error {
    // status 0: no answer came
    constructor(status, detail, retryAfter) {
        super(typeof detail === 'string' ? detail : 'Some fields are not right');
        this.status = status;
        this.retryAfter = retryAfter;
        this.fields = Array.isArray(detail) ? detail : [];
    }

    // {field: sentence}, and '' for what is of no field
    byField() {
        const found = {};

        for (const problem of this.fields) {
            const name = problem.loc && problem.loc.length > 1
                ? String(problem.loc[problem.loc.length - 1]) : '';

            found[name] = found[name] ? `${found[name]}; ${problem.msg}` : problem.msg;
        }
        return found;
    }
}

export async function call(path, { method = 'GET', body, headers = {} } = {}) {
    const options = { method, headers: { Accept: 'application/json', ...headers } };

    if (method === 'GET') {
        // the browser asks with If-None-Match and shows a 304 as what it has
        options.cache = 'no-cache';
    }
    if (body !== undefined) {
        options.headers['Content-Type'] = 'application/json';
        options.body = JSON.stringify(body);
    }
    options.signal = timeout(40000);

    let answer;
    let data = null;

    try {
        answer = await fetch(path, options);
        data = await answer.json().catch(() => null);
    } catch (error) {
        throw new Failure(0, 'No answer came');
    }

    setClock(answer.headers.get('Date'));

    if (!answer.ok || data === null) {
        throw new Failure(answer.ok ? 502 : answer.status,
            (data && data.detail) || `Error ${answer.status}`,
            Number(answer.headers.get('Retry-After')) || 0);
    }

    return { data, sample: answer.headers.get('Finance-Market') === 'sample' };
}

function timeout(ms) {
    const control = new AbortController();

    setTimeout(() => control.abort(), ms);
    return control.signal;
}

export const stockPath = (ticker, rest = '') =>
    `stocks/${encodeURIComponent(ticker)}${rest}`;

export const watch = ticker => call('watchlist', { method: 'POST', body: { ticker } });

export const unwatch = ticker =>
    call(`watchlist/${encodeURIComponent(ticker)}`, { method: 'DELETE' });

export const createPosition = (body, key) => call('positions',
    { method: 'POST', body, headers: { 'Idempotency-Key': key } });

export const replacePosition = (id, version, body) => call(`positions/${id}`,
    { method: 'PUT', body, headers: { 'If-Match': `"${version}"` } });

export const removePosition = (id, version) => call(`positions/${id}`,
    { method: 'DELETE', headers: { 'If-Match': `"${version}"` } });

export const getPosition = id => call(`positions/${id}`);

// A name for one create, so that a retry does not make a second. Plain http
// has no randomUUID().
export function newKey() {
    if (crypto.randomUUID) {
        return crypto.randomUUID();
    }
    return [...crypto.getRandomValues(new Uint8Array(16))]
        .map(byte => byte.toString(16).padStart(2, '0')).join('');
}

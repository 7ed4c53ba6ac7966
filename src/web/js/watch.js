// Tickers: one more, one less.

import { unwatch, watch } from './api.js';
import { $, say } from './dom.js';
import { confirm } from './form.js';
import { refresh } from './state.js';

function problem(text) {
    const input = $('watch-ticker');

    $('watch-error').textContent = text;
    input.toggleAttribute('aria-invalid', Boolean(text));
    if (text) {
        input.setAttribute('aria-invalid', 'true');
        input.focus();
    }
}

function reason(failure, ticker) {
    switch (failure.status) {
    case 0: return 'No answer came. Try again.';
    case 400: return `The market knows no ${ticker}.`;
    case 401: return 'You are not signed in.';
    case 409: return `${ticker} is on the list already.`;
    case 422: return Object.values(failure.byField()).join('; ');
    default: return `${ticker} was not added: ${failure.message}.`;
    }
}

async function add(event) {
    const input = $('watch-ticker');
    const button = event.submitter || input.form.querySelector('button');
    const ticker = input.value.trim().toUpperCase();

    event.preventDefault();
    if (!ticker) {
        problem('Which ticker?');
        return;
    }

    problem('');
    button.disabled = true;
    try {
        await watch(ticker);
        input.value = '';
        input.focus();
        say(`${ticker} was added.`);
        refresh();
    } catch (failure) {
        problem(reason(failure, ticker));
    } finally {
        button.disabled = false;
    }
}

export async function remove(ticker, held) {
    const more = held ? ' Its positions are kept.' : '';

    if (!await confirm(`Take ${ticker} off the list?${more}`, 'Remove')) {
        return;
    }
    try {
        await unwatch(ticker);
        say(`${ticker} was removed.`);
    } catch (failure) {
        say(failure.status === 404 ? `${ticker} was removed already.`
            : `${ticker} was not removed: ${failure.message}`);
    }
    $('watch-ticker').focus();
    refresh();
}

export function startWatch() {
    $('watch').addEventListener('submit', add);
}

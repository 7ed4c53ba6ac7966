// What is known of the service, and when it is asked again. One function,
// given to subscribe(), draws it.

import { call, stockPath } from './api.js';
import { isLive, startLive } from './live.js';
import { mergeStock, mergeWatchlist, stockPositions } from './merge.js';

const EVERY = 60000;
const RARELY = 300000;      // while the stream tells what changes
const SOON = 300;           // several events, one request
const MANY = 3;

export const state = {
    dashboard: null,    // the last good one
    positions: null,    // the same of GET positions
    failure: null,      // of the last try
    loading: false,
    sample: false,
    link: '',           // live, polling, offline; '' at first
};

let draw = () => {};
let timer = 0;
let again = null;       // asked for while a request was under way
let failures = 0;
let last = 0;
let events = [];        // that came while a request was under way
let soon = 0;
let frame = 0;
const wanted = new Set();   // tickers whose positions changed; '' for all's sum

export function subscribe(callback) {
    draw = callback;
}

// Resolves when the page shows what came.
export async function refresh({ force = false } = {}) {
    if (state.loading) {
        again = { force: force || Boolean(again && again.force) };
        return;
    }

    clearTimeout(timer);
    wanted.clear();
    state.loading = true;
    draw(state);

    try {
        await load(force);
        failures = 0;
        state.failure = null;
    } catch (failure) {
        failures += 1;
        state.failure = failure;
    }

    state.loading = false;
    last = Date.now();
    setLink();
    events.splice(0).forEach(event => take(...event));
    draw(state);

    if (again) {
        const next = again;

        again = null;
        await refresh(next);
    } else {
        plan();
    }
}

async function load(force) {
    // positions are of less weight: without them the dashboard still shows
    const [dashboard, positions] = await Promise.all([
        call(force ? 'dashboard?force_refresh=true' : 'dashboard'),
        call('positions').catch(() => null),
    ]);

    state.dashboard = dashboard.data;
    state.sample = dashboard.sample;
    state.positions = positions && positions.data;
}

function wait() {
    if (!state.failure) {
        return isLive() ? RARELY : EVERY;
    }
    if (state.failure.retryAfter) {
        return Math.min(state.failure.retryAfter * 1000, EVERY);
    }
    return Math.min(2000 * 2 ** failures, EVERY);
}

function plan() {
    clearTimeout(timer);
    if (document.visibilityState === 'visible' && !state.loading
        && !(state.failure && state.failure.status === 401))
    {
        timer = setTimeout(refresh, Math.max(0, last + wait() - Date.now()));
    }
}

// --- the stream

function receive(type, data) {
    if (type === 'reset') {
        events = [];
        refresh();
    } else if (state.loading || !state.dashboard) {
        events.push([type, data]);
    } else {
        take(type, data);
        drawSoon();
    }
}

// Events come in bursts: they are drawn together.
function drawSoon() {
    if (!frame) {
        frame = requestAnimationFrame(() => {
            frame = 0;
            draw(state);
        });
    }
}

function take(type, data) {
    if (!state.dashboard) {
        return;
    }

    switch (type) {
    case 'stock': takeStock(data); break;
    case 'watchlist': takeWatchlist(data); break;
    case 'position': want(data.ticker || tickerOf(data.id)); break;
    default: // of a later version
    }
}

function takeStock(stock) {
    const next = mergeStock(state.dashboard, stock);
    const now = next.stocks.find(one => one.ticker === stock.ticker);

    if (next !== state.dashboard) {
        state.dashboard = next;
        if (stockPositions(now).length) {
            // their values are other ones; the event need not have them
            want(Array.isArray(stock.strategy_data.stock_positions) ? '' : stock.ticker);
        }
    }
}

function takeWatchlist(tickers) {
    const { dashboard, missing } = mergeWatchlist(state.dashboard, tickers);

    state.dashboard = dashboard;
    if (missing) {
        refresh();
    }
}

// of a position that was removed, of which the event need not say it
function tickerOf(id) {
    const found = allPositions().find(one => one.id === id);

    return found && found.ticker;
}

function want(ticker) {
    wanted.add(ticker || '');
    clearTimeout(soon);
    soon = setTimeout(renew, SOON);
}

// What an event said that it is another one now, without all the rest.
async function renew() {
    const tickers = [...wanted].filter(Boolean);

    if (state.loading || wanted.size === 0) {
        return;
    }
    if (tickers.length > MANY) {
        refresh();
        return;
    }

    wanted.clear();
    const listed = tickers.filter(ticker =>
        state.dashboard.stocks.some(one => one.ticker === ticker));
    const began = last;
    const [positions, ...stocks] = await Promise.all([call('positions'),
        ...listed.map(ticker => call(stockPath(ticker)))]
        .map(one => one.catch(() => null)));

    if (state.loading || last !== began) {
        return;             // all was asked for in the meantime
    }

    state.positions = positions ? positions.data : state.positions;
    for (const stock of stocks.filter(Boolean)) {
        state.dashboard = mergeStock(state.dashboard, stock.data);
    }
    draw(state);
}

function setLink() {
    const away = navigator.onLine === false
        || Boolean(state.failure && state.failure.status === 0);

    state.link = away ? 'offline' : isLive() ? 'live' : 'polling';
}

function relink() {
    setLink();
    draw(state);
    plan();
}

// --- when

export function start() {
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState !== 'visible') {
            clearTimeout(timer);
        } else {
            plan();
        }
    });
    window.addEventListener('online', () => refresh());
    window.addEventListener('offline', relink);
    startLive(receive, relink);

    // asked for when the stream is open, so that nothing falls between them;
    // when that takes long, now, and then once more
    setTimeout(() => {
        if (!state.loading && last === 0) {
            refresh();
        }
    }, 100);
}

// Every position there is, in whatever way it is known.
export function allPositions() {
    if (state.positions) {
        return state.positions.positions;
    }
    return state.dashboard ? state.dashboard.stocks.flatMap(stockPositions) : [];
}

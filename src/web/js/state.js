// What is known of the service, and when it is asked again. One function,
// given to subscribe(), draws it.

import { call } from './api.js';

const EVERY = 60000;

export const state = {
    dashboard: null,    // the last good one
    positions: null,    // the same of GET positions
    failure: null,      // of the last try
    loading: false,
    sample: false,
};

let draw = () => {};
let timer = 0;
let again = null;       // asked for while a request was under way
let failures = 0;
let last = 0;

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
        return EVERY;
    }
    if (state.failure.retryAfter) {
        return Math.min(state.failure.retryAfter * 1000, EVERY);
    }
    return Math.min(2000 * 2 ** failures, EVERY);
}

function plan() {
    clearTimeout(timer);
    if (document.visibilityState === 'visible'
        && !(state.failure && state.failure.status === 401))
    {
        timer = setTimeout(refresh, wait());
    }
}

export function start() {
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState !== 'visible') {
            clearTimeout(timer);
        } else if (Date.now() - last > wait()) {
            refresh();
        } else {
            plan();
        }
    });
    window.addEventListener('online', () => refresh());
    window.addEventListener('offline', () => draw(state));
    refresh();
}

// Every position there is, in whatever way it is known.
export function allPositions() {
    if (state.positions) {
        return state.positions.positions;
    }
    return state.dashboard ? state.dashboard.stocks.flatMap(stockPositions) : [];
}

const LISTS = ['stock_positions', 'leaps_positions', 'short_call_positions',
    'short_put_positions', 'other_positions'];

export function stockPositions(stock) {
    return LISTS.flatMap(name => stock.strategy_data[name] || []);
}

export function positionsKnown(stock) {
    return LISTS.every(name => Array.isArray(stock.strategy_data[name]));
}

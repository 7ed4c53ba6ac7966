// What the stream says, put into a dashboard. These change nothing that they
// are given.

export const LISTS = ['stock_positions', 'leaps_positions', 'short_call_positions',
    'short_put_positions', 'other_positions'];

const on = ticker => one => one.ticker === ticker;

// An event may know nothing of positions: then they are as they were.
function withPositions(stock, old) {
    const own = { ...stock.strategy_data };

    for (const name of LISTS) {
        if (!Array.isArray(own[name]) && old) {
            own[name] = old.strategy_data[name];
        }
    }
    return { ...stock, strategy_data: own };
}

function oldest(stocks) {
    return stocks.map(stock => stock.as_of).filter(Boolean).sort()[0] || null;
}

// The dashboard with a newer stock in its place; the same one when the stock
// is not on the list, or older than what is there.
export function mergeStock(dashboard, stock) {
    const { stocks, errors } = dashboard;
    const old = stocks.find(on(stock.ticker));

    if (old ? stock.as_of < old.as_of : !errors.some(on(stock.ticker))) {
        return dashboard;
    }

    const next = withPositions(stock, old);
    const all = old ? stocks.map(one => (one === old ? next : one)) : [...stocks, next];

    return { ...dashboard, stocks: all, last_refresh: oldest(all),
        errors: errors.filter(one => one.ticker !== stock.ticker) };
}

// The dashboard of these tickers only, in their order; and whether there are
// any of which it has nothing.
export function mergeWatchlist(dashboard, tickers) {
    const { stocks, errors } = dashboard;
    const there = one => tickers.includes(one.ticker);
    const order = (a, b) => tickers.indexOf(a.ticker) - tickers.indexOf(b.ticker);
    const known = [...stocks, ...errors].filter(there);

    return {
        dashboard: { ...dashboard, stocks: stocks.filter(there).sort(order),
            errors: errors.filter(there).sort(order) },
        missing: tickers.some(ticker => !known.some(on(ticker))),
    };
}

export function stockPositions(stock) {
    return LISTS.flatMap(name => stock.strategy_data[name] || []);
}

export function positionsKnown(stock) {
    return LISTS.every(name => Array.isArray(stock.strategy_data[name]));
}

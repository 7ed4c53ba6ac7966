// One stock as a card; and one that could not be had.

import { chart, rechart } from './chart.js';
import { disclosure, h } from './dom.js';
import { addPosition } from './form.js';
import { ARROW, age, days, direction, gainPercent, money, number, percent,
    short } from './format.js';
import { positionsKnown, stockPositions } from './merge.js';
import { positionList } from './positions.js';
import { signals } from './signals.js';
import { remove } from './watch.js';

const OPTIONS = {
    none: 'The market lists no options for this stock.',
    not_entitled: 'The market’s plan has no options: signals say what they can.',
    unavailable: 'Options cannot be had at present.',
};

export function stockCard(stock) {
    const held = stockPositions(stock);

    return h('article', { class: 'stock', 'aria-labelledby': `h-${stock.ticker}` },
        head(stock, held),
        OPTIONS[stock.options_status]
            && h('p', { class: 'notice warn' }, OPTIONS[stock.options_status]),
        signals(stock),
        positionsKnown(stock)
            ? held.length > 0 && [h('h4', null, 'Positions'), positionList(held)]
            : h('p', { class: 'notice warn' }, 'Positions cannot be read at present.'),
        disclosure(`${stock.ticker} figures`, { class: 'more' }, 'Figures',
            body => body.append(figures(stock.stock_data))),
        disclosure(`${stock.ticker} chart`, { class: 'more' }, 'Chart and prices',
            body => chart(body, stock, held), body => rechart(body, stock, held)),
        h('div', { class: 'row end' },
            h('button', { type: 'button', class: 'small',
                'data-key': `${stock.ticker} add`,
                'aria-label': `Add a position in ${stock.ticker}`,
                onclick: () => addPosition(stock.ticker) }, 'Add a position'),
            removeButton(stock.ticker, held.length > 0)));
}

function removeButton(ticker, held) {
    return h('button', { type: 'button', class: 'small', 'data-key': `${ticker} remove`,
        'aria-label': `Remove ${ticker}`,
        onclick: () => remove(ticker, held) }, 'Remove');
}

function head(stock) {
    const data = stock.stock_data;
    const turn = direction(data.daily_change);

    return h('header', { class: 'stock-head' },
        h('h3', { id: `h-${stock.ticker}` }, stock.ticker),
        h('span', { class: 'price' }, money(data.current_price)),
        h('span', { class: turn },
            h('span', { 'aria-hidden': 'true' }, `${ARROW[turn]} `),
            `${gainPercent(data.daily_change_pct)}`),
        h('span', { class: 'asof' },
            stock.stale && h('span', { class: 'badge soon stale' }, 'Stale'), ' ',
            stock.as_of && age(stock.as_of)));
}

const volatility = x => (x === null ? '–' : percent(x * 100));

function figures(data) {
    const averages = data.moving_averages || {};
    const list = [
        ['52 weeks', `${money(data.low_52week)} to ${money(data.high_52week)}`],
        ['Moving averages 20, 50, 200', [averages.ma_20, averages.ma_50, averages.ma_200]
            .map(money).join(', ')],
        ['RSI', number(data.rsi, 1)],
        ['ATR', number(data.atr)],
        ['Historical volatility', volatility(data.historical_volatility)],
        ['Implied volatility', volatility(data.implied_volatility)],
        ['IV percentile, rank', `${number(data.iv_percentile, 0)}, `
            + `${number(data.iv_rank, 0)}`
            + (data.iv_source ? ` (${data.iv_source})` : '')],
        ['Earnings', data.earnings_date
            ? `${data.earnings_date} (${days(data.days_to_earnings)})` : '–'],
        ['Supports', data.support_levels.map(short).join(', ') || '–'],
        ['Resistances', data.resistance_levels.map(short).join(', ') || '–'],
    ];

    return h('dl', { class: 'figures' }, list.map(([term, value]) =>
        h('div', null, h('dt', null, term), h('dd', null, value))));
}

export function failedCard(error) {
    return h('article', { class: 'stock failed', 'aria-labelledby': `h-${error.ticker}` },
        h('header', { class: 'stock-head' },
            h('h3', { id: `h-${error.ticker}` }, error.ticker),
            h('span', { class: 'badge urgent' }, 'No data')),
        h('p', null, `${error.detail} (${error.status}). It is asked for again with the `
            + 'next refresh.'),
        h('div', { class: 'row end' }, removeButton(error.ticker, false)));
}

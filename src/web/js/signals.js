// The four lights of a stock, each with its reasons, values and strikes.

import { disclosure, h, reasonList, table } from './dom.js';
import { days, money, number, percent, short } from './format.js';

const SIGNALS = [
    ['csp_signal', 'Cash-secured put'],
    ['covered_call_signal', 'Covered call'],
    ['leaps_signal', 'LEAPS call'],
    ['pmcc_signal', 'Poor man’s covered call'],
];

const LIGHTS = {
    green: ['✓', 'Favourable'],
    yellow: ['~', 'Mixed'],
    red: ['✕', 'Unfavourable'],
};

const CONDITIONS = {
    pullback: 'Pullback',
    rsi: 'RSI',
    iv: 'IV percentile',
    earnings: 'Days to earnings',
    trend: 'Trend',
    golden_cross: 'Golden cross',
    resistance: 'Resistance',
    leaps: 'LEAPS held',
};

const MET = { true: '✓ met', false: '✕ not met', null: '? unknown' };

export function signals(stock) {
    return h('div', { class: 'signals' }, SIGNALS
        .filter(([key]) => stock.strategy_data[key])
        .map(([key, name]) => signal(stock, key, name)));
}

function signal(stock, key, name) {
    const one = stock.strategy_data[key];
    const [mark, word] = LIGHTS[one.score] || ['?', 'Unknown'];
    const summary = h('span', { class: 'signal-head' },
        h('span', { class: `light ${one.score}`, 'aria-hidden': 'true' }, mark),
        h('span', { class: 'signal-text' },
            h('span', { class: 'signal-name' }, name), ' ',
            h('span', { class: 'signal-word' },
                `${word}, ${one.conditions_met} of ${one.conditions_total}`)));

    return disclosure(`${stock.ticker} ${key}`, { class: 'signal' }, summary, body => {
        body.append(
            reasonList(one.reasoning),
            table(`${stock.ticker}, ${name}: values and rules`,
                ['Condition', 'Met', 'Value', 'Rule'],
                Object.entries(one.conditions).map(([condition, c]) => [
                    CONDITIONS[condition] || condition,
                    h('span', { class: c.met ? 'met' : 'unmet' }, MET[String(c.met)]),
                    short(c.value), c.rule,
                ])),
            strikes(stock, name, one.recommended_strikes));
    });
}

function strikes(stock, name, list) {
    if (list.length === 0) {
        return h('p', { class: 'muted' }, 'No strikes are recommended at present.');
    }

    return table(`${stock.ticker}, ${name}: recommended strikes`,
        ['Strike', 'Expires', 'Premium', 'Delta', 'Return', 'a year', 'Break-even',
            'Open interest', 'Spread'],
        list.map(s => [
            short(s.strike),
            h('span', null, s.expiration, h('br'),
                h('span', { class: 'muted' }, days(s.dte))),
            money(s.premium), number(s.delta), percent(s.return_on_capital),
            percent(s.annualized_return), money(s.break_even),
            number(s.open_interest, 0), percent(s.spread_pct),
        ]));
}

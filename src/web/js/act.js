// What to act on today: recommendations of all positions, the urgent first.

import { $, h, reasonList } from './dom.js';
import { contract, days, gain, number } from './format.js';
import { patchChildren } from './patch.js';
import { badge, rollText } from './positions.js';
import { allPositions, state } from './state.js';

function open(p) {
    const node = $(`position-${p.id}`);

    if (node) {
        node.scrollIntoView({ block: 'center' });
        node.querySelector('summary, button').focus();
    }
}

function order(a, b) {
    const kind = p => (p.recommendation.action === 'close' ? 0 : 1);

    return a.recommendation.priority - b.recommendation.priority
        || kind(a) - kind(b)
        || (a.expiration || '').localeCompare(b.expiration || '')
        || a.ticker.localeCompare(b.ticker);
}

function item(p) {
    const { metrics: m, recommendation: r } = p;
    const left = m && m.days_to_expiration;

    return h('li', { 'data-key': `due ${p.id}` },
        badge(r),
        h('div', null,
            h('button', { type: 'button', class: 'link', 'data-key': `act ${p.id}`,
                onclick: () => open(p) },
            `${p.ticker}: ${number(Math.abs(p.quantity), 0)} × ${contract(p)}`),
            h('span', { class: 'muted' },
                Number.isFinite(left) ? ` ${days(left)} left,` : '',
                ` P&L ${gain(m && m.unrealized_pnl)}`),
            reasonList(r.reasoning[0], rollText(r))));
}

function summary() {
    const list = state.positions && state.positions.positions;

    if (!list || list.length === 0) {
        return null;
    }

    const s = state.positions.summary;

    return h('p', { class: 'muted' },
        `${list.length} ${list.length === 1 ? 'position' : 'positions'}, `
        + `P&L ${gain(s.unrealized_pnl)}`
        + (s.partial ? ' (some have no value at present)' : ''));
}

export function drawAct() {
    const list = allPositions();
    const due = list
        .filter(p => p.recommendation && p.recommendation.action !== 'maintain')
        .sort(order);

    document.title = `${due.length ? `(${due.length}) ` : ''}Options dashboard`;

    if (!state.positions && state.dashboard.stocks.some(
        stock => stock.strategy_data.stock_positions === null))
    {
        patchChildren($('act-list'),
            [h('p', null, 'Positions cannot be read at present.')]);
        return;
    }

    patchChildren($('act-list'), [
        due.length ? h('ol', { class: 'act' }, due.map(item))
            : h('p', null, list.length ? 'Nothing: no position needs anything today.'
                : 'Nothing: you have no positions yet. Add what you hold, and this tells '
                + 'you what to close or roll.'),
        summary()].filter(Boolean));
}

// Positions as a list: what is held, what it made, and what to do about it.

import { removePosition } from './api.js';
import { disclosure, h, reasonList, say } from './dom.js';
import { confirm, editPosition } from './form.js';
import { ARROW, contract, days, direction, gain, gainPercent, money, number,
    short } from './format.js';
import { refresh } from './state.js';

const ROLL = {
    out: 'out',
    up_and_out: 'up and out',
    down_and_out: 'down and out',
};

// What the recommendation is called, and how it looks.
export function advice(recommendation) {
    const { action, priority } = recommendation;

    if (action === 'close') {
        return priority === 1 ? ['Close now', 'urgent', '!!'] : ['Close', 'soon', '!'];
    }
    return action === 'roll' ? ['Roll', 'soon', '↻'] : ['Keep', 'calm', '✓'];
}

export function badge(recommendation) {
    const [word, look, mark] = advice(recommendation);

    return h('span', { class: `badge ${look}` },
        h('span', { 'aria-hidden': 'true' }, mark), ` ${word}`);
}

export function rollText(recommendation) {
    const roll = recommendation.roll_parameters;

    if (!roll) {
        return null;
    }
    return `Roll ${ROLL[roll.roll_type] || roll.roll_type} to ${short(roll.strike)}, `
        + `${roll.expiration} (${days(roll.dte)}): `
        + (roll.expected_credit < 0
            ? `costs ${money(-roll.expected_credit)} a share`
            : `brings ${money(roll.expected_credit)} a share`);
}

export function positionList(list) {
    return h('ul', { class: 'positions' }, list.map(position));
}

function position(p) {
    const { metrics: m, recommendation: r } = p;
    const turn = direction(m && m.unrealized_pnl);
    const name = contract(p);

    return h('li', { class: 'position', id: `position-${p.id}` },
        h('div', { class: 'position-head' },
            h('span', { class: 'position-name' },
                h('strong', null, `${number(Math.abs(p.quantity), 0)} × ${name}`),
                ' ', p.expiration && h('span', { class: 'muted position-date' },
                    `${p.expiration} (${expiry(m)})`)),
            r && badge(r)),
        h('dl', { class: 'figures' },
            figure('P&L', h('span', { class: turn },
                `${ARROW[turn]} ${gain(m && m.unrealized_pnl)} `
                + `(${gainPercent(m && m.unrealized_pnl_pct)})`)),
            figure('Value', money(m && m.current_value)),
            figure(p.position_type === 'stock' ? 'Price' : 'Premium',
                money(p.position_type === 'stock' ? p.purchase_price : p.premium)),
            figure('Since', p.transaction_date)),
        r && reasons(p, r),
        h('div', { class: 'row' },
            h('button', { type: 'button', class: 'small', 'data-key': `edit ${p.id}`,
                'aria-label': `Change ${p.ticker} ${name}`,
                onclick: () => editPosition(p) }, 'Change'),
            h('button', { type: 'button', class: 'small', 'data-key': `delete ${p.id}`,
                'aria-label': `Delete ${p.ticker} ${name}`,
                onclick: () => remove(p) }, 'Delete')));
}

function expiry(m) {
    const left = m && m.days_to_expiration;

    if (left === null || left === undefined) {
        return '–';
    }
    return left < 0 ? 'expired' : days(left);
}

function figure(term, value) {
    return h('div', null, h('dt', null, term), h('dd', null, value));
}

function reasons(p, r) {
    const roll = rollText(r);

    return disclosure(`why ${p.id}`, { class: 'why' }, 'Why', body => {
        body.append(reasonList(roll, r.reasoning));
    });
}

async function remove(p) {
    const what = `${p.ticker}, ${number(Math.abs(p.quantity), 0)} × ${contract(p)}`;

    if (!await confirm(`Delete this position? ${what}`, 'Delete')) {
        return;
    }

    try {
        await removePosition(p.id, p.version);
        say(`Deleted: ${what}`);
    } catch (failure) {
        say(failure.status === 412
            ? 'Not deleted: somebody has changed this position. It is shown as it is now.'
            : failure.status === 404 ? 'It was deleted already.'
                : `Not deleted: ${failure.message}`);
    }
    refresh();
}

// Figures as people read them. What is absent is a dash.

const DASH = '–';
const MINUS = '\u2212';

const money2 = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const plain = new Map();

function missing(x) {
    return x === null || x === undefined || Number.isNaN(x);
}

export function number(x, digits = 2) {
    if (missing(x)) {
        return DASH;
    }
    if (!plain.has(digits)) {
        plain.set(digits, new Intl.NumberFormat('en-US',
            { minimumFractionDigits: digits, maximumFractionDigits: digits }));
    }
    return plain.get(digits).format(x).replace('-', MINUS);
}

// At most two decimals, none where they would be zeros: a strike, a value.
export function short(x) {
    if (missing(x)) {
        return DASH;
    }
    return String(Math.round(x * 100) / 100).replace('-', MINUS);
}

export function money(x) {
    return missing(x) ? DASH : money2.format(x).replace('-', MINUS);
}

export function gain(x) {
    return missing(x) ? DASH : (x > 0 ? '+' : '') + money(x);
}

export function percent(x) {
    return missing(x) ? DASH : `${number(x)}\u00a0%`;
}

export function gainPercent(x) {
    return missing(x) ? DASH : `${x > 0 ? '+' : ''}${percent(x)}`;
}

export function days(n) {
    if (missing(n)) {
        return DASH;
    }
    return `${n} ${Math.abs(n) === 1 ? 'day' : 'days'}`;
}

// Up, down or neither, for a class and for an arrow beside the colour.
export function direction(x) {
    return missing(x) || x === 0 ? 'flat' : x > 0 ? 'up' : 'down';
}

export const ARROW = { up: '▲', down: '▼', flat: '■' };

// The server's clock less this machine's, ms.
let skew = 0;

export function setClock(date) {
    const server = Date.parse(date);

    if (!Number.isNaN(server)) {
        skew = server - Date.now();
    }
}

export function ago(instant) {
    const seconds = Math.max(0, Math.round(
        (Date.now() + skew - Date.parse(instant)) / 1000));

    if (Number.isNaN(seconds)) {
        return '';
    }
    if (seconds < 45) {
        return 'just now';
    }
    if (seconds < 90 * 60) {
        return `${Math.max(1, Math.round(seconds / 60))} min ago`;
    }
    if (seconds < 36 * 3600) {
        return `${Math.round(seconds / 3600)} h ago`;
    }
    return `${days(Math.round(seconds / 86400))} ago`;
}

// Those words, kept true while time passes: see the timer in app.js.
export function age(instant) {
    const node = document.createElement('time');

    node.dateTime = instant;
    node.className = 'age';
    node.textContent = ago(instant);
    return node;
}

export function contract(p) {
    if (p.position_type === 'stock') {
        return p.quantity < 0 ? 'Stock, short' : 'Stock';
    }
    return `${p.quantity < 0 ? 'Short' : 'Long'} ${p.option_type} ${short(p.strike)}`;
}

// Elements. Text is always set as text: nothing of an answer becomes markup.

export function h(tag, props, ...children) {
    const node = document.createElement(tag);

    for (const [key, value] of Object.entries(props || {})) {
        if (value === null || value === undefined || value === false) {
            continue;
        }

        if (key.startsWith('on')) {
            node.addEventListener(key.slice(2), value);
        } else if (key === 'class') {
            node.className = value;
        } else {
            node.setAttribute(key, value === true ? '' : value);
        }
    }

    add(node, children);
    return node;
}

function add(node, children) {
    for (const child of children) {
        if (Array.isArray(child)) {
            add(node, child);
        } else if (child !== null && child !== undefined && child !== false) {
            node.append(child);
        }
    }
}

export const $ = id => document.getElementById(id);

let ids = 0;

export function newId(prefix) {
    ids += 1;
    return `${prefix}-${ids}`;
}

// For a screen reader, and for a moment on the screen.
export function say(text) {
    const place = $('said');

    place.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { place.textContent = ''; }, 8000);
}

// A table that scrolls by itself where the screen is narrow. Its caption is
// what follows the colon of its name.
export function table(name, heads, rows) {
    const head = h('thead', null, h('tr', null,
        heads.map(text => h('th', { scope: 'col' }, text))));
    const body = h('tbody', null, rows.map(cells => h('tr', null,
        cells.map((cell, i) => i === 0
            ? h('th', { scope: 'row' }, cell) : h('td', null, cell)))));

    return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name },
        h('table', null, h('caption', null, name.split(': ').pop()), head, body));
}

const MARKS = [['✅', '✓', 'met'], ['❌', '✕', 'unmet'], ['⚠️', '!', 'caution']];

// Lines of reasoning. They begin with a sign that not every font has.
export function reasonList(...lines) {
    return h('ul', { class: 'reasons' }, lines.flat().filter(Boolean).map(line => {
        const [sign, mark, look] = MARKS.find(([one]) => line.startsWith(one)) || [''];

        return h('li', null, mark && h('span', { class: look }, `${mark} `),
            line.slice(sign.length).trim());
    }));
}

// <details> that stay open when what is around them is drawn anew.
const open = new Set();

export function disclosure(key, props, summary, fill) {
    const body = h('div', { class: 'body' });
    const node = h('details', props,
        h('summary', { 'data-key': key }, summary), body);
    let filled = false;

    const show = () => {
        if (node.open && !filled) {
            filled = true;
            fill(body);
        }
    };

    node.open = open.has(key);
    show();
    node.addEventListener('toggle', () => {
        if (node.open) {
            open.add(key);
        } else if (node.isConnected) {
            open.delete(key);
        }
        show();
    });

    return node;
}

// Puts next in the place of old, and the keyboard's focus where it was.
export function swap(old, next) {
    const at = document.activeElement;
    const key = old.contains(at) ? at.dataset.key : undefined;

    old.replaceWith(next);
    focusKey(next, key);
}

export function fillWith(place, ...children) {
    const at = document.activeElement;
    const key = place.contains(at) ? at.dataset.key : undefined;

    place.replaceChildren(...children);
    focusKey(place, key);
}

function focusKey(place, key) {
    const node = key && [...place.querySelectorAll('[data-key]')]
        .find(one => one.dataset.key === key);

    if (node) {
        node.focus({ preventScroll: true });
    }
}

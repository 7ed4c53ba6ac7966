// Elements. Text is always set as text: nothing of an answer becomes markup.

import { patchChildren, patchNode, whenPatched } from './patch.js';

export function h(tag, props, ...children) {
    const node = document.createElement(tag);

    for (const [key, value] of Object.entries(props || {})) {
        if (value === null || value === undefined || value === false) {
            continue;
        }

        if (key.startsWith('on')) {
            node[key] = value;      // a property: patch.js can replace it
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

// <details> that stay open when what is around them is drawn anew. What is
// inside is made when they are opened, by fill(body), and drawn anew with the
// rest; or, when there is again(body), by that, which keeps what it can.
const open = new Set();
const sections = new WeakMap();

export function disclosure(key, props, summary, fill, again) {
    const body = h('div', { class: 'body' });
    const head = h('summary', { 'data-key': key }, summary);
    const node = h('details', props, head, body);
    const section = { head, body, fill, again, filled: false, old: false };

    node.open = open.has(key);
    node.addEventListener('toggle', () => {
        if (node.isConnected && node.open) {
            open.add(key);
            fillSection(section);
        } else if (node.isConnected) {
            open.delete(key);
        }
    });
    sections.set(node, section);
    whenPatched(node, next => patchSection(node, section, sections.get(next)));

    return node;
}

function fillSection(section) {
    if (!section.filled) {
        section.filled = true;
        section.fill(section.body);
    } else if (section.old) {
        section.old = false;
        section.again(section.body);
    }
}

function patchSection(node, section, next) {
    patchNode(section.head, next.head);
    section.fill = next.fill;
    section.again = next.again;

    if (!section.filled) {
        return;
    }
    if (section.again) {
        section.old = true;
        if (node.open) {
            fillSection(section);
        }
    } else if (!node.open) {
        section.filled = false;
        section.body.replaceChildren();
    } else {
        fillSection(next);
        patchChildren(section.body, next.body.childNodes);
    }
}

// These children and no others: those that are there stay where they are.
export function arrange(place, nodes) {
    for (const child of [...place.childNodes]) {
        if (!nodes.includes(child)) {
            child.remove();
        }
    }
    nodes.forEach((node, i) => {
        if (place.childNodes[i] !== node) {
            place.insertBefore(node, place.childNodes[i] || null);
        }
    });
}

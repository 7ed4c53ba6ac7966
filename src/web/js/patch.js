// Makes what is shown look and act as it should, with as few changes as will
// do: focus, selection, scrolling and open sections stay as they are.

const HANDLERS = ['onclick', 'onchange', 'onsubmit'];

// Nodes that see to what is in them by themselves: handler(next).
const own = new WeakMap();

export function whenPatched(node, handler) {
    own.set(node, handler);
}

const keyOf = node => node.id || node.dataset.key
    || (node.nodeName === 'DETAILS' && node.firstChild.dataset.key) || '';

function same(a, b) {
    return a.nodeName === b.nodeName
        && (a.nodeType !== Node.ELEMENT_NODE || keyOf(a) === keyOf(b));
}

// The child from `at` on that stands for next; one further on has to look the
// same, too.
function find(at, next) {
    for (let node = at; node; node = node.nextSibling) {
        if (same(node, next) && (node === at || (node.nodeType === Node.ELEMENT_NODE
            && node.className === next.className)))
        {
            return node;
        }
    }
    return null;
}

export function patchChildren(place, list) {
    let at = place.firstChild;

    for (const next of [...list]) {
        const found = find(at, next);

        if (!found) {
            place.insertBefore(next, at);
            continue;
        }
        while (at !== found) {
            const gone = at;

            at = at.nextSibling;
            gone.remove();
        }
        at = found.nextSibling;
        patchNode(found, next);
    }

    while (at) {
        const gone = at;

        at = at.nextSibling;
        gone.remove();
    }
}

// next is used up: parts of it may be in old then.
export function patchNode(old, next) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
        if (old.data !== next.data) {
            old.data = next.data;
        }
        return;
    }

    patchAttributes(old, next);
    for (const name of HANDLERS) {
        old[name] = next[name];
    }

    const handler = own.get(old);

    if (handler) {
        handler(next);
    } else {
        patchChildren(old, next.childNodes);
    }
}

// but for open, which is the reader's
function patchAttributes(old, next) {
    for (const { name } of [...old.attributes]) {
        if (!next.hasAttribute(name) && name !== 'open') {
            old.removeAttribute(name);
        }
    }
    for (const { name, value } of next.attributes) {
        if (old.getAttribute(name) !== value && name !== 'open') {
            old.setAttribute(name, value);
        }
    }
}

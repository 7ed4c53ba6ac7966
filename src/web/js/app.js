// The page: what is drawn where, when something came or failed.

import { drawAct } from './act.js';
import { $, arrange, h, say } from './dom.js';
import { addPosition } from './form.js';
import { age, ago } from './format.js';
import { patchChildren, patchNode } from './patch.js';
import { positionList } from './positions.js';
import { refresh, start, state, subscribe } from './state.js';
import { failedCard, stockCard } from './stock.js';
import { startWatch } from './watch.js';

const MARKET = {
    open: 'open',
    closed: 'closed',
    'extended-hours': 'extended hours',
};

const cards = new Map();    // ticker: {shape, node}

function button(text, action) {
    return h('button', { type: 'button', 'data-key': `notice ${text}`, onclick: action },
        text);
}

function notice() {
    const failure = state.failure;
    const old = state.dashboard ? ' What is shown is older.' : '';
    const again = button('Try again', () => refresh());

    if (navigator.onLine === false) {
        return h('p', { class: 'notice bad' }, `You are offline.${old}`);
    }
    if (!failure) {
        return null;
    }
    if (failure.status === 401) {
        return h('p', { class: 'notice bad' }, 'You are not signed in. ',
            button('Sign in', () => location.reload()));
    }
    if (failure.status === 0) {
        return h('p', { class: 'notice bad' }, `The service does not answer.${old} `, again);
    }
    if (failure.status === 503) {
        return h('p', { class: 'notice bad' },
            `The service cannot read its store at present.${old} It is tried again by `
            + 'itself. ', again);
    }
    return h('p', { class: 'notice bad' }, `${failure.message} (${failure.status}).${old} `,
        again);
}

// An alert is read out when it changes: so it is left alone when it does not.
function drawNotice() {
    const place = $('notices');
    const next = notice();
    const text = next ? next.textContent : '';

    if (place.textContent !== text) {
        place.replaceChildren(...(next ? [next] : []));
    }
}

const LINK = {
    live: ['●', 'Live', 'Changes show as they come'],
    polling: ['○', 'Polling', 'The service is asked every minute'],
    offline: ['✕', 'Offline', 'The service cannot be asked'],
};

let linkTimer = 0;

// A line that breaks for a moment is not worth a word: it is read out, too.
function drawLink() {
    const place = $('link');
    const now = state.link;
    const show = () => {
        const [mark, word, title] = LINK[state.link];

        linkTimer = 0;
        place.dataset.state = state.link;
        place.title = title;
        place.replaceChildren(h('span', { 'aria-hidden': 'true' }, mark), ` ${word}`);
    };

    if (!now) {
        return;
    }
    if (now === place.dataset.state) {
        clearTimeout(linkTimer);
        linkTimer = 0;
    } else if (now === 'live') {
        clearTimeout(linkTimer);
        show();
    } else if (!linkTimer) {
        linkTimer = setTimeout(show, 3000);
    }
}

function drawHeader() {
    const d = state.dashboard;

    $('refresh').toggleAttribute('data-busy', state.loading);
    $('refresh').textContent = state.loading ? 'Refreshing…' : 'Refresh';
    $('sample').hidden = !state.sample;
    drawLink();

    if (d) {
        $('market').textContent = `Market: ${MARKET[d.market.status] || 'unknown'}`;
        $('age').replaceChildren(...(d.last_refresh
            ? ['Data: ', age(d.last_refresh)] : []));
    }
}

// Without what changes with every answer and shows nowhere.
function shapeOf(thing) {
    return JSON.stringify(thing, (key, value) => (key === 'timestamp' ? undefined : value));
}

function priceOf(node) {
    const place = node.querySelector('.price');

    return place && place.textContent;
}

// Another price is lit for a moment.
function markPrice(node, isNew) {
    const place = node.querySelector('.price');

    if (place && isNew) {
        void place.offsetWidth;     // so that it is lit once more
        place.classList.add('new');
    }
}

function card(ticker, thing, make) {
    const shape = shapeOf(thing);
    const known = cards.get(ticker);

    if (known && known.shape === shape) {
        return known.node;
    }

    const next = make(thing);
    const node = known ? known.node : next;

    cards.set(ticker, { shape, node });
    if (known) {
        const before = priceOf(node);

        patchNode(node, next);
        markPrice(node, before !== null && before !== priceOf(node));
    }
    return node;
}

function drawStocks() {
    const place = $('stocks');
    const { stocks, errors } = state.dashboard;
    const nodes = [
        ...stocks.map(stock => card(stock.ticker, stock, stockCard)),
        ...errors.map(error => card(error.ticker, error, failedCard)),
    ];
    const there = new Set([...stocks, ...errors].map(one => one.ticker));

    for (const ticker of [...cards.keys()].filter(one => !there.has(one))) {
        cards.delete(ticker);
    }
    if (nodes.length === 0) {
        nodes.push(h('p', { class: 'empty' },
            'Nothing is on your list yet. Add a ticker above, AAPL for one.'));
    }

    arrange(place, nodes);
    place.setAttribute('aria-busy', 'false');
    return there;
}

let otherShape = '';

function drawOther(there) {
    const list = state.positions
        ? state.positions.positions.filter(p => !there.has(p.ticker)) : [];
    const shape = shapeOf(list);
    const byTicker = new Map();

    $('other').hidden = list.length === 0;
    if (shape === otherShape) {
        return;
    }
    otherShape = shape;
    for (const p of list) {
        byTicker.set(p.ticker, [...(byTicker.get(p.ticker) || []), p]);
    }
    patchChildren($('other-list'), [...byTicker].map(([ticker, own]) =>
        h('article', { class: 'stock', 'data-key': `other ${ticker}` },
            h('h3', null, ticker), positionList(own))));
}

function draw() {
    drawHeader();
    drawNotice();

    if (state.dashboard) {
        drawOther(drawStocks());
        drawAct();
    } else if (state.failure) {
        $('act-list').replaceChildren(h('p', { class: 'muted' }, 'Not known at present.'));
        $('stocks').replaceChildren(h('p', { class: 'empty' },
            'Your stocks are shown here when they can be had.'));
        $('stocks').setAttribute('aria-busy', 'false');
    }
}

async function refreshNow() {
    if (state.loading) {
        return;
    }
    await refresh({ force: true });
    say(state.failure ? 'Not refreshed.' : 'Refreshed.');
}

subscribe(draw);
startWatch();
$('refresh').addEventListener('click', refreshNow);
$('position-add').addEventListener('click', () => addPosition());
setInterval(() => {
    for (const node of document.querySelectorAll('time.age')) {
        node.textContent = ago(node.dateTime);
    }
}, 15000);
start();

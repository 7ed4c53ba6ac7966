// The stream of changes. It is read with fetch() and not by an EventSource,
// which shows neither the heartbeats, whose absence tells that a line is dead,
// nor Retry-After, and forgets the last id when a tab rests.

import { reader } from './sse.js';

const OPENING = 10000;
const SILENT = 40000;       // a heartbeat comes every 15 s, unless told otherwise
const LONGEST_SILENCE = 3600000;
const STEADY = 10000;
const HIDDEN = 60000;
const LONGEST = 300000;

let deliver = () => {};
let changed = () => {};
let live = false;
let lastId = '';
let retry = 1000;
let failures = 0;
let silence = SILENT;
let stream = null;          // the one that is open, or about to be
let again = 0;              // timers
let rest = 0;

export const isLive = () => live;

function setLive(now) {
    if (live !== now) {
        live = now;
        changed();
    }
}

function close() {
    if (stream) {
        stream.abort();
        stream = null;
    }
    clearTimeout(again);
    setLive(false);
}

// Waits are longer each time, and differ from one page to the next.
function backoff() {
    return Math.min(retry * 2 ** failures, LONGEST) * (0.5 + Math.random() / 2);
}

function later(ms) {
    clearTimeout(again);
    if (document.visibilityState === 'visible' && navigator.onLine !== false) {
        again = setTimeout(connect, ms);
    }
}

// Reads the stream to its end; returns how long it asks to be left alone.
async function open(mine, alive) {
    const answer = await fetch('stream', { cache: 'no-store', signal: mine.signal,
        headers: { Accept: 'text/event-stream',
            ...(lastId && { 'Last-Event-ID': lastId }) } });

    if (answer.ok
        && /^text\/event-stream\b/.test(answer.headers.get('Content-Type') || ''))
    {
        await read(answer.body, alive);
        return 0;
    }

    mine.abort();
    switch (answer.status) {
    case 401: return Infinity;
    case 404: return LONGEST;
    default: return 1000 * (Number(answer.headers.get('Retry-After')) || 0);
    }
}

async function read(body, alive) {
    const text = new TextDecoder();
    const pieces = body.getReader();
    const feed = reader({
        id: id => { lastId = id; },
        retry: ms => { retry = Math.min(Math.max(ms, 100), 60000); },
        event: (type, data) => {
            try {
                deliver(type, JSON.parse(data));
            } catch (error) {
                // not what was agreed upon: all is asked for
                deliver('reset');
            }
        },
    });

    let fresh = !lastId;

    for (;;) {
        const { done, value } = await pieces.read();

        if (done) {
            return;
        }
        alive();
        setLive(true);
        if (fresh) {
            // what changed before its first word is not in it
            fresh = false;
            deliver('reset');
        }
        feed(text.decode(value, { stream: true }));
    }
}

async function connect() {
    const mine = new AbortController();
    const began = Date.now();
    let watch = 0;
    let wait = 0;

    if (stream) {
        return;
    }

    const within = (ms, late) => {
        clearTimeout(watch);
        watch = setTimeout(() => {
            late();
            mine.abort();
        }, ms);
    };
    // the heart may beat slowly: longer next time
    const silent = () => { silence = Math.min(2 * silence, LONGEST_SILENCE); };

    stream = mine;
    within(OPENING, () => {});
    try {
        wait = await open(mine, () => within(silence, silent));
    } catch (error) {
        // it broke off, or never began
    }
    clearTimeout(watch);

    if (stream !== mine) {
        return;             // closed by ourselves
    }

    failures = live && Date.now() - began > STEADY ? 0 : failures + 1;
    stream = null;
    setLive(false);
    if (wait !== Infinity) {
        later(Math.max(wait, backoff()));
    }
}

function look() {
    clearTimeout(rest);
    if (document.visibilityState === 'visible') {
        later(0);
    } else {
        rest = setTimeout(close, HIDDEN);
    }
}

// onEvent(type, data) gets what comes, 'reset' when all is to be asked for;
// onChange() is called when isLive() is another.
export function startLive(onEvent, onChange) {
    deliver = onEvent;
    changed = onChange;
    document.addEventListener('visibilitychange', look);
    window.addEventListener('offline', close);
    window.addEventListener('online', () => later(0));
    window.addEventListener('pagehide', close);
    window.addEventListener('pageshow', event => event.persisted && later(0));
    connect();
}

// The calls: of each operation each status that the document names. Tickers
// are told apart: what one was asked for with success is cached.

const GOOD = 'AAPL';
const LIVE = 'GOOG';
const NO_ONE = '00000000-0000-4000-8000-000000000000';
const STOCK = { position_type: 'stock', ticker: GOOD,
                transaction_date: '2026-02-03', quantity: 100,
                purchase_price: 198.5 };

// where the market fails, and the ticker to ask for there
const FAILING = [[502, '/failing', 'KO'], [503, '/throttled', 'JPM'],
                 [504, '/slow', 'TSLA']];

// a stream has no schema in the document: its description says this
const POSITION_EVENT = {
    type: 'object',
    required: ['id', 'ticker', 'op', 'position'],
    properties: {
        id: { type: 'string', format: 'uuid' },
        ticker: { type: ['string', 'null'] },
        op: { enum: ['created', 'replaced', 'removed'] },
        position: { oneOf: [{ $ref: '#/components/schemas/Position' },
                            { type: 'null' }] },
    },
};

function put(strike) {
    return { position_type: 'option', ticker: GOOD,
             transaction_date: '2026-03-02', quantity: -1, option_type: 'put',
             strike, expiration: '2026-04-17', premium: 6.1 };
}

function names(answers, what) {
    return Object.keys(answers.operations).filter((id) =>
        what(answers.operations[id]));
}

async function market(answers) {
    const of = ['stock', 'bars', 'options', 'signals'];
    const bad = { dashboard: 'force_refresh=maybe', bars: 'days=0',
                  stock: 'force_refresh=2', signals: 'force_refresh=x',
                  options: 'type=both&min_dte=x&expiration=2026-02-30' };

    for (const id of of) {
        await answers.expect(id, 200, { arg: GOOD });
        await answers.expect(id, 400, { arg: '1bad' });
        await answers.expect(id, 400, { arg: 'ZZZZQ' });
        await answers.expect(id, 404, { arg: 'META', at: '/empty' });

        for (const [status, at, arg] of FAILING) {
            await answers.expect(id, status, { at, arg });
        }
    }

    for (const [id, query] of Object.entries(bad)) {
        await answers.expect(id, 422, { arg: GOOD, query });
    }

    await answers.expect('bars', 200, { arg: GOOD, query: 'days=3' });
    await answers.expect('options', 200,
                         { arg: GOOD, query: 'type=put&max_dte=45' });
}

async function dashboard(answers) {
    await answers.expect('dashboard', 200, { query: 'tickers=AAPL,MSFT,SPY' });
    await answers.expect('dashboard', 200,
                         { query: 'tickers=KO,ZZZZQ', at: '/failing' });
    await answers.expect('dashboard', 400, { query: 'tickers=1bad' });
    await answers.expect('dashboard', 503, { at: '/away' });
    await answers.expect('dashboard', 200);
}

async function watchlist(answers) {
    await answers.expect('watchlist', 200, { owner: 'nobody' });
    await answers.expect('watchlist_add', 200, { body: { ticker: 'spy' } });
    await answers.expect('watchlist_add', 200, { query: 'ticker=MSFT' });
    await answers.expect('watchlist_add', 409, { body: { ticker: 'SPY' } });
    await answers.expect('watchlist_add', 400, { body: { ticker: '1bad' } });
    await answers.expect('watchlist_add', 422, { body: {} });
    await answers.expect('watchlist_add', 422);
    await answers.expect('watchlist', 200);
    await answers.expect('watchlist_remove', 200, { arg: 'spy' });
    await answers.expect('watchlist_remove', 404, { arg: 'SPY' });
    await answers.expect('watchlist_remove', 400, { arg: '1bad' });

    for (const [status, at, ticker] of FAILING) {
        await answers.expect('watchlist_add', status, { at, body: { ticker } });
    }
}

async function positions(answers) {
    const owned = [];

    await answers.expect('positions', 200);

    for (const body of [STOCK, put(190), { ...STOCK, quantity: -5 },
                        { ...put(210), option_type: 'call' }])
    {
        const answer = await answers.expect('position_create', 201, { body });

        owned.push(JSON.parse(answer.body));
    }

    await answers.expect('position_create', 422,
                         { body: { ...put(0), ticker: 5, quantity: 0 } });
    await answers.expect('position_create', 400,
                         { body: { ...STOCK, ticker: '1bad' } });
    await answers.expect('positions', 200);
    await answers.expect('positions', 200, { query: `ticker=${GOOD}` });
    await answers.expect('positions', 400, { query: 'ticker=1bad' });
    await answers.expect('stock', 200, { arg: GOOD });
    await answers.expect('dashboard', 200);

    await written(answers, owned[0].id);
    await inFlight(answers);
}

async function written(answers, arg) {
    const other = { ...STOCK, quantity: 7 };
    const stale = { 'If-Match': '"99"' };
    const present = { 'If-Match': '"1"' };

    await answers.expect('position', 200, { arg });
    await answers.expect('position', 404, { arg: NO_ONE });
    await answers.expect('position', 404, { arg, owner: 'somebody' });
    await answers.expect('position_replace', 412,
                         { arg, body: other, headers: stale });
    await answers.expect('position_replace', 200,
                         { arg, body: other, headers: present });
    await answers.expect('position_replace', 404, { arg: NO_ONE, body: other });
    await answers.expect('position_replace', 422, { arg, body: {} });
    await answers.expect('position_replace', 400,
                         { arg, body: { ...STOCK, ticker: '1bad' } });
    await answers.expect('position_remove', 412, { arg, headers: stale });
    await answers.expect('position_remove', 200, { arg });
    await answers.expect('position_remove', 404, { arg });
}

// those whose market fails share the store and an owner with /a/b
async function unchecked(answers) {
    const made = await answers.expect('position_create', 201,
                                      { at: '/a/b', body: STOCK });
    const arg = JSON.parse(made.body).id;

    for (const [status, at, ticker] of FAILING) {
        const body = { ...STOCK, ticker };

        await answers.expect('position_create', status, { at, body });
        await answers.expect('position_replace', status, { at, arg, body });
    }
}

async function inFlight(answers) {
    const how = { at: '/slow', body: { ...STOCK, ticker: 'NVDA' },
                  headers: { 'Idempotency-Key': 'docs' } };
    const first = answers.expect('position_create', 504, how);

    await new Promise((resolve) => setTimeout(resolve, 100));
    await answers.expect('position_create', 409, how);
    await first;
}

async function users(answers) {
    const body = { email: 'docs@example.com', name: 'Docs' };
    const answer = await answers.expect('user_create', 201, { body });
    const arg = JSON.parse(answer.body).id;

    await answers.expect('user_create', 409, { body });
    await answers.expect('user_create', 422,
                         { body: { email: 'no address', name: ' ' } });
    await answers.expect('user', 200, { arg });
    await answers.expect('user', 404, { arg, owner: 'somebody' });
    await answers.expect('profile', 200, { arg });
    await answers.expect('profile', 404, { arg: NO_ONE });
    await answers.expect('users', 200, { arg: `${arg},${NO_ONE}` });
    await answers.expect('users', 400,
                         { arg: [...Array(101).keys()].map((i) =>
                             NO_ONE.slice(0, -3) + (100 + i)).join(',') });

    for (const [status, at] of FAILING) {
        if (status !== 503) {
            await answers.expect('user_create', status, { at, body: {
                email: `${status}@example.com`, name: 'Nobody' } });
        }
    }
}

async function service(answers) {
    const health = await answers.expect('health', 200);

    answers.note('the version is that of the document',
                 JSON.parse(health.body).version === answers.schemas.doc
                     .info.version ? [] : ['it is another one']);

    await answers.expect('health', 503, { at: '/away' });
    await answers.expect('metrics', 200, { owner: '' });
    await answers.expect('openapi', 200, { owner: '' });
    await answers.expect('docs', 200, { owner: '' });
    await answers.expect('docs_part', 200, { arg: 'docs.js', owner: '' });
    await answers.expect('docs_part', 200, { arg: 'docs.css', owner: '' });
    await answers.expect('docs_part', 404, { arg: 'docs.png' });
    await answers.expect('watchlist', 200, { at: '/limited' });
    await answers.expect('watchlist', 429, { at: '/limited' });
}

// Each event is as the document says of its kind.
async function stream(answers) {
    const owner = 'listener';
    const body = { ticker: LIVE };
    const of = (name) => ({ $ref: `#/components/schemas/${name}` });
    const schemas = { stock: of('Stock'), position: POSITION_EVENT,
                      watchlist: { type: 'array', items: { type: 'string' } },
                      hello: { type: 'object' } };

    await answers.expect('stream', 404, { at: '/silent' });

    const listening = answers.expect('stream', 200,
                                     { owner, until: /"removed"[^]*data: \[\]/ });
    // what has changed again when an event is made is not told
    const pause = () => new Promise((resolve) => setTimeout(resolve, 500));

    await pause();
    await answers.expect('watchlist_add', 200, { owner, body });
    await answers.expect('stock', 200, { owner, arg: LIVE });

    const made = await answers.expect('position_create', 201,
                                      { owner, body: { ...STOCK, ...body } });

    await pause();
    await answers.expect('position_remove', 200,
                         { owner, arg: JSON.parse(made.body).id });
    await pause();
    await answers.expect('watchlist_remove', 200, { owner, arg: LIVE });

    const events = (await listening).body.split('\n\n')
        .map((text) => /^event: (\w+)\ndata: (.*)$/m.exec(text))
        .filter((event) => event);

    for (const kind of Object.keys(schemas)) {
        const data = events.filter(([, name]) => name === kind)
            .map(([, , text]) => JSON.parse(text));

        answers.note(`events ${kind}`, data.length === 0 ? ['none came']
            : data.flatMap((one) =>
                answers.schemas.problems(schemas[kind], one)));
    }
}

// what is the same of all that say it
async function common(answers) {
    const says = (status) => names(answers, ({ op }) => op.responses[status]);
    const arg = NO_ONE;

    for (const id of says(401)) {
        await answers.expect(id, 401, { arg, owner: '' });
    }

    for (const id of says(403)) {
        await answers.expect(id, 403, { arg, body: '{}', headers: {
            Origin: 'https://other.example', 'Sec-Fetch-Site': 'cross-site' },
        });
    }

    for (const id of says(413)) {
        await answers.expect(id, 413, { arg, body: ' '.repeat(5000) });
        await answers.expect(id, 415, { arg, body: '{}', type: 'text/plain' });
        await answers.expect(id, 422, { arg, body: '{' });
    }

    await methods(answers);
}

async function methods(answers) {
    for (const [id, { item }] of Object.entries(answers.operations)) {
        const answer = await answers.expect(id, 405, { arg: NO_ONE,
                                                       method: 'PATCH' });
        const allow = answer.headers.get('Allow')?.split(', ').sort();
        const said = Object.keys(item).map((m) => m.toUpperCase());
        const all = said.includes('GET') ? [...said, 'HEAD'] : said;

        answers.note(`Allow of ${id}`, `${allow}` === `${all.sort()}`
            ? [] : [`${allow} is not ${all}`]);
    }
}

// where the store is away; stocks need none
async function away(answers) {
    const bodies = { watchlist_add: { ticker: GOOD }, position_create: STOCK,
                     position_replace: STOCK,
                     user_create: { email: 'away@example.com', name: 'A' } };
    const stocks = ['stock', 'bars', 'options', 'signals', 'dashboard',
                    'health'];

    for (const id of names(answers, ({ op }) => op.responses[503])) {
        const arg = answers.operations[id].path.includes('ticker')
            ? GOOD : NO_ONE;

        if (!stocks.includes(id)) {
            await answers.expect(id, 503, { at: '/away', arg,
                                            body: bodies[id] });
        }
    }
}

// a GET again with its ETag, and as a HEAD
async function again(answers) {
    const one = await answers.expect('position_create', 201, { body: STOCK });
    const me = await answers.expect('user_create', 201, { owner: 'again',
        body: { email: 'again@example.com', name: 'Again' } });
    const args = { position: JSON.parse(one.body).id, docs_part: 'docs.js' };
    const user = JSON.parse(me.body).id;

    for (const id of names(answers, ({ op }) => op.responses[304])) {
        const mine = ['user', 'users', 'profile'].includes(id);
        const how = { arg: args[id] ?? (mine ? user : GOOD),
                      owner: mine ? 'again' : 'docs' };
        const first = await answers.expect(id, 200, how);
        const etag = first.headers.get('ETag');

        await answers.expect(id, 304, { ...how,
                                        headers: { 'If-None-Match': etag } });

        const head = await answers.expect(id, 200, { ...how, method: 'HEAD' });

        answers.note(`HEAD of ${id}`, head.headers.get('ETag') === etag
            ? [] : [`${head.headers.get('ETag')} is not ${etag}`]);
    }
}

export async function ask(answers) {
    await market(answers);
    await dashboard(answers);
    await watchlist(answers);
    await positions(answers);
    await unchecked(answers);
    await users(answers);
    await service(answers);
    await stream(answers);
    await common(answers);
    await away(answers);
    await again(answers);
}

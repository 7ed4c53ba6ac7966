// The page and the stream of changes: the real one, and, for what that does
// not do on demand, one that a server in front plays.

import { dialog, fill, gone, test } from './cases.mjs';
import { pause, reload } from './services.mjs';
import { day, sellPut } from './visit.mjs';

const linked = (page, word) =>
    page.locator('#link', { hasText: word }).waitFor();

test('a live update arrives', {}, async v => {
    const { page, service } = v;
    const { ticker, close } = service.changed;
    const price = page.locator(`[aria-labelledby="h-${ticker}"] .price`);
    const usd = value => value.toLocaleString('en-US',
        { style: 'currency', currency: 'USD' });
    let asked = 0;

    await v.watch(ticker);
    await v.show();
    await linked(page, 'Live');
    await price.getByText(usd(close)).waitFor();
    page.on('request', request => { asked += /dashboard/.test(request.url()) ? 1 : 0; });

    // somebody else is told a newer price by the market
    const answer = await fetch(`${service.origin}/changed/stocks/${ticker}`
        + '?force_refresh=true', { headers: { 'X-Owner': 'somebody' } });

    v.check(answer.ok, `${answer.status}`);
    await price.getByText(usd(close - 1)).waitFor();
    v.check(asked === 0, 'it was asked for, not told');
    await v.look('after a live update');
});

test('another device writes, nginx reloads', {}, async v => {
    const { page } = v;
    const stock = { position_type: 'stock', ticker: 'JPM', transaction_date: day(-90),
        purchase_price: 50 };

    await v.watch('KO');
    await v.show();
    await linked(page, 'Live');

    const made = await v.ask('POST', 'positions', { ...stock, quantity: 10 });

    await page.getByRole('heading', { name: 'JPM' }).waitFor();
    await page.locator('.position', { hasText: '10 × Stock' }).waitFor();
    await page.getByText('1 position, P&L').waitFor();

    // what is written while the page has no stream comes all the same
    reload();
    await v.ask('PUT', `positions/${made.id}`, { ...stock, quantity: 11 });
    await page.locator('.position', { hasText: '11 × Stock' }).waitFor();
    await v.ask('DELETE', `positions/${made.id}`);
    await page.locator('.position').waitFor({ state: 'detached' });
    await v.ask('DELETE', 'watchlist/JPM');
    await page.getByRole('heading', { name: 'JPM' }).waitFor({ state: 'detached' });
    await linked(page, 'Live');
});

// what GET stream tells of a ticker; change(stock) says what is new
async function event(v, ticker, change) {
    const stock = await v.ask('GET', `stocks/${ticker}`);

    change(stock);
    await v.front.send(v.owner, 'stock', stock);
}

test('an event changes what it is about, and nothing else', { front: true }, async v => {
    const { page } = v;
    const price = ticker => page.locator(`[aria-labelledby="h-${ticker}"] .price`);

    await v.watch('AAPL', 'KO');
    await sellPut(v, 'AAPL', 0.94);
    await v.show();
    await linked(page, 'Live');

    // all that a redrawing could lose
    await page.locator('.signal summary').first().click();
    await page.locator('.why summary').first().click();
    await page.getByText('Chart and prices').first().click();
    await page.locator('.chart canvas').first().waitFor();
    await page.getByText('The same as a table').click();
    await page.locator('.more .scroll').first().evaluate(node => { node.scrollTop = 200; });
    await page.getByRole('button', { name: 'Change AAPL' }).focus();
    await page.evaluate(() => {
        scrollTo(0, 700);
        window.before = [...document.querySelectorAll('.stock, .chart, .signal, .position')];
        window.at = { y: scrollY, focus: document.activeElement };
    });
    await event(v, 'AAPL', stock => { stock.stock_data.current_price = 321.5; });
    await page.getByText('$321.50').first().waitFor();
    await pause(600);
    const lost = await page.evaluate(() => [
        window.before.some(node => !node.isConnected) && 'nodes',
        scrollY !== window.at.y && `scroll ${window.at.y} to ${scrollY}`,
        document.activeElement !== window.at.focus && 'focus',
        document.querySelector('.more .scroll').scrollTop !== 200 && 'scroll of the table',
        document.querySelectorAll('details[open]').length !== 4 && 'open sections',
        document.querySelectorAll('.chart canvas').length === 0 && 'chart',
    ].filter(Boolean));

    v.check(lost.length === 0, `lost: ${lost}`);
    await v.look('after an event');

    // a form that is half filled in, and other tickers, stay as they are
    await page.getByRole('button', { name: 'Change AAPL' }).click();
    await fill(page, { quantity: '7' });
    await event(v, 'KO', stock => { stock.stock_data.current_price = 77; });
    await page.waitForFunction(() => document.body.textContent.includes('$77.00'));
    v.check(await dialog(page).locator('[name=quantity]').inputValue() === '7',
        'the form lost what was typed');
    await page.keyboard.press('Escape');
    await gone(page);

    // what is older than what is shown changes nothing
    await event(v, 'KO', stock => {
        stock.stock_data.current_price = 66;
        stock.as_of = '2020-01-01T00:00:00Z';
    });
    await event(v, 'KO', stock => { stock.stock_data.current_price = 78; });
    await price('KO').getByText('$78.00').waitFor();
});

test('what another device does shows', { front: true }, async v => {
    const { page } = v;

    await v.watch('KO');
    await v.show();
    await linked(page, 'Live');
    await v.ask('POST', 'watchlist', { ticker: 'JPM' });
    await v.front.send(v.owner, 'watchlist', ['KO', 'JPM']);
    await page.getByRole('heading', { name: 'JPM' }).waitFor();

    const made = await v.ask('POST', 'positions', { position_type: 'stock', ticker: 'JPM',
        transaction_date: day(-90), quantity: 10, purchase_price: 50 });

    await v.front.send(v.owner, 'position', { id: made.id, ticker: 'JPM', op: 'created',
        position: made });
    await page.locator('.position', { hasText: '10 × Stock' }).waitFor();
    await page.getByText('1 position, P&L').waitFor();
    await v.front.send(v.owner, 'watchlist', ['JPM']);
    await page.getByRole('heading', { name: 'KO' }).waitFor({ state: 'detached' });

    // what cannot be told is asked for
    const again = page.waitForRequest(/dashboard$/);

    await v.ask('POST', 'watchlist', { ticker: 'MSFT' });
    await v.front.send(v.owner, 'reset', null);
    await again;
    await page.getByRole('heading', { name: 'MSFT' }).waitFor();
});

test('a stock that had failed comes by an event', { front: true, at: '/old/' }, async v => {
    const { page, service } = v;

    await v.watch('KO', 'AMZN');
    await v.ask('GET', 'dashboard?tickers=KO');
    await fetch(`${service.market}/_control/fault?match=/&kind=status&status=500`);
    await v.show();
    await linked(page, 'Live');
    await page.locator('.failed', { hasText: 'AMZN' }).waitFor();
    await fetch(`${service.market}/_control/reset`);
    await event(v, 'AMZN', () => {});
    await page.locator('.failed').waitFor({ state: 'detached' });
    await page.locator('[aria-labelledby="h-AMZN"] .price').waitFor();
});

test('no stream: it polls; a stream that breaks comes back', { front: true,
    expect: [0, 404, 503] }, async v => {
    const { page, front } = v;
    const asked = () => front.asked.filter(one => one.owner === v.owner);
    // the page's clock goes in steps, between which the network has time
    const pass = async (seconds, word) => {
        for (let i = 0; i < seconds; i += 5) {
            await page.clock.runFor(5000);
            front.beat();
            await pause(40);
            if (word && await page.locator('#link', { hasText: word }).count()) {
                break;
            }
        }
        if (word) {
            await linked(page, word);
        }
    };

    await v.watch('KO');
    await page.clock.install();
    front.status = 503;
    await v.show();
    await pass(10, 'Polling');
    await v.look('polling');

    const poll = page.waitForRequest(/dashboard/);

    await pass(60);
    await poll;
    front.status = 200;
    await pass(300, 'Live');

    // one that was steady is asked for at once, from where it was
    await pass(15);
    await v.front.send(v.owner, 'watchlist', ['KO']);
    await pause(100);
    front.drop(v.owner);
    await pause(100);
    await pass(5, 'Live');
    v.check(asked().pop().last === String(front.id), 'no Last-Event-ID');

    // says nothing for long: it is not trusted
    const before = asked().length;

    front.dumb = true;
    await pass(60, 'Polling');
    v.check(asked().length > before, 'a dead line is kept');
    front.dumb = false;
    await pass(300, 'Live');

    // a tab that nobody sees lets it go, and fetches what it missed
    const show = state => page.evaluate(now => {
        Object.defineProperty(document, 'visibilityState',
            { value: now, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }, state);

    await show('hidden');
    await pass(30);
    v.check(front.of(v.owner).length === 1, 'let go at once');
    await pass(40);
    v.check(front.of(v.owner).length === 0, 'a hidden tab keeps its stream');
    await show('visible');
    await pass(5, 'Live');
    v.check(asked().pop().last === String(front.id), 'no Last-Event-ID after a rest');

    // what nobody refreshes is asked for all the same, but rarely
    let polls = 0;

    page.on('request', request => { polls += /dashboard$/.test(request.url()) ? 1 : 0; });
    await pass(200);
    v.check(polls === 0, `${polls} polls in 200 s of a stream`);
    await pass(150);
    v.check(polls === 1, `${polls} polls in 350 s of a stream`);
});

test('events, cut anywhere', {}, async v => {
    const text = '\ufeff: here\r\nid: 7\rretry: 50\n\nevent: stock\r\ndata: {"a":\r\n'
        + 'data:1}\r\n\r\nevent: none\n\ndata\n\nid\ndata: x:y \nother: z\nretry: 1s\n\n'
        + 'data: unfinished\n';
    const want = JSON.stringify([['retry', 50], ['id', '7'], ['stock', '{"a":\n1}'],
        ['message', ''], ['id', ''], ['message', 'x:y ']]);

    await v.show();
    const wrong = await v.page.evaluate(async ([given, right]) => {
        const { reader } = await import('./js/sse.js');
        const outcome = pieces => {
            const got = [];
            const feed = reader({ id: id => got.push(['id', id]),
                retry: ms => got.push(['retry', ms]),
                event: (type, data) => got.push([type, data]) });

            pieces.forEach(feed);
            return JSON.stringify(got);
        };
        const all = [[given], [...given]];

        for (let i = 0; i <= given.length; i++) {
            all.push([given.slice(0, i), given.slice(i)]);
        }
        return all.map(outcome).filter(one => one !== right);
    }, [text, want]);

    v.check(wrong.length === 0, `${wrong[0]} is not ${want}`);
});

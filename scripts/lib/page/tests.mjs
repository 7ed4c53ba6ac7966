// What the page promises, each in a visit of its own.

import { DESKTOP, dialog, fill, gone, portfolio, test } from './cases.mjs';
import { pause, startRedis, stop } from './services.mjs';
import { day } from './visit.mjs';

test('a first visit, from nothing to a position', { expect: [400, 409, 422] }, async v => {
    const { page } = v;

    await v.show();
    await page.getByText('Nothing is on your list yet').waitFor();
    await page.getByText('Sample market: made-up prices').waitFor();
    await v.look('empty');
    await v.shot('empty-phone');

    await page.getByLabel('Add a ticker', { exact: true }).fill('nope');
    await page.keyboard.press('Enter');
    await page.getByText('The market knows no NOPE.').waitFor();
    await v.look('bad ticker');

    await page.getByLabel('Add a ticker', { exact: true }).fill('aapl');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'AAPL' }).waitFor();

    await page.getByLabel('Add a ticker', { exact: true }).fill('AAPL');
    await page.keyboard.press('Enter');
    await page.getByText('AAPL is on the list already.').waitFor();

    await page.getByRole('button', { name: 'Add a position in AAPL' }).click();
    await fill(page, { quantity: '1.5', strike: '-3', side: 'short' });
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await dialog(page).locator('#f-strike-error:not(:empty)').waitFor();
    for (const name of ['quantity', 'strike', 'expiration', 'premium']) {
        v.check(await dialog(page).locator(`#f-${name}-error`).textContent(),
            `no error at ${name}`);
        v.check(await dialog(page).locator(`#f-${name}`).getAttribute('aria-invalid'),
            `${name} is not marked`);
    }
    v.check(await page.evaluate(() => document.activeElement.name) === 'quantity',
        'the focus is not at the first error');
    await v.look('field errors');
    await v.shot('errors-phone', false);

    await fill(page, { quantity: '2', strike: '200', expiration: day(40), premium: '3.5',
        option_type: 'put' });
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await gone(page);
    await page.getByText('2 × Short put 200').first().waitFor();
    v.check((await v.ask('GET', 'positions')).positions[0].quantity === -2,
        'the position is not short');
    await v.look('with a position');
});

test('a position is changed and deleted', { expect: [412] }, async v => {
    const { page } = v;

    await v.watch('KO');
    const made = await v.ask('POST', 'positions', { position_type: 'stock', ticker: 'KO',
        transaction_date: day(-90), quantity: 100, purchase_price: 50 });

    await v.show();
    await page.getByRole('button', { name: 'Change KO Stock' }).click();
    await fill(page, { quantity: '150' });
    // another device is faster
    await v.ask('PUT', `positions/${made.id}`, { position_type: 'stock', ticker: 'KO',
        transaction_date: day(-90), quantity: 120, purchase_price: 51 });
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody has changed this position').waitFor();
    await v.look('412');
    await dialog(page).getByRole('button', { name: 'Show it as it is now' }).click();
    await page.waitForFunction(() =>
        document.querySelector('dialog [name=quantity]').value === '120');
    await fill(page, { quantity: '150' });
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await gone(page);
    await page.locator('.position', { hasText: '150 × Stock' }).waitFor();

    await page.getByRole('button', { name: 'Delete KO Stock' }).click();
    await v.look('delete?');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await gone(page);
    await page.locator('.position').waitFor({ state: 'detached' });
    v.check((await v.ask('GET', 'positions')).positions.length === 0, 'it is still there');
});

for (const colorScheme of ['dark', 'light']) {
    for (const [where, size] of [['phone', {}], ['desktop', DESKTOP]]) {
        test(`all of it, ${where}, ${colorScheme}`, { ...size, colorScheme }, async v => {
            const { page } = v;

            await portfolio(v);
            await v.show();
            await page.locator('.act li').first().waitFor();
            v.check(await page.locator('#other article').count() === 1,
                'a position off the list is not shown');
            await v.shot(`all-${where}-${colorScheme}`);
            await page.locator('.signal summary').first().click();
            await page.locator('.why summary').first().click();
            await page.getByText('Figures').first().click();
            await page.getByText('Chart and prices').first().click();
            await page.locator('.chart canvas').first().waitFor();
            await page.getByText('The same as a table').click();
            await pause(200);
            await v.look(`${where}, ${colorScheme}`);
            await v.shot(`open-${where}-${colorScheme}`);
        });
    }
}

test('the first load: bytes, seconds', {}, async v => {
    const { page } = v;
    const sizes = [];

    await v.watch('AAPL', 'MSFT', 'NVDA', 'KO', 'JPM');
    await v.ask('GET', 'dashboard');
    const cdp = await v.context.newCDPSession(page);

    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 150,
        downloadThroughput: 200000, uploadThroughput: 200000 });
    page.on('requestfinished', request => sizes.push(request.sizes()));
    const began = Date.now();
    await v.show();
    const took = Date.now() - began;
    const all = await Promise.all(sizes);
    const bytes = all.reduce((sum, s) =>
        sum + s.responseBodySize + s.responseHeadersSize, 0);

    await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 0,
        downloadThroughput: -1, uploadThroughput: -1 });
    sizes.length = 0;
    await page.getByText('Chart and prices').first().click();
    await page.locator('.chart canvas').first().waitFor();
    await pause(100);
    const more = (await Promise.all(sizes)).reduce((sum, s) =>
        sum + s.responseBodySize + s.responseHeadersSize, 0);

    console.log(`first load: ${all.length} requests, ${bytes} bytes, ${took} ms at `
        + `1.6 Mbit/s and 150 ms; a first chart: ${more} bytes`);
    v.check(bytes + more < 250000, `${bytes} + ${more} bytes`);
});

test('by keyboard alone', {}, async v => {
    const { page } = v;
    const at = () => page.evaluate(() => document.activeElement.textContent.trim()
        || document.activeElement.name);
    const tabTo = async (text, most = 60) => {
        for (let i = 0; i < most; i++) {
            await page.keyboard.press('Tab');
            if ((await at()).startsWith(text)) {
                return;
            }
        }
        v.check(false, `no "${text}" by Tab`);
    };

    await v.show();
    await page.keyboard.press('Tab');
    v.check((await at()).startsWith('Skip'), 'the first stop is not the skip link');
    await tabTo('ticker');
    await page.keyboard.type('KO');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'KO' }).waitFor();
    await tabTo('Chart and prices');
    await page.keyboard.press('Enter');
    await page.locator('.chart canvas').first().waitFor();
    await tabTo('Add a position');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await gone(page);
    v.check((await at()) === 'Add a position', 'the focus did not come back');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is on your list yet').waitFor();
});

test('colours by the button, and kept', { colorScheme: 'light' }, async v => {
    const { page } = v;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

    await v.show();
    const light = await ground();
    await page.getByRole('button', { name: 'Colours: Auto' }).click();
    await page.getByRole('button', { name: 'Colours: Light' }).click();
    v.check(await ground() !== light, 'dark is not dark');
    await v.show();
    v.check(await ground() !== light, 'it was not kept');
});

test('behind a proxy that takes a part of the path', { at: '/front/' }, async v => {
    await v.watch('KO');
    await v.show();
    await v.page.getByRole('heading', { name: 'KO' }).waitFor();
    await v.page.locator('#link', { hasText: 'Live' }).waitFor();
});

test('nobody is signed in', { nobody: true, expect: [401] }, async v => {
    await v.show();
    await v.page.getByText('You are not signed in').waitFor();
    await v.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await v.look('401');
    await v.shot('signin-phone');
});

test('data that are stale, and a ticker that failed', { at: '/old/' }, async v => {
    const { page, service } = v;

    // tickers that no other visit has asked for
    await v.watch('GOOG', 'META');
    await v.ask('GET', 'dashboard?tickers=GOOG');
    await pause(1200);
    await fetch(`${service.market}/_control/fault?match=/&kind=status&status=500`);
    await v.show();
    await page.locator('.stale').first().waitFor();
    await page.locator('.failed, .stale').nth(1).waitFor();
    await v.look('stale');
    await v.shot('stale-phone');
    await fetch(`${service.market}/_control/reset`);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('.stale').waitFor({ state: 'detached' });
});

test('offline, and online again', { expect: [0] }, async v => {
    const { page } = v;

    await v.watch('KO');
    await v.show();
    await v.context.setOffline(true);
    await page.getByText('You are offline').waitFor();
    await v.look('offline');
    v.check(await page.getByRole('heading', { name: 'KO' }).count() === 1,
        'what was there went');
    await v.context.setOffline(false);
    await page.getByText('You are offline').waitFor({ state: 'detached' });
});

// the last one: it ends what Redis knew
test('Redis is away, and comes back', { expect: [503] }, async v => {
    const { page } = v;

    await v.watch('KO');
    await v.show();
    await stop('redis');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('cannot read its store').waitFor();
    v.check(await page.getByRole('heading', { name: 'KO' }).count() === 1,
        'what was there went');
    await v.look('Redis away');
    await v.shot('redis-phone', false);
    await startRedis();
    await page.getByText('cannot read its store').waitFor({ state: 'detached' });
    await page.locator('#link', { hasText: 'Live' }).waitFor({ timeout: 20000 });
});

// docs, the page that renders openapi.json.

import { DESKTOP, test } from './cases.mjs';

async function show(v, hash = '') {
    await v.page.goto(`${v.base}docs${hash}`);
    await v.page.getByRole('heading', { name: 'schemas' }).waitFor();
}

const openAll = page => page.evaluate(() => {
    for (const node of document.querySelectorAll('details')) {
        node.open = true;
    }
});

for (const colorScheme of ['dark', 'light']) {
    for (const [where, size] of [['phone', {}], ['desktop', DESKTOP]]) {
        test(`docs, ${where}, ${colorScheme}`, { ...size, colorScheme }, async v => {
            const { page } = v;

            await show(v);
            await v.look(`docs, ${where}, ${colorScheme}`);
            await v.shot(`docs-${where}-${colorScheme}`);
            await page.locator('#dashboard > summary').click();
            await page.locator('#dashboard details > summary').first().click();
            await v.shot(`docs-open-${where}-${colorScheme}`, false);
            await openAll(page);
            await v.look(`docs, all open, ${where}, ${colorScheme}`);
        });
    }
}

test('docs: every call and every schema is there', {}, async v => {
    const { page } = v;

    await show(v);
    const doc = await v.ask('GET', 'openapi.json');
    const calls = Object.values(doc.paths).flatMap(item => Object.values(item)
        .map(op => op.operationId).filter(Boolean));
    const wanted = [...calls,
        ...Object.keys(doc.components.schemas).map(name => `schema-${name}`)];
    const missing = await page.evaluate(ids =>
        ids.filter(id => !document.getElementById(id)), wanted);

    v.check(calls.length > 20, `${calls.length} calls`);
    v.check(missing.length === 0, `not shown: ${missing}`);
});

test('docs by keyboard alone: a link, a call, an answer', {}, async v => {
    const { page } = v;
    const at = () => page.evaluate(() => document.activeElement.textContent.trim()
        || document.activeElement.name);
    const tabTo = async (text, most = 200) => {
        for (let i = 0; i < most; i++) {
            await page.keyboard.press('Tab');
            if ((await at()).startsWith(text)) {
                return;
            }
        }
        v.check(false, `no "${text}" by Tab`);
    };

    await v.watch('KO');
    await show(v);
    await tabTo('market');
    await page.keyboard.press('Enter');
    await tabTo('GETstocks/{ticker} ');
    await page.keyboard.press('Enter');
    await tabTo('ticker');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('KO');
    await page.keyboard.press('Enter');
    await page.getByText('GET stocks/KO: 200').waitFor();
    await page.getByText('"current_price"').last().waitFor();
    await v.look('docs, an answer');

    // what an address names is opened, and has the focus
    await show(v, '#schema-Stock');
    await page.waitForFunction(() => document.getElementById('schema-Stock').open);
    v.check((await at()).startsWith('Stock'), 'the focus is not at the schema');
});

test('docs behind a proxy that takes a part of the path', { at: '/front/' }, async v => {
    await show(v);
    await v.page.locator('#health > summary').click();
    await v.page.locator('#health').getByRole('button', { name: 'GET /health' }).click();
    await v.page.getByText('GET health: 200').waitFor();
});

test('docs: a stream is shown as it comes', {}, async v => {
    const { page } = v;

    await v.watch('KO');
    await show(v);
    await page.locator('#stream > summary').click();
    await page.locator('#stream').getByRole('button', { name: 'GET /stream' }).click();
    await page.getByText('event: hello').last().waitFor();
    await v.ask('DELETE', 'watchlist/KO');
    await page.getByText('data: []').waitFor();
    await v.look('docs, a stream');
});

test('docs: the description cannot be had', { expect: [503] }, async v => {
    const { page } = v;

    await page.route('**/openapi.json', route => route.fulfill({ status: 503, body: '' }));
    await page.goto(`${v.base}docs`);
    await page.getByText('the server answers 503').waitFor();
    await v.look('docs, 503');
});

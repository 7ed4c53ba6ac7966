// The README's picture: the page on a desktop, and dark on a phone.

import fs from 'node:fs';
import path from 'node:path';
import { portfolio } from './cases.mjs';
import { pause, shots } from './services.mjs';
import { Visit } from './visit.mjs';

const HEIGHT = 1320;

async function desktop(browser, service) {
    const v = await Visit.open(browser, service, 'picture', {
        viewport: { width: 1100, height: HEIGHT }, colorScheme: 'light' });
    const stock = ticker => v.page.locator(`[aria-labelledby="h-${ticker}"]`);

    await portfolio(v);
    await v.show();
    await stock('AAPL').getByText('Chart and prices').click();
    await v.page.locator('.chart canvas').first().waitFor();
    await stock('MSFT').getByText('Covered call', { exact: true }).click();
    return v;
}

const phone = (browser, service) => Visit.open(browser, service, 'picture', {
    viewport: { width: 360, height: HEIGHT - 240 }, colorScheme: 'dark' });

async function taken(v) {
    await v.page.locator('#link', { hasText: 'Live' }).waitFor();
    await pause(500);
    return `data:image/png;base64,${(await v.page.screenshot()).toString('base64')}`;
}

// Returns what went wrong.
export async function picture(browser, service) {
    const wide = await desktop(browser, service);
    const left = await taken(wide);
    const narrow = await phone(browser, service);

    await narrow.show();
    const right = await taken(narrow);
    const page = await browser.newPage({ viewport: { width: 1510, height: HEIGHT } });

    await page.setContent(`<style>
        body { display: flex; gap: 30px; align-items: center; margin: 0; background: #8391a0; }
        .phone { border: 4px solid #10151b; border-radius: 20px; }
        img { display: block; }
        </style><img src="${left}"><img class="phone" src="${right}">`);
    fs.writeFileSync(path.join(shots, 'readme.png'), await page.screenshot());
    await page.close();
    return [...await wide.close(), ...await narrow.close()];
}

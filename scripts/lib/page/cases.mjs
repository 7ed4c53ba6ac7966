// What the tests of the page are made of.

import { day, sellPut } from './visit.mjs';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const dialog = page => page.locator('dialog');

export async function fill(page, values) {
    for (const [name, value] of Object.entries(values)) {
        const field = dialog(page).locator(`[name="${name}"]`);

        if (await field.evaluate(node => node.tagName) === 'SELECT') {
            await field.selectOption(value);
        } else {
            await field.fill(value);
        }
    }
}

export async function gone(page) {
    await dialog(page).waitFor({ state: 'detached' });
}

export const tests = [];
export const test = (name, options, body) => tests.push({ name, options, body });

// Four stocks, and a position of each kind of advice; one is not on the list.
export async function portfolio(v) {
    await v.watch('AAPL', 'MSFT', 'NVDA', 'KO');
    await sellPut(v, 'AAPL', 0.94);
    await sellPut(v, 'MSFT', 0.99, { premium: 9.5 });
    await v.ask('POST', 'positions', { position_type: 'stock', ticker: 'KO',
        transaction_date: day(-200), quantity: 300, purchase_price: 58.2 });
    await sellPut(v, 'TSLA', 1.1, { premium: 2 });
    await v.ask('DELETE', 'watchlist/TSLA');
}

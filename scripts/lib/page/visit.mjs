// One visit of the page: a browser context of its own, with an owner of its
// own, that notes what must not happen.

import fs from 'node:fs';
import path from 'node:path';
import { shots } from './services.mjs';

const axe = fs.readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url),
    'utf8');

export class Visit {
    static async open(browser, service, owner, options = {}) {
        const visit = new Visit();
        const { expect = [], at = '/a/b/', front = false, ...context } = options;
        const origin = front ? service.front.origin : service.origin;

        visit.service = service;
        visit.front = service.front;
        visit.base = origin + at;
        visit.owner = owner;
        visit.wrong = [];
        visit.context = await browser.newContext({
            viewport: { width: 360, height: 740 },
            extraHTTPHeaders: owner ? { 'X-Owner': owner } : {}, ...context });
        visit.page = await visit.context.newPage();
        visit.page.setDefaultTimeout(8000);
        visit.page.on('pageerror', error => visit.wrong.push(`error: ${error.message}`));
        visit.page.on('request', request => {
            if (!request.url().startsWith(origin)) {
                visit.wrong.push(`a request to ${request.url()}`);
            }
        });
        visit.page.on('console', message => {
            const failed = /status of (\d+)/.exec(message.text());

            if (['error', 'warning'].includes(message.type())
                && !(failed && expect.includes(Number(failed[1])))
                && !(expect.includes(0) && /net::ERR/.test(message.text())))
            {
                visit.wrong.push(`console: ${message.text()}`);
            }
        });
        return visit;
    }

    async ask(method, what, body) {
        const answer = await fetch(this.base + what, { method,
            headers: { 'X-Owner': this.owner, 'Content-Type': 'application/json' },
            body: body && JSON.stringify(body) });

        if (!answer.ok) {
            throw new Error(`${method} ${what}: ${answer.status} ${await answer.text()}`);
        }
        return answer.json();
    }

    async watch(...tickers) {
        for (const ticker of tickers) {
            await this.ask('POST', 'watchlist', { ticker });
        }
    }

    async show() {
        await this.page.goto(this.base);
        await this.page.waitForSelector('#stocks[aria-busy="false"]');
    }

    async shot(name, whole = true) {
        await this.page.screenshot({ path: path.join(shots, `${name}.png`),
            fullPage: whole });
    }

    // axe finds nothing, and nothing is wider than the window
    async look(what) {
        await this.page.evaluate(axe);
        const found = await this.page.evaluate(() => window.axe.run(document,
            { resultTypes: ['violations'] }));

        for (const one of found.violations) {
            this.wrong.push(`axe, ${what}: ${one.id}: ${one.nodes[0].html.slice(0, 160)} `
                + one.nodes[0].failureSummary.replace(/\s+/g, ' ').slice(0, 200));
        }

        const wide = await this.page.evaluate(() =>
            document.documentElement.scrollWidth - window.innerWidth);

        if (wide > 0) {
            this.wrong.push(`${what}: ${wide} px wider than the window`);
        }
    }

    check(truth, what) {
        if (!truth) {
            this.wrong.push(what);
        }
    }

    async close() {
        await this.context.close();
        return this.wrong;
    }
}

export const day = n => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);

// A put that was sold for much more than it is worth: to be closed.
export async function sellPut(visit, ticker, strike, more = {}) {
    const chain = await visit.ask('GET', `stocks/${ticker}/options?type=put&min_dte=10`
        + '&max_dte=60');
    const contract = chain.contracts.reduce((best, one) =>
        (Math.abs(one.strike - chain.underlying_price * strike)
            < Math.abs(best.strike - chain.underlying_price * strike) ? one : best));

    return visit.ask('POST', 'positions', { position_type: 'option', ticker,
        transaction_date: day(-30), quantity: -1, option_type: 'put',
        strike: contract.strike, expiration: contract.expiration,
        premium: contract.mid_price * 4, ...more });
}

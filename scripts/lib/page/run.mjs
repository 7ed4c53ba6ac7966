// run.mjs ROOT [NAME]: the tests of the page (whose names have NAME), one line
// each. Screenshots are in build/page/shots. NAME may be --screenshot: then it
// is only the README's.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { tests } from './cases.mjs';
import { picture } from './picture.mjs';
import { alerts, startAll, stopAll } from './services.mjs';
import { Visit } from './visit.mjs';
import './docs.mjs';
import './live.mjs';
import './tests.mjs';

const only = process.argv[3] || '';
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'finance-page-'));
let failed = 0;
let browser;

function report(name, wrong) {
    console.log(`${wrong.length ? 'not ok' : 'ok'} ${name}`
        + (wrong.length ? `: ${wrong.join('; ')}` : ''));
    failed += wrong.length ? 1 : 0;
}

async function one(service, { name, options, body }, i) {
    const { nobody, ...rest } = options;
    const visit = await Visit.open(browser, service, nobody ? '' : `owner${i}`, rest);

    try {
        await body(visit);
    } catch (error) {
        visit.wrong.push(error.message.split('\n').slice(0, 3).join(' '));
        await visit.shot(`failed-${i}`).catch(() => {});
    }
    report(name, await visit.close());
}

try {
    const service = await startAll();

    browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
        env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile },
        args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
            '--disable-background-networking', '--disable-component-update',
            '--disable-sync'] });
    if (only === '--screenshot') {
        report('the picture of the README', await picture(browser, service));
    }
    for (const [i, test] of tests.entries()) {
        if (test.name.includes(only)) {
            await one(service, test, i);
        }
    }
    report('no alert in the log', alerts());
} finally {
    if (browser) {
        await browser.close();
    }
    await stopAll();
    fs.rmSync(profile, { recursive: true, force: true });
}

// failures were told, one line each
console.log(`${failed} failed`);
process.exit(0);

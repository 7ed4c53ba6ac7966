/*
 * Golden vectors of the moving averages, RSI 14 and ATR 14, by TA-Lib
 * compiled to WebAssembly (npm package talib-web).
 *
 *     npm install && node make.mjs [DIRECTORY OF THE MARKET DATA]
 *
 * bars.inc    600 made-up bars in cents: a seeded walk with a flat stretch
 *             and a gap; the same on every machine (integers only)
 * golden.inc  what TA-Lib says of them, at some indices
 * real.inc    the same for the real series, when their directory is given;
 *             derived figures only
 *
 * The unit test test_indicators.c includes all three.
 */

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const BARS = 600, FLAT_FROM = 300, FLAT_TO = 325, GAP_AT = 450;
const AT = [13, 14, 15, 18, 19, 20, 48, 49, 50, 100, 198, 199, 200, 201, 250,
            299, 310, 324, 325, 326, 400, 449, 450, 451, 500, 598, 599];
const REAL = ['AAPL', 'AAPL-before-split', 'AMZN', 'BAC', 'GOOG', 'IBM',
              'META', 'NFLX', 'SPY'];

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(import.meta.url);

/* the package's loader takes node's fetch for a browser's */
globalThis.fetch = undefined;

const talib = require('talib-web');
await talib.init(path.join(path.dirname(require.resolve('talib-web')),
                           'talib.wasm'));


/* Knuth's and Lewis' generator; the low bits are poor and dropped. */
function
generator(seed)
{
    let x = seed >>> 0;

    return (n) => {
        x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
        return (x >>> 8) % n;
    };
}


function
madeUp()
{
    const random = generator(20240607), bars = [];
    let close = 10000;

    for (let i = 0; i < BARS; i++) {
        if (i >= FLAT_FROM && i < FLAT_TO) {
            bars.push({ o: close, h: close, l: close, c: close });
            continue;
        }

        const o = close + random(121) - 60 + (i === GAP_AT ? 2500 : 0);
        const c = Math.max(500, o + random(401) - 199);
        const h = Math.max(o, c) + random(120);
        const l = Math.max(1, Math.min(o, c) - random(120));

        bars.push({ o, h, l, c });
        close = c;
    }

    return bars;
}


/* One value a bar. The package asks TA-Lib for one bar too many at the end,
 * so what it returns is cut to what can be defined. */
function
aligned(output, lookback, n)
{
    return Array.from({ length: n },
                      (_, i) => i < lookback ? NaN : output[i - lookback]);
}


function
indicators(bars)
{
    const n = bars.length;
    const close = bars.map((b) => b.c);
    const high = bars.map((b) => b.h), low = bars.map((b) => b.l);
    const sma = (p) => aligned(talib.SMA({ inReal: close, timePeriod: p }).output,
                               p - 1, n);

    return [
        sma(20), sma(50), sma(200),
        aligned(talib.RSI({ inReal: close, timePeriod: 14 }).output, 14, n),
        aligned(talib.ATR({ high, low, close, timePeriod: 14 }).output, 14, n),
    ];
}


function
row(columns, i)
{
    return columns.map((c) => Number.isNaN(c[i]) ? 'NAN' : String(c[i]))
                  .join(', ');
}


function
write(name, head, lines)
{
    fs.writeFileSync(path.join(here, name),
                     `/* made by make.mjs: ${head} */\n` + lines.join('\n') + '\n');
}


const bars = madeUp();
const prices = bars.map((b) => ({ o: b.o / 100, h: b.h / 100,
                                  l: b.l / 100, c: b.c / 100 }));

write('bars.inc', 'o, h, l, c in cents',
      bars.map((b) => `{ ${b.o}, ${b.h}, ${b.l}, ${b.c} },`));

const columns = indicators(prices);

write('golden.inc', 'index, MA 20, 50, 200, RSI 14, ATR 14 of bars.inc',
      AT.map((i) => `{ NULL, ${i}, { ${row(columns, i)} } },`));

if (process.argv[2]) {
    const lines = [];

    for (const name of REAL) {
        const file = path.join(process.argv[2], 'real', `${name}.bars.json`);
        const real = JSON.parse(fs.readFileSync(file, 'utf8')).results;
        const c = indicators(real);

        for (const i of [199, real.length >> 1, real.length - 1]) {
            lines.push(`{ "${name}", ${i}, { ${row(c, i)} } },`);
        }
    }

    write('real.inc', 'file, index, MA 20, 50, 200, RSI 14, ATR 14', lines);
}

// The price chart of a stock, fetched when it is opened, and its table. The
// chart's library may be missing from a build: then there is the table.

import { call, stockPath } from './api.js';
import { disclosure, h, table } from './dom.js';
import { contract, money, number } from './format.js';
import { patchNode } from './patch.js';
import { onTheme } from './theme.js';

const AVERAGES = [['ma_20', '20 days', '--ma1'], ['ma_50', '50 days', '--ma2'],
    ['ma_200', '200 days', '--ma3']];

const shown = new WeakMap();    // body: what takes newer prices, update(bars, stock, held)

const prices = async stock => (await call(stockPath(stock.ticker, '/bars'))).data;

export async function chart(body, stock, held) {
    body.replaceChildren(h('div', { class: 'skeleton tall' }));

    let bars;

    try {
        bars = await prices(stock);
    } catch (failure) {
        body.replaceChildren(h('p', { class: 'notice bad' },
            `Prices cannot be had: ${failure.message} `,
            h('button', { type: 'button', onclick: () => chart(body, stock, held) },
                'Try again')));
        return;
    }

    const library = await import('../vendor/lightweight-charts.js').catch(() => null);

    const list = barsTable(bars, !library);
    let update = () => {};

    body.replaceChildren();
    if (library) {
        update = picture(body, library, bars, stock, held);
    } else {
        body.append(h('p', { class: 'muted' }, 'This build has no chart: see the table.'));
    }
    body.append(list);

    shown.set(body, (...newer) => {
        update(...newer);
        patchNode(list, barsTable(newer[0], false));
    });
}

// The same one with newer prices; without an answer it stays as it is.
export async function rechart(body, stock, held) {
    const bars = shown.has(body) && await prices(stock).catch(() => null);

    if (bars) {
        shown.get(body)(bars, stock, held);
    }
}

function barsTable(bars, open) {
    const node = disclosure(`${bars.ticker} table`, { class: 'more' }, 'The same as a table',
        place => place.append(table(`${bars.ticker}: prices, the latest first`,
            ['Date', 'Open', 'High', 'Low', 'Close', 'Volume', 'Average 20', '50', '200',
                'RSI'],
            bars.bars.map((bar, i) => [bar.date, ...[bar.open, bar.high, bar.low, bar.close]
                .map(x => number(x)), number(bar.volume, 0),
            ...AVERAGES.map(([key]) => number(bars.indicators[key][i])),
            number(bars.indicators.rsi[i], 1)]).reverse())));

    if (open) {
        node.open = true;
    }
    return node;
}

// The colour that a variable of the style sheet stands for at present.
function colour(place, name) {
    place.style.color = `var(${name})`;
    return getComputedStyle(place).color;
}

function looks(probe) {
    return {
        layout: {
            background: { color: 'transparent' },
            textColor: colour(probe, '--ink'),
            // its logo brings a style of its own, which the page's policy
            // refuses: the link and the notice stand under the chart
            attributionLogo: false,
        },
        grid: {
            vertLines: { color: colour(probe, '--line') },
            horzLines: { color: colour(probe, '--line') },
        },
    };
}

function describe(place, bars) {
    const last = bars.bars[bars.bars.length - 1];

    place.setAttribute('aria-label', `${bars.ticker}: ${bars.bars.length} days to `
        + `${last ? last.date : '–'}, last close ${money(last && last.close)}. The same is `
        + 'in the table below.');
}

// Returns update(bars, stock, held).
function picture(body, library, bars, stock, held) {
    const place = h('div', { class: 'chart', role: 'img' });
    const probe = h('span', { hidden: true });

    body.append(place, probe, legend(), h('p', { class: 'muted attribution' },
        'Chart by ', h('a', { href: 'https://www.tradingview.com/', rel: 'noreferrer' },
            'TradingView'), ' Lightweight Charts™'));

    const made = library.createChart(place, {
        autoSize: true, ...looks(probe),
        rightPriceScale: { borderVisible: false },
        timeScale: { borderVisible: false },
        handleScroll: { vertTouchDrag: false },
    });
    const candles = made.addSeries(library.CandlestickSeries, {});
    const averages = AVERAGES.map(() => made.addSeries(library.LineSeries, { lineWidth: 2,
        priceLineVisible: false, lastValueVisible: false,
        crosshairMarkerVisible: false }));
    let lines = [];

    const paint = () => {
        const up = colour(probe, '--up');
        const down = colour(probe, '--down');

        made.applyOptions(looks(probe));
        candles.applyOptions({ upColor: 'transparent', borderUpColor: up, wickUpColor: up,
            downColor: down, borderDownColor: down, wickDownColor: down });
        averages.forEach((line, i) =>
            line.applyOptions({ color: colour(probe, AVERAGES[i][2]) }));
        lines.forEach(([line, name]) => line.applyOptions({ color: colour(probe, name) }));
    };
    const update = (newer, now, own) => {
        describe(place, newer);
        fillSeries(candles, averages, newer);
        lines.forEach(([line]) => candles.removePriceLine(line));
        lines = levels(now, own).map(([price, title, name, style]) =>
            [candles.createPriceLine({ price, title, lineWidth: 1,
                lineStyle: library.LineStyle[style] }), name]);
        paint();
    };

    update(bars, stock, held);
    // half a year, on a phone a quarter; the names of lines stand on the right
    const narrow = place.clientWidth < 500;

    made.timeScale().setVisibleLogicalRange({
        from: bars.bars.length - (narrow ? 63 : 126),
        to: bars.bars.length + (narrow ? 12 : 8) });

    const stop = onTheme(() => {
        if (place.isConnected) {
            paint();
        } else {
            stop();
            made.remove();
        }
    });

    return update;
}

function fillSeries(candles, averages, { bars, indicators }) {
    candles.setData(bars.filter(bar => bar.open !== null)
        .map(({ date, open, high, low, close }) => ({ time: date, open, high, low, close })));
    averages.forEach((line, n) =>
        line.setData(bars.map((bar, i) => [bar.date, indicators[AVERAGES[n][0]][i]])
            .filter(([, value]) => value !== null)
            .map(([time, value]) => ({ time, value }))));
}

function levels(stock, held) {
    return [
        ...stock.stock_data.support_levels.map(x => [x, 'S', '--up', 'Dotted']),
        ...stock.stock_data.resistance_levels.map(x => [x, 'R', '--down', 'Dotted']),
        ...held.filter(p => p.strike !== null)
            .map(p => [p.strike, contract(p), '--accent', 'Dashed']),
    ];
}

function legend() {
    return h('ul', { class: 'legend' },
        h('li', null, 'Hollow: up, filled: down'),
        AVERAGES.map(([key, text]) => h('li', null,
            h('span', { class: `swatch ${key}`, 'aria-hidden': 'true' }),
            `Average ${text}`)),
        h('li', null, 'Dotted: support (S) and resistance (R); dashed: your strikes'));
}

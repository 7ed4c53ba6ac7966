#!/usr/bin/env python3
"""The volatilities of a stock and the yields of its expirations, by numpy and
scipy.  Writes chains.inc, history.inc and ranks.inc here:  python3 make.py
"""

import math
import pathlib

import numpy as np
from scipy import stats

import market
from market import number

HERE = pathlib.Path(__file__).resolve().parent
DAYS, LEAST = 252, 30


def at_the_money(m, dte):
    contracts = [o for o in m.chain if o.dte == dte and o.shares == 100]
    strike = min({o.strike for o in contracts},
                 key=lambda k: (round(abs(k - m.price), 9), k))
    ivs = np.array([o.iv for o in contracts if o.strike == strike])
    return float(ivs[~np.isnan(ivs)].mean()) if not np.isnan(ivs).all() \
        else math.nan


def iv30(m):
    points = [(dte, at_the_money(m, dte)) for dte in sorted(m.yields)]
    points = [p for p in points if not math.isnan(p[1])]
    if not points:
        return math.nan
    dte, iv = map(np.array, zip(*points))
    if not dte[0] < 30 <= dte[-1]:
        return float(iv[0] if dte[0] >= 30 else iv[-1])
    t = np.maximum(dte, 0.5) / 365
    return math.sqrt(np.interp(30 / 365, t, iv**2 * t) / (30 / 365))


def chains():
    for m in market.markets():
        if not m.chain:
            continue
        dtes = sorted(m.yields)
        picks = sorted({dtes[i] for i in np.linspace(0, len(dtes) - 1, 5,
                                                     dtype=int)})
        yield "{ %s, %s, %s, %d, {\n  %s } }," % (
            m.key(), number(m.price), number(iv30(m)), len(picks),
            ",\n  ".join("{ %d, %s }" % (d, number(m.yields[d]))
                         for d in picks))


def hv_series(close):
    r = np.diff(np.log(close))
    windows = np.lib.stride_tricks.sliding_window_view(r, 20)
    return windows.std(axis=1, ddof=1) * math.sqrt(252)


def rank(values):
    today, low, high = values[-1], np.min(values), np.max(values)
    if low == high:
        return math.nan, math.nan
    return (100 * (today - low) / (high - low),
            stats.percentileofscore(values, today, kind="strict"))


def ranks(history):
    """stored days, today's figure, over the bars of one stock and day"""
    cases = [(k, iv) for k in (0, 5, 28, 29, 30, 100, 250, 251, 252, 300)
             for iv in (0.2, 0.31, float(history[-1]), 0.9, math.nan)]
    for i, (k, iv) in enumerate(cases):
        date, seed = market.SAMPLES[i % 3]
        m = market.sample(market.TICKERS[i % 10], date, seed)
        values = np.append(history[len(history) - k:], iv)[-DAYS:]
        source = "IMPLIED"
        if math.isnan(iv) or len(values) < LEAST:
            values, source = hv_series(m.c)[-DAYS:], "HISTORICAL"
        yield "{ %s, %d, %s, FIN_IV_SOURCE_%s,\n  %s, %s }," % (
            m.key(), k, number(iv), source, *map(number, rank(values)))


def write(name, what, lines):
    (HERE / name).write_text("/* made by make.py: %s */\n%s\n"
                             % (what, "\n".join(lines)))


def main():
    random = np.random.default_rng(20260318)
    walk = 0.3 * np.exp(np.cumsum(random.normal(0, 0.05, 300)) * 0.5)
    history = np.round(walk, 3)
    write("chains.inc", "ticker, day, seed, price, 30-day volatility, yields "
          "by days", chains())
    write("history.inc", "stored volatilities, oldest first",
          [", ".join(number(x) for x in history[i:i + 6].tolist()) + ","
           for i in range(0, 300, 6)])
    write("ranks.inc", "ticker, day, seed, stored days, today's volatility, "
          "source, rank, percentile", ranks(history))


main()

#!/usr/bin/env python3
"""Makes the tables of this directory with QuantLib (Debian: quantlib-python).

    make.py grid                          > grid.inc
    make.py chain FOLDER BARS DATE [EVERY] > aapl.inc

grid: prices and greeks by QuantLib's BlackCalculator over moneyness, days,
rates, yields and volatilities.

chain: FOLDER holds page-1.json ... as the market sends them, BARS the bars of
which that of DATE, today, has the price.  The rules of the project
(price of a contract, years, the yield that the quotes imply) are written down
again here; value, greeks and volatility are QuantLib's, the volatility by
bisecting its blackFormula.  Every EVERY-th contract is printed (20).
"""

import datetime
import itertools
import json
import math
import pathlib
import statistics
import sys
import zoneinfo

import QuantLib as ql

RIGHT = {"call": ql.Option.Call, "put": ql.Option.Put}


def number(x):
    return "NAN" if x is None else f"{x:.17g}"


def years(dte):
    return max(dte, 0.5) / 365


def greeks(right, s, k, t, r, q, sigma):
    """value, delta, gamma, theta a day, vega a point"""
    forward = s * math.exp((r - q) * t)
    calc = ql.BlackCalculator(ql.PlainVanillaPayoff(RIGHT[right], k), forward,
                              sigma * math.sqrt(t), math.exp(-r * t))
    return (calc.value(), calc.delta(s), calc.gamma(s),
            calc.theta(s, t) / 365, calc.vega(t) / 100)


def grid():
    money = (0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2)
    days = (0, 1, 7, 30, 91, 365, 900)
    rates = ((0, 0), (0.04, 0), (0.04, 0.015), (0.01, 0.08), (-0.005, -0.05))
    sigmas = (0.05, 0.2, 0.6, 1.5)
    rows = itertools.product(money, days, rates, sigmas, RIGHT)

    print("/* made by make.py grid, QuantLib " + ql.__version__ + ": type, "
          "strike, days, rate, yield,\n   volatility; price, delta, gamma, "
          "theta, vega; the stock is at 100 */")

    for i, (m, dte, (r, q), sigma, right) in enumerate(rows):
        if i % 5:
            continue
        k = 100 * m
        out = greeks(right, 100, k, years(dte), r, q, sigma)
        print("{ FIN_%s, %s, %d, %s, %s, %s,\n  %s }," % (
            right.upper(), number(k), dte, number(r), number(q),
            number(sigma), ", ".join(map(number, out))))


def price(c):
    quote = c.get("last_quote") or {}
    bid, ask = quote.get("bid") or 0, quote.get("ask") or 0
    if bid > 0 and ask > 0 and ask >= bid:
        return (bid + ask) / 2, "quote"
    last = (c.get("last_trade") or {}).get("price") or 0
    if last > 0:
        return last, "trade"
    close = (c.get("day") or {}).get("close") or 0
    return (close, "day") if close > 0 else (None, None)


def implied_yield(contracts, s, r, t):
    quoted = {}
    for c in contracts:
        d = c["details"]
        if d["shares_per_contract"] == 100 and c["source"] == "quote":
            quoted.setdefault(d["strike_price"], {}).setdefault(
                d["contract_type"], c["price"])
    pairs = [k for k, v in quoted.items()
             if len(v) == 2 and abs(k - s) <= 0.1 * s]
    pairs = sorted(pairs, key=lambda k: (abs(k - s), k))[:5]
    if not pairs:
        return 0
    forward = statistics.median(
        k + math.exp(r * t) * (quoted[k]["call"] - quoted[k]["put"])
        for k in pairs)
    return r - math.log(forward / s) / t


def implied_volatility(right, s, k, t, r, q, value):
    """None where there is none, or where only rounding would tell it"""
    discount, forward = math.exp(-r * t), s * math.exp((r - q) * t)
    low, high = 1e-9, 100.0

    def model(sigma):
        return ql.blackFormula(RIGHT[right], k, forward,
                               sigma * math.sqrt(t), discount)

    if not model(low) < value < model(high):
        return None
    while True:
        mid = (low + high) / 2
        if mid in (low, high):
            return mid
        if model(mid) < value:
            low = mid
        else:
            high = mid


def chain(folder, bars, date, every):
    rate = 0.04
    today = datetime.date.fromisoformat(date)
    midnight = datetime.datetime(*today.timetuple()[:3],
                                 tzinfo=zoneinfo.ZoneInfo("America/New_York"))
    s, = [b["c"] for b in json.loads(pathlib.Path(bars).read_text())["results"]
          if b["t"] == midnight.timestamp() * 1000]
    contracts = []
    for page in sorted(pathlib.Path(folder).glob("page-*.json")):
        contracts += json.loads(page.read_text())["results"]
    for c in contracts:
        c["price"], c["source"] = price(c)
    key = lambda c: (c["details"]["expiration_date"],
                     c["details"]["strike_price"],
                     c["details"]["contract_type"], c["details"]["ticker"])
    contracts.sort(key=key)

    print("/* made by make.py chain, QuantLib " + ql.__version__ + ": contract; "
          "yield of its expiration,\n   volatility, delta, gamma, theta, "
          "vega */")
    index = 0
    for expiration, group in itertools.groupby(contracts, lambda c: key(c)[0]):
        group = list(group)
        t = years((datetime.date.fromisoformat(expiration) - today).days)
        q = implied_yield(group, s, rate, t)
        for c in group:
            index += 1
            if (index - 1) % every:
                continue
            d = c["details"]
            right, k = d["contract_type"], d["strike_price"]
            iv = c["price"] and implied_volatility(right, s, k, t, rate, q,
                                                   c["price"])
            out = greeks(right, s, k, t, rate, q, iv)[1:] if iv else [None] * 4
            print('{ "%s", %s, %s,\n  %s },' % (
                d["ticker"], number(q), number(iv),
                ", ".join(map(number, out))))


if sys.argv[1] == "grid":
    grid()
else:
    chain(sys.argv[2], sys.argv[3],
          sys.argv[4], int(sys.argv[5]) if len(sys.argv) > 5 else 20)

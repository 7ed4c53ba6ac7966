#!/usr/bin/env python3
"""Figures, signals, recommended strikes, metrics and sums, worked out anew by
numpy and scipy.  Writes stocks.inc, signals.inc, positions.inc and
summaries.inc here:  python3 make.py
"""

import datetime
import math
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "iv"))

import indicators  # noqa: E402
import market      # noqa: E402
from market import number  # noqa: E402

NAN = math.nan
KINDS = ("csp", "covered_call", "leaps", "pmcc")


def listed(values):
    return "{ { %s }, %d }" % (", ".join(map(number, values or [0])),
                               len(values))


def text(x):
    return "NULL" if x is None else '"%s"' % x


# --- figures

def stocks():
    for i, m in enumerate(market.markets()):
        n = len(m.c)
        for k in {n, (1, 2, 14, 15, 20, 21, 59, 61, 130, 262, 263, 301,
                      400)[i % 13]}:
            f = indicators.of(m, k)
            yield "{ %s, %d, { %s },\n  %s,\n  %s }," % (
                m.key(), k, ",\n    ".join(", ".join(map(number, g)) for g in (
                    (f.price, f.change, f.change_pct), (f.high, f.low),
                    (f.swing_high, f.swing_low), f.ma.values(),
                    (f.rsi, f.atr, f.hv), (f.rank, f.percentile))),
                listed(f.support), listed(f.resistance))


# --- signals

def within(x, low, high):
    """Ends included"""
    return not math.isnan(x) and low - 1e-9 <= x <= high + 1e-9


def nearest(price, tops):
    under = [100 * (t - price) / t for t in tops if t >= price]
    return min(under, default=NAN)


def conditions(m, f, kind, holding):
    days = (m.earnings - m.today).days if m.earnings else None
    earnings = days is None or days > 10 or days < 0
    trend = f.price > f.ma[20]
    if kind == "csp":
        over = [100 * (f.price - s) / s for s in f.support if s <= f.price]
        return (within(100 * (f.swing_high - f.price) / f.swing_high, 5, 15)
                or within(min(over, default=NAN), 0, 3),
                within(f.rsi, 30, 45), f.percentile > 50, earnings)
    if kind == "covered_call":
        return (trend, f.rsi > 60,
                within(nearest(f.price, f.resistance), 0, 3),
                f.percentile > 40, earnings)
    if kind == "leaps":
        return (within(100 * (f.high - f.price) / f.high, 10, 25),
                f.percentile < 50, f.price > f.ma[200],
                f.ma[50] > f.ma[200])
    return (holding["leaps"] is not None, trend, f.rsi > 60,
            f.percentile > 40, earnings)


def score(kind, met):
    green, yellow = {"csp": (4, 2), "covered_call": (5, 3), "leaps": (4, 2),
                     "pmcc": (5, 3)}[kind]
    if kind == "pmcc" and not met[0]:
        return "RED"
    return ("GREEN" if sum(met) >= green else
            "YELLOW" if sum(met) >= yellow else "RED")


def spread(o):
    return 100 * (o.ask - o.bid) / ((o.ask + o.bid) / 2) \
        if (o.bid or 0) > 0 and (o.ask or 0) > 0 else NAN


def liquid(o):
    if math.isnan(o.price) or o.shares != 100 or (o.open_interest or 0) < 10:
        return False
    if o.bid is None and o.ask is None:
        return (o.volume or 0) >= 1
    return (o.bid or 0) > 0 and (o.ask or 0) >= o.bid and spread(o) <= 25


LIMITS = {"csp": ("put", -0.30, -0.20, 21, 45),
          "covered_call": ("call", 0.20, 0.30, 14, 30),
          "leaps": ("call", 0.70, 0.85, 540, 900),
          "pmcc": ("call", 0.20, 0.30, 21, 45)}


def recommended(m, kind, holding):
    """(order, contract, break even, return, annualized, extra), best first"""
    right, low, high, first, last = LIMITS[kind]
    rows = []
    for o in m.chain:
        if o.right != right or not liquid(o) or math.isnan(o.delta) \
                or not (low <= o.delta <= high and first <= o.dte <= last):
            continue
        if kind == "covered_call" and holding["shares"] \
                and o.strike < holding["basis"]:
            continue
        if kind == "pmcc" and o.strike <= holding["leaps"]:
            continue
        capital, even, extra = {
            "csp": (o.strike, o.strike - o.price, NAN),
            "covered_call": (m.price, m.price - o.price, o.strike + o.price),
            "leaps": (NAN, o.strike + o.price, o.delta * m.price / o.price),
            "pmcc": (holding["cost"], NAN, NAN)}[kind]
        back = 100 * o.price / capital
        order = ((o.price - max(m.price - o.strike, 0)) / o.dte
                 if kind == "leaps" else -back * 365 / o.dte)
        rows.append((order, o.ticker, o, even, back, back * 365 / o.dte,
                     extra))
    return sorted(rows, key=lambda r: r[:2])[:3]


def holding_of(i, m):
    """Some own shares, some a LEAPS, some both"""
    held = {"shares": 100 if i % 3 == 0 else 0, "basis": NAN, "leaps": None,
            "cost": NAN}
    if held["shares"]:
        held["basis"] = round(m.price * (1.06 if i % 2 else 0.9), 2)
    if i % 4 and m.chain:
        leaps = [o for o in m.chain if o.right == "call" and o.dte >= 180
                 and o.delta >= 0.7 and not math.isnan(o.price)]
        if leaps:
            held["leaps"] = leaps[-1].strike
            held["cost"] = round(leaps[-1].price * 0.93, 2)
    return held


def signals():
    for i, m in enumerate(market.markets()):
        f, held = indicators.of(m, len(m.c)), holding_of(i, m)
        for kind in KINDS:
            met = conditions(m, f, kind, held)
            best = recommended(m, kind, held) \
                if score(kind, met) != "RED" else []
            yield "{ %s, FIN_SIGNAL_%s,\n  { %d, %s, %d, %s, %s }," \
                "\n  FIN_SCORE_%s, 0x%x, %d, {%s } }," % (
                    m.key(), kind.upper(), held["shares"],
                    number(held["basis"]), held["leaps"] is not None,
                    number(held["leaps"]), number(held["cost"]),
                    score(kind, met),
                    sum(bool(b) << k for k, b in enumerate(met)), len(best),
                    ",".join("\n  { %s, %d, %s }" % (text(o.ticker), o.dte,
                             ", ".join(map(number, (
                                 o.price, o.delta, *figures, spread(o),
                                 extra))))
                             for _, _, o, *figures, extra in best)
                    or " { NULL, 0, 0, 0, 0, 0, 0, 0, 0 }")


# --- positions

def day(date):
    return (date - datetime.date(1970, 1, 1)).days


def option_class(right, quantity, bought, expiration):
    if quantity < 0:
        return "SHORT_" + right.upper()
    if right == "call" and (expiration - bought).days >= 180:
        return "LEAPS"
    return "OTHER"


def held_stock(m, quantity, days, factor):
    paid = round(m.price * factor, 2)
    value, cost = np.multiply(quantity, (m.price, paid))
    return {"m": m, "class": "STOCK", "quantity": quantity,
            "bought": m.today - datetime.timedelta(days), "paid": paid,
            "option": "FIN_CALL, NAN, FIN_NO_DATE", "value": value,
            "cost": cost, "dte": None, "secured": 0}


def held_option(m, o, quantity, days, factor, gone=False):
    paid = round(max(o.price * factor, 0.01), 2)
    bought = m.today - datetime.timedelta(days)
    strike = o.strike + 0.125 if gone else o.strike
    value, cost = (NAN, NAN) if gone \
        else np.multiply(quantity * o.shares, (o.price, paid))
    kind = option_class(o.right, quantity, bought, o.expiration)
    return {"m": m, "class": kind, "quantity": quantity, "bought": bought,
            "paid": paid, "option": "FIN_%s, %s, %d" % (
                o.right.upper(), number(strike), day(o.expiration)),
            "value": value, "cost": cost, "dte": o.dte,
            "secured": -100 * strike * quantity if kind == "SHORT_PUT" else 0}


def owner(key, markets):
    """The positions of one owner"""
    random = np.random.default_rng(key)
    rows = []
    for i, m in enumerate(markets):
        rows.append(held_stock(m, int(random.choice([-40, 15, 100, 333])),
                               int(random.integers(0, 400)),
                               float(random.uniform(0.6, 1.4))))
        priced = [o for o in m.chain if not math.isnan(o.price)]
        if not priced:
            continue
        for k in range(4):
            rows.append(held_option(
                m, priced[int(random.integers(len(priced)))],
                int(random.choice([-3, -1, 1, 2])),
                int(random.integers(0, 300)),
                float(random.uniform(0.3, 2.5)),
                gone=key % 2 == 0 and i == 1 and k == 2))
    return rows


def position_line(p):
    pnl = p["value"] - p["cost"]
    return '{ %s, FIN_CLASS_%s, %d, %d, %s,\n  %s,\n  { %s, %d, %s } },' % (
        p["m"].key(), p["class"], p["quantity"], day(p["bought"]),
        number(p["paid"]), p["option"], ", ".join(map(number, (
            p["value"], p["cost"], pnl, 100 * pnl / abs(p["cost"])))),
        (p["m"].today - p["bought"]).days,
        "FIN_NO_DAYS" if p["dte"] is None else p["dte"])


def summary_line(first, rows):
    cost = np.array([p["cost"] for p in rows])
    value = np.array([p["value"] for p in rows])
    pnl = np.nansum(value - cost)
    return "{ %d, %d, %s, %d }," % (first, len(rows), ", ".join(map(number, (
        np.nansum(value), pnl, 100 * pnl / np.nansum(abs(cost)),
        sum(p["secured"] for p in rows)))), np.isnan(value).any())


def owners():
    groups = [[market.sample(t, *s) for t in market.TICKERS]
              for s in market.SAMPLES]
    groups.append([market.real(*key) for key in market.REAL])
    positions, summaries = [], []
    for key, group in enumerate(groups):
        rows = owner(key, group)
        summaries.append(summary_line(len(positions), rows))
        positions += map(position_line, rows)
    return positions, summaries


def write(name, what, lines):
    (HERE / name).write_text("/* made by make.py: %s */\n%s\n"
                             % (what, "\n".join(lines)))


def main():
    write("stocks.inc", "ticker, day, seed, bars; price, change, its %,\n   "
          "52 weeks, swings, MA 20, 50, 200, RSI, ATR, HV, rank, "
          "percentile;\n   supports, resistances", stocks())
    write("signals.inc", "ticker, day, seed, signal; shares, cost basis,\n"
          "   LEAPS held, its strike, its cost; score, conditions met, "
          "strikes:\n   contract, dte, premium, delta, break-even, return, "
          "annualized,\n   spread, extra", signals())
    positions, summaries = owners()
    write("positions.inc", "ticker, day, seed, class, quantity, bought,\n"
          "   paid; type, strike, expiration; value, cost, P&L, its %, days "
          "held, left", positions)
    write("summaries.inc", "first position, how many; value, P&L, its %, "
          "cash\n   secured, partial", summaries)


main()

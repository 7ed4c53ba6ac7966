"""What the make.py of this folder and of ../signals share: reading a market
as upstream tells it, and the model, by numpy and scipy (Debian: python3-numpy,
python3-scipy).

The sample market is written by market-generate, named by MARKET_GENERATE
(default build/market-generate at the root); real data are read from
FINANCE_MARKET_DATA.  A market is keyed by ticker, day and seed; the seed of
real data is 0.
"""

import datetime
import functools
import json
import math
import os
import pathlib
import subprocess
import tempfile
import types
import zoneinfo

import numpy as np
from scipy import optimize, stats

ROOT = pathlib.Path(__file__).resolve().parents[3]
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
RATE = 0.04

SAMPLES = (("2024-02-29", 1), ("2026-03-18", 1), ("2026-11-22", 2))
TICKERS = ("AAPL", "MSFT", "NVDA", "AMZN", "GOOG", "META", "TSLA", "SPY",
           "KO", "JPM")
REAL = (("AAPL", "2014-06-06", "AAPL-before-split",
         "real-chains/AAPL-2014-06-06"),
        ("GOOG", "2015-12-24", "GOOG", "real-chains/GOOG-2015-12-24"),
        ("SPY", "2021-03-31", "SPY", "synthetic-chains/SPY"),
        ("IBM", "2021-03-31", "IBM", "synthetic-chains/IBM"),
        ("NFLX", "2016-12-30", "NFLX", "synthetic-chains/NFLX"))


def number(x):
    return "NAN" if x is None or math.isnan(x) else repr(float(x))


def new_york(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, NEW_YORK).date()


def years(dte):
    return max(dte, 0.5) / 365


class Term:
    """Black-Scholes-Merton for one expiration"""

    def __init__(self, s, t, q):
        self.s, self.t, self.q = s, t, q

    def d1(self, k, sigma):
        v = sigma * math.sqrt(self.t)
        return (math.log(self.s / k) + (RATE - self.q) * self.t) / v + v / 2

    def price(self, right, k, sigma):
        sign = 1 if right == "call" else -1
        d1 = self.d1(k, sigma)
        d2 = d1 - sigma * math.sqrt(self.t)
        return sign * (
            self.s * math.exp(-self.q * self.t) * stats.norm.cdf(sign * d1)
            - k * math.exp(-RATE * self.t) * stats.norm.cdf(sign * d2))

    def delta(self, right, k, sigma):
        sign = 1 if right == "call" else -1
        return (sign * math.exp(-self.q * self.t)
                * stats.norm.cdf(sign * self.d1(k, sigma)))

    def iv(self, right, k, price):
        def off(sigma):
            return self.price(right, k, sigma) - price

        if not off(1e-4) < 0 < off(50):
            return math.nan
        return optimize.brentq(off, 1e-4, 50, xtol=1e-13, rtol=1e-14)


def option(c, today, last_bar):
    """A contract of upstream's, with the price that the project gives it"""
    d, quote = c["details"], c.get("last_quote") or {}
    trade, day = c.get("last_trade") or {}, c.get("day") or {}
    o = types.SimpleNamespace(
        ticker=d["ticker"], right=d["contract_type"],
        strike=d["strike_price"], shares=d.get("shares_per_contract", 100),
        expiration=datetime.date.fromisoformat(d["expiration_date"]),
        bid=quote.get("bid"), ask=quote.get("ask"),
        open_interest=c.get("open_interest"), upstream=None,
        iv=math.nan, delta=math.nan)
    o.dte = (o.expiration - today).days

    def on_last_bar(ns):
        return ns is not None and new_york(ns // 10**6) == last_bar

    o.volume = day.get("volume") if on_last_bar(day.get("last_updated")) \
        else None
    if (o.bid or 0) > 0 and (o.ask or 0) >= o.bid:
        o.price, o.source, o.dated = (o.bid + o.ask) / 2, "quote", True
    elif (trade.get("price") or 0) > 0:
        o.price, o.source = trade["price"], "trade"
        o.dated = on_last_bar(trade.get("sip_timestamp"))
    elif (day.get("close") or 0) > 0:
        o.price, o.source = day["close"], "day"
        o.dated = on_last_bar(day.get("last_updated"))
    else:
        o.price, o.source, o.dated = math.nan, None, False

    greeks = c.get("greeks") or {}
    if (c.get("implied_volatility") or 0) > 0 and all(
            greeks.get(g) is not None
            for g in ("delta", "gamma", "theta", "vega")):
        o.upstream = (c["implied_volatility"], greeks["delta"])
    return o


def implied_yield(contracts, s, t):
    quoted = {}
    for o in contracts:
        if o.shares == 100 and o.source == "quote":
            quoted.setdefault(o.strike, {})[o.right] = o.price
    pairs = [k for k, v in quoted.items()
             if len(v) == 2 and abs(k - s) <= 0.1 * s]
    pairs = sorted(pairs, key=lambda k: (round(abs(k - s), 9), k))[:5]
    if not pairs:
        return math.nan
    forward = np.median([k + np.exp(RATE * t)
                         * (quoted[k]["call"] - quoted[k]["put"])
                         for k in pairs])
    return RATE - np.log(forward / s) / t


class Market:
    """One stock: bars (columns of an array), chain, and what they imply"""

    def __init__(self, ticker, date, seed, bars, chain, earnings=None):
        self.ticker, self.date, self.seed = ticker, date, seed
        self.today = datetime.date.fromisoformat(date)
        self.earnings = earnings
        rows = [b for b in bars
                if 0 <= (self.today - new_york(b["t"])).days <= 730]
        self.dates = [new_york(b["t"]) for b in rows]
        self.o, self.h, self.l, self.c = (
            np.array([b[x] for b in rows], dtype=float) for x in "ohlc")
        self.price = float(self.c[-1])
        self.chain = [option(c, self.today, self.dates[-1]) for c in chain]
        self.chain.sort(key=lambda o: (o.expiration, o.strike, o.right))
        self.yields = {}
        for expiration in sorted({o.expiration for o in self.chain}):
            self.value([o for o in self.chain if o.expiration == expiration])

    def value(self, contracts):
        dte = contracts[0].dte
        q = implied_yield(contracts, self.price, years(dte))
        self.yields[dte] = q
        term = Term(self.price, years(dte), 0.0 if math.isnan(q) else q)
        for o in contracts:
            if o.upstream:
                o.iv, o.delta = o.upstream
            elif o.dated:
                o.iv = term.iv(o.right, o.strike, o.price)
                if not math.isnan(o.iv):
                    o.delta = term.delta(o.right, o.strike, o.iv)

    def contract(self, expiration, strike, right):
        for o in self.chain:
            if (o.expiration, o.strike, o.right) == (expiration, strike,
                                                     right):
                return o
        return None

    def key(self):
        return '{ "%s", "%s", %d }' % (self.ticker, self.date, self.seed)


@functools.lru_cache(None)
def sample_folder(date, seed):
    program = os.environ.get("MARKET_GENERATE",
                             str(ROOT / "build" / "market-generate"))
    folder = tempfile.TemporaryDirectory()
    subprocess.run([program, "--out", folder.name, "--today", date,
                    "--seed", str(seed)], check=True,
                   stdout=subprocess.DEVNULL)
    return folder


@functools.lru_cache(None)
def sample(ticker, date, seed):
    folder = pathlib.Path(sample_folder(date, seed).name)

    def results(kind):
        return json.loads((folder / kind / (ticker + ".json")).read_text())[
            "results"]

    dates = [datetime.date.fromisoformat(e["date"])
             for e in results("earnings")]
    return Market(ticker, date, seed, results("bars"), results("chain"),
                  min(dates, default=None))


def data_folder():
    return pathlib.Path(os.environ.get("FINANCE_MARKET_DATA",
                                       ROOT.parent / "shared/market-data"))


@functools.lru_cache(None)
def real(ticker, date, bars, folder):
    data = data_folder()
    chain = []
    for page in sorted((data / folder).glob("page-*.json"),
                       key=lambda p: int(p.stem.split("-")[1])):
        chain += json.loads(page.read_text())["results"]
    return Market(ticker, date, 0, json.loads(
        (data / "real" / (bars + ".bars.json")).read_text())["results"],
        chain)


def markets():
    for date, seed in SAMPLES:
        for ticker in TICKERS:
            yield sample(ticker, date, seed)
    for key in REAL:
        yield real(*key)

"""The figures of a stock after its first n bars, by numpy and scipy."""

import math
import types

import numpy as np
from scipy import signal, stats

NAN = math.nan


def wilder(x, n):
    """Mean of the first n, then smoothed by 1/n"""
    if len(x) < n:
        return NAN
    first = np.mean(x[:n])
    out, _ = signal.lfilter([1 / n], [1, 1 / n - 1], x[n:],
                            zi=[first * (1 - 1 / n)])
    return float(out[-1]) if len(out) else float(first)


def rsi(c):
    if len(c) < 15:
        return NAN
    change = np.diff(c)
    gain, loss = (wilder(np.maximum(s * change, 0), 14) for s in (1, -1))
    return 50.0 if gain + loss == 0 else 100 * gain / (gain + loss)


def atr(h, l, c):
    if len(c) < 15:
        return NAN
    return wilder(np.max([h[1:] - l[1:], abs(h[1:] - c[:-1]),
                          abs(l[1:] - c[:-1])], axis=0), 14)


def hv_series(c):
    if len(c) < 21:
        return np.array([])
    windows = np.lib.stride_tricks.sliding_window_view(np.diff(np.log(c)), 20)
    return windows.std(axis=1, ddof=1) * math.sqrt(252)


def pivots(x, extreme):
    if len(x) < 11:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(x, 11)
    at = np.nonzero(x[5:-5] == extreme(windows, axis=1))[0] + 5
    return x[at[at >= len(x) - 252]].tolist()


def levels(h, l):
    clusters = []
    for p in sorted(pivots(l, np.min) + pivots(h, np.max)):
        if clusters and p - np.mean(clusters[-1]) \
                <= 0.015 * np.mean(clusters[-1]) * (1 + 1e-12):
            clusters[-1].append(p)
        else:
            clusters.append([p])
    return [float(np.mean(c)) for c in clusters]


def of(m, n):
    """m: a market.Market"""
    o, h, l, c = m.o[:n], m.h[:n], m.l[:n], m.c[:n]
    price = float(c[-1])
    year = [(m.dates[n - 1] - d).days <= 365 for d in m.dates[:n]]
    found = levels(h, l)
    hv = hv_series(c)
    f = types.SimpleNamespace(
        price=price,
        change=price - c[-2] if n > 1 else NAN,
        change_pct=100 * (price - c[-2]) / c[-2] if n > 1 else NAN,
        high=h[year].max(), low=l[year].min(),
        swing_high=h[-60:].max(), swing_low=l[-60:].min(),
        ma={k: c[-k:].mean() if n >= k else NAN for k in (20, 50, 200)},
        rsi=rsi(c), atr=atr(h, l, c), hv=hv[-1] if len(hv) else NAN,
        support=[x for x in found[::-1] if x < price][:3],
        resistance=[x for x in found if x > price][:3],
        percentile=NAN, rank=NAN)
    window = hv[-252:]
    if len(window) and window.min() < window.max():
        f.percentile = stats.percentileofscore(window, window[-1],
                                               kind="strict")
        f.rank = 100 * (window[-1] - window.min()) / np.ptp(window)
    return f

#!/usr/bin/env python3
"""Golden values of the 20-day historical volatility of ../talib/bars.inc.

Logarithms in 50 decimal digits, the deviation in exact fractions, so that
only the last rounding to a double is left:  python3 make.py > golden.inc
"""

import os
import re
from decimal import Decimal, getcontext

AT = [19, 20, 21, 100, 299, 310, 319, 320, 324, 325, 344, 345,
      449, 450, 451, 470, 471, 599]
N = 20

getcontext().prec = 50


def closes():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "talib", "bars.inc")) as f:
        rows = re.findall(r"^\{ (\d+), (\d+), (\d+), (\d+) \},$", f.read(),
                          re.M)
    return [Decimal(float(int(row[3])) / 100) for row in rows]


def hv(close, i):
    if i < N:
        return "NAN"
    r = [(close[k] / close[k - 1]).ln() for k in range(i - N + 1, i + 1)]
    mean = sum(r) / N
    variance = sum((x - mean) ** 2 for x in r) / (N - 1)
    return repr(float((variance * 252).sqrt()))


def main():
    close = closes()
    print("/* made by make.py: index, historical volatility */")
    for i in AT:
        print("{ %d, %s }," % (i, hv(close, i)))


main()

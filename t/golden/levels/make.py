#!/usr/bin/env python3
"""Support and resistance levels of ../talib/bars.inc after some of its bars,
in exact fractions of a cent:  python3 make.py > golden.inc
"""

import os
import re
from fractions import Fraction

AT = [0, 9, 10, 15, 40, 100, 251, 256, 257, 258, 300, 310, 324, 330, 400,
      450, 455, 500, 599]
SPAN, BARS, SIDE = 5, 252, 3
GAP = Fraction(15, 1000)


def bars():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "talib", "bars.inc")) as f:
        return [tuple(map(int, row)) for row in re.findall(
            r"^\{ (\d+), (\d+), (\d+), (\d+) \},$", f.read(), re.M)]


def pivots(rows, pick, extreme):
    values = [row[pick] for row in rows]
    for i in range(max(0, len(rows) - BARS), len(rows)):
        around = values[max(0, i - SPAN):i + SPAN + 1]
        if i >= SPAN and len(around) == 2 * SPAN + 1 \
                and values[i] == extreme(around):
            yield values[i]


def levels(rows):
    pool = sorted([*pivots(rows, 2, min), *pivots(rows, 1, max)])
    clusters = []
    for p in pool:
        if clusters:
            mean = Fraction(sum(clusters[-1]), len(clusters[-1]))
            if p - mean <= GAP * mean:
                clusters[-1].append(p)
                continue
        clusters.append([p])
    return [Fraction(sum(c), len(c)) for c in clusters]


def text(values):
    values = [repr(float(v / 100)) for v in values[:SIDE]]
    return "{ { %s }, %d }" % (", ".join(values or ["0"]), len(values))


def main():
    rows = bars()
    print("/* made by make.py: index, supports, resistances */")
    for i in AT:
        price = rows[i][3]
        found = levels(rows[:i + 1])
        print("{ %d, %s, %s }," % (
            i, text([v for v in reversed(found) if v < price]),
            text([v for v in found if v > price])))


main()

#!/usr/bin/env python3
"""Prints the tables of src/core/fin_mills.c and the error of each, or, with
"golden", values of M(z) for the test: mills.py golden > golden.inc.  Needs
mpmath (Debian: python3-mpmath).

A rational function P/Q is put through M(z) (or z M(z) as a function of 1/z^2)
at the Chebyshev nodes of the interval, by solving P(z) - M(z) Q(z) = 0 with 60
digits.  The error is measured on 700 points between.
"""

import sys

from mpmath import mp, mpf, matrix, lu_solve, erfc, exp, sqrt, cos, pi, nstr

mp.dps = 60


def mills(z):
    return sqrt(pi / 2) * erfc(z / sqrt(2)) * exp(z * z / 2)


def tail(w):
    return mpf(1) if w == 0 else mills(1 / sqrt(w)) / sqrt(w)


def fit(f, a, b, m, n):
    count = m + n + 1
    system, right = matrix(count, count), matrix(count, 1)

    for i in range(count):
        z = (a + b) / 2 + (b - a) / 2 * cos(pi * (2 * i + 1) / (2 * count))
        right[i] = f(z)
        for j in range(m + 1):
            system[i, j] = z ** j
        for j in range(1, n + 1):
            system[i, m + j] = -right[i] * z ** j

    c = list(lu_solve(system, right))
    return c[:m + 1], [mpf(1)] + c[m + 1:]


def value(c, z):
    s = mpf(0)
    for k in reversed(c):
        s = s * z + k
    return s


def show(name, f, a, b, m, n):
    p, q = fit(f, a, b, m, n)
    # as the doubles that the program holds
    p, q = [mpf(float(k)) for k in p], [mpf(float(k)) for k in q]
    p += [mpf(0)] * (len(q) - len(p))
    worst = max(abs(value(p, z) / value(q, z) / f(z) - 1)
                for z in (a + (b - a) * mpf(i) / 700 for i in range(1, 701)))
    print(f"/* {name}: relative error {nstr(worst, 2)} */")
    for x, y in zip(p, q):
        print(f"    {{ {float(x)!r}, {float(y)!r} }},")


if sys.argv[1:] == ["golden"]:
    print("/* made by mills.py golden: z, M(z) */")
    for i in list(range(0, 80)) + list(range(80, 400, 16)):
        print(f"{{ {i / 8!r}, {float(mills(mpf(i) / 8))!r} }},")
else:
    show("fin_mills_near", mills, mpf(0), mpf(5), 8, 9)
    show("fin_mills_tail", tail, mpf(0), mpf(1) / 25, 6, 6)

#!/usr/bin/env python3
"""Makes src/codec/fin_dtoa_pow10.h and proves what fin_dtoa.c relies on.

    scripts/lib/make_dtoa_pow10.py > src/codec/fin_dtoa_pow10.h

Needed only when the table is to be made again; a build uses the file.

For a double c * 2^q (c < 2^53) fin_dtoa.c works on V = x * 2^q * 10^-k, x one
of 4c-2 .. 4c+2, and needs floor(V) and whether V is an integer.  It has them
from (x << h) * g / 2^128 with g the 128 bits of 10^-k rounded up, which makes V
too large by less than 2^-68, and takes V for an integer when the first 68 bits
of the fraction are 0.  That is right if, for every q and x, V is an integer or
its fraction is within 2^-68 .. 1 - 2^-68.

check() shows both for all q by the least and the greatest residue of x * a
modulo b, found in logarithmic time as in Euclid's algorithm.
"""

import math
import sys
from fractions import Fraction

Q_MIN, Q_MAX = -1074, 971
X_MAX = 2 ** 55 + 2
UNIT = Fraction(1, 2 ** 68)


def floor_log2(f):
    n = f.numerator.bit_length() - f.denominator.bit_length()
    return n if Fraction(2) ** n <= f else n - 1


def floor_log10(f):
    n = len(str(f.numerator)) - len(str(f.denominator)) - 1
    while Fraction(10) ** (n + 1) <= f:
        n += 1
    return n


def g(e):
    """10^e as 128 bits, rounded up."""
    f = Fraction(10) ** e * Fraction(2) ** (127 - floor_log2(Fraction(10) ** e))
    v = -(-f.numerator // f.denominator)
    assert 2 ** 127 <= v < 2 ** 128
    return v


def least_residue(a, m, n):
    """min of a * x mod m over 1 <= x <= n, by walking the record lows.

    lo, hi: the least residue so far and m less the greatest so far, each with
    its x; the next record is a sum of the two, many steps taken at once.
    """
    a %= m
    if a == 0:
        return 0
    lo, xlo = a, 1
    hi, xhi = m - a, 1
    while True:
        if lo > hi:
            t = min((lo - 1) // hi, (n - xlo) // xhi)
            if t == 0:
                # one more step would reach 0, or leave the range
                if xlo + xhi <= n and lo == hi:
                    return 0
                return lo
            lo, xlo = lo - t * hi, xlo + t * xhi
        elif lo < hi:
            t = min((hi - 1) // lo, (n - xhi) // xlo)
            if t == 0:
                return lo
            hi, xhi = hi - t * lo, xhi + t * xlo
        else:
            return 0 if xlo + xhi <= n else lo


def check_least_residue():
    for m in range(2, 60):
        for a in range(m):
            for n in range(1, 70):
                want = min(a * x % m for x in range(1, n + 1))
                got = least_residue(a, m, n)
                assert got == want, (a, m, n, got, want)


def check(q, k):
    h = q + floor_log2(Fraction(10) ** -k) + 1
    assert 1 <= h <= 4 and X_MAX << h <= 2 ** 60
    f = Fraction(2) ** q * Fraction(10) ** -k
    a, b = f.numerator, f.denominator
    if Fraction(1, b) >= UNIT:
        return 1                # fractions are multiples of 1/b
    low = min(Fraction(least_residue(a, b, X_MAX), b),
              Fraction(least_residue(-a, b, X_MAX), b))
    assert low >= UNIT, (q, float(low))
    return low


def main():
    check_least_residue()
    ks = set()
    low = 1
    for q in range(Q_MIN, Q_MAX + 1):
        k = floor_log10(Fraction(2) ** q)
        assert k == q * 1262611 >> 22
        low = min(low, check(q, k))
        ks.add(k)
        k = floor_log10(Fraction(3, 4) * Fraction(2) ** q)
        assert k == q * 1262611 - 524031 >> 22
        low = min(low, check(q, k))
        ks.add(k)
    lo, hi = -max(ks), -min(ks)
    for e in range(lo, hi + 1):
        assert floor_log2(Fraction(10) ** e) == e * 1741647 >> 19

    print("least fraction: 2^-%.2f" % -math.log2(low), file=sys.stderr)
    print("/* Made by scripts/lib/make_dtoa_pow10.py: 10^e as 128 bits,"
          " rounded up. */")
    print()
    print("#define FIN_POW10_MIN  (%d)" % lo)
    print("#define FIN_POW10_MAX  %d" % hi)
    print()
    print("static const uint64_t  fin_pow10[%d][2] = {" % (hi - lo + 1))
    cells = ["{ 0x%016x, 0x%016x }" % divmod(g(e), 2 ** 64)
             for e in range(lo, hi + 1)]
    for i in range(0, len(cells), 2):
        print("    " + ", ".join(cells[i:i + 2])
              + ("," if i + 2 < len(cells) else ""))
    print("};")


if __name__ == "__main__":
    sys.exit(main())

#include "fin_indicators.h"


/*
 * A running sum that drops its oldest term would carry the rounding of every
 * price that ever passed through it.  Instead the bars are cut into blocks of
 * n: a window is the tail of one block and the head of the next, and both are
 * sums of what they hold, at two additions a bar (van Herk 1992).
 */


double
fin_ma(fin_series_t s, size_t n)
{
    size_t  i, cut, start;
    double  tail, head;

    if (n == 0 || s.n < n) {
        return NAN;
    }

    start = s.n - n;
    cut = (s.n - 1) / n * n;
    tail = 0;
    head = 0;

    for (i = cut; i > start; i--) {
        tail += s.bar[i - 1].c;
    }

    for (i = cut; i < s.n; i++) {
        head += s.bar[i].c;
    }

    return fin_finite((tail + head) / (double) n);
}


/* out[cut + j] becomes the sum of the block before cut, less its first j + 1. */
static void
fin_ma_tails(fin_series_t s, size_t n, size_t cut, double *out)
{
    size_t  j;
    double  tail;

    tail = 0;

    for (j = n; j-- > 0; /* void */) {
        if (j < s.n - cut) {
            out[cut + j] = tail;
        }

        tail += s.bar[cut - n + j].c;
    }
}


void
fin_ma_series(fin_series_t s, size_t n, double *out)
{
    size_t  i, cut;
    double  head;

    for (i = 0; i < s.n; i++) {
        out[i] = NAN;
    }

    if (n == 0 || s.n < n) {
        return;
    }

    out[n - 1] = 0;

    for (cut = 0; cut < s.n; cut += n) {
        head = 0;

        if (cut > 0) {
            fin_ma_tails(s, n, cut, out);
        }

        for (i = cut; i < s.n && i - cut < n; i++) {
            head += s.bar[i].c;
            out[i] = fin_finite((out[i] + head) / (double) n);
        }
    }
}

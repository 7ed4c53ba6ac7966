#include <stdlib.h>

#include "fin_indicators.h"


#define FIN_CLUSTER_GAP  0.015          /* of the cluster's mean */
#define FIN_ROUNDING     1e-12          /* relative; a price has few digits */


static int
fin_is_pivot_low(const fin_bar_t *bar)
{
    size_t  k;

    for (k = 1; k <= FIN_PIVOT_SPAN; k++) {
        if (bar->l > (bar - k)->l || bar->l > (bar + k)->l) {
            return 0;
        }
    }

    return 1;
}


static int
fin_is_pivot_high(const fin_bar_t *bar)
{
    size_t  k;

    for (k = 1; k <= FIN_PIVOT_SPAN; k++) {
        if (bar->h < (bar - k)->h || bar->h < (bar + k)->h) {
            return 0;
        }
    }

    return 1;
}


static int
fin_double_cmp(const void *one, const void *two)
{
    const double  *a, *b;

    a = one;
    b = two;

    return (*a > *b) - (*a < *b);
}


/* Fills pivot, sorted; at most two for each bar that is looked at. */
static size_t
fin_pivots(fin_series_t s, double *pivot)
{
    size_t  i, n;

    i = s.n > FIN_PIVOT_BARS ? s.n - FIN_PIVOT_BARS : 0;

    if (i < FIN_PIVOT_SPAN) {
        i = FIN_PIVOT_SPAN;
    }

    n = 0;

    for ( /* void */ ; i + FIN_PIVOT_SPAN < s.n; i++) {
        if (fin_is_pivot_low(&s.bar[i])) {
            pivot[n++] = s.bar[i].l;
        }

        if (fin_is_pivot_high(&s.bar[i])) {
            pivot[n++] = s.bar[i].h;
        }
    }

    qsort(pivot, n, sizeof(double), fin_double_cmp);

    return n;
}


/* Replaces the sorted pivots by their clusters' means, ascending. */
static size_t
fin_clusters(double *pivot, size_t n)
{
    size_t  i, size, clusters;
    double  mean;

    clusters = 0;

    for (i = 0; i < n; i += size) {
        mean = pivot[i];

        /* a mean that moves by the difference stays exact on equal prices */
        for (size = 1; i + size < n; size++) {
            if (pivot[i + size] - mean
                > (FIN_CLUSTER_GAP + FIN_ROUNDING) * mean)
            {
                break;
            }

            mean += (pivot[i + size] - mean) / (double) (size + 1);
        }

        pivot[clusters++] = mean;
    }

    return clusters;
}


void
fin_levels(fin_series_t s, double price, double *scratch,
    fin_levels_t *support, fin_levels_t *resistance)
{
    size_t  i, n;
    double  slack;

    support->n = 0;
    resistance->n = 0;

    slack = price * FIN_ROUNDING;
    n = fin_clusters(scratch, fin_pivots(s, scratch));

    for (i = n; i > 0 && support->n < FIN_LEVELS_MAX; i--) {
        if (scratch[i - 1] < price - slack) {
            support->level[support->n++] = scratch[i - 1];
        }
    }

    for (i = 0; i < n && resistance->n < FIN_LEVELS_MAX; i++) {
        if (scratch[i] > price + slack) {
            resistance->level[resistance->n++] = scratch[i];
        }
    }
}

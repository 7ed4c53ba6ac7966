#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_bars.h"
#include "fin_indicators.h"


#define REAL_BARS  2000


typedef struct {
    const char  *name;                  /* of a real series */
    size_t       index;
    double       value[5];              /* MA 20, 50, 200, RSI 14, ATR 14 */
} golden_t;


static const golden_t  golden[] = {
#include "../golden/talib/golden.inc"
};

static const golden_t  golden_real[] = {
#include "../golden/talib/real.inc"
};

static const struct {
    size_t  index;
    double  hv;
} golden_hv[] = {
#include "../golden/hv/golden.inc"
};

static const size_t  windows[] = { 1, 2, 3, 20, 50, 200 };


static void
check_golden(const golden_t *row, fin_series_t whole)
{
    size_t        i;
    double        actual[5], out[REAL_BARS];
    fin_series_t  s;

    static const char  *names[] = { "MA 20", "MA 50", "MA 200", "RSI", "ATR" };

    assert_true(row->index < whole.n);

    s = fin_bars_first(whole, row->index + 1);

    actual[0] = fin_ma(s, 20);
    actual[1] = fin_ma(s, 50);
    actual[2] = fin_ma(s, 200);
    actual[3] = fin_rsi(s, 14);
    actual[4] = fin_atr(s, 14);

    for (i = 0; i < 5; i++) {
        fin_assert_close_row(actual[i], row->value[i], 1e-9, 0, "%s %s at %zu",
                             row->name ? row->name : "made up", names[i],
                             row->index);
    }

    fin_ma_series(whole, 200, out);
    fin_assert_close(out[row->index], row->value[2], 1e-9, 0);

    fin_rsi_series(whole, 14, out);
    fin_assert_close(out[row->index], row->value[3], 1e-9, 0);
}


static void
test_golden(void **state)
{
    size_t        i;
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_series_t  s;

    (void) state;

    s = fin_bars_golden(bar);

    for (i = 0; i < FIN_N(golden); i++) {
        check_golden(&golden[i], s);
    }
}


static double
member(const char *object, const char *end, const char *name)
{
    const char  *p;

    p = strstr(object, name);

    return p == NULL || p > end ? (double) NAN : strtod(p + strlen(name), NULL);
}


/* The bars of a file of Massive's shape; n is 0 where there is none. */
static size_t
real_bars(const char *name, fin_bar_t *bar)
{
    char        *text, *p, *end, path[512];
    FILE        *f;
    size_t       n, size;
    const char  *dir;

    dir = getenv("FINANCE_MARKET_DATA");
    snprintf(path, sizeof(path), "%s/real/%s.bars.json",
             dir ? dir : "../shared/market-data", name);

    f = fopen(path, "r");
    if (f == NULL) {
        return 0;
    }

    text = calloc(1, 1 << 20);
    assert_non_null(text);
    size = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    assert_in_range(size, 1, (1 << 20) - 2);

    p = strstr(text, "\"results\":");
    assert_non_null(p);

    for (n = 0; (p = strchr(p, '{')) != NULL; n++, p = end) {
        end = strchr(p, '}');
        assert_non_null(end);
        assert_true(n < REAL_BARS);

        bar[n].o = member(p, end, "\"o\":");
        bar[n].h = member(p, end, "\"h\":");
        bar[n].l = member(p, end, "\"l\":");
        bar[n].c = member(p, end, "\"c\":");
        bar[n].t = (int64_t) member(p, end, "\"t\":");
    }

    free(text);

    return n;
}


static void
test_golden_real(void **state)
{
    size_t        i, seen;
    fin_bar_t    *bar;
    fin_series_t  s;

    (void) state;

    bar = calloc(REAL_BARS, sizeof(fin_bar_t));
    assert_non_null(bar);

    for (i = 0, seen = 0; i < FIN_N(golden_real); i++) {
        s.bar = bar;
        s.n = real_bars(golden_real[i].name, bar);

        if (s.n > 0) {
            check_golden(&golden_real[i], s);
            seen++;
        }
    }

    free(bar);

    if (seen == 0) {
        skip();
    }

    assert_int_equal(seen, FIN_N(golden_real));
}


static void
test_golden_hv(void **state)
{
    size_t        i, at;
    double        out[FIN_GOLDEN_BARS];
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_series_t  s;

    (void) state;

    s = fin_bars_golden(bar);
    fin_hv_series(s, 20, out);

    for (i = 0; i < FIN_N(golden_hv); i++) {
        at = golden_hv[i].index;
        fin_assert_close_row(fin_hv(fin_bars_first(s, at + 1), 20),
                             golden_hv[i].hv, 1e-12, 0, "hv at %zu", at);
        fin_assert_same(out[at], fin_hv(fin_bars_first(s, at + 1), 20));
    }
}


/*
 * One bar more changes no value before it, and the last value of the series
 * is the scalar form's: so the series computed at once equals the one that
 * grew bar by bar.
 */
static void
test_grown_equals_at_once(void **state)
{
    size_t        n, w;
    double        whole[FIN_GOLDEN_BARS], part[FIN_GOLDEN_BARS + 1];
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_series_t  s, first;

    (void) state;

    s = fin_bars_golden(bar);

    for (w = 0; w < FIN_N(windows); w++) {
        fin_ma_series(s, windows[w], whole);

        for (n = 1; n <= s.n; n++) {
            first = fin_bars_first(s, n);
            part[n] = -1;
            fin_ma_series(first, windows[w], part);
            fin_assert_same(part[n], -1);       /* the end is kept */
            fin_assert_same(part[n - 1], whole[n - 1]);
            fin_assert_same(fin_ma(first, windows[w]), whole[n - 1]);
        }

        assert_memory_equal(part, whole, sizeof(whole));
    }

    fin_rsi_series(s, 14, whole);

    for (n = 1; n <= s.n; n++) {
        fin_assert_same(fin_rsi(fin_bars_first(s, n), 14), whole[n - 1]);
    }

    fin_hv_series(s, 20, whole);

    for (n = 1; n <= s.n; n++) {
        first = fin_bars_first(s, n);
        part[n] = -1;
        fin_hv_series(first, 20, part);
        fin_assert_same(part[n], -1);
        fin_assert_same(part[n - 1], whole[n - 1]);
        fin_assert_same(fin_hv(first, 20), whole[n - 1]);
    }
}


/* Prices in another unit: ratios stay, prices go along. */
static void
test_scale(void **state)
{
    size_t        i, k;
    double        f, tolerance;
    fin_bar_t     bar[FIN_GOLDEN_BARS], scaled[FIN_GOLDEN_BARS];
    fin_series_t  s, t;

    static const double  factors[] = { 2, 0.0078125, 3.7, 1e-6, 1e9 };

    (void) state;

    s = fin_bars_golden(bar);

    for (k = 0; k < FIN_N(factors); k++) {
        f = factors[k];
        tolerance = k < 2 ? 0 : 1e-10;  /* powers of two are exact */

        memcpy(scaled, bar, sizeof(bar));

        for (i = 0; i < s.n; i++) {
            scaled[i].h *= f;
            scaled[i].l *= f;
            scaled[i].c *= f;
        }

        t.bar = scaled;
        t.n = s.n;

        fin_assert_close(fin_ma(t, 50), f * fin_ma(s, 50), tolerance, 0);
        fin_assert_close(fin_atr(t, 14), f * fin_atr(s, 14), tolerance, 0);
        fin_assert_close(fin_rsi(t, 14), fin_rsi(s, 14), tolerance, 0);
        fin_assert_close(fin_hv(t, 20), fin_hv(s, 20), tolerance, 0);
    }
}


/* How many closes each needs: undefined with one fewer. */
static void
test_fewest_closes(void **state)
{
    size_t        i, n, need;
    double        out[FIN_GOLDEN_BARS];
    fin_bar_t     bar[FIN_GOLDEN_BARS];
    fin_series_t  s;

    (void) state;

    s = fin_bars_golden(bar);

    for (i = 0; i < FIN_N(windows); i++) {
        need = windows[i];

        for (n = need - 1; n <= need + 1; n++) {
            assert_int_equal(isnan(fin_ma(fin_bars_first(s, n), need)) != 0,
                             n < need);
        }

        fin_ma_series(s, need, out);

        for (n = 0; n < s.n; n++) {
            assert_int_equal(isnan(out[n]) != 0, n + 1 < need);
        }
    }

    for (n = 14; n <= 16; n++) {
        assert_int_equal(isnan(fin_rsi(fin_bars_first(s, n), 14)) != 0, n < 15);
        assert_int_equal(isnan(fin_atr(fin_bars_first(s, n), 14)) != 0, n < 15);
    }

    for (n = 20; n <= 22; n++) {
        assert_int_equal(isnan(fin_hv(fin_bars_first(s, n), 20)) != 0, n < 21);
    }

    fin_rsi_series(s, 14, out);
    assert_true(isnan(out[13]) && !isnan(out[14]));

    fin_hv_series(s, 20, out);
    assert_true(isnan(out[0]) && isnan(out[19]) && !isnan(out[20]));

    fin_hv_series(fin_bars_first(s, 20), 20, out);
    assert_true(isnan(out[0]) && isnan(out[19]));
}


static void
test_nothing(void **state)
{
    double        out[3] = { 1, 1, 1 };
    fin_bar_t     bar[3];
    fin_series_t  none = { NULL, 0 }, s;

    static const double  closes[] = { 1, 2, 3 };

    (void) state;

    assert_true(isnan(fin_ma(none, 20)));
    assert_true(isnan(fin_rsi(none, 14)));
    assert_true(isnan(fin_atr(none, 14)));
    assert_true(isnan(fin_hv(none, 20)));

    fin_ma_series(none, 20, out);
    fin_rsi_series(none, 14, out);
    fin_hv_series(none, 20, out);
    fin_assert_same(out[0], 1);         /* nothing was written */

    s = fin_bars_closes(bar, closes, 3);

    assert_true(isnan(fin_ma(s, 0)));
    assert_true(isnan(fin_rsi(s, 0)));
    assert_true(isnan(fin_atr(s, 0)));
    assert_true(isnan(fin_hv(s, 0)));
    assert_true(isnan(fin_hv(s, 1)));

    fin_ma_series(s, 0, out);
    assert_true(isnan(out[0]) && isnan(out[2]));

    out[0] = out[2] = 1;
    fin_rsi_series(s, 0, out);
    assert_true(isnan(out[0]) && isnan(out[2]));

    out[0] = out[2] = 1;
    fin_hv_series(s, 1, out);
    assert_true(isnan(out[0]) && isnan(out[2]));
}


/* Short series worked out by hand. */
static void
test_by_hand(void **state)
{
    double        x;
    size_t        i;
    fin_bar_t     bar[22];
    fin_series_t  s;

    static const double  up_down[] = { 10, 12, 11, 14 };
    double               closes[22];

    (void) state;

    s = fin_bars_closes(bar, up_down, 4);

    fin_assert_same(fin_ma(s, 4), 11.75);
    fin_assert_same(fin_ma(s, 3), 37.0 / 3);
    fin_assert_same(fin_ma(s, 1), 14);

    /* changes +2 -1 +3: G = (2/2 + 3) / 2 = 2, L = (1/2 + 0) / 2 = 0.25 */
    fin_assert_close(fin_rsi(s, 2), 100 * 2 / 2.25, 1e-15, 0);

    /* the range counts from the close before: 2, 1, then (1.5 + 3) / 2 */
    fin_assert_close(fin_atr(s, 2), 2.25, 1e-15, 0);

    /* a range of its own that is wider than the gap */
    bar[3].h = 20;
    bar[3].l = 13;
    fin_assert_close(fin_atr(s, 2), (1.5 + 9) / 2, 1e-15, 0);

    bar[3].l = 2;
    fin_assert_close(fin_atr(s, 2), (1.5 + 18) / 2, 1e-15, 0);

    bar[3].h = 3;
    fin_assert_close(fin_atr(s, 2), (1.5 + 9) / 2, 1e-15, 0);

    /* returns +x and -x by turns: mean 0, variance 20 x^2 / 19 */
    x = log(1.02);

    for (i = 0; i < 22; i++) {
        closes[i] = i % 2 ? 102 : 100;
    }

    s = fin_bars_closes(bar, closes, 21);
    fin_assert_close(fin_hv(s, 20), x * sqrt(20.0 / 19 * 252), 1e-12, 0);

    /* only the last 20 returns count */
    closes[0] = 50;
    s = fin_bars_closes(bar, closes, 22);
    fin_assert_close(fin_hv(s, 20), x * sqrt(20.0 / 19 * 252), 1e-12, 0);
}


static void
test_one_way(void **state)
{
    size_t        i;
    double        flat[40], up[40], down[40];
    fin_bar_t     bar[40];
    fin_series_t  s;

    (void) state;

    for (i = 0; i < 40; i++) {
        flat[i] = 17.3;
        up[i] = 10 + 0.1 * (double) i;
        down[i] = 10 - 0.1 * (double) i;
    }

    s = fin_bars_closes(bar, flat, 40);
    fin_assert_same(fin_rsi(s, 14), 50);
    fin_assert_same(fin_atr(s, 14), 0);
    fin_assert_same(fin_hv(s, 20), 0);
    fin_assert_close(fin_ma(s, 20), 17.3, 1e-15, 0);

    s = fin_bars_closes(bar, up, 40);
    fin_assert_same(fin_rsi(s, 14), 100);

    s = fin_bars_closes(bar, down, 40);
    fin_assert_same(fin_rsi(s, 14), 0);
}


/* A price that has left the window leaves nothing behind. */
static void
test_no_residue(void **state)
{
    size_t        i;
    double        closes[60], out[60];
    fin_bar_t     bar[60];
    fin_series_t  s;

    (void) state;

    for (i = 0; i < 60; i++) {
        closes[i] = 1;
    }

    closes[3] = 1e18;
    s = fin_bars_closes(bar, closes, 60);

    fin_ma_series(s, 20, out);

    for (i = 23; i < 60; i++) {
        fin_assert_same(out[i], 1);
    }

    /* the return of bar 4 is the last that knows of it */
    fin_hv_series(s, 20, out);

    assert_true(out[23] > 100);

    for (i = 24; i < 60; i++) {
        fin_assert_same(out[i], 0);
    }
}


/* Prices at the ends of a double's range: a figure or NAN, no infinity. */
static void
test_extremes(void **state)
{
    size_t        i, k;
    double        closes[40], out[40];
    fin_bar_t     bar[40];
    fin_series_t  s;

    static const double  pairs[][2] = {
        { DBL_MAX, DBL_MAX },
        { DBL_MAX, DBL_TRUE_MIN },
        { DBL_TRUE_MIN, DBL_TRUE_MIN },
        { DBL_MAX, 1 },
        { DBL_MAX, DBL_MAX / 2 }
    };

    (void) state;

    for (k = 0; k < FIN_N(pairs); k++) {
        for (i = 0; i < 40; i++) {
            closes[i] = pairs[k][i % 2];
        }

        s = fin_bars_closes(bar, closes, 40);

        assert_true(!isinf(fin_ma(s, 20)));
        assert_true(!isinf(fin_rsi(s, 14)));
        assert_true(!isinf(fin_atr(s, 14)));
        assert_true(isfinite(fin_hv(s, 20)));

        fin_ma_series(s, 20, out);
        fin_assert_same(out[39], fin_ma(s, 20));

        fin_rsi_series(s, 14, out);

        for (i = 0; i < 40; i++) {
            assert_true(isnan(out[i]) || (out[i] >= 0 && out[i] <= 100));
        }

        fin_hv_series(s, 20, out);
        fin_assert_same(out[39], fin_hv(s, 20));
    }

    /* two losses that overflow, one gain that does not: 33 in truth, never 0 */
    for (i = 0; i < 40; i++) {
        closes[i] = 1;
    }

    closes[0] = closes[2] = DBL_MAX;
    assert_true(isnan(fin_rsi(fin_bars_closes(bar, closes, 40), 14)));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_golden_real),
        cmocka_unit_test(test_golden_hv),
        cmocka_unit_test(test_grown_equals_at_once),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_fewest_closes),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_no_residue),
        cmocka_unit_test(test_extremes)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

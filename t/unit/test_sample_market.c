/* build: src/market/generate_*.c */

/* The sample market, read back as a service reads a real one. */

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"

#include "../../src/codec/fin_in.h"
#include "../../src/core/fin_chain.h"
#include "../../src/core/fin_indicators.h"
#include "../../src/core/fin_time.h"
#include "../../src/market/generate.h"


#define COUNT(array)  (sizeof(array) / sizeof(array[0]))


/* Weekends, ends of years and months, both changes of the clock, leap days. */
static const char *const  days[] = {
    "2024-02-29", "2025-03-08", "2025-03-09", "2025-03-10", "2025-11-01",
    "2025-11-02", "2025-11-03", "2025-12-31", "2026-01-01", "2026-06-19",
    "2026-08-22", "2026-11-20", "2027-01-03", "2028-02-29", "2031-07-05"
};


typedef struct {
    char    *text;
    size_t   len;
    FILE    *file;
} memory_t;


static void
memory_open(memory_t *m)
{
    m->text = NULL;
    m->file = open_memstream(&m->text, &m->len);
    assert_non_null(m->file);
}


static fin_date_t
day_of(const char *text)
{
    return fin_date_parse(text, strlen(text));
}


static void
path_make(sample_path_t *path, const sample_stock_t *stock, fin_date_t today,
    uint64_t seed)
{
    if (sample_path_make(path, stock, today, seed) != FIN_OK) {
        print_error("%s on day %d, seed %d\n", stock->ticker, (int) today,
                    (int) seed);
        fail();
    }
}


static void
read_bars(const sample_path_t *path, fin_bars_t *bars)
{
    memory_t        m;
    fin_in_error_t  err;

    memory_open(&m);
    sample_bars_write(m.file, path);
    assert_int_equal(fclose(m.file), 0);
    assert_int_equal(fin_in_bars(m.text, m.len, bars, &err), FIN_OK);
    free(m.text);
}


static void
read_chain(const sample_path_t *path, uint64_t seed, fin_chain_t *chain)
{
    char            cursor[FIN_CURSOR_MAX + 1];
    memory_t        m;
    fin_market_t    market;
    fin_in_error_t  err;

    memory_open(&m);
    sample_chain_write(m.file, path, seed);
    assert_int_equal(fclose(m.file), 0);

    fin_chain_init(chain);
    assert_int_equal(fin_in_chain(m.text, m.len, chain, cursor, &err),
                     FIN_OK);
    assert_string_equal(cursor, "");
    free(m.text);

    market.price = path->figures.price;
    market.today = path->today;
    market.last_bar = path->figures.last_bar;
    market.rate = SAMPLE_RATE;
    market.dividend_yield = NAN;

    assert_int_equal(fin_chain_value(chain, &market), FIN_OK);
}


/* What a service that sees the text for the first time makes of it. */
static void
stock_from_text(const sample_path_t *path, fin_stock_t *stock)
{
    fin_bars_t    bars;
    fin_series_t  series;

    read_bars(path, &bars);
    series.bar = bars.bar;
    series.n = bars.n;

    assert_int_equal(fin_stock_from_bars(stock, path->stock->ticker, series,
                                         path->today), FIN_OK);
    assert_int_equal(fin_stock_set_iv(stock, series, NAN, NULL, 0), FIN_OK);
    fin_bars_free(&bars);
}


static void
check_scores(const sample_path_t *path, const fin_chain_t *chain,
    fin_date_t earnings)
{
    int           kind, wanted;
    fin_stock_t   stock;
    fin_rules_t   rules;
    fin_signal_t  signal;

    stock_from_text(path, &stock);
    stock.earnings = earnings;
    fin_rules_default(&rules);

    for (kind = 0; kind < FIN_SIGNAL_COUNT; kind++) {
        fin_signal_evaluate((fin_signal_kind_t) kind, &rules, &stock, chain,
                            chain->n > 0 ? FIN_OPTIONS_OK : FIN_OPTIONS_NONE,
                            NULL, &signal);
        wanted = path->stock->score[kind];

        if ((wanted != SAMPLE_ANY && wanted != (int) signal.score)
            || (wanted == FIN_SCORE_GREEN && signal.n_strikes == 0))
        {
            print_error("%s on day %d: %s is %d with %u strikes, not %d\n",
                        stock.ticker, (int) path->today,
                        fin_signal_name((fin_signal_kind_t) kind),
                        (int) signal.score, signal.n_strikes, wanted);
            fail();
        }
    }
}


static void
test_pictures(void **state)
{
    size_t          d, i;
    uint64_t        seed;
    fin_chain_t     chain;
    sample_path_t  *path;

    (void) state;
    path = malloc(sizeof(*path));
    assert_non_null(path);

    for (d = 0; d < COUNT(days); d++) {
        for (i = 0; i < SAMPLE_STOCKS; i++) {
            seed = d % 3 + 1;
            path_make(path, &sample_stocks[i], day_of(days[d]), seed);
            read_chain(path, seed, &chain);
            check_scores(path, &chain, path->earnings);
            check_scores(path, &chain, FIN_NO_DATE);
            fin_chain_free(&chain);
        }
    }

    free(path);
}


/* Each of the three signals is green, yellow and red somewhere. */
static void
test_variety(void **state)
{
    int     kind, wanted;
    size_t  i;
    int     seen[3][3] = { { 0 } };

    (void) state;

    for (i = 0; i < SAMPLE_STOCKS; i++) {
        for (kind = FIN_SIGNAL_CSP; kind <= FIN_SIGNAL_LEAPS; kind++) {
            wanted = sample_stocks[i].score[kind];

            if (wanted != SAMPLE_ANY) {
                seen[kind][wanted]++;
            }
        }
    }

    for (kind = FIN_SIGNAL_CSP; kind <= FIN_SIGNAL_LEAPS; kind++) {
        for (wanted = FIN_SCORE_RED; wanted <= FIN_SCORE_GREEN; wanted++) {
            assert_in_range(seen[kind][wanted], 1, SAMPLE_STOCKS);
        }
    }
}


static void
check_days(const sample_path_t *path)
{
    int         weekday;
    size_t      i;
    fin_date_t  date, before;
    fin_bars_t  bars;

    read_bars(path, &bars);
    assert_int_equal(bars.n, path->n);
    assert_in_range(bars.n, 515, 525);
    before = FIN_NO_DATE;

    for (i = 0; i < bars.n; i++) {
        date = fin_ny_date(bars.bar[i].t);
        weekday = fin_date_weekday(date);

        assert_int_equal(bars.bar[i].t, fin_ny_midnight(date));
        assert_in_range(weekday, 1, 5);
        assert_true(bars.bar[i].o <= bars.bar[i].h
                    && bars.bar[i].o >= bars.bar[i].l
                    && bars.bar[i].c <= bars.bar[i].h
                    && bars.bar[i].c >= bars.bar[i].l);
        assert_true(bars.bar[i].v > 0 && bars.bar[i].vw > 0);

        if (i == 0) {
            assert_in_range(date - (path->today - SAMPLE_DAYS), 0, 2);

        } else {
            assert_int_equal(date - before, weekday == 1 ? 3 : 1);
        }

        before = date;
    }

    weekday = fin_date_weekday(path->today);
    assert_int_equal(path->today - before,
                     weekday == 0 ? 2 : weekday == 6 ? 1 : 0);
    fin_bars_free(&bars);
}


static void
test_days(void **state)
{
    size_t          d;
    sample_path_t  *path;

    (void) state;
    path = malloc(sizeof(*path));
    assert_non_null(path);

    for (d = 0; d < COUNT(days); d++) {
        path_make(path, &sample_stocks[d % SAMPLE_STOCKS], day_of(days[d]),
                  1);
        check_days(path);
    }

    free(path);
}


static void
check_chain(const sample_path_t *path, const fin_chain_t *chain)
{
    size_t               i, told, quoted, solved;
    const fin_option_t  *o;

    if (!path->stock->options) {
        assert_int_equal(chain->n, 0);
        return;
    }

    assert_in_range(chain->n, 600, 1500);
    told = quoted = solved = 0;

    for (i = 0; i < chain->n; i++) {
        o = &chain->opt[i];
        told += o->greeks_source == FIN_GREEKS_UPSTREAM;
        solved += o->greeks_source == FIN_GREEKS_MODEL && isfinite(o->iv);
        quoted += isfinite(o->bid) && isfinite(o->ask);

        assert_true(isnan(o->bid) || o->ask > o->bid);
        assert_in_range(o->dte, 0, 913);
        assert_false(o->adjusted);
    }

    assert_in_range(told, chain->n * 88 / 100, chain->n * 96 / 100);
    assert_in_range(quoted, chain->n * 95 / 100, chain->n - 1);
    assert_in_range(solved, (chain->n - told) * 6 / 10, chain->n - told);
}


/* What the module solves from the quotes is what they were made from. */
static void
check_model(const sample_path_t *path, const fin_chain_t *chain)
{
    size_t               i;
    double               q, sigma;
    fin_market_t         market;
    fin_bs_term_t        term;
    const fin_option_t  *o;

    memset(&market, 0, sizeof(market));
    market.price = path->figures.price;
    market.today = path->today;
    market.last_bar = path->figures.last_bar;
    market.rate = SAMPLE_RATE;
    market.dividend_yield = NAN;

    for (i = 0; i < chain->n; i++) {
        o = &chain->opt[i];

        if (o->dte < 60 || o->dte > 400
            || o->greeks_source != FIN_GREEKS_MODEL
            || o->price_source != FIN_PRICE_QUOTE
            || fabs(o->strike / market.price - 1) > 0.1)
        {
            continue;
        }

        q = fin_chain_yield_at(chain, o->expiration, &market);
        fin_assert_close(q, path->stock->yield, 0, 0.02);

        fin_bs_term(&term, market.price, fin_bs_years(o->dte), SAMPLE_RATE,
                    path->stock->yield);
        sigma = sample_surface(&term, o->strike, sample_at_30d(path),
                               path->stock->usual_iv);
        fin_assert_close(o->iv, sigma, 0.06, 0.01);
    }
}


static void
test_chains(void **state)
{
    size_t          i;
    fin_chain_t     chain;
    sample_path_t  *path;

    (void) state;
    path = malloc(sizeof(*path));
    assert_non_null(path);

    for (i = 0; i < SAMPLE_STOCKS; i++) {
        path_make(path, &sample_stocks[i], day_of("2026-11-20"), 1);
        read_chain(path, 1, &chain);
        check_chain(path, &chain);
        check_model(path, &chain);

        if (chain.n > 0) {
            fin_assert_close(fin_chain_iv30(&chain, path->figures.price),
                             sample_at_30d(path), 0.05, 0.005);
        }

        fin_chain_free(&chain);
    }

    free(path);
}


/* For six years, day by day: what the signals look for is listed. */
static void
test_expirations(void **state)
{
    int         csp, calls, leaps;
    unsigned    i, n;
    fin_date_t  day, dte, expiration[SAMPLE_EXPIRY_MAX];

    (void) state;

    for (day = day_of("2024-01-01"); day < day_of("2030-01-01"); day++) {
        n = sample_expirations(day, expiration);
        assert_in_range(n, 14, 20);
        csp = calls = leaps = 0;

        for (i = 0; i < n; i++) {
            dte = expiration[i] - day;
            csp += dte >= 21 && dte <= 45;
            calls += dte >= 14 && dte <= 30;
            leaps += dte >= 540 && dte <= 900;

            assert_int_equal(fin_date_weekday(expiration[i]), 5);
            assert_true(dte >= (i == 0 ? 0 : expiration[i - 1] - day + 7));
        }

        assert_in_range(csp, 2, 4);
        assert_in_range(calls, 2, 3);
        assert_in_range(leaps, 1, 3);
    }
}


static void
test_strikes(void **state)
{
    size_t    c;
    double    step, strike[SAMPLE_STRIKES_MAX];
    unsigned  i, n;

    static const struct {
        double  price, sigma, years, step;
    } cases[] = {
        { 20, 0.3, 0.02, 0.5 }, { 62.35, 0.16, 0.02, 1 },
        { 212.4, 0.27, 0.1, 2.5 }, { 212.4, 0.27, 2.5, 10 },
        { 561.2, 0.16, 0.1, 5 }, { 1200, 0.9, 2, 100 }
    };

    (void) state;

    for (c = 0; c < COUNT(cases); c++) {
        n = sample_strikes(cases[c].price, cases[c].sigma, cases[c].years,
                           strike);
        assert_in_range(n, 8, SAMPLE_STRIKES_MAX);
        step = strike[1] - strike[0];
        fin_assert_close_row(step, cases[c].step, 0, 1e-9, "step of row %d",
                             (int) c);

        for (i = 1; i < n; i++) {
            fin_assert_close(strike[i] - strike[i - 1], step, 0, 1e-9);
        }

        assert_true(strike[0] > 0 && strike[0] < cases[c].price);
        assert_true(strike[n - 1] > cases[c].price);
    }
}


static char *
everything(const char *day, uint64_t seed)
{
    memory_t        m;
    sample_path_t  *path;

    path = malloc(sizeof(*path));
    assert_non_null(path);
    path_make(path, &sample_stocks[0], day_of(day), seed);

    memory_open(&m);
    sample_bars_write(m.file, path);
    sample_chain_write(m.file, path, seed);
    sample_earnings_write(m.file, path);
    sample_dividends_write(m.file, path);
    assert_int_equal(fclose(m.file), 0);
    free(path);

    return m.text;
}


static void
test_same(void **state)
{
    char  *one, *same, *seed, *day;

    (void) state;

    one = everything("2026-11-20", 1);
    same = everything("2026-11-20", 1);
    seed = everything("2026-11-20", 2);
    day = everything("2026-11-23", 1);

    assert_string_equal(one, same);
    assert_string_not_equal(one, seed);
    assert_string_not_equal(one, day);

    free(one);
    free(same);
    free(seed);
    free(day);
}


/* Nobody takes it for the market. */
static void
test_says_so(void **state)
{
    size_t          i;
    memory_t        m;
    sample_path_t  *path;
    fin_in_error_t  err;

    (void) state;
    path = malloc(sizeof(*path));
    assert_non_null(path);

    for (i = 0; i < SAMPLE_STOCKS; i++) {
        path_make(path, &sample_stocks[i], day_of("2026-11-20"), 1);
        memory_open(&m);
        sample_reference_write(m.file, path);
        assert_int_equal(fclose(m.file), 0);

        assert_int_equal(fin_in_reference(m.text, m.len, &err), FIN_OK);
        assert_non_null(strstr(m.text, "(sample, made-up prices)"));
        assert_non_null(strstr(m.text, sample_stocks[i].ticker));
        free(m.text);
    }

    free(path);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_variety),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_expirations),
        cmocka_unit_test(test_strikes),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_says_so)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_bars.h"
#include "fin_bars_cache.h"
#include "fin_build.h"
#include "fin_chain_cache.h"
#include "fin_json_check.h"
#include "fin_market_chain.h"
#include "fin_options.h"
#include "fin_snapshot.h"


#define MS  INT64_C(1767366245000)


/* All but the data. */
static fin_build_t *
build_new(const char *ticker, fin_date_t today)
{
    fin_build_t  *b;

    b = fin_build_create(ticker);
    assert_non_null(b);

    b->today = today;
    b->rate = 0.04;
    fin_rules_default(&b->rules);
    b->fetched_at = fin_ny_midnight(today) + 17 * 3600 * 1000;
    b->fetched_ms = MS;
    b->fresh_ms = MS + 300000;

    return b;
}


/* The golden bars, planned; today is the last one's day. */
static fin_build_t *
build_golden(void)
{
    fin_build_t   *b;
    fin_bar_t     *bar;
    fin_series_t   s;

    bar = calloc(FIN_GOLDEN_BARS, sizeof(fin_bar_t));
    assert_non_null(bar);
    s = fin_bars_golden(bar);

    b = build_new("TEST", fin_ny_date(bar[s.n - 1].t));
    b->bars.bar = bar;
    b->bars.n = s.n;

    fin_build_plan(b);
    assert_int_equal(b->status, FIN_OK);
    assert_int_equal(b->n_parts, 4);

    return b;
}


/* A chain around that price: quoted, three expirations and a LEAPS. */
static void
build_chain_golden(fin_build_t *b)
{
    size_t   i, d;
    double   k;

    static const int32_t  dte[] = { 9, 23, 37, 700 };

    for (d = 0; d < FIN_N(dte); d++) {
        for (k = -10; k <= 10; k++) {
            test_push_model(&b->chain, b->stock.price, dte[d],
                            floor(b->stock.price) + k * 2, 0, 0.3);
        }
    }

    for (i = 0; i < b->chain.n; i++) {
        b->chain.opt[i].expiration += b->today - TEST_TODAY;
        b->chain.opt[i].open_interest = 100;
    }
}


/* The finished bytes as a string; what must hold of all of them is checked. */
static char *
snapshot_text(const fin_build_t *b)
{
    char            *text;
    size_t           pos;
    const char      *problem;
    fin_snapshot_t   s;

    assert_int_equal(b->status, FIN_OK);
    assert_int_equal(fin_snapshot_read(b->out.data, b->out.len, &s), FIN_OK);
    assert_true(s.fetched_at == b->fetched_at && s.fetched_ms == b->fetched_ms
                && s.fresh_ms == b->fresh_ms);

    problem = fin_json_check(b->out.data, b->out.len, &pos);
    if (problem != NULL) {
        fail_msg("%s at %zu", problem, pos);
    }

    text = calloc(1, b->out.len + 1);
    assert_non_null(text);
    memcpy(text, b->out.data, b->out.len);

    return text;
}


static int
has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_message("no %s\n", part);
        return 0;
    }

    return 1;
}


static void
assert_bars(const fin_build_t *b, const fin_out_t *out)
{
    fin_bars_t       bars;
    fin_bars_head_t  head;

    assert_int_equal(fin_bars_unpack(out->data, out->len, &head, &bars),
                     FIN_OK);
    assert_true(head.fetched_at == b->fetched_at
                && head.fetched_ms == b->fetched_ms
                && head.fresh_ms == b->fresh_ms);
    assert_int_equal(bars.n, b->bars.n);
    assert_true(bars.bar[bars.n - 1].c == b->bars.bar[bars.n - 1].c);
    fin_bars_free(&bars);
}


static void
test_golden(void **state)
{
    char         *text;
    fin_build_t  *b = build_golden();

    (void) state;

    build_chain_golden(b);
    fin_build_stock(b);
    text = snapshot_text(b);

    fin_assert_close(b->iv30, 0.3, 0.02, 0);
    assert_true(has(text, "\"ticker\":\"TEST\""));
    assert_true(has(text, "\"options_status\":\"ok\""));
    assert_true(has(text, "\"earnings_date\":null,\"days_to_earnings\":null"));
    assert_bars(b, &b->packed_bars);

    free(text);
    fin_build_free(b);
}


static void
test_no_options(void **state)
{
    size_t        i;
    char         *text;
    fin_build_t  *b;

    static const struct {
        fin_options_status_t   status;
        const char            *name;
        const char            *note;
    } rows[] = {
        { FIN_OPTIONS_NONE, "\"options_status\":\"none\"",
          "lists no options" },
        { FIN_OPTIONS_NOT_ENTITLED, "\"options_status\":\"not_entitled\"",
          "plan does not include options" },
        { FIN_OPTIONS_UNAVAILABLE, "\"options_status\":\"unavailable\"",
          "not available at the moment" }
    };

    (void) state;

    for (i = 0; i < FIN_N(rows); i++) {
        b = build_golden();
        b->options = rows[i].status;
        fin_build_stock(b);
        text = snapshot_text(b);

        assert_true(has(text, rows[i].name));
        assert_true(has(text, rows[i].note));
        assert_true(has(text, "\"implied_volatility\":null"));
        assert_true(has(text, "\"iv_source\":\"historical\""));
        assert_null(strstr(text, "\"iv_rank\":null"));
        assert_null(strstr(text, "\"recommended_strikes\":[{"));
        assert_true(isnan(b->iv30));
        assert_bars(b, &b->packed_bars);

        free(text);
        fin_build_free(b);
    }
}


/* A market that ignores the filters ends as one that heeds them. */
static void
test_filter(void **state)
{
    char         *text;
    size_t        i;
    fin_build_t  *b = build_golden();

    (void) state;

    build_chain_golden(b);

    for (i = 0; i < b->chain.n; i++) {
        b->chain.opt[i].expiration += 100;      /* from 109 to 800 days */
        b->chain.opt[i].type = FIN_PUT;
        b->chain.opt[i].strike /= 100;
    }

    fin_build_stock(b);
    text = snapshot_text(b);
    assert_int_equal(b->chain.n, 0);
    assert_true(has(text, "\"options_status\":\"none\""));
    free(text);
    fin_build_free(b);
}


static void
test_earnings(void **state)
{
    char         *text, expected[96], date[11];
    fin_build_t  *b = build_golden();

    (void) state;

    b->earnings = b->today + 9;
    b->options = FIN_OPTIONS_NONE;
    fin_build_stock(b);
    text = snapshot_text(b);

    fin_date_format(b->earnings, date);
    snprintf(expected, sizeof(expected),
             "\"earnings_date\":\"%s\",\"days_to_earnings\":9", date);
    assert_true(has(text, expected));
    free(text);
    fin_build_free(b);
}


/* Calls alone imply no yield: a year's dividends stand in. */
static double
delta_with_dividends(double dividends)
{
    size_t        i;
    double        delta;
    fin_build_t  *b = build_golden();

    b->dividends = dividends;
    test_push_model(&b->chain, b->stock.price, 60, b->stock.price, 0, 0.3);
    b->chain.n = 1;

    for (i = 0; i < b->chain.n; i++) {
        b->chain.opt[i].expiration += b->today - TEST_TODAY;
    }

    fin_build_stock(b);
    assert_int_equal(b->status, FIN_OK);
    assert_int_equal(b->chain.n, 1);
    delta = b->chain.opt[0].delta;
    fin_build_free(b);

    return delta;
}


static void
test_dividends(void **state)
{
    (void) state;

    assert_true(isfinite(delta_with_dividends(0)));
    fin_assert_same(delta_with_dividends(NAN), delta_with_dividends(0));
    assert_true(delta_with_dividends(3) < delta_with_dividends(0));
}


/* days stored before the last bar's, and perhaps one of that day */
static fin_build_t *
build_with_history(size_t days, int and_today)
{
    size_t        i;
    fin_build_t  *b = build_golden();

    build_chain_golden(b);

    for (i = 0; i < days; i++) {
        b->iv_day[i].date = b->stock.last_bar - (fin_date_t) (days - i);
        b->iv_day[i].iv = 0.2 + 0.001 * (double) i;
    }

    if (and_today) {
        b->iv_day[i].date = b->stock.last_bar;
        b->iv_day[i].iv = 5;
        i++;
    }

    b->n_iv_days = i;
    fin_build_stock(b);

    return b;
}


static void
test_history(void **state)
{
    size_t        i;
    char         *text;
    fin_build_t  *b;

    static const struct {
        size_t       days;
        int          and_today;
        const char  *source;
        double       rank;
    } rows[] = {
        { 0, 0, "\"iv_source\":\"historical\"", NAN },
        { 28, 0, "\"iv_source\":\"historical\"", NAN },
        { 28, 1, "\"iv_source\":\"historical\"", NAN },
        { 29, 0, "\"iv_source\":\"implied\"", 100 },
        { 29, 1, "\"iv_source\":\"implied\"", 100 },
        { 30, 0, "\"iv_source\":\"implied\"", 100 },
        { FIN_IV_DAYS_MAX, 1, "\"iv_source\":\"implied\"", NAN }
    };

    (void) state;

    for (i = 0; i < FIN_N(rows); i++) {
        b = build_with_history(rows[i].days, rows[i].and_today);
        text = snapshot_text(b);
        assert_true(has(text, rows[i].source));

        if (isfinite(rows[i].rank)) {
            fin_assert_same(b->stock.iv_rank, rows[i].rank);
        }

        free(text);
        fin_build_free(b);
    }
}


/* What options cost yesterday tells how far out to ask today. */
static void
test_plan(void **state)
{
    double        before;
    fin_build_t  *b = build_golden();

    (void) state;

    before = b->part[1].strike_max;
    b->iv_day[0].date = b->today - 1;
    b->iv_day[0].iv = 1.5;
    b->n_iv_days = 1;
    fin_build_plan(b);
    assert_true(b->part[1].strike_max > before * 1.3);

    /* rules in force count */
    before = b->part[0].to;
    fin_rules_set(&b->rules, "csp", 3, "dte_max", 7, 120);
    fin_build_plan(b);
    assert_int_equal(b->part[0].to, b->today + 120);
    assert_true(b->part[0].to > before);

    /* few bars: little is known, much is asked for */
    b->n_iv_days = 0;
    before = b->part[1].strike_max;
    b->bars.n = 10;
    fin_build_plan(b);
    assert_int_equal(b->status, FIN_OK);
    assert_true(b->part[1].strike_max > b->stock.price * 1.5);

    b->bars.n = 1;
    fin_build_plan(b);
    assert_int_equal(b->status, FIN_OK);
    b->options = FIN_OPTIONS_NONE;
    fin_build_stock(b);
    free(snapshot_text(b));

    b->bars.n = 0;
    fin_build_plan(b);
    assert_int_equal(b->status, FIN_E_NO_DATA);
    b->bars.n = 1;
    fin_build_free(b);
}


static void
test_chain_job(void **state)
{
    size_t            n;
    fin_out_t         out;
    fin_build_t      *b = build_golden();
    fin_chain_head_t  head;

    const fin_chain_filter_t  any = { FIN_NO_DATE, -1, INT32_MIN, INT32_MAX };

    (void) state;

    build_chain_golden(b);
    n = b->chain.n;
    build_chain_golden(b);              /* a page that came twice */
    assert_int_equal(b->chain.n, 2 * n);

    b->n_parts = 0;
    b->truncated = 1;
    fin_build_chain(b);
    assert_int_equal(b->status, FIN_OK);

    assert_int_equal(fin_chain_head(b->out.data, b->out.len, &head), FIN_OK);
    assert_int_equal(head.n, n);
    assert_int_equal(head.truncated, 1);
    assert_int_equal(head.status, FIN_OPTIONS_OK);
    fin_assert_same(head.price, b->stock.price);
    assert_true(head.fetched_at == b->fetched_at
                && head.fresh_ms == b->fresh_ms);

    fin_out_init(&out, 1024 * 1024);
    assert_int_equal(fin_out_chain(&out, "TEST", b->out.data, b->out.len,
                                   &any, b->today, 0), FIN_OK);
    assert_null(fin_json_check(out.data, out.len, &n));
    fin_out_free(&out);
    fin_build_free(b);

    b = build_golden();
    b->n_parts = 0;
    b->options = FIN_OPTIONS_NOT_ENTITLED;
    fin_build_chain(b);
    assert_int_equal(fin_chain_head(b->out.data, b->out.len, &head), FIN_OK);
    assert_int_equal(head.n, 0);
    assert_int_equal(head.truncated, 0);
    assert_int_equal(head.status, FIN_OPTIONS_NOT_ENTITLED);
    fin_build_free(b);
}


static void
test_bars_job(void **state)
{
    fin_build_t  *b = build_golden();

    (void) state;

    fin_build_bars(b);
    assert_int_equal(b->status, FIN_OK);
    assert_bars(b, &b->out);
    fin_build_free(b);
}


static void
test_refused(void **state)
{
    fin_build_t  *b = build_golden();

    (void) state;

    b->options = FIN_OPTIONS_NONE;
    b->fetched_ms = INT64_C(10000000000000);
    fin_build_stock(b);
    assert_int_equal(b->status, FIN_E_VALUE);
    fin_build_free(b);

    b = fin_build_create("ABCDEFGHIJKLMNOP");
    assert_string_equal(b->ticker, "ABCDEFGHIJKL");
    fin_build_free(b);
    fin_build_free(NULL);
}


/* From the files, as a refresh does it; NULL: they are not there. */
static fin_build_t *
build_from_files(const fin_market_set_t *set)
{
    fin_build_t  *b;

    b = build_new(set->ticker, fin_market_today(set));

    if (!fin_market_bars(set, &b->bars)
        || !fin_market_pages(set, &b->chain))
    {
        fin_build_free(b);
        return NULL;
    }

    fin_build_plan(b);
    assert_int_equal(b->status, FIN_OK);

    return b;
}


/* What the parts of a chain give, byte for byte what all of it gives. */
static void
test_files(void **state)
{
    int                      found;
    char                    *text;
    fin_build_t             *some, *all, *again;
    fin_snapshot_t           a, b;
    const fin_market_set_t  *set;

    (void) state;
    found = 0;

    for (set = fin_market_sets; set->folder != NULL; set++) {

        some = build_from_files(set);
        if (some == NULL) {
            continue;
        }

        found++;

        fin_build_stock(some);
        text = snapshot_text(some);
        assert_true(has(text, "\"options_status\":\"ok\""));
        assert_null(strstr(text, "\"implied_volatility\":null"));
        assert_bars(some, &some->packed_bars);
        free(text);

        all = build_from_files(set);
        all->n_parts = 0;
        fin_build_stock(all);
        assert_true(all->chain.n > some->chain.n);

        assert_int_equal(fin_snapshot_read(some->out.data, some->out.len, &a),
                         FIN_OK);
        assert_int_equal(fin_snapshot_read(all->out.data, all->out.len, &b),
                         FIN_OK);
        assert_true(a.etag == b.etag);
        assert_int_equal(some->out.len, all->out.len);
        assert_memory_equal(some->out.data, all->out.data, all->out.len);

        again = build_from_files(set);
        fin_build_stock(again);
        assert_int_equal(some->out.len, again->out.len);
        assert_memory_equal(some->out.data, again->out.data, again->out.len);

        fin_build_free(some);
        fin_build_free(all);
        fin_build_free(again);
    }

    if (found == 0) {
        skip();
    }
}


/* A page as upstream sends it, made of a chain; malloc'ed. */
static char *
page_json(const fin_chain_t *chain, size_t *len)
{
    char                *json, *p, date[11];
    size_t               i;
    const fin_option_t  *o;

    json = malloc(chain->n * 400 + 64);
    assert_non_null(json);
    p = json + sprintf(json, "{\"results\":[");

    for (i = 0; i < chain->n; i++) {
        o = &chain->opt[i];
        fin_date_format(o->expiration, date);
        p += sprintf(p, "%s{\"details\":{\"ticker\":\"%s\",\"contract_type\":"
                     "\"%s\",\"expiration_date\":\"%s\",\"strike_price\":"
                     "%.17g,\"shares_per_contract\":100},\"last_quote\":"
                     "{\"bid\":%.17g,\"ask\":%.17g},\"open_interest\":100}",
                     i == 0 ? "" : ",", o->ticker,
                     o->type == FIN_CALL ? "call" : "put", date, o->strike,
                     o->bid, o->ask);
    }

    p += sprintf(p, "]}");
    *len = (size_t) (p - json);

    return json;
}


typedef struct {
    const char   *page;
    size_t        len;
    fin_build_t  *build;            /* planned; without a chain */
    fin_status_t  status;
} job_t;


static void *
job_run(void *data)
{
    char    cursor[FIN_CURSOR_MAX + 1];
    job_t  *job = data;

    job->status = fin_in_chain(job->page, job->len, &job->build->chain,
                               cursor, NULL);

    if (job->status == FIN_OK) {
        fin_build_stock(job->build);
        job->status = job->build->status;
    }

    return NULL;
}


static void
test_threads(void **state)
{
    int           i, round;
    char         *page;
    job_t         job[3];
    size_t        len;
    pthread_t     id[3];
    fin_build_t  *b = build_golden();

    (void) state;

    build_chain_golden(b);
    page = page_json(&b->chain, &len);
    fin_build_free(b);

    for (round = 0; round < 10; round++) {

        for (i = 0; i < 3; i++) {
            job[i].page = page;
            job[i].len = len;
            job[i].build = build_golden();
            assert_int_equal(pthread_create(&id[i], NULL, job_run, &job[i]),
                             0);
        }

        for (i = 0; i < 3; i++) {
            assert_int_equal(pthread_join(id[i], NULL), 0);
            assert_int_equal(job[i].status, FIN_OK);
            assert_int_equal(job[i].build->out.len, job[0].build->out.len);
            assert_memory_equal(job[i].build->out.data,
                                job[0].build->out.data,
                                job[0].build->out.len);
        }

        free(snapshot_text(job[0].build));

        for (i = 0; i < 3; i++) {
            fin_build_free(job[i].build);
        }
    }

    free(page);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_no_options),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_earnings),
        cmocka_unit_test(test_dividends),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_chain_job),
        cmocka_unit_test(test_bars_job),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_threads)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

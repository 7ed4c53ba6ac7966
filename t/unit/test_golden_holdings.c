/* build: src/market/generate_*.c */

/*
 * Metrics and signals of owners equal those of a second implementation, from
 * the parts of a chain and what has to be asked for beside them.
 */

#include "fin_assert.h"
#include "fin_owner.h"


/* ---- golden values */

static const struct {
    golden_key_t          key;
    fin_position_class_t  class;
    int64_t               quantity;
    fin_date_t            bought;
    double                paid;
    fin_right_t           type;
    double                strike;       /* NAN: a stock */
    fin_date_t            expiration;
    struct {
        double            value, cost, pnl, pnl_pct;
        int32_t           held, left;
    }                     want;
} golden_rows[] = {
#include "../golden/signals/positions.inc"
};


/* The rows of one market, as one owner's. */
static size_t
golden_owner(owner_t *o, size_t from)
{
    size_t        k, row;
    fin_option_t  c;

    for (k = 0; from + k < GOLDEN_COUNT(golden_rows) && k < BOOKS_MOST; k++) {

        row = from + k;

        if (strcmp(golden_rows[row].key.ticker, golden_rows[from].key.ticker)
            || strcmp(golden_rows[row].key.day, golden_rows[from].key.day)
            || golden_rows[row].key.seed != golden_rows[from].key.seed)
        {
            break;
        }

        c.type = golden_rows[row].type;
        c.strike = golden_rows[row].strike;
        c.expiration = golden_rows[row].expiration;

        o->position[k] = books_position(golden_rows[row].key.ticker,
                                        golden_rows[row].bought,
                                        golden_rows[row].quantity,
                                        isnan(c.strike) ? NULL : &c,
                                        golden_rows[row].paid);
    }

    return k;
}


static void
golden_check(size_t row, const fin_holding_lot_t *lot)
{
    const fin_metrics_t  *m = &lot->metrics;

    assert_int_equal(lot->class, golden_rows[row].class);
    fin_assert_close_row(m->current_value, golden_rows[row].want.value, 1e-12,
                         1e-9, "value of row %zu", row);
    fin_assert_close_row(m->cost, golden_rows[row].want.cost, 1e-12, 1e-9,
                         "cost of row %zu", row);
    fin_assert_close_row(m->unrealized_pnl, golden_rows[row].want.pnl, 1e-12,
                         1e-9, "P&L of row %zu", row);
    fin_assert_close_row(m->unrealized_pnl_pct,
                         golden_rows[row].want.pnl_pct, 1e-12, 1e-9,
                         "P&L %% of row %zu", row);
    assert_int_equal(m->days_held, golden_rows[row].want.held);
    assert_int_equal(m->days_to_expiration, golden_rows[row].want.left);
}


/* From the parts, with what has to be asked for. */
static void
golden_rows_check(int real)
{
    size_t               from, k, n;
    owner_t             *o;
    golden_t             g;
    const fin_sample_t  *s;

    memset(&g, 0, sizeof(g));

    for (from = 0; from < GOLDEN_COUNT(golden_rows); from += n) {

        n = 1;
        s = golden_open(&g, &golden_rows[from].key, real);

        if (s == NULL) {
            continue;
        }

        o = owner_new(s, 0, 1);
        o->h.n = n = golden_owner(o, from);
        o->h.today = s->market.today;

        (void) owner_ask(o);
        owner_write(o);

        for (k = 0; k < n; k++) {
            golden_check(from + k, &o->h.lot[k]);
        }

        owner_free(o);
    }

    golden_end(&g, real);
}


static void
test_golden_sample(void **state)
{
    (void) state;
    golden_rows_check(0);
}


static void
test_golden_real(void **state)
{
    (void) state;
    golden_rows_check(1);
}


/* ---- signals of holders */

static const struct {
    golden_key_t       key;
    fin_signal_kind_t  kind;
    struct {
        double         shares, cost_basis;
        int            has_leaps;
        double         leaps_strike, leaps_cost;
    }                  held;
    fin_score_t        score;
    unsigned           met;
    unsigned           n;
    struct {
        const char    *ticker;
        int32_t        dte;
        double         premium, delta, break_even, back, annualized, spread,
                       extra;
    }                  strike[FIN_STRIKES_MAX];
} golden_signals[] = {
#include "../golden/signals/signals.inc"
};


/* Positions that make that holding; 0: no call of the chain does. */
static int
golden_holding(owner_t *o, size_t row)
{
    size_t               i;
    const fin_option_t  *c, *leaps;

    o->h.n = 0;
    leaps = NULL;

    if (golden_signals[row].held.shares > 0) {
        o->position[o->h.n++] =
            books_position(o->s->stock.ticker, o->h.today - 50,
                           (int64_t) golden_signals[row].held.shares, NULL,
                           golden_signals[row].held.cost_basis);
    }

    if (!golden_signals[row].held.has_leaps) {
        return 1;
    }

    for (i = 0; i < o->s->chain.n; i++) {
        c = &o->s->chain.opt[i];

        if (c->type == FIN_CALL
            && c->strike == golden_signals[row].held.leaps_strike
            && fin_leaps_qualifies(&rules, c->dte, c->delta))
        {
            leaps = c;
        }
    }

    if (leaps == NULL) {
        return 0;
    }

    o->position[o->h.n++] =
        books_position(o->s->stock.ticker, o->h.today - 50, 1, leaps,
                       golden_signals[row].held.leaps_cost);

    return 1;
}


static void
golden_signal_check(const owner_t *o, size_t row)
{
    unsigned      i;
    const cJSON  *signal, *item;

    static const char *const  score[] = { "red", "yellow", "green" };

    signal = get(o->json, golden_signals[row].kind == FIN_SIGNAL_PMCC
                          ? "pmcc_signal" : "covered_call_signal");

    assert_string_equal(get(signal, "score")->valuestring,
                        score[golden_signals[row].score]);
    i = 0;

    cJSON_ArrayForEach(item, get(signal, "conditions")) {
        assert_int_equal(cJSON_IsTrue(get(item, "met")),
                         golden_signals[row].met >> i & 1);
        i++;
    }

    i = 0;

    cJSON_ArrayForEach(item, get(signal, "recommended_strikes")) {
        assert_in_range(i, 0, golden_signals[row].n - 1);
        assert_string_equal(get(item, "ticker")->valuestring,
                            golden_signals[row].strike[i].ticker);
        fin_assert_close(number(item, "premium"),
                         golden_signals[row].strike[i].premium, 1e-9, 0);
        fin_assert_close(number(item, "annualized_return"),
                         golden_signals[row].strike[i].annualized, 1e-9, 0);
        fin_assert_close(number(item, "delta"),
                         golden_signals[row].strike[i].delta, 1e-9, 0);
        i++;
    }

    assert_int_equal(i, golden_signals[row].n);
}


static void
golden_signals_check(int real)
{
    size_t               i, leaps;
    owner_t             *o;
    golden_t             g;
    const fin_sample_t  *s;

    memset(&g, 0, sizeof(g));
    leaps = 0;

    for (i = 0; i < GOLDEN_COUNT(golden_signals); i++) {

        if (golden_signals[i].kind != FIN_SIGNAL_PMCC
            && golden_signals[i].kind != FIN_SIGNAL_COVERED_CALL)
        {
            continue;
        }

        s = golden_open(&g, &golden_signals[i].key, real);

        if (s == NULL) {
            continue;
        }

        o = owner_new(s, 0, 1);
        o->h.today = s->market.today;

        if (golden_holding(o, i)) {
            (void) owner_ask(o);
            owner_write(o);
            golden_signal_check(o, i);
            leaps += golden_signals[i].held.has_leaps != 0;
        }

        owner_free(o);
    }

    golden_end(&g, real);
    assert_true(leaps > 0);
}


static void
test_signals_sample(void **state)
{
    (void) state;
    golden_signals_check(0);
}


static void
test_signals_real(void **state)
{
    (void) state;
    golden_signals_check(1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_golden_sample),
        cmocka_unit_test(test_golden_real),
        cmocka_unit_test(test_signals_sample),
        cmocka_unit_test(test_signals_real)
    };

    return cmocka_run_group_tests(tests, owner_setup, NULL);
}

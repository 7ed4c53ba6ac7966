/* build: src/market/generate_*.c */

/*
 * The sample market shows every colour of every signal and every
 * recommendation, whatever the day its clock stands on.
 */

#include "fin_assert.h"
#include "fin_sample.h"

#include "../../src/core/fin_advice.h"
#include "../../src/core/fin_portfolio.h"


#define COUNT(array)  (sizeof(array) / sizeof(array[0]))

#define MOST       8                    /* positions a row and stock */
#define LOTS       2
#define NO_ROLL    (-1)


/* The last bar is that day's, the day's before, or Friday's. */
static const char *const  days[] = {
    "2024-02-29", "2025-07-12", "2026-03-18", "2026-11-22", "2027-01-15",
    "2028-06-19"
};


typedef enum {
    COVER_NONE = 0,
    COVER_SHARES,
    COVER_LEAPS,                        /* of a lower strike */
    COVER_LEAPS_OVER                    /* of the same one or a higher one */
} cover_t;


/* A row of domain.md's table, and which contracts it is shown with. */
typedef struct {
    const char            *what;
    fin_position_class_t   class;
    int                    dte_min, dte_max;
    double                 delta_min, delta_max;        /* sizes */
    double                 under_min, under_max;        /* price: % of strike */
    double                 profit;                      /* % of the premium */
    int                    near_earnings;
    int                    fallen;      /* by more than a tenth since */
    cover_t                cover;

    fin_action_t           action;
    unsigned               priority;
    int                    roll;
    const char            *text;        /* in the first reason */
} row_t;


#define ANY_DELTA    0, 1
#define ANY_UNDER  -1000, 100

static const row_t  rows[] = {

    { "LEAPS, few days", FIN_CLASS_LEAPS, 1, 90, 0.7, 1, ANY_UNDER, 0, 0, 0,
      COVER_NONE, FIN_ACTION_CLOSE, 1, NO_ROLL, "no more than 90" },
    { "LEAPS, little delta", FIN_CLASS_LEAPS, 181, 913, 0.2, 0.599, ANY_UNDER,
      0, 0, 0, COVER_NONE, FIN_ACTION_CLOSE, 1, NO_ROLL, "less than 0.60" },
    { "LEAPS, half a year", FIN_CLASS_LEAPS, 91, 180, 0.66, 1, ANY_UNDER, 0,
      0, 0, COVER_NONE, FIN_ACTION_ROLL, 2, FIN_ROLL_OUT, "no more than 180" },
    { "LEAPS, less delta", FIN_CLASS_LEAPS, 181, 539, 0.601, 0.649, ANY_UNDER,
      0, 0, 0, COVER_NONE, FIN_ACTION_ROLL, 2, FIN_ROLL_OUT,
      "less than 0.65" },
    { "LEAPS", FIN_CLASS_LEAPS, 181, 913, 0.66, 1, ANY_UNDER, 0, 0, 0,
      COVER_NONE, FIN_ACTION_MAINTAIN, 3, NO_ROLL, "days are left" },

    { "call, earnings", FIN_CLASS_SHORT_CALL, 1, 60, ANY_DELTA, ANY_UNDER, 70,
      1, 0, COVER_LEAPS_OVER, FIN_ACTION_CLOSE, 1, NO_ROLL, "Earnings on" },
    { "call, under the LEAPS", FIN_CLASS_SHORT_CALL, 1, 60, ANY_DELTA,
      ANY_UNDER, 70, 0, 0, COVER_LEAPS_OVER, FIN_ACTION_CLOSE, 1, NO_ROLL,
      "not above the LEAPS" },
    { "call, profit", FIN_CLASS_SHORT_CALL, 1, 60, ANY_DELTA, ANY_UNDER, 61,
      0, 0, COVER_SHARES, FIN_ACTION_CLOSE, 2, NO_ROLL, "at least 60" },
    { "call, few days", FIN_CLASS_SHORT_CALL, 1, 20, ANY_DELTA, ANY_UNDER, 59,
      0, 0, COVER_SHARES, FIN_ACTION_CLOSE, 1, NO_ROLL, "less than 21" },
    { "call, price over it", FIN_CLASS_SHORT_CALL, 21, 60, ANY_DELTA, -40,
      -0.01, -20, 0, 0, COVER_SHARES, FIN_ACTION_ROLL, 2,
      FIN_ROLL_UP_AND_OUT, "is over the strike" },
    { "call, price near it", FIN_CLASS_SHORT_CALL, 21, 60, ANY_DELTA, 0, 2.99,
      20, 0, 0, COVER_LEAPS, FIN_ACTION_ROLL, 2, FIN_ROLL_OUT, "within 3" },
    { "call, price far", FIN_CLASS_SHORT_CALL, 21, 60, ANY_DELTA, 5.01, 40,
      59, 0, 0, COVER_SHARES, FIN_ACTION_ROLL, 2, FIN_ROLL_DOWN_AND_OUT,
      "under the strike" },
    { "call", FIN_CLASS_SHORT_CALL, 21, 60, ANY_DELTA, 3.01, 4.99, 59, 0, 0,
      COVER_LEAPS, FIN_ACTION_MAINTAIN, 3, NO_ROLL, "not within 7" },

    { "put, earnings", FIN_CLASS_SHORT_PUT, 1, 60, ANY_DELTA, ANY_UNDER, 70,
      1, 0, COVER_NONE, FIN_ACTION_CLOSE, 1, NO_ROLL, "Earnings on" },
    { "put, profit", FIN_CLASS_SHORT_PUT, 1, 60, ANY_DELTA, ANY_UNDER, 61, 0,
      1, COVER_NONE, FIN_ACTION_CLOSE, 2, NO_ROLL, "at least 60" },
    { "put, few days", FIN_CLASS_SHORT_PUT, 1, 20, ANY_DELTA, 0.01, 40, -20,
      0, 0, COVER_NONE, FIN_ACTION_CLOSE, 1, NO_ROLL, "less than 21" },
    { "put, price has fallen", FIN_CLASS_SHORT_PUT, 21, 60, ANY_DELTA, -10,
      10, -20, 0, 1, COVER_NONE, FIN_ACTION_ROLL, 2, FIN_ROLL_DOWN_AND_OUT,
      "of the trade" },
    { "put, price near it", FIN_CLASS_SHORT_PUT, 21, 60, ANY_DELTA, -2.99,
      2.99, 20, 0, 0, COVER_NONE, FIN_ACTION_ROLL, 2, FIN_ROLL_OUT,
      "off the strike" },
    { "put", FIN_CLASS_SHORT_PUT, 21, 60, ANY_DELTA, -40, -3.01, 59, 0, 0,
      COVER_NONE, FIN_ACTION_MAINTAIN, 3, NO_ROLL, "not within 7" },
    { "put, few days, price over it", FIN_CLASS_SHORT_PUT, 1, 20, ANY_DELTA,
      -40, -3.01, 59, 0, 0, COVER_NONE, FIN_ACTION_MAINTAIN, 3, NO_ROLL,
      "not within 7" },

    { "shares", FIN_CLASS_STOCK, 0, 0, ANY_DELTA, ANY_UNDER, 0, 0, 0,
      COVER_NONE, FIN_ACTION_MAINTAIN, 3, NO_ROLL, "The covered-call signal" },
    { "a long option", FIN_CLASS_OTHER, 1, 90, ANY_DELTA, ANY_UNDER, 0, 0, 0,
      COVER_NONE, FIN_ACTION_MAINTAIN, 3, NO_ROLL, "The covered-call signal" }
};


static void
signal_of(const fin_sample_t *s, fin_signal_kind_t kind,
    const fin_holding_t *holding, fin_signal_t *out)
{
    fin_rules_t  rules;

    fin_rules_default(&rules);
    fin_signal_evaluate(kind, &rules, &s->stock, &s->chain,
                        s->chain.n > 0 ? FIN_OPTIONS_OK : FIN_OPTIONS_NONE,
                        holding, out);
}


/* ---- positions */

static fin_position_t
position_of(const fin_sample_t *s, int64_t quantity, const fin_option_t *o)
{
    fin_position_t  p;

    fin_position_init(&p);
    strcpy(p.ticker, s->stock.ticker);
    p.quantity = quantity;
    p.transaction_date = s->stock.today - 30;

    if (o == NULL) {
        p.purchase_price = s->stock.price;
        return p;
    }

    p.type = FIN_POSITION_OPTION;
    p.option_type = o->type;
    p.strike = o->strike;
    p.expiration = o->expiration;
    p.premium = o->price;

    return p;
}


static fin_lot_t
lot_of(const fin_sample_t *s, const fin_position_t *p)
{
    fin_lot_t  lot;

    lot.position = p;
    lot.contract = fin_position_contract(p, &s->chain);
    fin_position_metrics(p, s->stock.price, lot.contract, s->stock.today,
                         &lot.metrics);

    return lot;
}


/* The lowest or highest strike of a call that makes a PMCC; NULL: none. */
static const fin_option_t *
leaps_of(const fin_sample_t *s, int highest)
{
    size_t               i;
    fin_rules_t          rules;
    const fin_option_t  *o, *found;

    fin_rules_default(&rules);
    found = NULL;

    for (i = 0; i < s->chain.n; i++) {
        o = &s->chain.opt[i];

        if (o->type == FIN_CALL && fin_leaps_qualifies(&rules, o->dte,
                                                       o->delta)
            && isfinite(o->price)
            && (found == NULL || (highest ? o->strike > found->strike
                                          : o->strike < found->strike)))
        {
            found = o;
        }
    }

    return found;
}


/* The last day on which the price was, or was not, a tenth higher. */
static fin_date_t
trade_day(const fin_sample_t *s, int fallen)
{
    size_t  i;
    double  down;

    for (i = s->series.n - 6; i > 0; i--) {
        down = 100 * (1 - s->stock.price / s->series.bar[i].c);

        if (fallen ? down > 10.01 : down < 9.99) {
            return fin_ny_date(s->series.bar[i].t);
        }
    }

    return FIN_NO_DATE;
}


static int
row_wants_type(const row_t *row, fin_right_t type)
{
    switch (row->class) {

    case FIN_CLASS_LEAPS:
    case FIN_CLASS_SHORT_CALL:
        return type == FIN_CALL;

    case FIN_CLASS_SHORT_PUT:
        return type == FIN_PUT;

    default:
        return 1;
    }
}


static int
row_wants(const row_t *row, const fin_sample_t *s, const fin_option_t *o)
{
    double  under;

    under = 100 * (o->strike - s->stock.price) / o->strike;

    return row_wants_type(row, o->type)
           && o->dte >= row->dte_min && o->dte <= row->dte_max
           && fabs(o->delta) >= row->delta_min
           && fabs(o->delta) <= row->delta_max
           && under >= row->under_min && under <= row->under_max
           && isfinite(o->price);
}


/* What covers a short call; 0: nothing of this stock does. */
static int
cover_make(const row_t *row, const fin_sample_t *s, const fin_option_t *o,
    fin_position_t *cover, size_t *n)
{
    const fin_option_t  *leaps;

    *n = 1;

    switch (row->cover) {

    case COVER_NONE:
        break;

    case COVER_SHARES:
        *cover = position_of(s, 100, NULL);
        return 1;

    case COVER_LEAPS:
    case COVER_LEAPS_OVER:
        leaps = leaps_of(s, row->cover == COVER_LEAPS_OVER);

        if (leaps == NULL || (leaps->strike >= o->strike)
                             != (row->cover == COVER_LEAPS_OVER))
        {
            return 0;
        }

        *cover = position_of(s, 1, leaps);
        return 1;
    }

    *n = 0;

    return 1;
}


/* As the service does it. */
static void
advice_of(const fin_sample_t *s, const fin_lot_t *lot, size_t n,
    fin_advice_t *out)
{
    fin_rules_t      rules;
    fin_signal_t     signal;
    fin_holding_t    holding;
    fin_advice_in_t  in;

    fin_rules_default(&rules);
    fin_portfolio_holding(lot, n, s->stock.ticker, &rules, s->stock.today,
                          &holding);
    signal_of(s, FIN_SIGNAL_COVERED_CALL, &holding, &signal);

    in.position = lot[0].position;
    in.metrics = &lot[0].metrics;
    in.contract = lot[0].contract;
    in.stock = &s->stock;
    in.chain = s->chain.n > 0 ? &s->chain : NULL;
    in.shares = holding.shares;
    in.leaps_strike = fin_portfolio_leaps_strike(lot, n, s->stock.ticker,
                                                 s->stock.today, &holding);
    in.trade_price = fin_series_close_on(s->series,
                                         lot[0].position->transaction_date);
    in.covered_call = &signal;

    fin_advice_make(&in, out);
}


/* ---- what a roll has to be, by domain.md */

static int
liquid(const fin_option_t *o)
{
    return !o->adjusted && isfinite(o->price) && o->open_interest >= 10
           && (isnan(o->bid)
               ? o->volume >= 1
               : o->bid > 0
                 && 100 * (o->ask - o->bid) / o->price <= 25 + 1e-9);
}


static int
fits(const fin_option_t *o, const fin_position_t *p, int roll)
{
    return o->type == p->option_type && liquid(o)
           && (roll == FIN_ROLL_OUT ? o->strike == p->strike
               : roll == FIN_ROLL_UP_AND_OUT ? o->strike > p->strike
                                             : o->strike < p->strike);
}


static void
check_roll(const fin_sample_t *s, const fin_lot_t *lot, const row_t *row,
    const fin_roll_t *roll)
{
    int                  from, to;
    size_t               i;
    double               off, best;
    const fin_option_t  *o, *target;

    target = NULL;
    best = INFINITY;

    for (i = 0; i < s->chain.n; i++) {
        o = &s->chain.opt[i];

        if (strcmp(o->ticker, roll->ticker) == 0) {
            target = o;
        }

        off = fabs(fabs(o->delta) - 0.25);

        if (o->expiration == roll->expiration
            && fits(o, lot->position, row->roll) && off < best)
        {
            best = off;
        }
    }

    from = row->class == FIN_CLASS_LEAPS ? 365 : 30;
    to = row->class == FIN_CLASS_LEAPS ? 540 : 60;

    assert_non_null(target);
    assert_int_equal(roll->type, row->roll);
    assert_in_range(roll->dte, from, to);
    assert_int_equal(roll->expiration, s->stock.today + roll->dte);
    assert_int_equal(target->expiration, roll->expiration);
    assert_true(roll->expiration > lot->position->expiration
                || (row->roll != FIN_ROLL_OUT
                    && roll->expiration == lot->position->expiration));
    assert_true(fits(target, lot->position, row->roll));
    fin_assert_same(roll->strike, target->strike);
    fin_assert_close(roll->expected_credit,
                     target->price - lot->contract->price, 1e-12, 1e-12);

    if (row->roll != FIN_ROLL_OUT) {
        fin_assert_close(fabs(fabs(target->delta) - 0.25), best, 0, 1e-9);
    }
}


/* ---- a row on a stock; returns whether it shows what it is to show */

static int
row_check(const row_t *row, const fin_sample_t *s, const fin_lot_t *lot,
    size_t n)
{
    fin_advice_t  advice;

    assert_int_equal(fin_position_class(lot[0].position), row->class);
    advice_of(s, lot, n, &advice);

    if (advice.action != row->action || advice.priority != row->priority
        || strstr(advice.reason[0], row->text) == NULL)
    {
        fail_msg("%s, %s on day %d: action %d, priority %u: %s", row->what,
                 s->stock.ticker, (int) s->stock.today, (int) advice.action,
                 advice.priority, advice.reason[0]);
    }

    assert_true(advice.action == FIN_ACTION_ROLL || !advice.has_roll);

    if (advice.has_roll) {
        check_roll(s, &lot[0], row, &advice.roll);
    }

    return row->roll == NO_ROLL || advice.has_roll;
}


static int
row_try(const row_t *row, const fin_sample_t *s, const fin_option_t *o,
    unsigned *shown)
{
    size_t          n;
    int64_t         quantity;
    fin_lot_t       lot[LOTS];
    fin_position_t  p[LOTS];

    if (!cover_make(row, s, o, &p[1], &n)) {
        return 0;
    }

    quantity = row->class == FIN_CLASS_SHORT_CALL
               || row->class == FIN_CLASS_SHORT_PUT ? -1 : 1;

    p[0] = position_of(s, quantity, o);

    if (quantity < 0) {
        p[0].premium = o->price / (1 - row->profit / 100);
        p[0].transaction_date = trade_day(s, row->fallen);

        if (p[0].transaction_date == FIN_NO_DATE) {
            return 0;
        }

    } else if (row->class == FIN_CLASS_LEAPS
               && p[0].transaction_date > o->expiration - 200)
    {
        p[0].transaction_date = o->expiration - 200;
    }

    lot[0] = lot_of(s, &p[0]);

    if (n > 0) {
        lot[1] = lot_of(s, &p[1]);
    }

    *shown += (unsigned) row_check(row, s, lot, n + 1);

    return 1;
}


static unsigned
row_show(const row_t *row, const fin_sample_t *s)
{
    int       near;
    size_t    i;
    unsigned  tried, shown;

    near = s->stock.earnings != FIN_NO_DATE
           && s->stock.earnings - s->stock.today <= 7;
    tried = shown = 0;

    if (row->class == FIN_CLASS_STOCK) {
        (void) row_try(row, s, NULL, &shown);
        return shown;
    }

    if ((near != row->near_earnings && row->class != FIN_CLASS_LEAPS
         && row->class != FIN_CLASS_OTHER)
        || (row->action == FIN_ACTION_MAINTAIN
            && s->stock.earnings == FIN_NO_DATE))
    {
        return 0;
    }

    for (i = 0; i < s->chain.n && tried < MOST; i++) {
        if (row_wants(row, s, &s->chain.opt[i])) {
            tried += (unsigned) row_try(row, s, &s->chain.opt[i], &shown);
        }
    }

    return shown;
}


static void
test_every_recommendation(void **state)
{
    size_t        d, i, r;
    unsigned      shown[COUNT(rows)];
    fin_sample_t  s;

    (void) state;

    for (d = 0; d < COUNT(days); d++) {
        memset(shown, 0, sizeof(shown));

        for (i = 0; i < SAMPLE_STOCKS; i++) {
            fin_sample_open(&s, &sample_stocks[i], fin_sample_day(days[d]),
                            d % 3 + 1);

            for (r = 0; r < COUNT(rows); r++) {
                shown[r] += row_show(&rows[r], &s);
            }

            fin_sample_close(&s);
        }

        for (r = 0; r < COUNT(rows); r++) {
            if (shown[r] == 0) {
                fail_msg("no \"%s\" on %s", rows[r].what, days[d]);
            }
        }
    }
}


/* ---- signals */

/* A LEAPS of the stock's own chain; NULL: it has none. */
static const fin_holding_t *
holding_make(const fin_sample_t *s, fin_holding_t *holding)
{
    fin_lot_t            lot;
    fin_rules_t          rules;
    fin_position_t       p;
    const fin_option_t  *leaps;

    leaps = leaps_of(s, 0);

    if (leaps == NULL) {
        return NULL;
    }

    fin_rules_default(&rules);
    p = position_of(s, 1, leaps);
    lot = lot_of(s, &p);
    fin_portfolio_holding(&lot, 1, s->stock.ticker, &rules, s->stock.today,
                          holding);
    assert_true(holding->has_leaps);

    return holding;
}


/* Strikes belong to what is not red, and are what the owner may sell. */
static void
check_strikes(const fin_sample_t *s, const fin_signal_t *signal,
    const fin_holding_t *holding)
{
    unsigned             i;
    const fin_option_t  *o;

    if (signal->score == FIN_SCORE_RED || s->chain.n == 0) {
        assert_int_equal(signal->n_strikes, 0);
        return;
    }

    assert_in_range(signal->n_strikes, 1, FIN_STRIKES_MAX);

    for (i = 0; i < signal->n_strikes; i++) {
        o = signal->strike[i].option;
        assert_int_equal(o->type, signal->kind == FIN_SIGNAL_CSP ? FIN_PUT
                                                                 : FIN_CALL);
        assert_true(liquid(o));

        if (signal->kind == FIN_SIGNAL_PMCC) {
            assert_true(o->strike > holding->leaps_strike);
        }
    }
}


/* Red is also that of a PMCC whose LEAPS is there. */
static void
test_every_colour(void **state)
{
    int                   kind, score;
    size_t                d, i;
    fin_sample_t          s;
    fin_signal_t          signal;
    fin_holding_t         made;
    const fin_holding_t  *holding;
    unsigned              seen[FIN_SIGNAL_COUNT][FIN_SCORE_GREEN + 1];

    (void) state;

    for (d = 0; d < COUNT(days); d++) {
        memset(seen, 0, sizeof(seen));

        for (i = 0; i < SAMPLE_STOCKS; i++) {
            fin_sample_open(&s, &sample_stocks[i], fin_sample_day(days[d]),
                            d % 3 + 1);
            holding = holding_make(&s, &made);

            for (kind = 0; kind < FIN_SIGNAL_COUNT; kind++) {
                signal_of(&s, (fin_signal_kind_t) kind, holding, &signal);
                check_strikes(&s, &signal, holding);
                seen[kind][signal.score] += kind != FIN_SIGNAL_PMCC
                                            || holding != NULL;

                signal_of(&s, (fin_signal_kind_t) kind, NULL, &signal);
                assert_true(kind != FIN_SIGNAL_PMCC
                            || signal.score == FIN_SCORE_RED);
            }

            fin_sample_close(&s);
        }

        for (kind = 0; kind < FIN_SIGNAL_COUNT; kind++) {
            for (score = 0; score <= FIN_SCORE_GREEN; score++) {
                if (seen[kind][score] == 0) {
                    fail_msg("%s is never %d on %s",
                             fin_signal_name((fin_signal_kind_t) kind), score,
                             days[d]);
                }
            }
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_every_colour),
        cmocka_unit_test(test_every_recommendation)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

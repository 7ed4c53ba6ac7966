/*
 * What the parts of a chain give has to be what the whole chain gives: the
 * yields, the volatility, the strikes of every signal.
 */

#include "fin_assert.h"
#include "fin_indicators.h"
#include "fin_market_chain.h"
#include "fin_options.h"
#include "fin_parts.h"


/* A stock of which no signal is red, so that all look for strikes. */
static fin_stock_t
hot_stock(const fin_market_t *m)
{
    fin_stock_t  s;

    s = test_stock(m->price);
    s.today = m->today;
    s.last_bar = m->last_bar;
    s.ma_50 = 2;
    s.ma_200 = 1;

    return s;
}


static fin_rules_t
hot_rules(void)
{
    unsigned     k;
    fin_rules_t  rules;

    fin_rules_default(&rules);

    for (k = 0; k < FIN_SIGNAL_COUNT; k++) {
        const char  *name = fin_signal_name((fin_signal_kind_t) k);

        assert_int_equal(fin_rules_set(&rules, name, strlen(name), "yellow",
                                       6, 1), FIN_OK);
    }

    return rules;
}


static fin_chain_t
copy_chain(const fin_chain_t *from, const fin_part_t *part, unsigned n)
{
    size_t       i;
    fin_chain_t  chain;

    fin_chain_init(&chain);

    for (i = 0; i < from->n; i++) {
        if (part == NULL || fin_parts_match(part, n, &from->opt[i])) {
            fin_option_t  *o = fin_chain_push(&chain);

            assert_non_null(o);
            *o = from->opt[i];
        }
    }

    return chain;
}


static size_t
count_part(const fin_chain_t *chain, const fin_part_t *part)
{
    size_t  i, n;

    for (i = 0, n = 0; i < chain->n; i++) {
        n += (fin_parts_match(part, 1, &chain->opt[i]) != 0);
    }

    return n;
}


/* Every yield within the parts; which differ is printed. */
static unsigned
differing_yields(const fin_chain_t *all, const fin_chain_t *some,
    const fin_market_t *m)
{
    size_t      i;
    double      a, b;
    unsigned    n;
    fin_date_t  e;

    for (i = 0, n = 0; i < some->n; i++) {
        e = some->opt[i].expiration;

        if (i > 0 && some->opt[i - 1].expiration == e) {
            continue;
        }

        a = fin_chain_yield_at(all, e, m);
        b = fin_chain_yield_at(some, e, m);

        if (!fin_is_close(b, a, 0, 0)) {
            print_message("yield at %d days: %.17g, of all %.17g\n",
                          e - m->today, b, a);
            n++;
        }
    }

    return n;
}


static unsigned
differing_strikes(const fin_signal_t *all, const fin_signal_t *some)
{
    unsigned             i;
    const fin_strike_t  *a, *b;

    if (all->n_strikes != some->n_strikes) {
        print_message("%s: %u strikes, of all %u\n",
                      fin_signal_name(all->kind), some->n_strikes,
                      all->n_strikes);
        return 1;
    }

    for (i = 0; i < all->n_strikes; i++) {
        a = &all->strike[i];
        b = &some->strike[i];

        if (strcmp(a->option->ticker, b->option->ticker) != 0
            || !fin_is_close(b->annualized_return, a->annualized_return, 0, 0)
            || !fin_is_close(b->return_on_capital, a->return_on_capital, 0, 0)
            || !fin_is_close(b->break_even, a->break_even, 0, 0)
            || !fin_is_close(b->extra, a->extra, 0, 0)
            || !fin_is_close(b->option->delta, a->option->delta, 0, 0))
        {
            print_message("%s: %s (%.17g), of all %s (%.17g)\n",
                          fin_signal_name(all->kind), b->option->ticker,
                          b->option->delta, a->option->ticker,
                          a->option->delta);
            return 1;
        }
    }

    return 0;
}


typedef struct {
    unsigned  differ;               /* figures that do */
    unsigned  strikes;              /* recommended, all signals together */
    double    iv30;
    size_t    all, some;            /* contracts */
    size_t    part[FIN_PARTS_MAX];
} comparison_t;


/* all holds upstream's part of the contracts; it is valued here. */
static comparison_t
compare(fin_chain_t *all, const fin_market_t *m, double vol,
    const fin_rules_t *rules)
{
    unsigned       k, n;
    fin_part_t     part[FIN_PARTS_MAX];
    fin_chain_t    some;
    fin_stock_t    stock;
    fin_signal_t   a, b;
    comparison_t   c;
    fin_holding_t  holding = { 0, NAN, 1, 0.001, 1 };

    memset(&c, 0, sizeof(c));

    n = fin_parts_plan(m, vol, rules, part);
    assert_in_range(n, 1, FIN_PARTS_MAX);

    some = copy_chain(all, part, n);

    for (k = 0; k < n; k++) {
        c.part[k] = count_part(all, &part[k]);
    }

    assert_int_equal(fin_chain_value(all, m), FIN_OK);
    assert_int_equal(fin_chain_value(&some, m), FIN_OK);

    c.all = all->n;
    c.some = some.n;
    c.differ = differing_yields(all, &some, m);
    c.iv30 = fin_chain_iv30(all, m->price);

    if (!fin_is_close(fin_chain_iv30(&some, m->price), c.iv30, 0, 0)) {
        print_message("iv30 %.17g, of all %.17g\n",
                      fin_chain_iv30(&some, m->price), c.iv30);
        c.differ++;
    }

    stock = hot_stock(m);

    for (k = 0; k < FIN_SIGNAL_COUNT; k++) {
        fin_signal_evaluate((fin_signal_kind_t) k, rules, &stock, all,
                            FIN_OPTIONS_OK, &holding, &a);
        fin_signal_evaluate((fin_signal_kind_t) k, rules, &stock, &some,
                            FIN_OPTIONS_OK, &holding, &b);
        assert_int_not_equal(a.score, FIN_SCORE_RED);
        c.differ += differing_strikes(&a, &b);
        c.strikes += a.n_strikes;
    }

    fin_chain_free(&some);

    return c;
}


static void
print_comparison(const char *name, const comparison_t *c)
{
    print_message("# %-22s %5zu of %5zu (puts %zu, calls %zu, LEAPS calls "
                  "%zu, puts %zu), iv30 %.3f, %u strikes, %u differ\n", name,
                  c->some, c->all, c->part[0], c->part[1], c->part[2],
                  c->part[3], c->iv30, c->strikes, c->differ);
}


static double
known_vol(const fin_bars_t *bars)
{
    fin_series_t  s = { bars->bar, bars->n };

    return fmax(fin_hv(s, 20), fin_hv(s, 252));
}


static void
test_market_data(void **state)
{
    int                      found;
    fin_bars_t               bars;
    fin_chain_t              chain;
    fin_market_t             m;
    fin_rules_t              rules = hot_rules();
    comparison_t             c;
    const fin_market_set_t  *set;

    (void) state;
    found = 0;

    for (set = fin_market_sets; set->folder != NULL; set++) {

        fin_chain_init(&chain);

        if (!fin_market_pages(set, &chain)) {
            continue;
        }

        found++;
        assert_true(fin_market_bars(set, &bars));

        m.price = bars.bar[bars.n - 1].c;
        m.today = m.last_bar = fin_market_today(set);
        m.rate = 0.04;
        m.dividend_yield = NAN;

        c = compare(&chain, &m, known_vol(&bars), &rules);
        print_comparison(set->folder, &c);

        assert_int_equal(c.differ, 0);
        assert_true(isfinite(c.iv30));
        assert_in_range(c.strikes, 9, 12);
        assert_true(c.some < c.all);

        fin_chain_free(&chain);
        fin_bars_free(&bars);
    }

    if (found == 0) {
        skip();
    }
}


/* A market made up: strikes and days as they are listed. */
typedef struct {
    const char  *name;
    double       price;
    double       vol;               /* what is known */
    double       sigma;             /* what the options have */
    double       skew;              /* more for lower strikes, a log unit */
    double       q;                 /* yield, or a fee to borrow */
    double       step, leaps_step;  /* between strikes */
    double       reach;             /* highest strike over the price */
    int          first, every, last;    /* days; then 93 apart to 860 */
    size_t       most;              /* contracts that may be asked for */
} listing_t;


static void
list_contract(fin_chain_t *chain, const listing_t *l, int32_t dte,
    double strike)
{
    double         sigma, value, half;
    fin_bs_t       bs = { l->price, strike, fin_bs_years(dte), 0.04, l->q,
                          FIN_CALL };
    fin_option_t  *o;

    sigma = l->sigma * (1 + fmax(-0.3, fmin(l->skew * log(l->price / strike),
                                            0.5)));

    for ( ;; ) {
        value = fin_bs_price(&bs, sigma);
        half = fmax(0.005, value * 0.02);

        o = test_push(chain, bs.type, dte, strike);
        test_quote(o, fmax(floor((value - half) * 100) / 100, 0),
                   ceil((value + half) * 100) / 100);
        o->open_interest = 100;
        o->volume = 1;

        if (bs.type == FIN_PUT) {
            break;
        }

        bs.type = FIN_PUT;
    }
}


static fin_chain_t
list_chain(const listing_t *l)
{
    int          dte;
    double       k, step;
    fin_chain_t  chain;

    fin_chain_init(&chain);

    for (dte = l->first; dte <= 860; /* void */) {
        step = dte > 120 ? l->leaps_step : l->step;

        for (k = step; k <= l->price * l->reach + step; k += step) {
            list_contract(&chain, l, dte, k);
        }

        dte += dte + l->every <= l->last ? l->every
               : dte < l->last ? l->last - dte : 93;
    }

    return chain;
}


static const listing_t  listings[] = {
    /* name, price, known, is, skew, q, steps, reach, days, contracts */
    { "SPY, every other day", 396.33, .22, .19, 1, .013, 1, 5, 1.5, 0, 2, 44,
      5000 },
    { "IBM, weekly", 133.26, .30, .25, .6, .05, 1, 5, 1.6, 2, 7, 65, 900 },
    { "NFLX, weekly", 523, .42, .45, .5, 0, 5, 10, 1.8, 2, 7, 65, 1000 },
    { "calm month, now news", 45, .45, .78, .2, 0, .5, 2.5, 2.5, 2, 7, 65,
      2200 },
    { "GME-like", 180, 1.6, 2.6, 0, .02, 5, 10, 4, 2, 7, 65, 1500 },
    { "the same, q 60 %", 180, 1.6, 2.2, 0, .6, 5, 10, 4, 2, 7, 65, 1500 },
    { "new on the market", 33, NAN, 1.1, .2, 0, 1, 2.5, 3, 3, 7, 65, 1500 },
    { "utility, q 4 %", 61.2, .18, .2, .8, .04, 1, 5, 1.5, 4, 35, 65, 300 },
    { "pipeline, q 9 %", 16.4, .2, .24, .8, .09, .5, 2.5, 2, 4, 35, 65, 300 },
    { "monthly, 29 and 64", 27.6, .3, .3, .4, 0, 2.5, 2.5, 2, 29, 35, 64,
      200 },
    { "monthly, 2, 30, 65", 27.6, .3, .3, .4, 0, 2.5, 2.5, 2, 2, 28, 65,
      200 },
    { "strikes 2.50 apart", 3.70, .6, .7, 0, 0, 2.5, 2.5, 5, 12, 35, 65, 60 },
    { "the same, 12.40", 12.40, .2, .2, 0, 0, 2.5, 2.5, 2.5, 12, 35, 65, 60 },
    { "strikes 0.50 apart", 1.26, .9, 1.3, 0, 0, .5, .5, 6, 12, 7, 65, 300 },
    { "all over the price", 0.31, 1.5, 2, 0, 0, .5, .5, 20, 12, 7, 65, 300 },
    { "strikes at 10 %", 50, .2, .2, .5, 0, 5, 5, 1.6, 3, 7, 65, 150 },
    { "strikes 10 apart", 2400, .25, .3, .5, 0, 10, 50, 1.6, 2, 7, 65, 3000 }
};


static void
test_listings(void **state)
{
    size_t        i;
    fin_chain_t   chain;
    fin_rules_t   rules = hot_rules();
    fin_market_t  m;
    comparison_t  c;

    (void) state;

    for (i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {

        chain = list_chain(&listings[i]);
        m = test_market(listings[i].price);

        c = compare(&chain, &m, listings[i].vol, &rules);
        print_comparison(listings[i].name, &c);

        assert_int_equal(c.differ, 0);
        assert_true(isfinite(c.iv30));
        assert_true(c.some <= listings[i].most);
        assert_true(c.some < c.all);

        fin_chain_free(&chain);
    }
}


static void
set_rule(fin_rules_t *rules, const char *name, const char *key, double value)
{
    assert_int_equal(fin_rules_set(rules, name, strlen(name), key,
                                   strlen(key), value), FIN_OK);
}


/* A deployment's own rules are looked for where they look. */
static void
test_rules(void **state)
{
    fin_chain_t   chain;
    fin_rules_t   rules = hot_rules();
    fin_market_t  m;
    comparison_t  c;

    (void) state;

    set_rule(&rules, "csp", "delta_min", -0.75);
    set_rule(&rules, "csp", "delta_max", 0);
    set_rule(&rules, "csp", "dte_max", 160);
    set_rule(&rules, "covered_call", "delta_min", 0.02);
    set_rule(&rules, "covered_call", "dte_max", 7);
    set_rule(&rules, "covered_call", "dte_min", 1);
    set_rule(&rules, "pmcc", "delta_max", 1);
    set_rule(&rules, "pmcc", "dte_max", 100.5);
    set_rule(&rules, "leaps", "delta_min", 0.3);
    set_rule(&rules, "leaps", "dte_min", 300);

    m = test_market(listings[1].price);
    chain = list_chain(&listings[1]);
    c = compare(&chain, &m, listings[1].vol, &rules);
    print_comparison("rules of one's own", &c);
    assert_int_equal(c.differ, 0);
    assert_in_range(c.strikes, 10, 12);
    fin_chain_free(&chain);

    /* and it is the rules that did it */
    rules = hot_rules();
    chain = list_chain(&listings[1]);
    assert_true(compare(&chain, &m, listings[1].vol, &rules).some < c.some);
    fin_chain_free(&chain);
}


/* Bounds are finite, in order, whole cents outwards, whatever comes. */
static void
test_bounds(void **state)
{
    size_t        i, j;
    unsigned      k, n;
    fin_part_t    part[FIN_PARTS_MAX];
    fin_rules_t   rules;
    fin_market_t  m;

    static const double  price[] = {
        1e-9, 0.004, 0.31, 1.26, 9.999, 133.335, 400000, 1e15, 1e300,
        1.7e308
    };
    static const double  vol[] = { NAN, 0, 1e-9, 0.3, 2.9, 40, INFINITY };

    (void) state;
    fin_rules_default(&rules);

    for (i = 0; i < sizeof(price) / sizeof(price[0]); i++) {
        for (j = 0; j < sizeof(vol) / sizeof(vol[0]); j++) {

            m = test_market(price[i]);
            n = fin_parts_plan(&m, vol[j], &rules, part);
            assert_int_equal(n, 4);

            for (k = 0; k < n; k++) {
                assert_true(part[k].strike_min > 0);
                assert_true(isfinite(part[k].strike_max));
                assert_true(part[k].strike_min <= part[k].strike_max);
                assert_true(part[k].from <= part[k].to);
                assert_true(part[k].from >= m.today);
            }

            if (price[i] < 0.1 || price[i] > 1e12) {
                continue;
            }

            for (k = 0; k < n; k++) {
                assert_true(part[k].strike_min <= price[i] * 0.9);
                assert_true(part[k].strike_max >= price[i] * 1.1);
                fin_assert_close(part[k].strike_min * 100,
                                 rint(part[k].strike_min * 100), 1e-12, 0);
                fin_assert_close(part[k].strike_max * 100,
                                 rint(part[k].strike_max * 100), 1e-12, 0);
            }
        }
    }
}


static void
test_match(void **state)
{
    size_t        i;
    fin_option_t  o;

    static const fin_part_t  part[2] = {
        { FIN_PUT, 100, 130, 90, 110 },
        { FIN_CALL, 640, 1000, 40, 110.5 }
    };
    static const struct {
        fin_right_t  type;
        fin_date_t   expiration;
        double       strike;
        int          match;
    } rows[] = {
        { FIN_PUT, 100, 90, 1 }, { FIN_PUT, 130, 110, 1 },
        { FIN_PUT, 99, 100, 0 }, { FIN_PUT, 131, 100, 0 },
        { FIN_PUT, 110, 89.99, 0 }, { FIN_PUT, 110, 110.01, 0 },
        { FIN_CALL, 110, 100, 0 }, { FIN_CALL, 640, 110.5, 1 },
        { FIN_CALL, 1000, 40, 1 }, { FIN_PUT, 700, 100, 0 },
        { FIN_CALL, FIN_NO_DATE, 100, 0 }, { FIN_CALL, 700, NAN, 0 }
    };

    (void) state;
    memset(&o, 0, sizeof(o));

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        o.type = rows[i].type;
        o.expiration = rows[i].expiration;
        o.strike = rows[i].strike;
        assert_int_equal(fin_parts_match(part, 2, &o), rows[i].match);
        assert_int_equal(fin_parts_match(part, 0, &o), 0);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_listings),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_market_data)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

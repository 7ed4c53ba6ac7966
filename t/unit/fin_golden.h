/*
 * The markets that t/golden/iv and t/golden/signals were made from: the
 * sample market of some days and seeds, and (seed 0) real data, which may be
 * absent.
 */

#ifndef FIN_TEST_GOLDEN_H
#define FIN_TEST_GOLDEN_H

#include "fin_market_chain.h"
#include "fin_sample.h"


#define GOLDEN_COUNT(array)  (sizeof(array) / sizeof(array[0]))


typedef struct {
    const char  *ticker;
    const char  *day;
    uint64_t     seed;                  /* 0: real data */
} golden_key_t;


/* Rows of one market follow each other: the last one is kept. */
typedef struct {
    golden_key_t  key;                  /* ticker NULL: none is open */
    int           there;
    fin_sample_t  market;
    unsigned      seen;                 /* rows whose market is there */
} golden_t;


/* 0: its files are absent. */
static inline int
golden_read(const golden_key_t *key, fin_sample_t *s)
{
    double                   iv;
    const fin_market_set_t  *set;

    memset(s, 0, sizeof(*s));
    fin_chain_init(&s->chain);

    for (set = fin_market_sets; set->ticker != NULL; set++) {
        if (strcmp(set->ticker, key->ticker) == 0
            && strcmp(set->today, key->day) == 0)
        {
            break;
        }
    }

    assert_non_null(set->ticker);

    if (!fin_market_bars(set, &s->bars)) {
        return 0;
    }

    if (!fin_market_pages(set, &s->chain)) {
        fin_bars_free(&s->bars);
        return 0;
    }

    s->series.bar = s->bars.bar;
    s->series.n = s->bars.n;
    s->market.price = s->bars.bar[s->bars.n - 1].c;
    s->market.today = s->market.last_bar = fin_market_today(set);
    s->market.rate = SAMPLE_RATE;
    s->market.dividend_yield = NAN;

    assert_int_equal(fin_chain_value(&s->chain, &s->market), FIN_OK);
    assert_int_equal(fin_stock_from_bars(&s->stock, key->ticker, s->series,
                                         s->market.today), FIN_OK);
    iv = fin_chain_iv30(&s->chain, s->market.price);
    assert_int_equal(fin_stock_set_iv(&s->stock, s->series, iv, NULL, 0),
                     FIN_OK);

    return 1;
}


static inline void
golden_close(golden_t *g)
{
    if (g->key.ticker != NULL && g->there) {
        fin_sample_close(&g->market);
    }

    g->key.ticker = NULL;
}


/*
 * The row's market, NULL for the other kind (real or not) than is asked for,
 * and where its files are absent.  Zero g before, golden_close() it after.
 */
static inline const fin_sample_t *
golden_open(golden_t *g, const golden_key_t *key, int real)
{
    if ((key->seed == 0) != real) {
        return NULL;
    }

    if (g->key.ticker == NULL || strcmp(g->key.ticker, key->ticker) != 0
        || strcmp(g->key.day, key->day) != 0 || g->key.seed != key->seed)
    {
        golden_close(g);
        g->key = *key;

        if (real) {
            g->there = golden_read(key, &g->market);

        } else {
            fin_sample_open(&g->market, fin_sample_stock(key->ticker),
                            fin_sample_day(key->day), key->seed);
            g->there = 1;
        }
    }

    g->seen += (unsigned) g->there;

    return g->there ? &g->market : NULL;
}


/* No row of real data was there: the test is skipped, not passed. */
static inline void
golden_end(golden_t *g, int real)
{
    golden_close(g);

    if (real && g->seen == 0) {
        skip();
    }

    assert_int_not_equal(g->seen, 0);
}


#endif

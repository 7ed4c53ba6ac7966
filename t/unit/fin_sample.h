/*
 * A stock of the sample market as a service sees it: the generator's text,
 * parsed and valued.  For tests built with src/market/generate_*.c.
 */

#ifndef FIN_TEST_SAMPLE_H
#define FIN_TEST_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "../../src/codec/fin_in.h"
#include "../../src/core/fin_chain.h"
#include "../../src/core/fin_stock.h"
#include "../../src/core/fin_time.h"
#include "../../src/market/generate.h"


typedef struct {
    sample_path_t  *path;
    fin_bars_t      bars;
    fin_series_t    series;             /* of bars */
    fin_market_t    market;
    fin_chain_t     chain;              /* valued; empty without options */
    fin_stock_t     stock;              /* no stored volatilities yet */
} fin_sample_t;


static inline fin_date_t
fin_sample_day(const char *text)
{
    fin_date_t  date;

    date = fin_date_parse(text, strlen(text));
    assert_int_not_equal(date, FIN_NO_DATE);

    return date;
}


static inline void
fin_sample_read_bars(fin_sample_t *s)
{
    FILE    *file;
    char    *text;
    size_t   len;

    file = open_memstream(&text, &len);
    assert_non_null(file);
    sample_bars_write(file, s->path);
    assert_int_equal(fclose(file), 0);

    assert_int_equal(fin_in_bars(text, len, &s->bars, NULL), FIN_OK);
    free(text);

    s->series.bar = s->bars.bar;
    s->series.n = s->bars.n;
}


static inline void
fin_sample_read_chain(fin_sample_t *s, uint64_t seed)
{
    FILE    *file;
    char    *text, cursor[FIN_CURSOR_MAX + 1];
    size_t   len;

    file = open_memstream(&text, &len);
    assert_non_null(file);
    sample_chain_write(file, s->path, seed);
    assert_int_equal(fclose(file), 0);

    fin_chain_init(&s->chain);
    assert_int_equal(fin_in_chain(text, len, &s->chain, cursor, NULL),
                     FIN_OK);
    free(text);

    s->market.price = s->series.bar[s->series.n - 1].c;
    s->market.today = s->path->today;
    s->market.last_bar = fin_ny_date(s->series.bar[s->series.n - 1].t);
    s->market.rate = SAMPLE_RATE;
    s->market.dividend_yield = NAN;

    assert_int_equal(fin_chain_value(&s->chain, &s->market), FIN_OK);
}


static inline void
fin_sample_open(fin_sample_t *s, const sample_stock_t *stock,
    fin_date_t today, uint64_t seed)
{
    double  iv;

    s->path = malloc(sizeof(sample_path_t));
    assert_non_null(s->path);
    assert_int_equal(sample_path_make(s->path, stock, today, seed), FIN_OK);

    fin_sample_read_bars(s);
    fin_sample_read_chain(s, seed);

    assert_int_equal(fin_stock_from_bars(&s->stock, stock->ticker, s->series,
                                         today), FIN_OK);
    iv = fin_chain_iv30(&s->chain, s->market.price);
    assert_int_equal(fin_stock_set_iv(&s->stock, s->series, iv, NULL, 0),
                     FIN_OK);
    s->stock.earnings = s->path->earnings;
}


static inline void
fin_sample_close(fin_sample_t *s)
{
    fin_chain_free(&s->chain);
    fin_bars_free(&s->bars);
    free(s->path);
}


static inline const sample_stock_t *
fin_sample_stock(const char *ticker)
{
    size_t  i;

    for (i = 0; i < SAMPLE_STOCKS; i++) {
        if (strcmp(sample_stocks[i].ticker, ticker) == 0) {
            return &sample_stocks[i];
        }
    }

    fail_msg("no sample stock %s", ticker);

    return NULL;
}


#endif

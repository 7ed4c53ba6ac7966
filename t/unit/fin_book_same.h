/* Whether a book that was unpacked is the one that was packed. */

#ifndef FIN_TEST_BOOK_SAME_H
#define FIN_TEST_BOOK_SAME_H

#include <stdlib.h>
#include <string.h>

#include "fin_book.h"
#include "fin_time.h"


/* From memory of that very size, so that a byte too far is seen. */
static inline fin_status_t
unpack_copy(const char *data, size_t len, fin_book_t **book)
{
    char          *copy;
    fin_status_t   status;

    copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, data, len);
    status = fin_book_unpack(copy, len, book);
    free(copy);

    if (status != FIN_OK) {
        assert_null(*book);
    }

    return status;
}


static inline int
same(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}


static inline void
assert_stock(const fin_stock_t *a, const fin_stock_t *b)
{
    unsigned  i;

    assert_string_equal(a->ticker, b->ticker);
    assert_true(same(a->price, b->price) && same(a->change, b->change)
                && same(a->change_pct, b->change_pct)
                && same(a->high_52week, b->high_52week)
                && same(a->low_52week, b->low_52week)
                && same(a->ma_20, b->ma_20) && same(a->ma_50, b->ma_50)
                && same(a->ma_200, b->ma_200) && same(a->rsi, b->rsi)
                && same(a->atr, b->atr) && same(a->hv, b->hv)
                && same(a->iv, b->iv)
                && same(a->iv_percentile, b->iv_percentile)
                && same(a->iv_rank, b->iv_rank)
                && same(a->swing_high, b->swing_high)
                && same(a->swing_low, b->swing_low));
    assert_int_equal(a->iv_source, b->iv_source);
    assert_int_equal(a->earnings, b->earnings);
    assert_int_equal(a->today, b->today);
    assert_int_equal(a->last_bar, b->last_bar);
    assert_int_equal(a->support.n, b->support.n);
    assert_int_equal(a->resistance.n, b->resistance.n);

    for (i = 0; i < FIN_LEVELS_MAX; i++) {
        assert_true(same(a->support.level[i], b->support.level[i])
                    && same(a->resistance.level[i], b->resistance.level[i]));
    }
}


static inline void
assert_option(const fin_option_t *a, const fin_option_t *b)
{
    fin_date_t  day;

    assert_string_equal(a->ticker, b->ticker);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->expiration, b->expiration);
    assert_int_equal(a->dte, b->dte);
    assert_int_equal(a->price_source, b->price_source);
    assert_int_equal(a->greeks_source, b->greeks_source);
    assert_int_equal(a->adjusted, b->adjusted);
    assert_true(same(a->strike, b->strike) && same(a->shares, b->shares)
                && same(a->bid, b->bid) && same(a->ask, b->ask)
                && same(a->volume, b->volume)
                && same(a->open_interest, b->open_interest)
                && same(a->price, b->price) && same(a->delta, b->delta)
                && same(a->iv, b->iv));

    day = a->day_t == 0 ? FIN_NO_DATE : fin_ny_date(a->day_t);
    assert_true(b->day_t == (day == FIN_NO_DATE ? 0 : fin_ny_midnight(day)));
}


static inline void
assert_part(const fin_part_t *a, const fin_part_t *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->from, b->from);
    assert_int_equal(a->to, b->to);
    assert_true(same(a->strike_min, b->strike_min)
                && same(a->strike_max, b->strike_max));
}


static inline void
assert_book(const fin_book_t *a, const fin_book_t *b)
{
    size_t  i;

    assert_stock(&a->stock, &b->stock);
    assert_int_equal(a->options, b->options);
    assert_int_equal(a->truncated, b->truncated);
    assert_true(same(a->rate, b->rate)
                && same(a->dividend_yield, b->dividend_yield));
    assert_true(a->fetched_at == b->fetched_at
                && a->fetched_ms == b->fetched_ms
                && a->fresh_ms == b->fresh_ms);
    assert_int_equal(a->n_parts, b->n_parts);

    for (i = 0; i < a->n_parts; i++) {
        assert_part(&a->part[i], &b->part[i]);
    }

    assert_int_equal(a->chain.n, b->chain.n);

    for (i = 0; i < a->chain.n; i++) {
        assert_option(&a->chain.opt[i], &b->chain.opt[i]);
    }

    assert_int_equal(a->bars.n, b->bars.n);

    for (i = 0; i < a->bars.n; i++) {
        assert_true(a->bars.bar[i].t == b->bars.bar[i].t
                    && same(a->bars.bar[i].c, b->bars.bar[i].c));
    }
}


#endif

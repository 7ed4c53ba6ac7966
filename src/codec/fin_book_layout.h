/*
 * The layout of a packed book; for fin_book*.c alone.  All little-endian, in
 * this order:
 *
 * head: "FINK", version, fetched_at, fetched_ms, fresh_ms, rate,
 *     dividend_yield, options, truncated, then how many parts, contracts, odd
 *     ones and bars there are.
 * stock: its fields in the order of fin_book_stock_doubles(), then numbers
 *     and dates.
 * parts: type, from, to, 0, strike_min, strike_max.
 * contracts: expiration, strike (thousandths), the day's date, open interest,
 *     volume, flags, bid, ask, price, delta, iv.
 * odd ones: of each contract that is flagged so, in their order, what does not
 *     fit above: strike, shares, open interest, volume, ticker.
 * bars: t, c.
 *
 * A contract is odd where its ticker is not fin_contract_name(), its shares are
 * not 100, its strike is not in thousandths, or its open interest or volume is
 * no whole number of 32 bits.
 */

#ifndef FIN_BOOK_LAYOUT_H
#define FIN_BOOK_LAYOUT_H

#include "fin_book.h"
#include "fin_le.h"


#define FIN_BOOK_MAGIC      0x4b4e4946u     /* "FINK" */
#define FIN_BOOK_VERSION    1

#define FIN_BOOK_HEAD       72
#define FIN_BOOK_TICKER     16
#define FIN_BOOK_STOCK      216
#define FIN_BOOK_PART       32
#define FIN_BOOK_CONTRACT   64
#define FIN_BOOK_CONTRACT_FLAGS  20         /* where they are */
#define FIN_BOOK_ODD        64
#define FIN_BOOK_BAR        16

#define FIN_BOOK_CHAIN_MAX  100000
#define FIN_BOOK_BARS_MAX   20000

#define FIN_BOOK_ABSENT     UINT32_MAX      /* open interest, volume */

/* Flags of a contract; the source of its price takes two bits. */
#define FIN_BOOK_PUT        1u
#define FIN_BOOK_SOURCE     1               /* shift */
#define FIN_BOOK_UPSTREAM   8u              /* greeks */
#define FIN_BOOK_IS_ODD     16u
#define FIN_BOOK_FLAGS      31u

#define FIN_BOOK_DOUBLES    (16 + 2 * FIN_LEVELS_MAX)


/* The doubles of a stock, in the order of the layout. */
static inline void
fin_book_stock_doubles(fin_stock_t *s, double *field[FIN_BOOK_DOUBLES])
{
    unsigned  i;

    double  *all[16] = {
        &s->price, &s->change, &s->change_pct, &s->high_52week,
        &s->low_52week, &s->ma_20, &s->ma_50, &s->ma_200, &s->rsi, &s->atr,
        &s->hv, &s->iv, &s->iv_percentile, &s->iv_rank, &s->swing_high,
        &s->swing_low
    };

    for (i = 0; i < 16; i++) {
        field[i] = all[i];
    }

    for (i = 0; i < FIN_LEVELS_MAX; i++) {
        field[16 + i] = &s->support.level[i];
        field[16 + FIN_LEVELS_MAX + i] = &s->resistance.level[i];
    }
}


/* Years 0..9999: differences of two dates fit an int32_t. */
static inline int
fin_book_date_ok(fin_date_t date)
{
    return date >= -719528 && date <= 2932896;
}


/* NAN, or a finite number that is not below 0. */
static inline int
fin_book_amount_ok(double value)
{
    return isnan(value) || (value >= 0 && isfinite(value));
}


/* Both on what is about to be packed, and on what has been unpacked. */
int fin_book_good(const fin_book_t *book);


#endif

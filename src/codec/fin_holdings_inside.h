/* What fin_holdings*.c share; for them alone. */

#ifndef FIN_HOLDINGS_INSIDE_H
#define FIN_HOLDINGS_INSIDE_H

#include "fin_book_layout.h"
#include "fin_holdings.h"


/* "" where nothing tells. */
static inline const char *
fin_holdings_ticker(const fin_holdings_t *h)
{
    if (h->book != NULL) {
        return h->book->stock.ticker;
    }

    return h->n > 0 ? h->position[0].ticker : "";
}


/* Values a contract of extra; there is a book. */
static inline void
fin_holdings_value(const fin_holdings_t *h, fin_option_t *o)
{
    fin_market_t  of_book, now;

    fin_book_market(h->book, h->book->stock.today, &of_book);
    fin_book_market(h->book, h->today, &now);

    /* the quotes that imply the yield are of the book's day */
    fin_option_value(o, &now, fin_chain_yield_at(&h->book->chain,
                                                 o->expiration, &of_book));
}


/* The stock's price at a trade. */
static inline double
fin_holdings_close_on(const fin_holdings_t *h, fin_date_t date)
{
    fin_series_t  s;

    if (h->book == NULL) {
        return NAN;
    }

    s.bar = h->book->bars.bar;
    s.n = h->book->bars.n;

    return fin_series_close_on(s, date);
}


#endif

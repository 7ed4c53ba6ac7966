/* A packed book back to numbers. */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_time.h"
#include "fin_book_layout.h"
#include "fin_contract.h"


/* The counts of the head, which agree with the length. */
typedef struct {
    size_t  n, n_odd, n_bars;
} fin_book_counts_t;


/* 0: damaged, or not of its length. */
static int
fin_book_head_load(const char *data, size_t len, fin_book_t *book,
    fin_book_counts_t *c)
{
    uint32_t  options, truncated;

    if (len < FIN_BOOK_HEAD
        || fin_le32_load(data) != FIN_BOOK_MAGIC
        || fin_le32_load(data + 4) != FIN_BOOK_VERSION)
    {
        return 0;
    }

    book->fetched_at = (int64_t) fin_le64_load(data + 8);
    book->fetched_ms = (int64_t) fin_le64_load(data + 16);
    book->fresh_ms = (int64_t) fin_le64_load(data + 24);
    book->rate = fin_le_double_load(data + 32);
    book->dividend_yield = fin_le_double_load(data + 40);
    options = fin_le32_load(data + 48);
    truncated = fin_le32_load(data + 52);
    book->n_parts = fin_le32_load(data + 56);
    c->n = fin_le32_load(data + 60);
    c->n_odd = fin_le32_load(data + 64);
    c->n_bars = fin_le32_load(data + 68);

    if (options > FIN_OPTIONS_UNAVAILABLE || truncated > 1
        || book->n_parts > FIN_PARTS_MAX || c->n > FIN_BOOK_CHAIN_MAX
        || c->n_odd > c->n || c->n_bars > FIN_BOOK_BARS_MAX
        || c->n_bars == 0)
    {
        return 0;
    }

    book->options = (fin_options_status_t) options;
    book->truncated = truncated & 1;

    return len == FIN_BOOK_HEAD + FIN_BOOK_STOCK
                  + book->n_parts * FIN_BOOK_PART + c->n * FIN_BOOK_CONTRACT
                  + c->n_odd * FIN_BOOK_ODD + c->n_bars * FIN_BOOK_BAR;
}


/* 0: a figure is infinite. */
static int
fin_book_stock_load(const char *p, fin_stock_t *s)
{
    int        good;
    unsigned   i;
    double    *field[FIN_BOOK_DOUBLES];

    fin_book_stock_doubles(s, field);

    memcpy(s->ticker, p, FIN_TICKER_MAX);
    s->ticker[FIN_TICKER_MAX] = '\0';
    p += FIN_BOOK_TICKER;
    good = 1;

    for (i = 0; i < FIN_BOOK_DOUBLES; i++) {
        *field[i] = fin_le_double_load(p);
        good = good && !isinf(*field[i]);
        p += 8;
    }

    s->support.n = fin_le32_load(p);
    s->resistance.n = fin_le32_load(p + 4);
    s->iv_source = (fin_iv_source_t) fin_le32_load(p + 8);
    s->earnings = (fin_date_t) fin_le32_load(p + 12);
    s->today = (fin_date_t) fin_le32_load(p + 16);
    s->last_bar = (fin_date_t) fin_le32_load(p + 20);

    return good;
}


static const char *
fin_book_parts_load(const char *p, fin_book_t *book)
{
    unsigned     i;
    fin_part_t  *part;

    for (i = 0; i < book->n_parts; i++) {
        part = &book->part[i];

        part->type = (fin_right_t) fin_le32_load(p);
        part->from = (fin_date_t) fin_le32_load(p + 4);
        part->to = (fin_date_t) fin_le32_load(p + 8);
        part->strike_min = fin_le_double_load(p + 16);
        part->strike_max = fin_le_double_load(p + 24);

        p += FIN_BOOK_PART;
    }

    return p;
}


static double
fin_book_count_load(const char *p)
{
    uint32_t  value;

    value = fin_le32_load(p);

    return value == FIN_BOOK_ABSENT ? (double) NAN : (double) value;
}


/* The flags; what an odd one has elsewhere is not looked at. */
static uint32_t
fin_book_contract_load(const char *p, fin_option_t *o)
{
    uint32_t  flags;

    flags = fin_le32_load(p + FIN_BOOK_CONTRACT_FLAGS);

    o->type = flags & FIN_BOOK_PUT ? FIN_PUT : FIN_CALL;
    o->price_source = (fin_price_source_t) (flags >> FIN_BOOK_SOURCE & 3);
    o->greeks_source = flags & FIN_BOOK_UPSTREAM ? FIN_GREEKS_UPSTREAM
                                                 : FIN_GREEKS_MODEL;

    o->expiration = (fin_date_t) fin_le32_load(p);
    o->strike = (double) fin_le32_load(p + 4) / 1000;
    o->open_interest = fin_book_count_load(p + 12);
    o->volume = fin_book_count_load(p + 16);
    o->bid = fin_le_double_load(p + 24);
    o->ask = fin_le_double_load(p + 32);
    o->price = fin_le_double_load(p + 40);
    o->delta = fin_le_double_load(p + 48);
    o->iv = fin_le_double_load(p + 56);

    return flags;
}


static const char *
fin_book_odd_load(const char *p, fin_option_t *o)
{
    o->strike = fin_le_double_load(p);
    o->shares = fin_le_double_load(p + 8);
    o->open_interest = fin_le_double_load(p + 16);
    o->volume = fin_le_double_load(p + 24);
    memcpy(o->ticker, p + 32, FIN_CONTRACT_MAX);
    o->adjusted = (o->shares != 100);

    return p + FIN_BOOK_ODD;
}


/* Midnight of the day's date; those of a chain are mostly of one day. */
static int
fin_book_day_load(const char *p, fin_option_t *o, const fin_option_t *before)
{
    fin_date_t  day;

    day = (fin_date_t) fin_le32_load(p + 8);

    if (day == FIN_NO_DATE) {
        return 1;
    }

    if (before != NULL && day == (fin_date_t) fin_le32_load(p + 8
                                                  - FIN_BOOK_CONTRACT))
    {
        o->day_t = before->day_t;
        return 1;
    }

    o->day_t = fin_ny_midnight(day);

    return fin_book_date_ok(day);
}


/* contracts, then the odd ones; 0: damaged.  opt has room for all. */
static int
fin_book_chain_load(const char *p, fin_book_t *book,
    const fin_book_counts_t *c)
{
    size_t         i, n_odd;
    uint32_t       flags;
    const char    *odd;
    fin_option_t  *o;

    odd = p + c->n * FIN_BOOK_CONTRACT;
    n_odd = 0;

    for (i = 0; i < c->n; i++) {

        o = fin_chain_push(&book->chain);
        flags = fin_book_contract_load(p, o);

        if (flags & ~FIN_BOOK_FLAGS
            || !fin_book_date_ok(o->expiration)
            || !fin_book_day_load(p, o, i > 0 ? o - 1 : NULL))
        {
            return 0;
        }

        o->dte = o->expiration - book->stock.today;

        if (flags & FIN_BOOK_IS_ODD) {
            if (n_odd++ == c->n_odd) {
                return 0;
            }

            odd = fin_book_odd_load(odd, o);

        } else if (fin_contract_name(o->ticker, book->stock.ticker,
                                     o->expiration, o->type, o->strike) == 0)
        {
            return 0;
        }

        p += FIN_BOOK_CONTRACT;
    }

    return n_odd == c->n_odd;
}


static void
fin_book_bars_load(const char *p, fin_bars_t *bars, size_t n)
{
    fin_bar_t  *bar;

    for (bars->n = 0; bars->n < n; bars->n++) {
        bar = &bars->bar[bars->n];

        bar->t = (int64_t) fin_le64_load(p);
        bar->c = fin_le_double_load(p + 8);
        bar->o = bar->h = bar->l = bar->v = bar->vw = NAN;

        p += FIN_BOOK_BAR;
    }
}


/* The head is good: what memory the rest takes is known. */
static fin_status_t
fin_book_load(const char *data, fin_book_t *book, const fin_book_counts_t *c)
{
    const char  *p;

    p = data + FIN_BOOK_HEAD;

    if (!fin_book_stock_load(p, &book->stock)
        || !fin_book_date_ok(book->stock.today))
    {
        return FIN_E_SYNTAX;
    }

    p = fin_book_parts_load(p + FIN_BOOK_STOCK, book);

    book->bars.bar = malloc(c->n_bars * sizeof(fin_bar_t));
    if (book->bars.bar == NULL) {
        return FIN_E_NOMEM;
    }

    if (c->n > 0) {
        book->chain.opt = malloc(c->n * sizeof(fin_option_t));
        if (book->chain.opt == NULL) {
            return FIN_E_NOMEM;
        }

        book->chain.cap = c->n;
    }

    if (!fin_book_chain_load(p, book, c)) {
        return FIN_E_SYNTAX;
    }

    p += c->n * FIN_BOOK_CONTRACT + c->n_odd * FIN_BOOK_ODD;
    fin_book_bars_load(p, &book->bars, c->n_bars);

    return fin_book_good(book) ? FIN_OK : FIN_E_SYNTAX;
}


fin_status_t
fin_book_unpack(const char *data, size_t len, fin_book_t **out)
{
    fin_book_t         *book;
    fin_status_t        status;
    fin_book_counts_t   c;

    *out = NULL;

    book = calloc(1, sizeof(fin_book_t));
    if (book == NULL) {
        return FIN_E_NOMEM;
    }

    status = fin_book_head_load(data, len, book, &c)
             ? fin_book_load(data, book, &c) : FIN_E_SYNTAX;

    if (status != FIN_OK) {
        fin_book_free(book);
        return status;
    }

    book->bytes = fin_book_bytes(book);
    *out = book;

    return FIN_OK;
}

/* A book: what is good in one, and packing it. */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_indicators.h"
#include "../core/fin_time.h"
#include "fin_book_layout.h"
#include "fin_contract.h"
#include "fin_key.h"


void
fin_book_free(fin_book_t *book)
{
    if (book == NULL) {
        return;
    }

    fin_chain_free(&book->chain);
    fin_bars_free(&book->bars);

    free(book);
}


size_t
fin_book_bytes(const fin_book_t *book)
{
    return sizeof(fin_book_t) + book->chain.cap * sizeof(fin_option_t)
           + book->bars.n * sizeof(fin_bar_t);
}


void
fin_book_market(const fin_book_t *book, fin_date_t today, fin_market_t *m)
{
    m->price = book->stock.price;
    m->today = today;
    m->last_bar = book->stock.last_bar;
    m->rate = book->rate;
    m->dividend_yield = book->dividend_yield;
}


/* ---- what is good */

/* Its figures may be anything: absent, or what bars that are good lead to. */
static int
fin_book_stock_good(const fin_stock_t *s)
{
    return fin_ticker_valid(s->ticker, strnlen(s->ticker,
                                               sizeof(s->ticker)))
           && s->price > 0 && isfinite(s->price)
           && s->support.n <= FIN_LEVELS_MAX
           && s->resistance.n <= FIN_LEVELS_MAX
           && (unsigned) s->iv_source <= FIN_IV_SOURCE_HISTORICAL
           && fin_book_date_ok(s->today) && fin_book_date_ok(s->last_bar)
           && (s->earnings == FIN_NO_DATE || fin_book_date_ok(s->earnings));
}


static int
fin_book_parts_good(const fin_book_t *book)
{
    unsigned           i;
    const fin_part_t  *p;

    if (book->n_parts > FIN_PARTS_MAX) {
        return 0;
    }

    for (i = 0; i < book->n_parts; i++) {
        p = &book->part[i];

        if ((unsigned) p->type > FIN_PUT || !fin_book_date_ok(p->from)
            || !fin_book_date_ok(p->to) || !isfinite(p->strike_min)
            || !isfinite(p->strike_max))
        {
            return 0;
        }
    }

    return 1;
}


/* As fin_in_chain() and fin_chain_value() leave it. */
static int
fin_book_contract_good(const fin_option_t *o)
{
    return (unsigned) o->type <= FIN_PUT
           && fin_book_date_ok(o->expiration)
           && o->strike > 0 && isfinite(o->strike)
           && !(o->shares <= 0) && !isinf(o->shares)
           && fin_book_amount_ok(o->bid) && fin_book_amount_ok(o->ask)
           && fin_book_amount_ok(o->open_interest)
           && fin_book_amount_ok(o->volume)
           && (unsigned) o->price_source <= FIN_PRICE_DAY
           && (o->price_source == FIN_PRICE_NONE
               ? isnan(o->price) : o->price > 0 && isfinite(o->price))
           && !isinf(o->delta) && fin_book_amount_ok(o->iv)
           && (unsigned) o->greeks_source <= FIN_GREEKS_UPSTREAM
           && memchr(o->ticker, '\0', sizeof(o->ticker)) != NULL
           && fin_contract_safe(o->ticker);
}


static int
fin_book_bars_good(const fin_bars_t *bars)
{
    size_t  i;

    for (i = 0; i < bars->n; i++) {
        if (!(bars->bar[i].c > 0 && isfinite(bars->bar[i].c))
            || (i > 0 && bars->bar[i].t <= bars->bar[i - 1].t))
        {
            return 0;
        }
    }

    /* t ascends, so that its two ends decide about those between */

    return bars->n > 0 && fin_ny_date(bars->bar[0].t) != FIN_NO_DATE
           && fin_ny_date(bars->bar[bars->n - 1].t) != FIN_NO_DATE;
}


int
fin_book_good(const fin_book_t *book)
{
    size_t  i;

    if (!fin_book_stock_good(&book->stock) || !fin_book_parts_good(book)
        || !fin_book_bars_good(&book->bars)
        || (unsigned) book->options > FIN_OPTIONS_UNAVAILABLE
        || !isfinite(book->rate) || isinf(book->dividend_yield))
    {
        return 0;
    }

    for (i = 0; i < book->chain.n; i++) {
        if (!fin_book_contract_good(&book->chain.opt[i])) {
            return 0;
        }
    }

    return fin_chain_sorted(&book->chain);
}


/* ---- packing */

/* 0: does not fit, is odd. */
static int
fin_book_count(double value, uint32_t *out)
{
    *out = FIN_BOOK_ABSENT;

    if (isnan(value)) {
        return 1;
    }

    if (!(value >= 0 && value < FIN_BOOK_ABSENT) || signbit(value)
        || value != floor(value))
    {
        return 0;
    }

    *out = (uint32_t) value;

    return 1;
}


static int
fin_book_is_odd(const fin_option_t *o, const char *ticker)
{
    char      name[FIN_CONTRACT_MAX + 1];
    uint32_t  value;

    if (o->shares != 100 || !fin_book_count(o->open_interest, &value)
        || !fin_book_count(o->volume, &value))
    {
        return 1;
    }

    value = fin_contract_strike(o->strike);

    return value == 0 || (double) value / 1000 != o->strike
           || fin_contract_name(name, ticker, o->expiration, o->type,
                                o->strike) == 0
           || strcmp(name, o->ticker) != 0;
}


static char *
fin_book_stock_store(char *p, const fin_stock_t *stock)
{
    unsigned      i;
    double       *field[FIN_BOOK_DOUBLES];
    fin_stock_t   s;

    s = *stock;
    fin_book_stock_doubles(&s, field);

    memset(p, 0, FIN_BOOK_TICKER);
    memcpy(p, s.ticker, strlen(s.ticker));
    p += FIN_BOOK_TICKER;

    for (i = 0; i < FIN_BOOK_DOUBLES; i++) {
        p = fin_le_double_store(p, fin_finite(*field[i]));
    }

    p = fin_le32_store(p, s.support.n);
    p = fin_le32_store(p, s.resistance.n);
    p = fin_le32_store(p, (uint32_t) s.iv_source);
    p = fin_le32_store(p, (uint32_t) s.earnings);
    p = fin_le32_store(p, (uint32_t) s.today);

    return fin_le32_store(p, (uint32_t) s.last_bar);
}


static char *
fin_book_part_store(char *p, const fin_part_t *part)
{
    p = fin_le32_store(p, (uint32_t) part->type);
    p = fin_le32_store(p, (uint32_t) part->from);
    p = fin_le32_store(p, (uint32_t) part->to);
    p = fin_le32_store(p, 0);
    p = fin_le_double_store(p, part->strike_min);

    return fin_le_double_store(p, part->strike_max);
}


static char *
fin_book_contract_store(char *p, const fin_option_t *o, int odd)
{
    uint32_t    flags, open_interest, volume;
    fin_date_t  day;

    flags = (o->type == FIN_PUT ? FIN_BOOK_PUT : 0)
            | (uint32_t) o->price_source << FIN_BOOK_SOURCE
            | (o->greeks_source == FIN_GREEKS_UPSTREAM ? FIN_BOOK_UPSTREAM
                                                       : 0)
            | (odd ? FIN_BOOK_IS_ODD : 0);

    day = o->day_t != 0 ? fin_ny_date(o->day_t) : FIN_NO_DATE;
    (void) fin_book_count(o->open_interest, &open_interest);
    (void) fin_book_count(o->volume, &volume);

    p = fin_le32_store(p, (uint32_t) o->expiration);
    p = fin_le32_store(p, odd ? 0 : fin_contract_strike(o->strike));
    p = fin_le32_store(p, (uint32_t) day);
    p = fin_le32_store(p, odd ? FIN_BOOK_ABSENT : open_interest);
    p = fin_le32_store(p, odd ? FIN_BOOK_ABSENT : volume);
    p = fin_le32_store(p, flags);
    p = fin_le_double_store(p, o->bid);
    p = fin_le_double_store(p, o->ask);
    p = fin_le_double_store(p, o->price);
    p = fin_le_double_store(p, o->delta);

    return fin_le_double_store(p, o->iv);
}


static char *
fin_book_odd_store(char *p, const fin_option_t *o)
{
    p = fin_le_double_store(p, o->strike);
    p = fin_le_double_store(p, o->shares);
    p = fin_le_double_store(p, o->open_interest);
    p = fin_le_double_store(p, o->volume);
    memset(p, 0, sizeof(o->ticker));
    memcpy(p, o->ticker, strlen(o->ticker));

    return p + sizeof(o->ticker);
}


static void
fin_book_head_store(char *p, const fin_book_t *book, size_t n_odd)
{
    p = fin_le32_store(p, FIN_BOOK_MAGIC);
    p = fin_le32_store(p, FIN_BOOK_VERSION);
    p = fin_le64_store(p, (uint64_t) book->fetched_at);
    p = fin_le64_store(p, (uint64_t) book->fetched_ms);
    p = fin_le64_store(p, (uint64_t) book->fresh_ms);
    p = fin_le_double_store(p, book->rate);
    p = fin_le_double_store(p, book->dividend_yield);
    p = fin_le32_store(p, (uint32_t) book->options);
    p = fin_le32_store(p, book->truncated);
    p = fin_le32_store(p, book->n_parts);
    p = fin_le32_store(p, (uint32_t) book->chain.n);
    p = fin_le32_store(p, (uint32_t) n_odd);
    (void) fin_le32_store(p, (uint32_t) book->bars.n);
}


/* Stock, parts and contracts; how many of these are odd. */
static size_t
fin_book_front_store(char *p, const fin_book_t *book)
{
    int                  odd;
    size_t               i, n_odd;
    const fin_option_t  *o;

    p = fin_book_stock_store(p, &book->stock);

    for (i = 0; i < book->n_parts; i++) {
        p = fin_book_part_store(p, &book->part[i]);
    }

    n_odd = 0;

    for (i = 0; i < book->chain.n; i++) {
        o = &book->chain.opt[i];
        odd = fin_book_is_odd(o, book->stock.ticker);
        n_odd += (odd != 0);
        p = fin_book_contract_store(p, o, odd);
    }

    return n_odd;
}


/* The odd ones, which the stored records tell, and the bars. */
static void
fin_book_back_store(char *p, const fin_book_t *book, const char *record)
{
    size_t  i;

    for (i = 0; i < book->chain.n; i++) {
        if (fin_le32_load(record + FIN_BOOK_CONTRACT_FLAGS)
            & FIN_BOOK_IS_ODD)
        {
            p = fin_book_odd_store(p, &book->chain.opt[i]);
        }

        record += FIN_BOOK_CONTRACT;
    }

    for (i = 0; i < book->bars.n; i++) {
        p = fin_le64_store(p, (uint64_t) book->bars.bar[i].t);
        p = fin_le_double_store(p, book->bars.bar[i].c);
    }
}


fin_status_t
fin_book_pack(fin_out_t *out, const fin_book_t *book)
{
    char    *p;
    size_t   base, contracts, front, back, n_odd;

    if (book->bars.n == 0) {
        return FIN_E_NO_DATA;
    }

    if (book->chain.n > FIN_BOOK_CHAIN_MAX
        || book->bars.n > FIN_BOOK_BARS_MAX)
    {
        return FIN_E_TOO_BIG;
    }

    if (!fin_book_good(book)) {
        return FIN_E_VALUE;
    }

    base = out->len;
    contracts = FIN_BOOK_HEAD + FIN_BOOK_STOCK
                + book->n_parts * FIN_BOOK_PART;
    front = contracts + book->chain.n * FIN_BOOK_CONTRACT;

    p = fin_out_room(out, front);
    if (p == NULL) {
        return fin_out_status(out);
    }

    n_odd = fin_book_front_store(p + FIN_BOOK_HEAD, book);
    fin_book_head_store(p, book, n_odd);
    out->len += front;

    back = n_odd * FIN_BOOK_ODD + book->bars.n * FIN_BOOK_BAR;

    p = fin_out_room(out, back);
    if (p == NULL) {
        return fin_out_status(out);
    }

    fin_book_back_store(p, book, out->data + base + contracts);
    out->len += back;

    return FIN_OK;
}

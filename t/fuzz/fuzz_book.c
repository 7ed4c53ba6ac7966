/*
 * libFuzzer: fin_book_unpack, and what is made of a book.  What it accepts must
 * pack to a value that comes back as itself, and an owner of its contracts must
 * be answered in good JSON.
 */

#include <stdlib.h>
#include <string.h>

#include "../../src/codec/fin_holdings.h"
#include "../../src/codec/fin_json_check.h"

#define LOTS  8


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);


static void
check_pack(const fin_book_t *book)
{
    fin_out_t    one, two;
    fin_book_t  *back;

    fin_out_init(&one, 1 << 26);
    fin_out_init(&two, 1 << 26);

    if (fin_book_pack(&one, book) != FIN_OK
        || fin_book_unpack(one.data, one.len, &back) != FIN_OK
        || fin_book_pack(&two, back) != FIN_OK
        || one.len != two.len || memcmp(one.data, two.data, one.len) != 0
        || back->chain.n != book->chain.n || back->bars.n != book->bars.n)
    {
        abort();
    }

    fin_book_free(back);
    fin_out_free(&one);
    fin_out_free(&two);
}


/* Of the book's contracts, and of one that it has not. */
static fin_position_t
make_position(const fin_book_t *book, size_t i)
{
    fin_position_t       p;
    const fin_option_t  *o;

    fin_position_init(&p);
    strcpy(p.ticker, book->stock.ticker);
    p.quantity = i % 2 ? 1 : -3;
    p.transaction_date = book->stock.today - (i < 4 ? 10 : 400);
    p.purchase_price = 10;

    if (i == 0) {
        return p;
    }

    p.type = FIN_POSITION_OPTION;
    p.premium = 0.5;
    p.option_type = i % 3 ? FIN_CALL : FIN_PUT;
    p.strike = 100;
    p.expiration = book->stock.today + 100;

    if (i > 1 && book->chain.n > 0) {
        o = &book->chain.opt[(i * 7) % book->chain.n];
        p.option_type = o->type;
        p.strike = o->strike;
        p.expiration = o->expiration;
    }

    return p;
}


static void
check_holdings(const fin_book_t *book, const fin_book_t *known)
{
    size_t             i, pos;
    fin_out_t          out;
    fin_need_t         need[LOTS * 2];
    fin_rules_t        rules;
    fin_holdings_t     h;
    fin_position_t     p[LOTS];
    fin_holding_lot_t  lot[LOTS];

    for (i = 0; i < LOTS; i++) {
        p[i] = make_position(book, i);
    }

    fin_rules_default(&rules);
    memset(&h, 0, sizeof(h));
    h.position = p;
    h.n = LOTS;
    h.book = known;
    h.price = book->stock.price;
    h.extra = &book->chain;
    h.rules = &rules;
    h.today = book->stock.today + (book->n_parts == 1);
    h.lot = lot;

    if (fin_holdings_needs(&h, need, LOTS * 2) > LOTS * 2) {
        abort();
    }

    fin_out_init(&out, 1 << 20);

    if (fin_holdings_write(&out, &h) != FIN_OK) {
        abort();
    }

    /* the members want braces */
    fin_out_raw(&out, "}}", 2);
    memmove(out.data + 1, out.data, out.len - 2);
    out.data[0] = '{';

    if (fin_json_check(out.data, out.len, &pos) != NULL) {
        abort();
    }

    for (i = 0; i < LOTS; i++) {
        if (out.data[lot[i].from + 1] != '{'
            || out.data[lot[i].from + lot[i].len] != '}')
        {
            abort();
        }
    }

    fin_out_free(&out);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char        *copy;
    fin_book_t  *book;

    /* its exact size, so that a byte too far is seen */
    copy = malloc(len + (len == 0));
    if (copy == NULL) {
        return 0;
    }

    memcpy(copy, data, len);

    if (fin_book_unpack(copy, len, &book) == FIN_OK) {
        check_pack(book);
        check_holdings(book, book);
        check_holdings(book, NULL);

    } else if (book != NULL) {
        abort();
    }

    fin_book_free(book);
    free(copy);

    return 0;
}

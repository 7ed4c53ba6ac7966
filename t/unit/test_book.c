/* build: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */

/* Packed books, made up: the bytes, what is odd, what is refused. */

#include "fin_assert.h"
#include "fin_book_same.h"
#include "fin_memory_ends.h"


#define COUNT(array)  (sizeof(array) / sizeof(array[0]))

#define HEAD      72
#define STOCK     216
#define PART      32
#define CONTRACT  64
#define BAR       16


/* ---- made up */

/* On the stack but for its chain. */
typedef struct {
    fin_book_t  book;
    fin_bar_t   bar[3];
} made_t;


static fin_option_t *
made_push(made_t *m, const char *ticker, fin_right_t type, int32_t dte,
    double strike)
{
    fin_option_t  *o;

    o = fin_chain_push(&m->book.chain);
    assert_non_null(o);
    strcpy(o->ticker, ticker);
    o->type = type;
    o->expiration = m->book.stock.today + dte;
    o->strike = strike;
    o->dte = dte;

    return o;
}


/* Two plain contracts. */
static void
made_init(made_t *m)
{
    size_t         i;
    fin_stock_t   *s = &m->book.stock;
    fin_option_t  *o;

    memset(m, 0, sizeof(*m));
    strcpy(s->ticker, "BRK.B");
    s->price = 123.5;
    s->rsi = NAN;
    s->support.n = 1;
    s->support.level[0] = 120.25;
    s->iv_source = FIN_IV_SOURCE_HISTORICAL;
    s->today = 20530;                   /* 2026-03-18 */
    s->last_bar = 20529;
    s->earnings = FIN_NO_DATE;

    m->book.options = FIN_OPTIONS_UNAVAILABLE;
    m->book.rate = 0.04;
    m->book.dividend_yield = NAN;
    m->book.fetched_at = 111;
    m->book.fetched_ms = 222;
    m->book.fresh_ms = 333;
    m->book.truncated = 1;
    m->book.n_parts = 2;
    m->book.part[0] = (fin_part_t) { FIN_PUT, 20530, 20595, 99.5, 150 };
    m->book.part[1] = (fin_part_t) { FIN_CALL, 20530, 20595, 0.01, 1e300 };

    for (i = 0; i < 3; i++) {
        m->bar[i].t = fin_ny_midnight(20527 + (fin_date_t) i);
        m->bar[i].c = 123 + (double) i;
    }

    m->book.bars.bar = m->bar;
    m->book.bars.n = 3;

    fin_chain_init(&m->book.chain);

    o = made_push(m, "O:BRKB260320C00120000", FIN_CALL, 2, 120);
    o->bid = 3;
    o->ask = 4;
    o->price = 3.5;
    o->price_source = FIN_PRICE_QUOTE;
    o->delta = 0.625;
    o->iv = 0.25;
    o->greeks_source = FIN_GREEKS_UPSTREAM;
    o->volume = 7;
    o->open_interest = 1e6;
    o->day_t = fin_ny_midnight(20529) + 57600000;

    o = made_push(m, "O:BRKB260320P00122500", FIN_PUT, 2, 122.5);
    o->price = 0.1;
    o->price_source = FIN_PRICE_DAY;
}


static void
made_free(made_t *m)
{
    fin_chain_free(&m->book.chain);
}


static void
pack(fin_out_t *out, const fin_book_t *book)
{
    fin_out_init(out, 64 * 1024 * 1024);
    assert_int_equal(fin_book_pack(out, book), FIN_OK);
}


static void
assert_round_trip(const fin_book_t *book)
{
    fin_out_t    out, again;
    fin_book_t  *back;

    pack(&out, book);
    assert_int_equal(unpack_copy(out.data, out.len, &back), FIN_OK);
    assert_book(book, back);
    assert_int_equal(back->bytes, fin_book_bytes(back));
    assert_true(back->bytes >= sizeof(fin_book_t)
                               + back->chain.n * sizeof(fin_option_t)
                               + back->bars.n * sizeof(fin_bar_t));

    pack(&again, back);
    assert_int_equal(again.len, out.len);
    assert_memory_equal(again.data, out.data, out.len);

    fin_book_free(back);
    fin_out_free(&again);
    fin_out_free(&out);
}


/* ---- tests */

static void
test_made(void **state)
{
    made_t       m;
    fin_out_t    out;
    fin_book_t  *book;

    (void) state;

    made_init(&m);
    assert_round_trip(&m.book);
    pack(&out, &m.book);
    assert_int_equal(out.len, HEAD + STOCK + 2 * PART + 2 * CONTRACT
                              + 3 * BAR);
    fin_out_free(&out);

    /* behind what is there already */
    fin_out_init(&out, 10000);
    fin_out_raw(&out, "abc", 3);
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_OK);
    assert_memory_equal(out.data, "abcFINK", 7);
    fin_out_free(&out);

    /* infinities are left behind */
    m.book.stock.ma_200 = INFINITY;
    pack(&out, &m.book);
    m.book.stock.ma_200 = NAN;
    assert_int_equal(unpack_copy(out.data, out.len, &book), FIN_OK);
    assert_book(&m.book, book);
    fin_book_free(book);
    fin_out_free(&out);

    m.book.chain.n = 0;
    m.book.n_parts = 0;
    assert_round_trip(&m.book);
    made_free(&m);

    fin_book_free(NULL);
}


/* The bytes are those of every host and version 1. */
static void
test_layout(void **state)
{
    made_t       m;
    const char  *p;
    fin_out_t    out;

    static const char  head[] =
        "FINK" "\1\0\0\0" "\x6f\0\0\0\0\0\0\0" "\xde\0\0\0\0\0\0\0"
        "\x4d\1\0\0\0\0\0\0" "\x7b\x14\xae\x47\xe1\x7a\xa4\x3f";
    static const char  counts[] =
        "\3\0\0\0" "\1\0\0\0" "\2\0\0\0" "\2\0\0\0" "\0\0\0\0" "\3\0\0\0"
        "BRK.B\0\0\0\0\0\0\0\0\0\0\0" "\0\0\0\0\0\xe0\x5e\x40";
    static const char  contract[] =
        "\x34\x50\0\0" "\xc0\xd4\1\0" "\x31\x50\0\0" "\x40\x42\x0f\0"
        "\7\0\0\0" "\x0a\0\0\0" "\0\0\0\0\0\0\x08\x40" "\0\0\0\0\0\0\x10\x40"
        "\0\0\0\0\0\0\x0c\x40" "\0\0\0\0\0\0\xe4\x3f" "\0\0\0\0\0\0\xd0\x3f"
        "\x34\x50\0\0" "\x84\xde\1\0" "\0\0\0\x80" "\xff\xff\xff\xff"
        "\xff\xff\xff\xff" "\7\0\0\0";

    (void) state;

    made_init(&m);
    pack(&out, &m.book);
    assert_memory_equal(out.data, head, sizeof(head) - 1);
    assert_memory_equal(out.data + 48, counts, sizeof(counts) - 1);

    p = out.data + HEAD + STOCK;
    assert_memory_equal(p, "\1\0\0\0" "\x32\x50\0\0" "\x73\x50\0\0"
                        "\0\0\0\0" "\0\0\0\0\0\xe0\x58\x40", 24);
    assert_memory_equal(p + 2 * PART, contract, sizeof(contract) - 1);

    p += 2 * PART + 2 * CONTRACT + 2 * BAR;
    assert_memory_equal(p + 8, "\0\0\0\0\0\x40\x5f\x40", 8);

    fin_out_free(&out);
    made_free(&m);
}


/* What does not fit a plain record comes back all the same. */
static void
test_odd(void **state)
{
    size_t         i, plain;
    made_t         m;
    fin_out_t      out;
    fin_option_t  *o;

    static const struct {
        const char  *ticker;
        double       strike, shares, open_interest, volume;
        int          odd;
    } rows[] = {
        { "O:BRKB260320C00200000", 200, 100, NAN, NAN, 0 },
        { "O:BRKB260320C00200000", 200, 100, 4294967294.0, 0, 0 },
        { "O:BRKB260320C00200500", 200.5, 100, 0, 1, 0 },
        { "O:BRKB260320C99999999", 99999.999, 100, 0, 1, 0 },
        { "O:BRKB260320C00200000", 200, 150, NAN, NAN, 1 },
        { "O:BRKB260320C00200000", 200, NAN, NAN, NAN, 1 },
        { "O:BRKB260320C00200000", 200, 100, 4294967295.0, 0, 1 },
        { "O:BRKB260320C00200000", 200, 100, 0.5, 0, 1 },
        { "O:BRKB260320C00200000", 200, 100, 0, 1e300, 1 },
        { "O:BRKB260320C00200000", 200, 100, -0.0, 0, 1 },
        { "O:BRKB1260320C00200000", 200, 10, 1, 2, 1 },
        { "O:BRK.B260320C00200000", 200, 100, 1, 2, 1 },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcde", 200, 100, 1, 2, 1 },
        { "O:BRKB260320C00200000", 200.00000000000003, 100, 1, 2, 1 },
        { "O:BRKB260320C00200000", 200.0001, 100, 1, 2, 1 },
        { "O:BRKB260320C00200000", 123456, 100, 1, 2, 1 }
    };

    (void) state;

    plain = HEAD + STOCK + 2 * PART + 3 * CONTRACT + 3 * BAR;

    for (i = 0; i < COUNT(rows); i++) {
        made_init(&m);
        o = made_push(&m, rows[i].ticker, FIN_CALL, 2, rows[i].strike);
        o->shares = rows[i].shares;
        o->adjusted = (o->shares != 100);
        o->open_interest = rows[i].open_interest;
        o->volume = rows[i].volume;

        assert_round_trip(&m.book);
        pack(&out, &m.book);
        assert_int_equal(out.len, plain + (rows[i].odd ? CONTRACT : 0));
        fin_out_free(&out);
        made_free(&m);
    }
}


/* Where to put a value, and how wide it is. */
typedef struct {
    const char  *what;
    enum { IN_BOOK, IN_CONTRACT, IN_BAR } where;
    size_t       at;
    double       value;
    int32_t      number;                /* where value is not a double */
    int          is_double;
} bad_t;

#define BAD_D(where, type, field, value)                                      \
    { #field, where, offsetof(type, field), value, 0, 1 }
#define BAD_N(where, type, field, value)                                      \
    { #field, where, offsetof(type, field), 0, value, 0 }

static const bad_t  bad[] = {
    BAD_D(IN_BOOK, fin_book_t, stock.price, NAN),
    BAD_D(IN_BOOK, fin_book_t, stock.price, 0),
    BAD_D(IN_BOOK, fin_book_t, stock.price, INFINITY),
    BAD_N(IN_BOOK, fin_book_t, stock.ticker, 'a'),
    BAD_N(IN_BOOK, fin_book_t, stock.ticker, 0),
    BAD_N(IN_BOOK, fin_book_t, stock.support.n, 4),
    BAD_N(IN_BOOK, fin_book_t, stock.resistance.n, -1),
    BAD_N(IN_BOOK, fin_book_t, stock.iv_source, 3),
    BAD_N(IN_BOOK, fin_book_t, stock.today, FIN_NO_DATE),
    BAD_N(IN_BOOK, fin_book_t, stock.last_bar, FIN_NO_DATE),
    BAD_N(IN_BOOK, fin_book_t, stock.earnings, INT32_MAX),
    BAD_N(IN_BOOK, fin_book_t, options, 4),
    BAD_D(IN_BOOK, fin_book_t, rate, NAN),
    BAD_D(IN_BOOK, fin_book_t, dividend_yield, INFINITY),
    BAD_N(IN_BOOK, fin_book_t, n_parts, 5),
    BAD_N(IN_BOOK, fin_book_t, part[1].type, 2),
    BAD_N(IN_BOOK, fin_book_t, part[1].from, FIN_NO_DATE),
    BAD_N(IN_BOOK, fin_book_t, part[0].to, INT32_MAX),
    BAD_D(IN_BOOK, fin_book_t, part[1].strike_min, NAN),
    BAD_D(IN_BOOK, fin_book_t, part[0].strike_max, INFINITY),
    BAD_N(IN_CONTRACT, fin_option_t, ticker, 0),
    BAD_N(IN_CONTRACT, fin_option_t, ticker, '"'),
    BAD_N(IN_CONTRACT, fin_option_t, type, 2),
    BAD_N(IN_CONTRACT, fin_option_t, expiration, FIN_NO_DATE),
    BAD_N(IN_CONTRACT, fin_option_t, expiration, 20531),
    BAD_D(IN_CONTRACT, fin_option_t, strike, NAN),
    BAD_D(IN_CONTRACT, fin_option_t, strike, INFINITY),
    BAD_D(IN_CONTRACT, fin_option_t, strike, 0),
    BAD_D(IN_CONTRACT, fin_option_t, strike, 119),
    BAD_D(IN_CONTRACT, fin_option_t, shares, 0),
    BAD_D(IN_CONTRACT, fin_option_t, shares, INFINITY),
    BAD_D(IN_CONTRACT, fin_option_t, bid, -1),
    BAD_D(IN_CONTRACT, fin_option_t, ask, INFINITY),
    BAD_D(IN_CONTRACT, fin_option_t, open_interest, -1),
    BAD_D(IN_CONTRACT, fin_option_t, volume, INFINITY),
    BAD_N(IN_CONTRACT, fin_option_t, price_source, 4),
    BAD_N(IN_CONTRACT, fin_option_t, price_source, FIN_PRICE_NONE),
    BAD_D(IN_CONTRACT, fin_option_t, price, NAN),
    BAD_D(IN_CONTRACT, fin_option_t, price, 0),
    BAD_D(IN_CONTRACT, fin_option_t, delta, INFINITY),
    BAD_D(IN_CONTRACT, fin_option_t, iv, -0.1),
    BAD_N(IN_CONTRACT, fin_option_t, greeks_source, 2),
    BAD_D(IN_BAR, fin_bar_t, c, NAN),
    BAD_D(IN_BAR, fin_bar_t, c, 0),
    BAD_D(IN_BAR, fin_bar_t, c, INFINITY)
};


static void
test_refused(void **state)
{
    size_t     i;
    char      *p;
    made_t     m;
    fin_out_t  out;

    (void) state;

    for (i = 0; i < COUNT(bad); i++) {
        made_init(&m);
        p = bad[i].where == IN_BOOK ? (char *) &m.book
            : bad[i].where == IN_BAR ? (char *) &m.bar[1]
                                     : (char *) &m.book.chain.opt[1];

        if (bad[i].is_double) {
            memcpy(p + bad[i].at, &bad[i].value, sizeof(double));

        } else {
            memcpy(p + bad[i].at, &bad[i].number, sizeof(int32_t));
        }

        fin_out_init(&out, 100000);

        if (fin_book_pack(&out, &m.book) != FIN_E_VALUE || out.len != 0) {
            fail_msg("row %zu: %s is taken", i, bad[i].what);
        }

        fin_out_free(&out);
        made_free(&m);
    }
}


static void
test_too_big(void **state)
{
    size_t     max;
    made_t     m;
    fin_out_t  out;

    (void) state;

    made_init(&m);
    pack(&out, &m.book);
    max = out.len;
    fin_out_free(&out);

    fin_out_init(&out, max);
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_OK);
    fin_out_free(&out);

    fin_out_init(&out, max - 1);        /* the bars do not fit */
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_E_TOO_BIG);
    fin_out_free(&out);

    fin_out_init(&out, 300);            /* nor do the contracts */
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_E_TOO_BIG);
    fin_out_free(&out);

    fin_out_init(&out, max);
    m.book.bars.n = 20001;
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_E_TOO_BIG);
    m.book.bars.n = 0;
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_E_NO_DATA);
    m.book.bars.n = 3;
    m.book.chain.n = 100001;
    assert_int_equal(fin_book_pack(&out, &m.book), FIN_E_TOO_BIG);
    m.book.chain.n = 2;
    fin_out_free(&out);

    made_free(&m);
}


static void
put(fin_out_t *out, size_t at, uint64_t value, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        out->data[at + i] = (char) (value >> 8 * i);
    }
}


#define BITS_NAN    UINT64_C(0x7ff8000000000000)
#define BITS_INF    UINT64_C(0x7ff0000000000000)
#define BITS_MINUS  UINT64_C(0xbff0000000000000)

#define AT_STOCK  HEAD
#define AT_PART   (HEAD + STOCK)
#define AT_CHAIN  (AT_PART + 2 * PART)
#define AT_ODD    (AT_CHAIN + 3 * CONTRACT)
#define AT_BARS   (AT_ODD + CONTRACT)

/* Of two plain contracts, an odd one, and three bars. */
static const struct { size_t at; uint64_t value; size_t n; }  damage[] = {
    /* head */
    { 0, 'x', 1 }, { 4, 2, 4 }, { 4, 0, 4 }, { 48, 4, 4 }, { 52, 2, 4 },
    { 56, 1, 4 }, { 56, 3, 4 }, { 56, 5, 4 }, { 56, UINT32_MAX, 4 },
    { 60, 2, 4 }, { 60, 4, 4 }, { 60, UINT32_MAX, 4 },
    { 64, 0, 4 }, { 64, 2, 4 }, { 64, UINT32_MAX, 4 },
    { 68, 0, 4 }, { 68, 2, 4 }, { 68, 4, 4 }, { 68, UINT32_MAX, 4 },
    /* counts that change places: the length agrees */
    { 60, UINT64_C(4) | UINT64_C(0) << 32, 8 },
    { 64, UINT64_C(0) | UINT64_C(7) << 32, 8 },
    { 60, UINT64_C(2) | UINT64_C(2) << 32, 8 },
    /* 2^32 / 64: a count whose size would wrap in 32 bits */
    { 60, 67108864 + 3, 4 }, { 64, 67108864 + 1, 4 },
    { 32, BITS_NAN, 8 }, { 40, BITS_INF, 8 },
    /* stock */
    { AT_STOCK, 'b', 1 }, { AT_STOCK, 0, 1 }, { AT_STOCK + 16, 0, 8 },
    { AT_STOCK + 24, BITS_INF, 8 }, { AT_STOCK + 184, BITS_INF, 8 },
    { AT_STOCK + 192, 4, 4 }, { AT_STOCK + 196, 4, 4 },
    { AT_STOCK + 200, 3, 4 }, { AT_STOCK + 204, INT32_MAX, 4 },
    { AT_STOCK + 208, 0x80000000, 4 }, { AT_STOCK + 208, INT32_MAX, 4 },
    { AT_STOCK + 212, 0x80000000, 4 },
    /* parts */
    { AT_PART, 2, 4 }, { AT_PART + 4, 0x80000000, 4 },
    { AT_PART + 8, INT32_MAX, 4 }, { AT_PART + 16, BITS_NAN, 8 },
    { AT_PART + PART + 24, BITS_INF, 8 },
    /* contracts: order, dates, names, flags, numbers */
    { AT_CHAIN, 20533, 4 }, { AT_CHAIN, 0x80000000, 4 },
    { AT_CHAIN, INT32_MAX, 4 }, { AT_CHAIN, 0, 4 },
    { AT_CHAIN + 4, 122501, 4 }, { AT_CHAIN + 4, 0, 4 },
    { AT_CHAIN + 4, 100000000, 4 }, { AT_CHAIN + 8, INT32_MAX, 4 },
    { AT_CHAIN + 20, 32, 4 }, { AT_CHAIN + 20, 16 | 2, 4 },
    { AT_CHAIN + 20, 0, 4 }, { AT_CHAIN + 24, BITS_INF, 8 },
    { AT_CHAIN + 40, BITS_NAN, 8 }, { AT_CHAIN + 48, BITS_INF, 8 },
    { AT_CHAIN + 56, BITS_MINUS, 8 },
    /* the odd one: its flag, its numbers, its name */
    { AT_CHAIN + 2 * CONTRACT + 20, 0, 4 },
    { AT_ODD, BITS_MINUS, 8 }, { AT_ODD, 0, 8 }, { AT_ODD + 8, 0, 8 },
    { AT_ODD + 16, BITS_INF, 8 }, { AT_ODD + 24, BITS_MINUS, 8 },
    { AT_ODD + 32, 0, 1 }, { AT_ODD + 33, '"', 1 },
    /* bars */
    { AT_BARS, INT64_MIN, 8 }, { AT_BARS + BAR, 0, 8 },
    { AT_BARS + 2 * BAR, INT64_MAX, 8 }, { AT_BARS + 8, 0, 8 },
    { AT_BARS + BAR + 8, BITS_NAN, 8 }
};


static void
test_damaged(void **state)
{
    size_t         i, len;
    made_t         m;
    fin_out_t      out;
    fin_book_t    *book;
    fin_option_t  *o;

    (void) state;

    made_init(&m);
    o = made_push(&m, "O:BRKB1260320C00200000", FIN_CALL, 2, 200);
    o->shares = 10;
    o->adjusted = 1;
    o->price = 1;
    o->price_source = FIN_PRICE_TRADE;

    for (i = 0; i < COUNT(damage); i++) {
        pack(&out, &m.book);
        assert_int_equal(out.len, AT_BARS + 3 * BAR);
        put(&out, damage[i].at, damage[i].value, damage[i].n);

        if (unpack_copy(out.data, out.len, &book) != FIN_E_SYNTAX) {
            fail_msg("row %zu is taken", i);
        }

        fin_out_free(&out);
    }

    pack(&out, &m.book);

    for (len = 0; len < out.len; len++) {
        assert_int_equal(unpack_copy(out.data, len, &book), FIN_E_SYNTAX);
    }

    fin_out_raw(&out, "", 1);
    assert_int_equal(unpack_copy(out.data, out.len, &book), FIN_E_SYNTAX);
    fin_out_free(&out);
    made_free(&m);
}


/* Whichever allocation fails, nothing is left behind. */
static void
test_no_memory(void **state)
{
    long          n;
    made_t        m;
    fin_out_t     out;
    fin_book_t   *book;
    fin_status_t  status;

    (void) state;

    made_init(&m);
    pack(&out, &m.book);

    for (n = 1; ; n++) {
        test_allocations = n;
        status = fin_book_unpack(out.data, out.len, &book);
        test_allocations = -1;

        if (status == FIN_OK) {
            break;
        }

        assert_int_equal(status, FIN_E_NOMEM);
        assert_null(book);
    }

    assert_int_equal(n, 4);
    fin_book_free(book);
    fin_out_free(&out);

    fin_out_init(&out, 100000);
    test_allocations = 1;
    status = fin_book_pack(&out, &m.book);
    test_allocations = -1;
    assert_int_equal(status, FIN_E_NOMEM);
    fin_out_free(&out);
    made_free(&m);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_made),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_big),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

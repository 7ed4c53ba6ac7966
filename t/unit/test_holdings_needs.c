/* What of an owner's positions has to be asked for one by one. */

#include <stdlib.h>

#include "fin_assert.h"
#include "fin_holdings.h"
#include "fin_positions.h"


#define DAY  TEST_TODAY                 /* 2024-10-04 */


/*
 * At 100: puts and calls of up to 65 days from 80 to 130, calls of 540 to 900
 * days from 50 to 150.  Of them the market has few.
 */
typedef struct {
    fin_book_t      book;
    fin_chain_t     extra;
    fin_rules_t     rules;
    fin_position_t  position[8];
    fin_holdings_t  h;
    fin_need_t      need[16];
    size_t          n;
} asker_t;


static void
asker_init(asker_t *a)
{
    fin_market_t  m = test_market(100);

    memset(a, 0, sizeof(*a));
    a->book.stock = test_stock(100);
    a->book.options = FIN_OPTIONS_OK;
    a->book.rate = 0.04;
    a->book.dividend_yield = NAN;
    a->book.n_parts = 3;
    a->book.part[0] = (fin_part_t) { FIN_PUT, DAY, DAY + 65, 80, 130 };
    a->book.part[1] = (fin_part_t) { FIN_CALL, DAY, DAY + 65, 80, 130 };
    a->book.part[2] = (fin_part_t) { FIN_CALL, DAY + 540, DAY + 900, 50,
                                     150 };

    (void) test_push_liquid(&a->book.chain, FIN_CALL, 30, 100, 3, 0.5);
    (void) test_push_liquid(&a->book.chain, FIN_CALL, 600, 60, 45, 0.9);
    (void) test_push_liquid(&a->book.chain, FIN_CALL, 600, 90, 25, 0.64);
    (void) test_push_liquid(&a->book.chain, FIN_CALL, 600, 100, 20, 0.59);
    assert_int_equal(fin_chain_value(&a->book.chain, &m), FIN_OK);

    fin_rules_default(&a->rules);
    a->h.position = a->position;
    a->h.book = &a->book;
    a->h.extra = &a->extra;
    a->h.rules = &a->rules;
    a->h.today = DAY;
}


static void
asker_free(asker_t *a)
{
    fin_chain_free(&a->book.chain);
    fin_chain_free(&a->extra);
}


/* One more position; calls are bought, and LEAPS by the days they had. */
static void
asker_hold(asker_t *a, fin_right_t type, int32_t dte, double strike,
    int64_t quantity, int32_t held)
{
    fin_position_t  *p;

    p = &a->position[a->h.n++];
    *p = test_option(quantity, type, dte, strike, 1);
    p->transaction_date = DAY - held;
}


static void
asker_ask(asker_t *a)
{
    a->n = fin_holdings_needs(&a->h, a->need, 16);
}


/* One position: names that are needed, joined by blanks. */
typedef struct {
    const char   *what;
    fin_right_t   type;
    int32_t       dte;
    double        strike;
    int64_t       quantity;
    int32_t       held;
    const char   *needs;
} row_t;

static const row_t  rows[] = {
    { "in the chain", FIN_CALL, 30, 100, -1, 5, "" },
    { "of the parts, and gone", FIN_CALL, 30, 105, -1, 5, "" },
    { "the parts' ends", FIN_CALL, 65, 130, -1, 5, "" },
    { "the other end", FIN_PUT, 0, 80, -1, 5, "" },
    { "a day beyond", FIN_CALL, 66, 130, -1, 5, "O:T241209C00130000" },
    { "a cent beyond", FIN_CALL, 65, 130.01, -1, 5, "O:T241208C00130010" },
    { "a cent before", FIN_PUT, 65, 79.99, 1, 5, "O:T241208P00079990" },
    { "a put of the LEAPS' part", FIN_PUT, 600, 100, 1, 5,
      "O:T260527P00100000" },
    { "expires today", FIN_CALL, 0, 200, -1, 5, "O:T241004C00200000" },
    { "has expired", FIN_CALL, -1, 200, -1, 5, "" },
    { "has no name", FIN_CALL, 66, 130.0001, -1, 5, "" },

    /* LEAPS: 180 days at the trade */
    { "keeps", FIN_CALL, 600, 60, 1, 5, "" },
    { "closes: delta", FIN_CALL, 600, 100, 1, 5, "" },
    { "rolls: delta", FIN_CALL, 600, 90, 1, 5,
      "C00090000:2025-10-04:2026-03-28" },
    { "is sold, not bought", FIN_CALL, 600, 90, -1, 5, "" },
    { "delta not known yet", FIN_CALL, 300, 95.5, 1, 5,
      "O:T250731C00095500" },
    { "rolls: days, delta not known yet", FIN_CALL, 180, 95.5, 1, 5,
      "O:T250402C00095500 C00095500:2025-10-04:2026-03-28" },
    { "was no LEAPS", FIN_CALL, 170, 95.5, 1, 9, "O:T250323C00095500" },
    { "rolls: days of the rule's end", FIN_CALL, 91, 95.5, 1, 99,
      "O:T250103C00095500 C00095500:2025-10-04:2026-03-28" },
    { "closes: days", FIN_CALL, 90, 95.5, 1, 99, "O:T250102C00095500" },
    { "gone, and closes by its days", FIN_CALL, 60, 95, 1, 300, "" },
    { "no name, no roll", FIN_CALL, 150, 95.0001, 1, 300, "" }
};


static void
expect(const asker_t *a, const char *needs, const char *what)
{
    char    got[512];
    size_t  i;

    got[0] = '\0';

    for (i = 0; i < a->n; i++) {
        strcat(got, i == 0 ? "" : " ");
        strcat(got, a->need[i].name);
        assert_int_equal(a->need[i].roll, a->need[i].name[0] != 'O');
    }

    if (strcmp(got, needs) != 0) {
        fail_msg("%s: \"%s\", expected \"%s\"", what, got, needs);
    }
}


static void
test_one(void **state)
{
    size_t   i;
    asker_t  a;

    (void) state;

    for (i = 0; i < TEST_ROWS(rows); i++) {
        asker_init(&a);
        asker_hold(&a, rows[i].type, rows[i].dte, rows[i].strike,
                   rows[i].quantity, rows[i].held);
        asker_ask(&a);
        expect(&a, rows[i].needs, rows[i].what);
        asker_free(&a);
    }
}


/* What is asked of the market, not only its name. */
static void
test_fields(void **state)
{
    asker_t  a;

    (void) state;

    asker_init(&a);
    asker_hold(&a, FIN_PUT, 600, 99.5, 1, 5);
    asker_hold(&a, FIN_CALL, 600, 90, 1, 5);
    asker_ask(&a);
    assert_int_equal(a.n, 2);

    assert_int_equal(a.need[0].type, FIN_PUT);
    assert_int_equal(a.need[0].from, DAY + 600);
    assert_int_equal(a.need[0].to, DAY + 600);
    fin_assert_same(a.need[0].strike, 99.5);
    assert_int_equal(a.need[0].roll, 0);

    assert_int_equal(a.need[1].type, FIN_CALL);
    assert_int_equal(a.need[1].from, DAY + 365);
    assert_int_equal(a.need[1].to, DAY + 540);
    fin_assert_same(a.need[1].strike, 90);
    assert_int_equal(a.need[1].roll, 1);
    asker_free(&a);
}


/* Once each, contracts first, and no more than there is room for. */
static void
test_many(void **state)
{
    asker_t  a;

    (void) state;

    asker_init(&a);
    asker_hold(&a, FIN_CALL, 600, 90, 1, 5);
    asker_hold(&a, FIN_PUT, 600, 90, 1, 5);
    asker_hold(&a, FIN_CALL, 600, 90, 2, 50);
    asker_hold(&a, FIN_PUT, 600, 90, -4, 50);
    asker_hold(&a, FIN_CALL, 150, 90, 2, 50);
    a.position[a.h.n++] = test_shares(100, 90);
    asker_hold(&a, FIN_PUT, 601, 90, 1, 5);
    strcpy(a.position[6].ticker, "U");

    asker_ask(&a);
    expect(&a, "O:T260527P00090000 O:T250303C00090000 "
               "C00090000:2025-10-04:2026-03-28", "many");

    a.n = fin_holdings_needs(&a.h, a.need, 2);
    expect(&a, "O:T260527P00090000 O:T250303C00090000", "two");
    a.n = fin_holdings_needs(&a.h, a.need, 1);
    expect(&a, "O:T260527P00090000", "one");
    assert_int_equal(fin_holdings_needs(&a.h, NULL, 0), 0);

    a.h.n = 0;
    asker_ask(&a);
    assert_int_equal(a.n, 0);
    asker_free(&a);
}


/* Where the book cannot tell, and where asking is of no use. */
static void
test_books(void **state)
{
    asker_t  a;

    (void) state;

    asker_init(&a);
    asker_hold(&a, FIN_CALL, 30, 105, -1, 5);
    asker_hold(&a, FIN_CALL, 30, 100, -1, 5);
    asker_ask(&a);
    expect(&a, "", "parts");

    a.book.truncated = 1;
    asker_ask(&a);
    expect(&a, "O:T241103C00105000", "not all pages");
    a.book.truncated = 0;

    a.book.n_parts = 0;
    asker_ask(&a);
    expect(&a, "O:T241103C00105000", "no parts");

    a.book.options = FIN_OPTIONS_NONE;
    asker_ask(&a);
    expect(&a, "O:T241103C00105000", "none in the parts");

    a.book.options = FIN_OPTIONS_NOT_ENTITLED;
    asker_ask(&a);
    expect(&a, "", "not entitled");
    a.book.options = FIN_OPTIONS_UNAVAILABLE;
    asker_ask(&a);
    expect(&a, "", "unavailable");
    a.book.options = FIN_OPTIONS_OK;

    a.h.extra = NULL;
    asker_ask(&a);
    expect(&a, "O:T241103C00105000", "nothing came yet");

    a.h.today = DAY + 31;
    asker_ask(&a);
    expect(&a, "", "expired since");
    a.h.today = FIN_NO_DATE;
    asker_ask(&a);
    expect(&a, "", "no day");
    a.h.today = DAY;
    a.h.book = NULL;
    asker_ask(&a);
    expect(&a, "", "no book");
    asker_free(&a);
}


/* What has come is not asked for again, and may ask for a roll. */
static void
test_extra(void **state)
{
    asker_t        a;
    fin_option_t  *o;

    static const char  roll[] = "C00200000:2025-10-04:2026-03-28";

    (void) state;

    asker_init(&a);
    asker_hold(&a, FIN_CALL, 300, 200, 1, 5);
    asker_ask(&a);
    expect(&a, "O:T250731C00200000", "nothing");

    o = test_push_liquid(&a.extra, FIN_CALL, 300, 200, 5, 0.66);
    asker_ask(&a);
    expect(&a, "", "delta keeps it");

    o->up_delta = 0.59;
    asker_ask(&a);
    expect(&a, "", "delta closes it");

    o->up_delta = 0.64;
    asker_ask(&a);
    expect(&a, roll, "delta rolls it");

    /* the model's delta: 100 days and far over the price */
    o->up_iv = NAN;
    asker_ask(&a);
    expect(&a, "", "the model's delta closes it");
    o->up_iv = 0.25;

    /* an adjusted one counts where there is no other, as for the value */
    o->shares = 50;
    asker_ask(&a);
    expect(&a, roll, "adjusted");
    o = test_push_liquid(&a.extra, FIN_CALL, 300, 200, 5, 0.7);
    asker_ask(&a);
    expect(&a, "", "the one that is not");
    a.extra.n = 1;

    /* targets: of that strike, type and days */
    o = test_push_liquid(&a.extra, FIN_CALL, 364, 200, 5, 0.7);
    asker_ask(&a);
    expect(&a, roll, "too near");
    o->expiration = DAY + 541;
    asker_ask(&a);
    expect(&a, roll, "too far");
    o->expiration = DAY + 540;
    o->strike = 201;
    asker_ask(&a);
    expect(&a, roll, "another strike");
    o->strike = 200;
    o->type = FIN_PUT;
    asker_ask(&a);
    expect(&a, roll, "a put");
    o->type = FIN_CALL;
    asker_ask(&a);
    expect(&a, "", "a target");
    o->expiration = DAY + 365;
    asker_ask(&a);
    expect(&a, "", "the nearest");

    /* days go by */
    a.h.today = DAY + 1;
    asker_ask(&a);
    expect(&a, "C00200000:2025-10-05:2026-03-29", "the day after");

    asker_free(&a);
}


/* The name of a roll says all of it. */
static void
test_read(void **state)
{
    size_t      i;
    asker_t     a;
    fin_need_t  need;

    static const char *const  none[] = {
        "", "O:T260527P00090000", "C00090000", "C00090000:2025-10-04:2026-03",
        "C00090000:2025-10-04:2026-03-280", "c00090000:2025-10-04:2026-03-28",
        "C0009000x:2025-10-04:2026-03-28", "C00090000-2025-10-04:2026-03-28",
        "C00090000:2025-10-04-2026-03-28", "C00090000:2025-02-30:2026-03-28",
        "C00090000:2025-10-04:2026-13-28", "C00000000:2025-10-04:2026-03-28"
    };

    (void) state;

    asker_init(&a);
    asker_hold(&a, FIN_CALL, 150, 90, 1, 50);
    asker_hold(&a, FIN_CALL, 150, 92.86, 1, 50);
    asker_hold(&a, FIN_CALL, 150, 99999.999, 1, 50);
    asker_ask(&a);
    assert_int_equal(a.n, 6);

    for (i = 3; i < a.n; i++) {
        memset(&need, 0x5a, sizeof(need));
        assert_int_equal(fin_need_read(a.need[i].name, &need), FIN_OK);
        assert_string_equal(need.name, a.need[i].name);
        assert_int_equal(need.type, a.need[i].type);
        assert_int_equal(need.from, a.need[i].from);
        assert_int_equal(need.to, a.need[i].to);
        assert_int_equal(need.roll, 1);
        fin_assert_same(need.strike, a.need[i].strike);
    }

    assert_int_equal(fin_need_read("P00090000:2025-10-04:2026-03-28", &need),
                     FIN_OK);
    assert_int_equal(need.type, FIN_PUT);

    for (i = 0; i < TEST_ROWS(none); i++) {
        assert_int_equal(fin_need_read(none[i], &need), FIN_E_VALUE);
    }

    asker_free(&a);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_books),
        cmocka_unit_test(test_extra),
        cmocka_unit_test(test_read)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/market/generate_*.c -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */

/*
 * Books of sample and real markets: what is unpacked answers as the chain that
 * was valued.
 */

#include "fin_assert.h"
#include "fin_book_same.h"
#include "fin_books.h"
#include "fin_memory_ends.h"


static void
check_answers(const fin_sample_t *s, const fin_book_t *whole,
    const fin_book_t *book, int kind)
{
    size_t           i;
    fin_out_t        a, b;
    fin_rules_t      rules;
    fin_holdings_t   one, two;
    fin_position_t  *p;

    p = calloc(BOOKS_MOST, sizeof(fin_position_t));
    assert_non_null(p);
    fin_rules_default(&rules);

    memset(&one, 0, sizeof(one));
    one.position = p;
    one.n = books_owner(s, kind, p);
    one.today = s->stock.today + kind / 3;  /* of a day before, too */
    two = one;

    one.book = whole;
    two.book = book;
    books_write(&one, &rules, &a);
    books_write(&two, &rules, &b);

    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_int_equal(one.signals_len, two.signals_len);

    for (i = 0; i < one.n; i++) {
        assert_true(same(one.lot[i].metrics.current_value,
                         two.lot[i].metrics.current_value)
                    && same(one.lot[i].metrics.cost, two.lot[i].metrics.cost)
                    && same(one.lot[i].metrics.unrealized_pnl,
                            two.lot[i].metrics.unrealized_pnl)
                    && same(one.lot[i].metrics.unrealized_pnl_pct,
                            two.lot[i].metrics.unrealized_pnl_pct));
    }

    free(one.lot);
    free(two.lot);
    free(p);
    fin_out_free(&a);
    fin_out_free(&b);
}


/* The chain as it was valued, beside what has been packed and taken. */
static void
check_market(const fin_sample_t *s)
{
    int           kind, parts;
    fin_book_t   *book, *taken;
    fin_build_t  *b;
    size_t        n;

    for (parts = 0; parts < 2; parts++) {

        b = books_build(s, parts);
        assert_int_equal(unpack_copy(b->packed_book.data, b->packed_book.len,
                                     &book), FIN_OK);
        n = b->chain.n;
        taken = fin_build_take_book(b);
        assert_non_null(taken);

        /* nothing is left, nothing is lost */
        assert_null(b->chain.opt);
        assert_null(b->bars.bar);
        assert_int_equal(b->chain.n, 0);
        assert_int_equal(b->bars.n, 0);
        fin_build_free(b);

        assert_int_equal(taken->chain.n, n);
        assert_int_equal(taken->n_parts, parts ? 4 : 0);
        assert_int_equal(taken->bytes, fin_book_bytes(taken));
        assert_int_equal(book->bytes, taken->bytes);
        assert_book(taken, book);

        if (!parts) {
            assert_int_equal(n, s->chain.n);
        }

        for (kind = 0; kind < BOOKS_OWNERS; kind++) {
            check_answers(s, taken, book, kind);
        }

        fin_book_free(taken);
        fin_book_free(book);
    }
}


static void
test_markets(void **state)
{
    (void) state;

    if (books_each(check_market) == 0) {
        print_message("without real markets\n");
    }
}


/* All that the refresh knows, as the numbers that it had. */
static void
test_refresh(void **state)
{
    fin_book_t    *book;
    fin_build_t   *b;
    fin_sample_t   s;

    (void) state;

    fin_sample_open(&s, &sample_stocks[0], fin_sample_day(books_days[0]), 1);
    b = books_build(&s, 1);
    b->truncated = 1;
    b->rate = 0.03;
    b->dividends = 2.5;
    b->earnings = b->today + 9;
    b->options = FIN_OPTIONS_UNAVAILABLE;
    b->out.len = b->packed_bars.len = b->packed_book.len = 0;
    b->out.comma = 0;
    fin_build_stock(b);
    assert_int_equal(b->status, FIN_OK);
    assert_int_equal(unpack_copy(b->packed_book.data, b->packed_book.len,
                                 &book), FIN_OK);

    assert_stock(&b->stock, &book->stock);
    assert_int_equal(book->stock.earnings, b->today + 9);
    assert_int_equal(book->truncated, 1);
    assert_int_equal(book->options, FIN_OPTIONS_UNAVAILABLE);
    fin_assert_same(book->rate, 0.03);
    fin_assert_same(book->dividend_yield, 2.5 / b->stock.price);
    assert_true(book->fetched_at == b->fetched_at
                && book->fetched_ms == b->fetched_ms
                && book->fresh_ms == b->fresh_ms);
    assert_int_equal(book->n_parts, 4);
    assert_part(&book->part[3], &b->part[3]);
    fin_book_free(book);

    /* dividends that no number holds count as not known */
    b->dividends = INFINITY;
    b->out.len = b->packed_bars.len = b->packed_book.len = 0;
    b->out.comma = 0;
    fin_build_stock(b);
    assert_int_equal(b->status, FIN_OK);

    fin_build_free(b);
    fin_sample_close(&s);
}


static void
test_take_no_memory(void **state)
{
    fin_book_t    *book;
    fin_build_t   *b;
    fin_sample_t   s;

    (void) state;

    fin_sample_open(&s, &sample_stocks[0], fin_sample_day(books_days[0]), 1);
    b = books_build(&s, 1);

    test_allocations = 1;
    book = fin_build_take_book(b);
    test_allocations = -1;
    assert_null(book);
    assert_true(b->chain.n > 0 && b->bars.n > 0);

    /* the chain stays as large as it is when it cannot shrink */
    test_allocations = 2;
    book = fin_build_take_book(b);
    test_allocations = -1;
    assert_non_null(book);
    assert_true(book->chain.n > 0 && book->bytes == fin_book_bytes(book));

    fin_book_free(book);
    fin_build_free(b);
    fin_sample_close(&s);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_markets),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_take_no_memory)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

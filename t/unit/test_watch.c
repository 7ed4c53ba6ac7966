/* The watched tickers: a set, which are due, and when each is begun. */

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_snapshot.h"
#include "fin_watch.h"


#define NOW    1767366245000LL
#define USUAL  330000               /* 5 minutes and a tenth */


static void
add(fin_watch_t *watch, const char *ticker)
{
    assert_int_equal(fin_watch_add(watch, ticker, strlen(ticker)), FIN_OK);
}


static void
watch_set(void **state)
{
    size_t       i;
    fin_watch_t  watch;

    static const char  *refused[] = {
        "", "aapl", "A B", "1A", "ABCDEFGHIJKLM", "A\n"
    };

    (void) state;
    fin_watch_init(&watch);

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(fin_watch_add(&watch, refused[i],
                                       strlen(refused[i])),
                         FIN_E_VALUE);
    }

    assert_int_equal(watch.n, 0);

    /* one may be the beginning of another */
    add(&watch, "A");
    add(&watch, "AB");
    add(&watch, "ABCDEFGHIJKL");
    add(&watch, "A");
    add(&watch, "ABC");
    add(&watch, "ABCDEFGHIJKL");

    /* not ended by a NUL */
    assert_int_equal(fin_watch_add(&watch, "ABCD", 2), FIN_OK);
    assert_int_equal(fin_watch_add(&watch, "ABCD", 4), FIN_OK);

    assert_int_equal(watch.n, 5);
    assert_string_equal(watch.item[0].ticker, "A");
    assert_string_equal(watch.item[1].ticker, "AB");
    assert_string_equal(watch.item[2].ticker, "ABCDEFGHIJKL");
    assert_string_equal(watch.item[3].ticker, "ABC");
    assert_string_equal(watch.item[4].ticker, "ABCD");

    fin_watch_free(&watch);
    assert_int_equal(watch.n, 0);
    assert_null(watch.item);
    fin_watch_free(&watch);
}


static void
watch_full(void **state)
{
    char         ticker[FIN_TICKER_MAX + 1];
    int          i, twice;
    fin_watch_t  watch;

    (void) state;
    fin_watch_init(&watch);

    for (twice = 0; twice < 2; twice++) {
        for (i = 0; i < FIN_WATCH_MAX; i++) {
            (void) snprintf(ticker, sizeof(ticker), "T%d", i);
            add(&watch, ticker);
        }

        assert_int_equal(watch.n, FIN_WATCH_MAX);
    }

    for (i = 0; i < FIN_WATCH_MAX; i++) {
        (void) snprintf(ticker, sizeof(ticker), "T%d", i);
        assert_string_equal(watch.item[i].ticker, ticker);
    }

    assert_int_equal(fin_watch_add(&watch, "ONEMORE", 7), FIN_E_TOO_BIG);
    add(&watch, "T7");
    assert_int_equal(watch.n, FIN_WATCH_MAX);

    fin_watch_free(&watch);
}


/* the head of a snapshot, in a block of its exact size */
static char *
head(int64_t fetched, int64_t fresh)
{
    char   text[200], *copy;

    (void) snprintf(text, sizeof(text),
                    "{\"v\":1,\"fetched_at\":\"2026-01-02T15:04:05Z\","
                    "\"fetched_ms\":%13lld,\"fresh_ms\":%13lld,\"etag\"",
                    (long long) fetched, (long long) fresh);

    copy = malloc(FIN_SNAPSHOT_TIMES);
    assert_non_null(copy);
    memcpy(copy, text, FIN_SNAPSHOT_TIMES);

    return copy;
}


static void
watch_due(void **state)
{
    char           *bytes;
    size_t          i;
    fin_watched_t   item;

    static const struct {
        const char  *what;
        int64_t      fetched, fresh, ahead;     /* ms from now */
        int64_t      due;
    }  row[] = {
        { "just fetched", 0, 300000, 60000, 240000 },
        { "about to expire", -240000, 60000, 60000, 0 },
        { "within ahead", -250000, 50000, 60000, -10000 },
        { "expired", -400000, -100000, 60000, -160000 },
        { "no time ahead", -100000, 200000, 0, 200000 },
        { "half of it at least", 0, 300000, 150000, 150000 },
        { "ahead is all there is", 0, 300000, 300000, 150000 },
        { "ahead is more", -200000, 100000, 900000, -50000 },
        { "a short time", 0, 30000, 60000, 15000 },
        { "no time at all", 0, 0, 60000, 0 },
        { "less than that", 0, -1000, 60000, -1000 },
        { "the most of usual", 0, USUAL, 60000, USUAL - 60000 },
        { "closed: not before it opens", 0, USUAL + 1, 60000, USUAL + 1 },
        { "closed, nearly open", -36000000, 1000, 60000, 1000 },
        { "closed, open by now", -36000000, -1, 60000, -1 },
        { "a clock that runs behind", 10000, 310000, 60000, 250000 }
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        bytes = head(NOW + row[i].fetched, NOW + row[i].fresh);

        fin_watch_head(&item, bytes, FIN_SNAPSHOT_TIMES, row[i].ahead, USUAL);
        free(bytes);

        if (item.fresh_ms != NOW + row[i].fresh
            || item.due_ms != NOW + row[i].due)
        {
            fail_msg("%s: due at %lld", row[i].what,
                     (long long) (item.due_ms - NOW));
        }
    }
}


/* what cannot be read is as good as missing */
static void
watch_damaged(void **state)
{
    char           *bytes, *part;
    size_t          len;
    fin_watched_t   item;

    (void) state;
    bytes = head(NOW, NOW + 300000);

    for (len = 0; len <= FIN_SNAPSHOT_TIMES; len++) {
        part = malloc(len + (len == 0));
        assert_non_null(part);
        memcpy(part, bytes, len);

        memset(&item, 1, sizeof(item));
        fin_watch_head(&item, part, len, 60000, USUAL);
        free(part);

        assert_int_equal(item.fresh_ms,
                         len < FIN_SNAPSHOT_TIMES ? 0 : NOW + 300000);
        assert_int_equal(item.due_ms,
                         len < FIN_SNAPSHOT_TIMES ? 0 : NOW + 240000);
    }

    for (len = 0; len < FIN_SNAPSHOT_TIMES; len++) {
        bytes[len] ^= 0x40;
        fin_watch_head(&item, bytes, FIN_SNAPSHOT_TIMES, 60000, USUAL);
        bytes[len] ^= 0x40;
        assert_int_equal(item.due_ms, 0);
    }

    free(bytes);
}


static void
watch_pick(void **state)
{
    size_t       i;
    fin_watch_t  watch;

    static const struct {
        const char  *ticker;
        int64_t      fresh, due;                /* ms from now; 0: missing */
    }  row[] = {
        { "LATER", 90000, 30000 },
        { "SECOND", 50000, -10000 },
        { "NOW", 60000, 0 },
        { "GONE", 0, 0 },
        { "NEXT", 60001, 1 },
        { "FIRST", -5000, -65000 },
        { "ALSO", 50000, -10000 },
        { "CLOSED", 55000, 55000 }
    };

    static const char  *due[] = { "GONE", "FIRST", "ALSO", "SECOND", "NOW" };

    (void) state;
    fin_watch_init(&watch);
    fin_watch_pick(&watch, NOW);
    assert_int_equal(watch.n, 0);

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        add(&watch, row[i].ticker);

        if (row[i].fresh) {
            watch.item[i].fresh_ms = NOW + row[i].fresh;
            watch.item[i].due_ms = NOW + row[i].due;
        }
    }

    fin_watch_pick(&watch, NOW);
    assert_int_equal(watch.n, sizeof(due) / sizeof(due[0]));

    for (i = 0; i < watch.n; i++) {
        assert_string_equal(watch.item[i].ticker, due[i]);
    }

    fin_watch_free(&watch);
}


static void
watch_begin(void **state)
{
    size_t  i;

    static const struct {
        size_t   i, n;
        int64_t  span, left, at;
    }  row[] = {
        /* alone, and the first of many */
        { 0, 1, 60000, 60000, 0 },
        { 0, 500, 60000, 60000, 0 },
        /* evenly */
        { 1, 4, 60000, 60000, 15000 },
        { 2, 4, 60000, 60000, 30000 },
        { 3, 4, 60000, 60000, 45000 },
        { 19999, 20000, 60000, 70000, 59997 },
        /* sooner, when there is less time */
        { 3, 4, 60000, 20000, 15000 },
        { 3, 4, 60000, 5001, 1 },
        { 3, 4, 60000, 5000, 0 },
        { 3, 4, 60000, 0, 0 },
        /* expired, missing */
        { 3, 4, 60000, -100000, 0 },
        { 3, 4, 60000, -NOW, 0 },
        /* a span of nothing */
        { 3, 4, 0, 60000, 0 },
        /* a day */
        { 19999, 20000, 86400000, 864000000, 86395680 }
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        if (fin_watch_begin(row[i].i, row[i].n, row[i].span, row[i].left)
            != row[i].at)
        {
            fail_msg("row %zu", i);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(watch_set),
        cmocka_unit_test(watch_full),
        cmocka_unit_test(watch_due),
        cmocka_unit_test(watch_damaged),
        cmocka_unit_test(watch_pick),
        cmocka_unit_test(watch_begin)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

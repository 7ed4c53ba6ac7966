#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fin_assert.h"
#include "fin_time.h"


#define N(a)  (sizeof(a) / sizeof((a)[0]))
#define HOUR  INT64_C(3600000)


static const struct {
    int64_t  at;                        /* s UTC */
    int      offset;                    /* minutes, from then on */
} transitions[] = {
#include "../golden/time/transitions.inc"
};


static void
test_make(void **state)
{
    size_t  i;

    static const struct {
        int         y, m, d;
        fin_date_t  date;
    } rows[] = {
        { 1970, 1, 1, 0 },
        { 1969, 12, 31, -1 },
        { 2000, 2, 29, 11016 },
        { 2000, 3, 1, 11017 },
        { 2024, 2, 29, 19782 },
        { 2026, 1, 16, 20469 },
        { 0, 1, 1, -719528 },
        { 9999, 12, 31, 2932896 },
        { 2023, 2, 29, FIN_NO_DATE },
        { 1900, 2, 29, FIN_NO_DATE },
        { 2024, 4, 31, FIN_NO_DATE },
        { 2024, 0, 1, FIN_NO_DATE },
        { 2024, 13, 1, FIN_NO_DATE },
        { 2024, 1, 0, FIN_NO_DATE },
        { 2024, 1, 32, FIN_NO_DATE },
        { -1, 1, 1, FIN_NO_DATE },
        { 10000, 1, 1, FIN_NO_DATE }
    };

    (void) state;

    for (i = 0; i < N(rows); i++) {
        assert_int_equal(fin_date_make(rows[i].y, rows[i].m, rows[i].d),
                         rows[i].date);
    }
}


/* Every day of the range follows the one before, by a second calendar. */
static void
test_every_day(void **state)
{
    int         y, m, d, gy, gm, gd, weekday, length;
    char        text[11], want[64];
    fin_date_t  date;

    static const int  days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    (void) state;

    date = -719528;
    weekday = 6;                        /* 0000-01-01 was a Saturday */

    for (y = 0; y <= 9999; y++) {
        for (m = 1; m <= 12; m++) {
            length = days[m - 1];

            if (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0)) {
                length++;
            }

            for (d = 1; d <= length; d++, date++) {
                fin_date_split(date, &gy, &gm, &gd);

                if (fin_date_make(y, m, d) != date || gy != y || gm != m
                    || gd != d || fin_date_weekday(date) != weekday)
                {
                    fail_msg("%04d-%02d-%02d", y, m, d);
                }

                weekday = weekday == 6 ? 0 : weekday + 1;
            }
        }

        fin_date_format(date - 1, text);
        snprintf(want, sizeof(want), "%04d-12-31", y);
        assert_string_equal(text, want);
        assert_int_equal(fin_date_parse(want, 10), date - 1);
    }

    assert_int_equal(date, 2932897);
}


static void
test_outside_dates(void **state)
{
    int         y, m, d;
    char        text[11];
    size_t      i;

    static const fin_date_t  out[] = {
        FIN_NO_DATE, INT32_MIN + 1, -719529, 2932897, INT32_MAX
    };

    (void) state;

    for (i = 0; i < N(out); i++) {
        memset(text, 'x', sizeof(text));
        fin_date_format(out[i], text);
        assert_string_equal(text, "");
        assert_in_range(fin_date_weekday(out[i]), 0, 6);
    }

    fin_date_split(FIN_NO_DATE, &y, &m, &d);
    assert_int_equal(y, 0);
    assert_int_equal(m, 0);
    assert_int_equal(d, 0);

    fin_date_split(-719529, &y, &m, &d);
    assert_int_equal(y, -1);
    assert_int_equal(m, 12);
    assert_int_equal(d, 31);

    fin_date_split(INT32_MAX, &y, &m, &d);
    assert_int_equal(y, 5881580);
    assert_int_equal(m, 7);
    assert_int_equal(d, 11);
}


static void
test_parse_refuses(void **state)
{
    size_t  i;

    static const char  *bad[] = {
        "", "2026-01-1", "2026-01-011", "2026/01/01", "2026-1-001",
        "26-01-0101", "2026-13-01", "2026-02-29", "2026-00-10", "2026-01-00",
        " 2026-01-1", "2026-01- 1", "+026-01-01", "2026-01-1x", "-001-01-01",
        "2026-01-01 ", "20260101  ", "2026-0\xff-01"
    };

    (void) state;

    assert_int_equal(fin_date_parse("2026-01-16", 10), 20469);

    for (i = 0; i < N(bad); i++) {
        if (fin_date_parse(bad[i], strlen(bad[i])) != FIN_NO_DATE) {
            fail_msg("taken: \"%s\"", bad[i]);
        }
    }
}


/* Around each change of the clocks, and through every day between them. */
static void
test_new_york_golden(void **state)
{
    size_t      i, k;
    int64_t     ms, end, local, offset, step;
    fin_date_t  date;

    (void) state;

    /* first row: the start; two changes a year, 1976..2037 */
    assert_int_equal(N(transitions), 1 + 2 * 62);

    for (i = 0; i < N(transitions); i++) {
        ms = transitions[i].at * 1000;
        end = i + 1 < N(transitions) ? transitions[i + 1].at * 1000
                                     : ms + 24 * HOUR;
        offset = transitions[i].offset * INT64_C(60000);

        for (k = 0; ms < end; k++, ms += step) {
            local = ms + offset;
            date = (fin_date_t) (local / FIN_DAY_MS);

            if (fin_ny_date(ms) != date) {
                fail_msg("date at %lld ms", (long long) ms);
            }

            if (local % FIN_DAY_MS == 0) {
                assert_true(fin_ny_midnight(date) == ms);
                assert_int_equal(fin_ny_date(ms - 1), date - 1);
            }

            /* whole hours, and the last ms of this stretch */
            step = ms + HOUR < end ? HOUR : (ms == end - 1 ? 1 : end - 1 - ms);
        }
    }
}


/* The system's own zone where there is one: each midnight, 1990..2037. */
static void
test_new_york_system(void **state)
{
    char        text[11], want[64];
    time_t      at;
    struct tm   tm;
    fin_date_t  date;

    (void) state;

    if (access("/usr/share/zoneinfo/America/New_York", R_OK) != 0) {
        skip();
    }

    assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
    tzset();

    for (date = fin_date_make(1990, 1, 1); date <= fin_date_make(2037, 12, 31);
         date++)
    {
        at = (time_t) (fin_ny_midnight(date) / 1000);

        assert_non_null(localtime_r(&at, &tm));
        snprintf(want, sizeof(want), "%04d-%02d-%02d", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday);
        fin_date_format(date, text);

        assert_string_equal(text, want);
        assert_int_equal(tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec, 0);
        assert_int_equal(tm.tm_wday, fin_date_weekday(date));
    }
}


static void
test_new_york_rows(void **state)
{
    size_t  i;

    static const struct {
        const char  *utc, *date;
    } rows[] = {
        { "2026-01-02T04:59:59Z", "2026-01-01" },
        { "2026-01-02T05:00:00Z", "2026-01-02" },
        { "2026-07-02T03:59:59Z", "2026-07-01" },
        { "2026-07-02T04:00:00Z", "2026-07-02" },
        /* the old rule: first Sunday of April, last of October */
        { "2006-03-20T04:30:00Z", "2006-03-19" },
        { "2006-04-03T04:30:00Z", "2006-04-03" },
        { "2006-10-30T04:30:00Z", "2006-10-29" },
        /* the new: second Sunday of March, first of November */
        { "2007-03-12T04:30:00Z", "2007-03-12" },
        { "2007-11-04T04:30:00Z", "2007-11-04" },
        { "2007-11-05T04:30:00Z", "2007-11-04" },
        { "1969-12-31T23:59:59Z", "1969-12-31" },
        { "1970-01-01T04:59:59Z", "1969-12-31" },
        { "0000-01-01T05:00:00Z", "0000-01-01" },
        { "9999-12-31T23:59:59Z", "9999-12-31" }
    };

    char     text[11], instant[21];
    int64_t  ms;

    (void) state;

    for (i = 0; i < N(rows); i++) {
        assert_int_equal(fin_instant_parse(rows[i].utc, strlen(rows[i].utc),
                                           &ms), FIN_OK);
        fin_date_format(fin_ny_date(ms), text);
        assert_string_equal(text, rows[i].date);

        fin_instant_format(ms, instant);
        assert_string_equal(instant, rows[i].utc);
    }
}


static void
test_outside_instants(void **state)
{
    size_t  i;
    char    text[21];

    /* a day's edges of the years 0 and 9999, and what an int64_t can hold */
    static const int64_t  out[] = {
        INT64_MIN, INT64_MAX, -62167219200001, 253402300800000
    };

    (void) state;

    for (i = 0; i < N(out); i++) {
        memset(text, 'x', sizeof(text));
        fin_instant_format(out[i], text);
        assert_string_equal(text, "");
        assert_int_equal(fin_ny_date(out[i]), FIN_NO_DATE);
    }

    /* it is still the year -1 in New York */
    assert_int_equal(fin_ny_date(-62167219200000), FIN_NO_DATE);
}


static void
test_instant_parse(void **state)
{
    size_t  i;

    static const struct {
        const char  *s;
        int64_t      ms;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01t00:00:01z", 1000 },
        { "1970-01-01T00:00:00.5Z", 500 },
        { "1970-01-01T00:00:00.0019Z", 1 },
        { "1970-01-01T00:00:00.123456789Z", 123 },
        { "1970-01-01T00:00:00.9999999999999999999999Z", 999 },
        { "1970-01-01T05:30:00+05:30", 0 },
        { "1969-12-31T19:00:00-05:00", 0 },
        { "1970-01-01T00:00:00-00:00", 0 },
        { "1970-01-01T00:00:00+23:59", -86340000 },
        { "2026-01-02T15:04:05Z", 1767366245000 },
        { "2026-01-02T10:04:05.250-05:00", 1767366245250 },
        { "1969-12-31T23:59:59.999Z", -1 }
    };

    int64_t  ms;

    (void) state;

    for (i = 0; i < N(rows); i++) {
        if (fin_instant_parse(rows[i].s, strlen(rows[i].s), &ms) != FIN_OK
            || ms != rows[i].ms)
        {
            fail_msg("%s", rows[i].s);
        }
    }
}


static void
test_instant_refuses(void **state)
{
    size_t   i;
    int64_t  ms;

    static const char  *bad[] = {
        "", "2026-01-02", "2026-01-02T15:04:05", "2026-01-02 15:04:05Z",
        "2026-01-02T15:04Z", "2026-01-02T24:00:00Z", "2026-01-02T15:60:00Z",
        "2026-01-02T15:04:60Z", "2026-02-30T15:04:05Z",
        "2026-01-02T15:04:05.Z", "2026-01-02T15:04:05,5Z",
        "2026-01-02T15:04:05+24:00", "2026-01-02T15:04:05+05:60",
        "2026-01-02T15:04:05+0530", "2026-01-02T15:04:05+05",
        "2026-01-02T15:04:05Zx", "2026-01-02T15:04:05Z ",
        "2026-01-02T15:04:05+05:300", "2026-01-02T15-04-05Z",
        "2026-01-02T1a:04:05Z", "2026-01-02T15:04:05.12x3Z", "2026-01-02T15:04:05.1",
        "2026-01-02T15:04:05 05:30"
    };

    (void) state;

    for (i = 0; i < N(bad); i++) {
        if (fin_instant_parse(bad[i], strlen(bad[i]), &ms) != FIN_E_VALUE) {
            fail_msg("taken: \"%s\"", bad[i]);
        }
    }
}


/* No byte past len is read: the text stands at the end of its allocation. */
static void
test_instant_bounds(void **state)
{
    char        *s;
    size_t       n;
    int64_t      ms;

    static const char  text[] = "2026-01-02T15:04:05.250-05:00";

    (void) state;

    for (n = 1; n < sizeof(text); n++) {
        s = malloc(n);
        assert_non_null(s);
        memcpy(s, text, n);

        assert_int_equal(fin_instant_parse(s, n, &ms),
                         n == sizeof(text) - 1 ? FIN_OK : FIN_E_VALUE);
        (void) fin_date_parse(s, n);
        free(s);
    }
}


static void
test_instant_cut(void **state)
{
    char  text[21];

    (void) state;

    fin_instant_format(1999, text);
    assert_string_equal(text, "1970-01-01T00:00:01Z");

    fin_instant_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_outside_dates),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_new_york_golden),
        cmocka_unit_test(test_new_york_system),
        cmocka_unit_test(test_new_york_rows),
        cmocka_unit_test(test_outside_instants),
        cmocka_unit_test(test_instant_parse),
        cmocka_unit_test(test_instant_refuses),
        cmocka_unit_test(test_instant_bounds),
        cmocka_unit_test(test_instant_cut)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

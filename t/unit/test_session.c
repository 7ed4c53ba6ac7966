#include <string.h>

#include "fin_assert.h"
#include "fin_session.h"
#include "fin_time.h"


/* an instant of New York: 2026-11-20 is a Friday, 11-26 Thanksgiving */
static int64_t
ny(const char *date, int hour, int minute)
{
    return fin_ny_midnight(fin_date_parse(date, strlen(date)))
           + hour * 3600000LL + minute * 60000LL;
}


static void
session_still(void **state)
{
    size_t      i;
    int64_t     until;
    fin_date_t  bar;

    static const struct {
        const char  *date;
        int          hour, minute;
        const char  *bar;
        const char  *until;         /* NULL: any moment */
        int          until_hour, until_minute;
    }  row[] = {
        /* Friday night: until midnight, then Saturday, Sunday, Monday 4:00 */
        { "2026-11-20", 20,  0, "2026-11-20", "2026-11-21", 0, 0 },
        { "2026-11-21",  0,  0, "2026-11-20", "2026-11-22", 0, 0 },
        { "2026-11-21", 12,  0, "2026-11-20", "2026-11-22", 0, 0 },
        { "2026-11-22", 23, 59, "2026-11-20", "2026-11-23", 0, 0 },
        { "2026-11-23",  0,  0, "2026-11-20", "2026-11-23", 4, 0 },
        { "2026-11-23",  3, 59, "2026-11-20", "2026-11-23", 4, 0 },
        /* the clocks go back on a Sunday */
        { "2026-11-01", 12,  0, "2026-10-30", "2026-11-02", 0, 0 },
        /* the bar of the last session is not there yet */
        { "2026-11-20", 20,  0, "2026-11-19", NULL, 0, 0 },
        { "2026-11-21", 12,  0, "2026-11-19", NULL, 0, 0 },
        { "2026-11-23",  3,  0, "2026-11-19", NULL, 0, 0 },
        /* closed when it should be open: a holiday, whatever the bar */
        { "2026-11-26", 10,  0, "2026-11-25", "2026-11-27", 0, 0 },
        { "2026-11-26", 15, 59, "2026-11-25", "2026-11-27", 0, 0 },
        { "2026-11-26",  8,  0, "2026-11-25", "2026-11-26", 9, 30 },
        /* at other hours of a weekday it cannot be told */
        { "2026-11-26", 21,  0, "2026-11-25", NULL, 0, 0 },
        { "2026-11-25", 17, 30, "2026-11-24", NULL, 0, 0 },
        { "2026-11-25", 16, 30, "2026-11-23", NULL, 0, 0 },
        /* a day that the market ended early, and its bar is there */
        { "2026-11-27", 20, 30, "2026-11-27", "2026-11-28", 0, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        bar = fin_date_parse(row[i].bar, strlen(row[i].bar));
        until = row[i].until ? ny(row[i].until, row[i].until_hour,
                                row[i].until_minute)
                           : 0;

        if (fin_session_still(ny(row[i].date, row[i].hour, row[i].minute),
                              bar)
            != until)
        {
            fail_msg("row %zu", i);
        }
    }

    assert_int_equal(fin_session_still(ny("2026-11-21", 12, 0), FIN_NO_DATE),
                     0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(session_still)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/feed/ngx_http_finance_cool.c t/unit/fake_nginx*.c */
/* What is not asked for again behind stale answers, and for how long. */

#include "fake_nginx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/feed/ngx_http_finance_cool.h"


static int64_t                      now = 1767366245000;
static ngx_http_finance_loc_conf_t  conf;


int64_t
ngx_http_finance_now(void)
{
    return now;
}


static void
note(fin_status_t status, time_t retry_after)
{
    ngx_http_finance_job_t  job;

    memset(&job, 0, sizeof(job));
    job.conf = &conf;
    job.kind = NGX_HTTP_FINANCE_JOB_STOCK;
    strcpy(job.ticker, "KO");
    job.name.data = (u_char *) "";
    job.retry_after = retry_after;

    ngx_http_finance_cool_note(&job, status);
}


static ngx_uint_t
cool(const char *ticker)
{
    return ngx_http_finance_cool_is(&conf, NGX_HTTP_FINANCE_JOB_STOCK, ticker,
                                    "");
}


/* One after the other: how it ended, and for how long it is cool then, ms. */
static void
in_a_row(void **state)
{
    static const struct {
        fin_status_t  status;
        time_t        retry_after;
        int64_t       ms;
    } table[] = {
        { FIN_E_UPSTREAM, -1, 1000 },
        { FIN_E_TIMEOUT, -1, 2000 },
        /* a budget that is spent says nothing of the market */
        { FIN_E_BUDGET, 60, 0 },
        { FIN_E_UPSTREAM, -1, 4000 },
        { FIN_E_THROTTLED, 60, 60000 },
        { FIN_E_UPSTREAM, -1, 16000 },
        { FIN_E_UPSTREAM, -1, 30000 },
        { FIN_E_THROTTLED, 86400, 3600000 },
        { FIN_OK, -1, 0 },
        { FIN_E_BUDGET, 60, 0 },
        { FIN_E_UPSTREAM, -1, 1000 },
        { FIN_E_CANCELLED, -1, 0 },
    };

    size_t  i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        note(table[i].status, table[i].retry_after);

        assert_int_equal(cool("KO"), table[i].ms > 0);
        assert_int_equal(cool("JPM"), 0);

        if (table[i].ms > 0) {
            now += table[i].ms - 1;
            assert_int_equal(cool("KO"), 1);
            now++;
            assert_int_equal(cool("KO"), 0);
        }
    }
}


/* A refresh that had no call does not end the wait after a failure. */
static void
budget_within(void **state)
{
    note(FIN_E_UPSTREAM, 10);
    note(FIN_E_BUDGET, 60);
    now += 9999;
    assert_int_equal(cool("KO"), 1);
    now++;
    assert_int_equal(cool("KO"), 0);
}


/* Who asks for the one datum of a ticker may give no name, a job has "" then. */
static void
no_name(void **state)
{
    note(FIN_OK, -1);
    note(FIN_E_UPSTREAM, -1);
    assert_int_equal(ngx_http_finance_cool_is(&conf,
                                              NGX_HTTP_FINANCE_JOB_STOCK,
                                              "KO", NULL), 1);
    assert_int_equal(ngx_http_finance_cool_is(&conf,
                                              NGX_HTTP_FINANCE_JOB_STOCK,
                                              "KO", "1"), 0);
    now += 1000;
    assert_int_equal(ngx_http_finance_cool_is(&conf,
                                              NGX_HTTP_FINANCE_JOB_STOCK,
                                              "KO", NULL), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(in_a_row),
        cmocka_unit_test(budget_within),
        cmocka_unit_test(no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

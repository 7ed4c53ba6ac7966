#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "fin_arena.h"
#include "fin_assert.h"
#include "fin_in.h"


#define MB  ((size_t) 1024 * 1024)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_MALLOC  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_MALLOC  1
#endif
#endif

#ifndef OWN_MALLOC
#define OWN_MALLOC  0
#endif


/* {"results":[...]}: n bars, a day apart; malloc'ed. */
static char *
many_bars(unsigned n, size_t *len)
{
    char      *json, *p;
    unsigned   i;

    json = malloc(64 + n * (size_t) 64);
    assert_non_null(json);
    p = json + sprintf(json, "{\"status\":\"OK\",\"results\":[");

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s{\"t\":%llu,\"o\":10,\"h\":12,\"l\":9,\"c\":%u}",
                     i == 0 ? "" : ",", 86400000ull * (i + 1), 9 + i % 4);
    }

    p += sprintf(p, "]}");
    *len = (size_t) (p - json);

    return json;
}


static void
parse_some(void)
{
    char        *json;
    size_t       len;
    fin_bars_t   bars;

    json = many_bars(3000, &len);

    assert_int_equal(fin_in_bars(json, len, &bars, NULL), FIN_OK);
    assert_int_equal(bars.n, 3000);
    assert_true(bars.bar[2999].c == 12);
    assert_int_equal(fin_arena_is_open(), 0);

    fin_bars_free(&bars);
    free(json);
}


static void
test_not_installed(void **state)
{
    (void) state;

    assert_int_equal(fin_arena_is_open(), 0);
    assert_int_equal(fin_arena_open(), 0);
    assert_int_equal(fin_arena_is_open(), 0);
    fin_arena_close();

    parse_some();
}


static int
install(void **state)
{
    (void) state;
    fin_arena_install();

    return 0;
}


static void
test_open_close(void **state)
{
    void  *p;

    (void) state;

    assert_int_equal(fin_arena_open(), 1);
    assert_int_equal(fin_arena_is_open(), 1);
    assert_int_equal(fin_arena_open(), 0);

    /* the refused one closed nothing */
    assert_int_equal(fin_arena_is_open(), 1);

    p = cJSON_malloc(10);
    assert_non_null(p);
    cJSON_free(p);

    fin_arena_close();
    assert_int_equal(fin_arena_is_open(), 0);
    fin_arena_close();
    assert_int_equal(fin_arena_is_open(), 0);

    assert_int_equal(fin_arena_open(), 1);
    fin_arena_close();
}


/* Outside an arena cJSON is on malloc: the sanitizers see what it forgets. */
static void
test_others(void **state)
{
    char   *text;
    cJSON  *tree;

    (void) state;

    tree = cJSON_Parse("{\"a\":[1,2,{\"b\":\"c\"}]}");
    assert_non_null(tree);
    text = cJSON_PrintUnformatted(tree);
    assert_string_equal(text, "{\"a\":[1,2,{\"b\":\"c\"}]}");

    /* a text of ours in between, and the tree is as it was */
    parse_some();
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(tree, "a")), 3);

    cJSON_free(text);
    cJSON_Delete(tree);
}


static void
test_memory(void **state)
{
    int             round;
    size_t          i, k;
    unsigned char  *p[64];

    static const size_t  size[] = {
        0, 1, 15, 16, 17, 63, 1000, MB - 33, MB - 1, MB, MB + 1, 3 * MB, 1,
        5, MB / 2, MB / 2, 24, 100000, 1
    };

    (void) state;

    /* the second round has the first one's blocks */
    for (round = 0; round < 2; round++) {

        assert_int_equal(fin_arena_open(), 1);

        for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
            p[i] = cJSON_malloc(size[i]);
            assert_non_null(p[i]);
            assert_int_equal((uintptr_t) p[i] % 16, 0);
            memset(p[i], (int) i + 1, size[i]);
        }

        /* freed is not reused: all stays until the end */
        cJSON_free(p[6]);

        for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
            for (k = 0; k < size[i]; k++) {
                if (p[i][k] != i + 1) {
                    fail_msg("allocation %zu was written over", i);
                }
            }
        }

        assert_null(cJSON_malloc(SIZE_MAX));
        assert_null(cJSON_malloc(SIZE_MAX - 15));
        assert_null(cJSON_malloc(((size_t) 1 << 40) + 1));
        assert_non_null(cJSON_malloc(16));

        fin_arena_close();
    }
}


/* However a text is refused, nothing stays open and nothing is left. */
static void
test_refused(void **state)
{
    size_t          i, len;
    int64_t         t;
    double          amount;
    char            cursor[FIN_CURSOR_MAX + 1];
    fin_date_t      date;
    fin_bars_t      bars;
    fin_chain_t     chain = { NULL, 0, 0 };
    fin_session_t   session;

    static const char  *json[] = {
        "", " ", "[]", "{", "}", "{}", "{\"a\"}", "{} {}", "{\"a\":1}}",
        "{\"status\":\"ERROR\"}", "{\"status\":\"NOT_AUTHORIZED\"}",
        "{\"results\":5}", "{\"results\":[{}]}", "{\"results\":[{\"t\":1}]}",
        "{\"results\":[{\"details\":{\"ticker\":\"\"}}]}",
        "{\"results\":[],\"next_url\":5}", "{\"results\":[1e999,}",
        "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}",
        "{\"results\":[{\"ex_dividend_date\":\"2020-01-01\","
        "\"cash_amount\":1e308},{\"ex_dividend_date\":\"2020-01-01\","
        "\"cash_amount\":1e308}]}"
    };

    (void) state;

    for (i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
        len = strlen(json[i]);

        (void) fin_in_bars(json[i], len, &bars, NULL);
        fin_bars_free(&bars);
        assert_int_equal(fin_arena_is_open(), 0);
        (void) fin_in_chain(json[i], len, &chain, cursor, NULL);
        assert_int_equal(fin_arena_is_open(), 0);
        (void) fin_in_reference(json[i], len, NULL);
        assert_int_equal(fin_arena_is_open(), 0);
        (void) fin_in_earnings(json[i], len, 18262, &date, NULL);
        assert_int_equal(fin_arena_is_open(), 0);
        (void) fin_in_dividends(json[i], len, 18262, &amount, NULL);
        assert_int_equal(fin_arena_is_open(), 0);
        (void) fin_in_market_status(json[i], len, &session, &t, NULL);
        assert_int_equal(fin_arena_is_open(), 0);
    }

    free(chain.opt);
}


/* Of what a text of many megabytes took, some blocks are kept, not more. */
static void
test_kept(void **state)
{
#if OWN_MALLOC
    (void) state;
    skip();
#else
    int               i;
    char             *json;
    size_t            len, before, after;
    fin_bars_t        bars;
    struct mallinfo2  m;

    (void) state;

    m = mallinfo2();
    before = m.uordblks + m.hblkhd;

    json = many_bars(20000, &len);

    for (i = 0; i < 3; i++) {
        assert_int_equal(fin_in_bars(json, len, &bars, NULL), FIN_OK);

        /* the tree was several times that */
        assert_int_equal(bars.n, 20000);
        fin_bars_free(&bars);
    }

    free(json);

    m = mallinfo2();
    after = m.uordblks + m.hblkhd;

    assert_true(after < before + 4 * MB + 64 * 1024);
#endif
}


static void *
thread(void *data)
{
    int          i;
    double      *sum = data;
    char        *json;
    size_t       len, k;
    fin_bars_t   bars;

    json = many_bars(2000, &len);

    for (i = 0; i < 40; i++) {
        if (fin_in_bars(json, len, &bars, NULL) != FIN_OK
            || fin_arena_is_open())
        {
            *sum = NAN;
            break;
        }

        for (k = 0; k < bars.n; k++) {
            *sum += bars.bar[k].c;
        }

        fin_bars_free(&bars);
    }

    free(json);

    return NULL;
}


static void
test_threads(void **state)
{
    int        i;
    double     sum[3] = { 0, 0, 0 };
    pthread_t  id[3];

    (void) state;

    /* this thread's arena is nobody else's */
    assert_int_equal(fin_arena_open(), 1);

    for (i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&id[i], NULL, thread, &sum[i]), 0);
    }

    for (i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(id[i], NULL), 0);
        fin_assert_same(sum[i], 40 * 2000 * 10.5);
    }

    assert_int_equal(fin_arena_is_open(), 1);
    fin_arena_close();
}


static int  late_check;

/* Runs after the destructors that have no priority. */
__attribute__((destructor(101))) static void
late(void)
{
    char  *a, *b;

    if (!late_check) {
        return;
    }

    /* two of an arena would touch */
    a = cJSON_malloc(16);
    b = cJSON_malloc(16);

    _exit(a != NULL && b != NULL && b - a != 16 && a - b != 16
          && !fin_arena_open() ? 7 : 8);
}


/* Whoever unloads the module gets cJSON back on malloc. */
static void
test_uninstalled(void **state)
{
    int    status;
    char  *a, *b;
    pid_t  pid;

    (void) state;

    pid = fork();
    assert_true(pid >= 0);

    if (pid == 0) {
        if (!fin_arena_open()) {
            _exit(9);
        }

        a = cJSON_malloc(16);
        b = cJSON_malloc(16);

        if (b - a != 16) {
            _exit(10);
        }

        late_check = 1;
        exit(0);
    }

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}


int
main(void)
{
    int  failed;

    const struct CMUnitTest  before[] = {
        cmocka_unit_test(test_not_installed)
    };
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_open_close),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_uninstalled)
    };

    failed = cmocka_run_group_tests(before, NULL, NULL);

    return failed + cmocka_run_group_tests(tests, install, NULL);
}

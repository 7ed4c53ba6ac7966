/* build: src/redis/ngx_http_finance_redis_error.c src/redis/ngx_http_finance_redis_hello.c */
/* Redis' error replies, and the judgement of a handshake. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/redis/ngx_http_finance_redis_hello.h"


#define ANSWER    NGX_HTTP_FINANCE_REDIS_ANSWER
#define PASSES    NGX_HTTP_FINANCE_REDIS_PASSES
#define OPERATOR  NGX_HTTP_FINANCE_REDIS_OPERATOR


typedef struct {
    const char                      *text;
    ngx_http_finance_redis_retry_e   retry;
    unsigned                         drop;
    unsigned                         cluster;
} reply_t;


/* as Redis 7 (and the older ones, where these differ) says it */
static const reply_t  replies[] = {
    { "LOADING Redis is loading the dataset in memory", PASSES, 1, 0 },
    { "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is "
      "set to 'no'.", PASSES, 1, 0 },
    { "READONLY You can't write against a read only replica.", OPERATOR, 0, 0 },
    { "NOAUTH Authentication required.", OPERATOR, 1, 0 },
    { "WRONGPASS invalid username-password pair or user is disabled.",
      OPERATOR, 1, 0 },
    { "NOPERM this user has no permissions to run the 'get' command",
      OPERATOR, 0, 0 },
    { "OOM command not allowed when used memory > 'maxmemory'.", PASSES, 0, 0 },
    { "BUSY Redis is busy running a script.", PASSES, 0, 0 },
    { "MISCONF Redis is configured to save RDB snapshots", OPERATOR, 0, 0 },
    { "MOVED 3999 127.0.0.1:6381", OPERATOR, 0, 1 },
    { "ASK 3999 127.0.0.1:6381", OPERATOR, 0, 1 },
    { "CROSSSLOT Keys in request don't hash to the same slot", OPERATOR, 0, 1 },
    { "CLUSTERDOWN The cluster is down", PASSES, 0, 1 },
    { "ERR max number of clients reached", PASSES, 1, 0 },
    { "ERR invalid password", OPERATOR, 1, 0 },
    { "ERR AUTH <password> called without any password configured for the "
      "default user. Are you sure your configuration is correct?",
      OPERATOR, 1, 0 },
    { "ERR DB index is out of range", OPERATOR, 0, 0 },
    { "ERR unknown command 'FOO'", ANSWER, 0, 0 },
    { "WRONGTYPE Operation against a key holding the wrong kind of value",
      ANSWER, 0, 0 },
    { "NOSCRIPT No matching script.", ANSWER, 0, 0 },
    { "BUSYKEY Target key name already exists.", ANSWER, 0, 0 },
    { "BUSYGROUP Consumer Group name already exists", ANSWER, 0, 0 },
    { "OOMPH", ANSWER, 0, 0 },
    { "LOADIN", ANSWER, 0, 0 },
    { "", ANSWER, 0, 0 },
    { NULL, ANSWER, 0, 0 }
};


static void
test_errors(void **state)
{
    const reply_t                         *r;
    const ngx_http_finance_redis_error_t  *error;

    (void) state;

    for (r = replies; r->text; r++) {
        error = ngx_http_finance_redis_error_find(r->text, strlen(r->text));

        assert_non_null(error);
        assert_int_equal(error->retry, r->retry);
        assert_int_equal(error->drop, r->drop);
        assert_int_equal(error->cluster, r->cluster);
        assert_true(strlen(error->reason) > 0);
    }
}


typedef struct {
    int          password;
    unsigned     db;
    const char  *answer[4];     /* NULL is no error */
    unsigned     fails;         /* at this answer, counted from 1; 0: ready */
    const char  *reason;
} talk_t;


static const talk_t  talks[] = {
    /* CLIENT SETNAME, PING */
    { 0, 0, { NULL, NULL }, 0, NULL },
    { 0, 0, { "ERR unknown command 'CLIENT'", NULL }, 0, NULL },
    { 0, 0, { "NOPERM no", "NOPERM no" }, 0, NULL },
    { 0, 0, { NULL, "LOADING x" }, 2, "it is loading its data" },
    { 0, 0, { NULL, "MASTERDOWN x" }, 2, "a replica that has lost its master" },
    { 0, 0, { "NOAUTH x" }, 1, "it wants a password" },
    { 0, 0, { NULL, "ERR odd" }, 2, "it refused a ping" },
    { 0, 0, { "ERR max number of clients reached" }, 1,
      "it has too many clients" },
    { 0, 0, { "DENIED Redis is running in protected mode" }, 1,
      "it is in protected mode" },
    /* AUTH, CLIENT SETNAME, PING */
    { 1, 0, { NULL, NULL, NULL }, 0, NULL },
    { 1, 0, { "WRONGPASS x" }, 1, "wrong user or password" },
    { 1, 0, { "ERR Client sent AUTH, but no password is set" }, 1,
      "it has no password, one is configured" },
    { 1, 0, { "ERR wrong number of arguments for 'auth' command" }, 1,
      "it refused the password" },
    /* SELECT, CLIENT SETNAME, PING */
    { 0, 3, { NULL, NULL, NULL }, 0, NULL },
    { 0, 3, { "ERR DB index is out of range" }, 1, "it has no such database" },
    { 0, 3, { "NOPERM x" }, 1, "it refused the database" },
    { 0, 3, { "ERR SELECT is not allowed in cluster mode" }, 1,
      "a cluster's node, clusters are not supported" },
    /* all */
    { 1, 3, { NULL, NULL, NULL, NULL }, 0, NULL },
    { 1, 3, { NULL, NULL, NULL, "LOADING x" }, 4, "it is loading its data" },
    { -1, 0, { NULL }, 0, NULL }
};


static void
test_hello(void **state)
{
    unsigned                               i, failed;
    const talk_t                          *t;
    ngx_http_finance_redis_hello_t         hello;
    const ngx_http_finance_redis_error_t  *error;

    (void) state;

    for (t = talks; t->password >= 0; t++) {
        ngx_http_finance_redis_hello_init(&hello, t->password, t->db);

        assert_int_equal(hello.n,
                         2 + (t->password ? 1 : 0) + (t->db ? 1 : 0));

        failed = 0;
        error = NULL;

        for (i = 0; i < hello.n && error == NULL; i++) {
            error = ngx_http_finance_redis_hello_answer(&hello, t->answer[i],
                        t->answer[i] ? strlen(t->answer[i]) : 0);
            if (error) {
                failed = i + 1;
            }
        }

        assert_int_equal(failed, t->fails);

        if (error) {
            assert_string_equal(error->reason, t->reason);

        } else {
            assert_int_equal(hello.done, hello.n);
        }
    }
}


/* AUTH comes first, else SELECT would be refused; PING last, it decides */
static void
test_order(void **state)
{
    ngx_http_finance_redis_hello_t  hello;

    (void) state;

    ngx_http_finance_redis_hello_init(&hello, 1, 9);

    assert_int_equal(hello.step[0], NGX_HTTP_FINANCE_REDIS_AUTH);
    assert_int_equal(hello.step[1], NGX_HTTP_FINANCE_REDIS_SELECT);
    assert_int_equal(hello.step[3], NGX_HTTP_FINANCE_REDIS_PING);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_hello),
        cmocka_unit_test(test_order)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

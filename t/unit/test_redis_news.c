/* build: src/redis/ngx_*_news_reply.c src/redis/ngx_*_redis_error.c -lhiredis */
/*
 * What of a server's bytes reaches hiredis on the connection of the news: it
 * asserts what it takes for granted, so that nothing else may.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/redis/ngx_http_finance_redis_news_inside.h"


#define SUBSCRIBED  "*3\r\n$9\r\nsubscribe\r\n$12\r\nfinance:news\r\n:1\r\n"
#define MESSAGE(n, text)                                                      \
    "*3\r\n$7\r\nmessage\r\n$12\r\nfinance:news\r\n$" n "\r\n" text "\r\n"


static ngx_http_finance_redis_news_t   news;
static redisReader                    *reader;


static int
setup(void **state)
{
    (void) state;

    memset(&news, 0, sizeof(news));
    news.hello.n = 2;

    reader = redisReaderCreateWithFunctions(
                                      &ngx_http_finance_redis_news_functions);
    if (reader == NULL) {
        return -1;
    }

    reader->privdata = &news;

    return 0;
}


static int
teardown(void **state)
{
    (void) state;

    redisReaderFree(reader);

    return 0;
}


/* the reply, NULL: more bytes are needed, or the connection ends */
static redisReply *
feed(const char *bytes, size_t len)
{
    void  *reply;

    reply = NULL;
    assert_int_equal(redisReaderFeed(reader, bytes, len), REDIS_OK);

    if (redisReaderGetReply(reader, &reply) != REDIS_OK) {
        return NULL;
    }

    return reply;
}


static redisReply *
said(const char *bytes)
{
    return feed(bytes, strlen(bytes));
}


static void
assert_refused(const char *bytes)
{
    if (said(bytes) || reader->err == 0) {
        fail_msg("taken: %s", bytes);
    }

    assert_string_equal(news.reason, "it answered what nobody asked");
}


static void
test_handshake(void **state)
{
    redisReply  *r;

    (void) state;

    r = said("+OK\r\n");
    assert_non_null(r);
    assert_int_equal(r->type, REDIS_REPLY_STATUS);

    r = said("-NOPERM no\r\n");
    assert_non_null(r);
    assert_int_equal(r->type, REDIS_REPLY_ERROR);
    assert_string_equal(r->str, "NOPERM no");

    /* judged by the handshake, not here */
    assert_null(news.reason);
}


static void
test_long_error(void **state)
{
    char         bytes[1000];
    redisReply  *r;

    (void) state;

    memset(bytes, 'x', sizeof(bytes));
    bytes[0] = '-';
    memcpy(bytes + sizeof(bytes) - 2, "\r\n", 2);

    r = feed(bytes, sizeof(bytes));
    assert_non_null(r);
    assert_int_equal(r->len, 127);
    assert_int_equal(strlen(r->str), 127);
}


static void
test_handshake_refused(void **state)
{
    size_t                    i;
    static const char *const  bytes[] = {
        ":1\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "$1\r\nx\r\n", SUBSCRIBED,
        MESSAGE("1", "x")
    };

    for (i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        assert_refused(bytes[i]);
        teardown(state);
        setup(state);
    }
}


static void
test_messages(void **state)
{
    redisReply  *r;

    (void) state;

    news.hello.done = 2;

    r = said(SUBSCRIBED);
    assert_non_null(r);
    assert_int_equal(r->type, REDIS_REPLY_ARRAY);
    assert_int_equal(r->elements, 3);
    assert_string_equal(r->element[0]->str, "subscribe");
    assert_string_equal(r->element[1]->str, "finance:news");
    assert_int_equal(r->element[2]->type, REDIS_REPLY_INTEGER);

    /* in pieces */
    assert_null(said("*3\r\n$7\r\nmess"));
    assert_null(said("age\r\n$12\r\nfinance:news\r"));
    r = said("\n$5\r\nA\r\nBC\r\n");
    assert_non_null(r);
    assert_string_equal(r->element[0]->str, "message");
    assert_int_equal(r->element[2]->type, REDIS_REPLY_STRING);
    assert_int_equal(r->element[2]->len, 5);
    assert_memory_equal(news.message, "A\r\nBC", 5);

    r = said(MESSAGE("0", ""));
    assert_non_null(r);
    assert_int_equal(r->element[2]->len, 0);

    assert_int_equal(reader->err, 0);
    assert_null(news.reason);
}


/* up to the longest it is kept, of a longer one only the length */
static void
test_long_message(void **state)
{
    char         bytes[5000];
    int          n, head;
    redisReply  *r;

    (void) state;

    news.hello.done = 2;

    for (n = NGX_HTTP_FINANCE_REDIS_NEWS_MAX - 1;
         n < NGX_HTTP_FINANCE_REDIS_NEWS_MAX + 3;
         n++)
    {
        memset(news.message, 'o', sizeof(news.message));

        head = snprintf(bytes, sizeof(bytes), "*3\r\n$7\r\nmessage\r\n$12\r\n"
                        "finance:news\r\n$%d\r\n", n);
        memset(bytes + head, 'n', n);
        memcpy(bytes + head + n, "\r\n", 2);

        r = feed(bytes, head + n + 2);
        assert_non_null(r);
        assert_int_equal(r->element[2]->len, n);
        assert_int_equal(news.message[0],
                         n > NGX_HTTP_FINANCE_REDIS_NEWS_MAX ? 'o' : 'n');
    }

    assert_null(news.reason);
}


static void
test_refused(void **state)
{
    size_t                    i;
    static const char *const  bytes[] = {
        "+OK\r\n", "+PONG\r\n", ":1\r\n", "$-1\r\n", "$1\r\nx\r\n",
        "*-1\r\n", "*0\r\n", "*1\r\n$7\r\nmessage\r\n",
        "*2\r\n$4\r\npong\r\n$0\r\n\r\n",
        "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$12\r\nfinance:news\r\n$1\r\nx\r\n",
        "*3\r\n$11\r\nunsubscribe\r\n$12\r\nfinance:news\r\n:0\r\n",
        "*3\r\n$7\r\nmessage\r\n$12\r\nfinance:olds\r\n$1\r\nx\r\n",
        "*3\r\n$7\r\nmessage\r\n$13\r\nfinance:newss\r\n$1\r\nx\r\n",
        "*3\r\n$7\r\nmessage\r\n$40\r\n0123456789012345678901234567890123456789"
            "\r\n$1\r\nx\r\n",
        "*3\r\n$7\r\nmessage\r\n$12\r\nfinance:news\r\n:1\r\n",
        "*3\r\n$7\r\nmessage\r\n$12\r\nfinance:news\r\n$-1\r\n",
        "*3\r\n$7\r\nmessage\r\n$12\r\nfinance:news\r\n*1\r\n:1\r\n",
        "*3\r\n$7\r\nmessage\r\n$12\r\nfinance:news\r\n+x\r\n",
        "*3\r\n$9\r\nsubscribe\r\n$12\r\nfinance:news\r\n$1\r\n1\r\n",
        "*3\r\n$9\r\nsubscribe\r\n$-1\r\n:1\r\n",
        "*3\r\n$9\r\nsubscribe\r\n:1\r\n:1\r\n",
        "*3\r\n:1\r\n:1\r\n:1\r\n",
        "*3\r\n+message\r\n$12\r\nfinance:news\r\n$1\r\nx\r\n",
        "*3\r\n-message\r\n$12\r\nfinance:news\r\n$1\r\nx\r\n",
        "*3\r\n*3\r\n$7\r\nmessage\r\n"
    };

    for (i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        news.hello.done = 2;
        assert_refused(bytes[i]);
        teardown(state);
        setup(state);
    }
}


/* an error after the handshake is the answer to SUBSCRIBE */
static void
test_subscribe_refused(void **state)
{
    redisReply  *r;

    (void) state;

    news.hello.done = 2;

    r = said("-NOPERM this user has no permissions\r\n");
    assert_non_null(r);
    assert_int_equal(r->type, REDIS_REPLY_ERROR);
    assert_string_equal(news.reason, "the user may not do this");
    assert_int_equal(news.slow, 1);

    r = said("-ERR unknown command\r\n");
    assert_non_null(r);
    assert_string_equal(news.reason, "it refused the channel");
    assert_int_equal(news.slow, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_handshake, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_handshake_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_messages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_message, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_subscribe_refused, setup,
                                        teardown)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* build: src/shm/ngx_http_finance_zone.c src/shm/ngx_http_finance_flight.c t/unit/fake_nginx*.c */
/* One fetch for the workers of an nginx: real processes that share memory, and
 * that are killed while they hold it. */

#include "fake_nginx.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <ngx_sha1.h>

#include "fin_zone.h"
#include "../../src/core/fin_status.h"
#include "../../src/shm/ngx_http_finance_flight.h"


#define LONG     60000          /* ms */
#define WORKERS  4
#define KILLS    300


static ngx_http_finance_zone_t  *zone;
static ngx_http_request_t       *request;       /* its pool is the cycle's */
static ngx_cycle_t               cycle;
static ngx_str_t                 url = ngx_string("redis://127.0.0.1/0");
static ngx_uint_t                seq;


/* Any digest will do. */
void
ngx_sha1_init(ngx_sha1_t *ctx)
{
    memset(ctx, 0, sizeof(ngx_sha1_t));
    ctx->a = 2166136261u;
}


void
ngx_sha1_update(ngx_sha1_t *ctx, const void *data, size_t size)
{
    size_t  i;

    for (i = 0; i < size; i++) {
        ctx->a = (ctx->a ^ ((const u_char *) data)[i]) * 16777619;
        ctx->b += ctx->a;
    }
}


void
ngx_sha1_final(u_char result[20], ngx_sha1_t *ctx)
{
    memset(result, 0, 20);
    memcpy(result, &ctx->a, 4);
    memcpy(result + 4, &ctx->b, 4);
}


static ngx_http_finance_flight_t
flight(const char *key)
{
    ngx_str_t                  k;
    ngx_http_finance_flight_t  f;

    k.data = (u_char *) key;
    k.len = strlen(key);
    ngx_http_finance_flight_init(&f, &url, &k, ++seq);

    return f;
}


/* Asks; what is kept is looked at and freed. */
static ngx_http_finance_flight_state_e
ask(ngx_http_finance_flight_t *f, const char *kept)
{
    ngx_http_finance_flight_answer_t  answer;

    ngx_http_finance_flight_ask(zone, f, LONG, 0, &answer);

    if (kept == NULL) {
        assert_int_equal(answer.value.len, 0);
        assert_null(answer.value.data);

    } else {
        assert_int_equal(answer.value.len, strlen(kept));
        assert_memory_equal(answer.value.data, kept, strlen(kept));
    }

    free(answer.value.data);

    return answer.state;
}


static void
end(ngx_http_finance_flight_t *f, fin_status_t status, const char *value,
    ngx_uint_t keep)
{
    ngx_str_t  v;

    v.data = (u_char *) value;
    v.len = value ? strlen(value) : 0;

    ngx_http_finance_flight_end(zone, f, (int) status, 7, value ? &v : NULL,
                                keep);
    assert_int_equal(f->leads, 0);
}


static int
setup(void **state)
{
    fake_init();
    request = fake_request();

    test_zone_begin(61440);

    memset(&cycle, 0, sizeof(cycle));
    cycle.log = fake_log();
    ngx_cycle = &cycle;
    seq = 0;

    zone = test_zone_another(request->pool, 65536, 10, 1);
    assert_int_equal(shm.init(&shm, NULL), NGX_OK);

    return 0;
}


static int
teardown(void **state)
{
    test_zone_end();
    fake_request_free(request);

    return fake_done();
}


/* A process that runs code and waits to be killed; it tells when it is there. */
static pid_t
process(void (*code)(void))
{
    int    ready[2];
    char   c;
    pid_t  pid;

    assert_int_equal(pipe(ready), 0);

    pid = fork();
    assert_true(pid >= 0);

    if (pid == 0) {
        ngx_pid = getpid();
        code();
        (void) !write(ready[1], "x", 1);

        for ( ;; ) {
            pause();
        }
    }

    close(ready[1]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);

    return pid;
}


/* True: it held the lock. */
static ngx_uint_t
killed(pid_t pid)
{
    int  status;

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));

    return test_zone_force_unlock(pid);
}


static void
one_leads(void **state)
{
    ngx_http_finance_flight_t  a = flight("KO"), b = flight("KO"),
                               c = flight("KO"), other = flight("KOS");

    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    assert_int_equal(ask(&c, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    assert_int_equal(ask(&other, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);

    end(&a, FIN_OK, "60.5", 0);

    /* those who followed have it; and those who come, as long as it is there */
    assert_int_equal(ask(&b, "60.5"), NGX_HTTP_FINANCE_FLIGHT_ENDED);
    assert_int_equal(ask(&c, "60.5"), NGX_HTTP_FINANCE_FLIGHT_ENDED);
    assert_int_equal(ask(&a, "60.5"), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    end(&a, FIN_OK, NULL, 1);

    /* another Redis has other things */
    url.len--;
    a = flight("KO");
    url.len++;
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
}


/* What nobody follows is kept when that was asked for. */
static void
kept(void **state)
{
    static const struct {
        ngx_uint_t    keep;
        fin_status_t  status;
        const char   *value, *then;
    } table[] = {
        { 0, FIN_OK, "1", NULL },
        { 1, FIN_OK, "2", "2" },
        { 1, FIN_E_UPSTREAM, NULL, "2" },
        { 1, FIN_OK, NULL, "2" },
        { 1, FIN_OK, "345", "345" },
        /* it is in Redis now */
        { 0, FIN_OK, "6", NULL },
    };

    size_t                     i;
    ngx_str_t                  key = ngx_string("KO"), value;
    const char                *before;
    ngx_http_finance_flight_t  a;

    before = NULL;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        a = flight("KO");
        assert_int_equal(ask(&a, before), NGX_HTTP_FINANCE_FLIGHT_LEADS);
        end(&a, table[i].status, table[i].value, table[i].keep);

        ngx_http_finance_flight_value(zone, &url, &key, &value);
        before = table[i].then;
        assert_int_equal(value.len, before ? strlen(before) : 0);

        if (before) {
            assert_memory_equal(value.data, before, value.len);
        }

        free(value.data);
    }
}


static void
failed(void **state)
{
    uint32_t                          changes;
    ngx_http_finance_flight_t         a = flight("KO"), b = flight("KO");
    ngx_http_finance_flight_answer_t  answer;

    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);

    changes = ngx_http_finance_flight_changes(zone);
    end(&a, FIN_E_THROTTLED, NULL, 1);
    assert_int_not_equal(ngx_http_finance_flight_changes(zone), changes);

    ngx_http_finance_flight_ask(zone, &b, LONG, 1, &answer);
    assert_int_equal(answer.state, NGX_HTTP_FINANCE_FLIGHT_ENDED);
    assert_int_equal(answer.status, FIN_E_THROTTLED);
    assert_int_equal(answer.retry_after, 7);

    /* once: then it is b's turn */
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
}


/* Nobody polls for what nobody follows. */
static void
changes(void **state)
{
    uint32_t                   n;
    ngx_http_finance_flight_t  a = flight("KO");

    n = ngx_http_finance_flight_changes(zone);
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    end(&a, FIN_OK, "1", 1);
    assert_int_equal(ngx_http_finance_flight_changes(zone), n);
}


static void
awaited(void **state)
{
    ngx_http_finance_flight_t         a = flight("KO"), b = flight("KO");
    ngx_http_finance_flight_answer_t  answer;

    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(ngx_http_finance_flight_awaited(zone, &a), 0);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    assert_int_equal(ngx_http_finance_flight_awaited(zone, &a), 0);
    ngx_http_finance_flight_ask(zone, &b, LONG, 1, &answer);
    assert_int_equal(ngx_http_finance_flight_awaited(zone, &a), 1);
    assert_int_equal(ngx_http_finance_flight_awaited(zone, &b), 0);
}


/* One that hangs is followed when its time is over, unless it says so again;
 * what it brings later is not heard. */
static void
hangs(void **state)
{
    ngx_http_finance_flight_t         a = flight("KO"), b = flight("KO");
    ngx_http_finance_flight_answer_t  answer;

    ngx_http_finance_flight_ask(zone, &a, 1, 0, &answer);
    assert_int_equal(answer.state, NGX_HTTP_FINANCE_FLIGHT_LEADS);
    ngx_http_finance_flight_renew(zone, &a, 60000);
    usleep(3000);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    ngx_http_finance_flight_renew(zone, &a, 1);
    usleep(3000);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);

    end(&a, FIN_OK, "late", 1);
    ngx_http_finance_flight_renew(zone, &a, 0);
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    end(&b, FIN_OK, "good", 1);
    assert_int_equal(ask(&a, "good"), NGX_HTTP_FINANCE_FLIGHT_ENDED);
}


/* More at once than there is room for: the others go on alone. */
static void
no_room(void **state)
{
    char                       key[16];
    ngx_uint_t                 i, max;
    fin_flights_t             *f;
    ngx_http_finance_flight_t  a;

    f = ngx_http_finance_zone_flights(zone);
    max = f->max;
    ngx_http_finance_zone_flights_done(zone);

    for (i = 0; i < max; i++) {
        sprintf(key, "T%03d", (int) i);
        a = flight(key);
        assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    }

    a = flight("KO");
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_ALONE);
    assert_int_equal(a.leads, 0);
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_ALONE);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    end(&a, FIN_OK, "1", 1);
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_ALONE);
}


static void
too_large(void **state)
{
    ngx_str_t                  large;
    ngx_http_finance_flight_t  a = flight("KO"), b = flight("KO");

    large.len = 60000;
    large.data = calloc(1, large.len);
    assert_non_null(large.data);

    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    ngx_http_finance_flight_end(zone, &a, FIN_OK, -1, &large, 1);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_ENDED);

    free(large.data);
}


static void
child_leads(void)
{
    ngx_http_finance_flight_t  a = flight("KO");

    if (ask(&a, NULL) != NGX_HTTP_FINANCE_FLIGHT_LEADS) {
        _exit(1);
    }
}


/* A leader whose process is gone is followed at once. */
static void
leader_killed(void **state)
{
    pid_t                      pid;
    ngx_http_finance_flight_t  b = flight("KO");

    pid = process(child_leads);

    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_FOLLOWS);
    assert_false(killed(pid));
    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    end(&b, FIN_OK, "1", 1);
    assert_int_equal(ask(&b, "1"), NGX_HTTP_FINANCE_FLIGHT_LEADS);
}


/* In the middle of a change, under the lock. */
static void
child_breaks(void)
{
    fin_flight_t   *led;
    fin_flights_t  *f;

    child_leads();

    f = ngx_http_finance_zone_flights(zone);
    led = &f->flight[0];
    led->next = 1;
    led->len = 60000;
    led->at = 0xfffffff0;
    f->tail = 0xfffffff0;
    f->n = 99;
    f->fresh = 0xffffffff;
}


static void
holder_killed(void **state)
{
    pid_t                      pid;
    uint32_t                   n;
    ngx_http_finance_flight_t  a = flight("JPM"), b = flight("KO");

    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    n = ngx_http_finance_flight_changes(zone);

    pid = process(child_breaks);
    assert_true(killed(pid));

    assert_int_equal(ask(&b, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 1);
    assert_int_not_equal(ngx_http_finance_flight_changes(zone), n);

    /* who led before ends for himself */
    end(&a, FIN_OK, "1", 1);
    end(&b, FIN_OK, "2", 1);
    assert_int_equal(ask(&a, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(ask(&b, "2"), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    assert_int_equal(fake_log_taken(NGX_LOG_WARN), 0);
}


/* A worker under load: what it gets is what belongs to the key. */
static void
child_works(void)
{
    int                                i, n;
    char                               key[16];
    u_char                             data[3000];
    size_t                             k;
    ngx_str_t                          value;
    ngx_http_finance_flight_t          f;
    ngx_http_finance_flight_answer_t   answer;

    srand((unsigned) getpid());

    for ( ;; ) {
        n = rand() % 40;
        sprintf(key, "T%02d", n);
        f = flight(key);
        ngx_http_finance_flight_ask(zone, &f, LONG, 1, &answer);

        for (k = 0; k < answer.value.len; k++) {
            if (answer.value.data[k] != (u_char) n) {
                abort();
            }
        }

        free(answer.value.data);

        for (i = rand() % 300; i > 0; i--) {
            ngx_memory_barrier();
        }

        if (answer.state == NGX_HTTP_FINANCE_FLIGHT_LEADS) {
            value.len = 1 + (size_t) rand() % sizeof(data);
            value.data = data;
            memset(data, n, value.len);

            ngx_http_finance_flight_renew(zone, &f, LONG);
            ngx_http_finance_flight_end(zone, &f, FIN_OK, -1, &value, 1);
        }
    }
}


static pid_t
worker(void)
{
    pid_t  pid;

    pid = fork();
    assert_true(pid >= 0);

    if (pid == 0) {
        ngx_pid = getpid();
        child_works();
    }

    return pid;
}


/* kill -9 at any moment, again and again: nobody gets what is another's, and
 * the memory is whole. */
static void
killed_at_random(void **state)
{
    int                        i, held;
    pid_t                      pid[WORKERS];
    ngx_http_finance_flight_t  f;

    srand(20260619);
    held = 0;

    for (i = 0; i < WORKERS; i++) {
        pid[i] = worker();
    }

    for (i = 0; i < KILLS; i++) {
        usleep((useconds_t) (rand() % 2000));
        held += (int) killed(pid[i % WORKERS]);
        pid[i % WORKERS] = worker();
    }

    for (i = 0; i < WORKERS; i++) {
        held += (int) killed(pid[i]);
    }

    /* some at least were killed while they held it */
    assert_int_not_equal(held, 0);

    f = flight("KO");
    assert_int_equal(ask(&f, NULL), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    end(&f, FIN_OK, "1", 1);
    assert_int_equal(ask(&f, "1"), NGX_HTTP_FINANCE_FLIGHT_LEADS);
    (void) fake_log_taken(NGX_LOG_WARN);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(one_leads, setup, teardown),
        cmocka_unit_test_setup_teardown(kept, setup, teardown),
        cmocka_unit_test_setup_teardown(failed, setup, teardown),
        cmocka_unit_test_setup_teardown(changes, setup, teardown),
        cmocka_unit_test_setup_teardown(awaited, setup, teardown),
        cmocka_unit_test_setup_teardown(hangs, setup, teardown),
        cmocka_unit_test_setup_teardown(no_room, setup, teardown),
        cmocka_unit_test_setup_teardown(too_large, setup, teardown),
        cmocka_unit_test_setup_teardown(leader_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(holder_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_at_random, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

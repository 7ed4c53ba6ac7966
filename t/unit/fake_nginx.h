/*
 * A clock, an event loop, pools and threads in nginx's place, so that the real
 * sources of src/async run in a unit test: they are compiled against nginx's
 * own headers and linked with fake_nginx*.c instead of with nginx.
 *
 * A test names what to link in its first line, from the root of the tree:
 *
 *     build: src/async/ngx_http_finance_*.c t/unit/fake_nginx*.c
 *
 * NGX being a configured nginx tree (build/nginx-src), it compiles with
 *
 *     cc -std=gnu11 -It/unit -I$NGX/objs -I$NGX/src/core -I$NGX/src/event
 *        -I$NGX/src/event/modules -I$NGX/src/os/unix -I$NGX/src/http
 *        -I$NGX/src/http/modules -I$NGX/src/http/v2
 *        test_async_x.c <what build: names> src/core/fin_*.c
 *        -lcmocka -lpthread -lm
 *
 * Only one thread, the test's, may call what is declared here.
 */

#ifndef FAKE_NGINX_H
#define FAKE_NGINX_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#if (NGX_THREADS)
#include <ngx_thread_pool.h>
#endif


#define FAKE_START  1000000     /* ms, the clock after fake_init() */


/* All as new; a test's setup. */
void fake_init(void);

/*
 * A test's teardown: 0 when nothing is left behind, else how many kinds of
 * things are, each told on stderr: timers, posted events, pools, tasks of
 * a thread pool, alerts in the log, and leaks where the sanitizer can tell.
 */
int fake_done(void);

/*
 * One turn of the loop at the present time: events posted for the next turn
 * become current, timers that are due fire in order, then the posted events
 * run, those that they post included.
 */
void fake_turn(void);

/* Turns, with the clock standing, until nothing is posted. */
void fake_run_posted(void);

/* Time passes: stops at each timer on the way, and runs what gets posted. */
void fake_advance(ngx_msec_t ms);

/*
 * A handler that computes for ms: the loop sees it in its next turn, since nginx
 * reads the clock once a turn.
 */
void fake_spend(ngx_msec_t ms);

ngx_uint_t fake_timers(void);           /* armed */
ngx_uint_t fake_posted(void);           /* for this turn or the next */


/* The log: debug messages, too, are evaluated, none is written. */
ngx_log_t *fake_log(void);

/* Messages of this level (NGX_LOG_ALERT ...) since init or the last call. */
ngx_uint_t fake_log_taken(ngx_uint_t level);


/*
 * The n-th allocation from now on fails (1: the next), of those by ngx_alloc,
 * ngx_calloc and from pools; only that one.  0: none.
 */
void fake_alloc_fail(ngx_uint_t n);

ngx_uint_t fake_allocs(void);           /* blocks that pools hold */


/* A main request on a connection; its pool is r->pool. */
ngx_http_request_t *fake_request(void);

/* Destroys it as nginx does: pool cleanups first. */
void fake_request_free(ngx_http_request_t *r);

/* Calls of ngx_http_run_posted_requests() for the connection. */
ngx_uint_t fake_posted_requests(ngx_connection_t *c);


#if (NGX_THREADS)

/*
 * A thread pool of which the test is the scheduler: a posted task waits until
 * fake_pool_begin() starts a real thread for it; fake_pool_end() waits for that
 * thread and runs the completion in the loop's thread, as nginx does.  Tasks are
 * numbered from 0 in the order of posting among those not ended.
 */
ngx_thread_pool_t *fake_pool(ngx_uint_t max_queue);
ngx_uint_t fake_pool_tasks(ngx_thread_pool_t *tp);
void fake_pool_begin(ngx_thread_pool_t *tp, ngx_uint_t i);
void fake_pool_end(ngx_thread_pool_t *tp, ngx_uint_t i);

/* The next n posts fail as when the condition cannot be signalled. */
void fake_pool_refuse(ngx_thread_pool_t *tp, ngx_uint_t n);

#endif


#endif

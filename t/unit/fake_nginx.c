/* The clock, the loop, the log and requests: see the header. */


#include "fake_nginx_parts.h"

#include <stdio.h>
#include <stdlib.h>


#define FAKE_TURNS       100000         /* a loop that never rests is a bug */
#define FAKE_LEVELS      (NGX_LOG_DEBUG + 1)


/* only where the address sanitizer is linked */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));


typedef struct {
    ngx_connection_t     connection;
    ngx_http_request_t   request;
    ngx_http_log_ctx_t   log_ctx;
    ngx_log_t            log;
    ngx_uint_t           run;
} fake_client_t;


volatile ngx_msec_t      ngx_current_msec;
volatile ngx_time_t     *ngx_cached_time;
volatile ngx_cycle_t    *ngx_cycle;
ngx_int_t                ngx_ncpu;
ngx_rbtree_t             ngx_event_timer_rbtree;
ngx_queue_t              ngx_posted_accept_events;
ngx_queue_t              ngx_posted_next_events;
ngx_queue_t              ngx_posted_events;

static ngx_rbtree_node_t  fake_sentinel;
static ngx_cycle_t        fake_cycle;
static ngx_time_t         fake_time;
static ngx_log_t          fake_the_log;
static ngx_uint_t         fake_logged[FAKE_LEVELS];
static ngx_msec_t         fake_spent;


static void
fake_set_clock(ngx_msec_t now)
{
    ngx_current_msec = now;
    fake_time.sec = (time_t) (now / 1000);
    fake_time.msec = now % 1000;
}


void
fake_init(void)
{
    ngx_memzero(&fake_cycle, sizeof(ngx_cycle_t));
    ngx_memzero(&fake_the_log, sizeof(ngx_log_t));
    ngx_memzero(fake_logged, sizeof(fake_logged));

    fake_the_log.log_level = NGX_LOG_DEBUG_ALL;
    fake_cycle.log = &fake_the_log;
    ngx_cycle = &fake_cycle;
    ngx_ncpu = 3;

    fake_spent = 0;
    fake_set_clock(FAKE_START);
    ngx_cached_time = &fake_time;

    ngx_rbtree_init(&ngx_event_timer_rbtree, &fake_sentinel,
                    ngx_rbtree_insert_timer_value);
    ngx_queue_init(&ngx_posted_accept_events);
    ngx_queue_init(&ngx_posted_next_events);
    ngx_queue_init(&ngx_posted_events);

    fake_memory_init();
    fake_threads_init();
}


int
fake_left(const char *what, ngx_uint_t n)
{
    if (n == 0) {
        return 0;
    }

    fprintf(stderr, "left behind: %lu %s\n", (unsigned long) n, what);

    return 1;
}


int
fake_done(void)
{
    int  left;

    left = fake_left("timers", fake_timers());
    left += fake_left("alerts in the log", fake_logged[NGX_LOG_ALERT]);
    left += fake_memory_left();
    left += fake_threads_left();

    /* what stays posted with nothing to do, e.g. the turn of work */
    fake_run_posted();

    left += fake_left("posted events", fake_posted());

    if (__lsan_do_recoverable_leak_check) {
        left += fake_left("leaks", __lsan_do_recoverable_leak_check() != 0);
    }

    return left;
}


/* The event loop */


static void
fake_expire_timers(void)
{
    ngx_event_t        *ev;
    ngx_rbtree_t       *tree = &ngx_event_timer_rbtree;
    ngx_rbtree_node_t  *node;

    while (tree->root != tree->sentinel) {
        node = ngx_rbtree_min(tree->root, tree->sentinel);

        if ((ngx_msec_int_t) (node->key - ngx_current_msec) > 0) {
            return;
        }

        ev = ngx_rbtree_data(node, ngx_event_t, timer);

        ngx_rbtree_delete(tree, node);
        node->left = node->right = node->parent = NULL;

        ev->timer_set = 0;
        ev->timedout = 1;
        ev->handler(ev);
    }
}


static void
fake_process_posted(void)
{
    ngx_uint_t    n;
    ngx_queue_t  *q;
    ngx_event_t  *ev;

    for (n = 0; !ngx_queue_empty(&ngx_posted_events); n++) {
        if (n == FAKE_TURNS) {
            fprintf(stderr, "the posted events never end\n");
            abort();
        }

        q = ngx_queue_head(&ngx_posted_events);
        ev = ngx_queue_data(q, ngx_event_t, queue);

        ngx_delete_posted_event(ev);
        ev->handler(ev);
    }
}


void
fake_turn(void)
{
    fake_set_clock(ngx_current_msec + fake_spent);
    fake_spent = 0;

    if (!ngx_queue_empty(&ngx_posted_next_events)) {
        ngx_queue_add(&ngx_posted_events, &ngx_posted_next_events);
        ngx_queue_init(&ngx_posted_next_events);
    }

    fake_expire_timers();
    fake_process_posted();
}


void
fake_run_posted(void)
{
    ngx_uint_t  n;

    for (n = 0; fake_posted(); n++) {
        if (n == FAKE_TURNS) {
            fprintf(stderr, "the loop never rests\n");
            abort();
        }

        fake_turn();
    }
}


void
fake_spend(ngx_msec_t ms)
{
    fake_spent += ms;
}


void
fake_advance(ngx_msec_t ms)
{
    ngx_msec_t     end, at;
    ngx_rbtree_t  *tree = &ngx_event_timer_rbtree;

    end = ngx_current_msec + ms;

    fake_run_posted();

    while (tree->root != tree->sentinel) {
        at = ngx_rbtree_min(tree->root, tree->sentinel)->key;

        if ((ngx_msec_int_t) (at - end) > 0) {
            break;
        }

        if ((ngx_msec_int_t) (at - ngx_current_msec) > 0) {
            fake_set_clock(at);
        }

        fake_turn();
        fake_run_posted();
    }

    if ((ngx_msec_int_t) (end - ngx_current_msec) > 0) {
        fake_set_clock(end);
    }
}


static ngx_uint_t
fake_count_nodes(ngx_rbtree_node_t *node)
{
    if (node == ngx_event_timer_rbtree.sentinel) {
        return 0;
    }

    return 1 + fake_count_nodes(node->left) + fake_count_nodes(node->right);
}


ngx_uint_t
fake_timers(void)
{
    return fake_count_nodes(ngx_event_timer_rbtree.root);
}


static ngx_uint_t
fake_count_queue(ngx_queue_t *h)
{
    ngx_uint_t    n;
    ngx_queue_t  *q;

    n = 0;

    for (q = ngx_queue_head(h); q != ngx_queue_sentinel(h);
         q = ngx_queue_next(q))
    {
        n++;
    }

    return n;
}


ngx_uint_t
fake_posted(void)
{
    return fake_count_queue(&ngx_posted_events)
           + fake_count_queue(&ngx_posted_next_events);
}


/* The log */


ngx_log_t *
fake_log(void)
{
    return &fake_the_log;
}


void
ngx_log_error_core(ngx_uint_t level, ngx_log_t *log, ngx_err_t err,
    const char *fmt, ...)
{
    if (level < FAKE_LEVELS) {
        fake_logged[level]++;
    }

    if (level <= NGX_LOG_ALERT) {
        fprintf(stderr, "alert: %s\n", fmt);
    }
}


ngx_uint_t
fake_log_taken(ngx_uint_t level)
{
    ngx_uint_t  n;

    n = fake_logged[level];
    fake_logged[level] = 0;

    return n;
}


/* Requests */


ngx_http_request_t *
fake_request(void)
{
    ngx_pool_t          *pool;
    fake_client_t       *client;
    ngx_http_request_t  *r;

    pool = ngx_create_pool(4096, &fake_the_log);
    client = pool ? calloc(1, sizeof(fake_client_t)) : NULL;

    if (client == NULL) {
        abort();
    }

    client->log = fake_the_log;
    client->log.data = &client->log_ctx;
    client->log_ctx.connection = &client->connection;
    client->connection.log = &client->log;
    client->connection.data = &client->request;

    r = &client->request;

    r->signature = NGX_HTTP_MODULE;
    r->connection = &client->connection;
    r->main = r;
    r->pool = pool;
    r->count = 1;

    return r;
}


void
fake_request_free(ngx_http_request_t *r)
{
    ngx_destroy_pool(r->pool);

    free(r->connection);        /* the client's first member */
}


void
ngx_http_run_posted_requests(ngx_connection_t *c)
{
    ((fake_client_t *) c)->run++;
}


ngx_uint_t
fake_posted_requests(ngx_connection_t *c)
{
    return ((fake_client_t *) c)->run;
}

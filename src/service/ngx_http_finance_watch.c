/* Who refreshes in the background, and when: see the header. */


#include "ngx_http_finance_watch.h"


#define NGX_HTTP_FINANCE_WATCH_LOCK   "finance:lock:{refresh}"

/* of a Retry-After, seconds */
#define NGX_HTTP_FINANCE_WATCH_AFTER  3600


static ngx_array_t *ngx_http_finance_watch_all(ngx_cycle_t *cycle);
static void ngx_http_finance_watch_begin(ngx_http_finance_watch_t *watch,
    ngx_cycle_t *cycle);
static ngx_int_t ngx_http_finance_watch_place(ngx_http_finance_watch_t *watch,
    ngx_cycle_t *cycle);
static ngx_http_addr_conf_t *ngx_http_finance_watch_addr(ngx_listening_t *ls,
    ngx_http_core_srv_conf_t *cscf);
static void ngx_http_finance_watch_stop(void *data);
static void ngx_http_finance_watch_tick(ngx_event_t *ev);
static void ngx_http_finance_watch_ask(ngx_http_finance_watch_t *watch);
static ngx_int_t ngx_http_finance_watch_add(ngx_http_finance_watch_t *watch,
    ngx_http_finance_redis_batch_t *batch, ngx_str_t *script);
static void ngx_http_finance_watch_answered(ngx_http_finance_task_t *task);
static void ngx_http_finance_watch_unask(ngx_http_finance_watch_t *watch);
static void ngx_http_finance_watch_resign(ngx_http_finance_watch_t *watch);
static void ngx_http_finance_watch_lead(ngx_http_finance_watch_t *watch);
static void ngx_http_finance_watch_lose(ngx_http_finance_watch_t *watch,
    const char *why);
static void ngx_http_finance_watch_round(ngx_event_t *ev);
static ngx_msec_t ngx_http_finance_watch_random(ngx_msec_t most);


/* takes it, or keeps what is ours for longer */

static ngx_str_t  ngx_http_finance_watch_ask_script = ngx_string(
    "local v = redis.call('GET', KEYS[1]) "
    "if v == ARGV[1] then "
    "redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end "
    "if v then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1");

static ngx_str_t  ngx_http_finance_watch_free_script = ngx_string(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then "
    "return redis.call('DEL', KEYS[1]) end "
    "return 0");


void
ngx_http_finance_watch_init(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_array_t                *all;
    ngx_http_finance_watch_t  **watch;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return;
    }

    all = ngx_http_finance_watch_all(cycle);

    if (all == NULL) {
        return;
    }

    watch = all->elts;

    for (i = 0; i < all->nelts; i++) {
        ngx_http_finance_watch_begin(watch[i], cycle);
    }
}


void
ngx_http_finance_watch_exit(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_array_t                *all;
    ngx_http_finance_watch_t  **watch;

    all = ngx_http_finance_watch_all(cycle);

    if (all == NULL) {
        return;
    }

    watch = all->elts;

    for (i = 0; i < all->nelts; i++) {
        ngx_http_finance_watch_stop(watch[i]);
    }
}


static ngx_array_t *
ngx_http_finance_watch_all(ngx_cycle_t *cycle)
{
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_finance_module);

    return fmcf ? fmcf->watches : NULL;
}


static void
ngx_http_finance_watch_begin(ngx_http_finance_watch_t *watch,
    ngx_cycle_t *cycle)
{
    ngx_pool_cleanup_t  *cln;

    /* a single process has its cycles one after the other */
    cln = ngx_pool_cleanup_add(cycle->pool, 0);

    if (cln == NULL || ngx_http_finance_watch_place(watch, cycle) != NGX_OK
        || fin_uuid_make(watch->token) != FIN_OK)
    {
        watch->token[0] = '\0';
        ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                      "finance: no \"finance_refresh\" in this worker");
        return;
    }

    cln->handler = ngx_http_finance_watch_stop;
    cln->data = watch;

    watch->ask.handler = ngx_http_finance_watch_tick;
    watch->ask.data = watch;
    watch->ask.log = cycle->log;
    watch->ask.cancelable = 1;

    watch->next.handler = ngx_http_finance_watch_round;
    watch->next.data = watch;
    watch->next.log = cycle->log;
    watch->next.cancelable = 1;

    ngx_add_timer(&watch->ask, ngx_http_finance_watch_random(
                                            NGX_HTTP_FINANCE_WATCH_SPREAD));
}


/* where a request for the location could have come in */

static ngx_int_t
ngx_http_finance_watch_place(ngx_http_finance_watch_t *watch,
    ngx_cycle_t *cycle)
{
    ngx_uint_t             i;
    ngx_listening_t       *ls;
    ngx_http_addr_conf_t  *addr;

    watch->place.loc_conf = watch->loc_conf;
    watch->place.ctx = watch->cscf->ctx;

    ls = cycle->listening.elts;

    for (i = 0; i < cycle->listening.nelts; i++) {

        if (ls[i].handler != ngx_http_init_connection
            || ls[i].type != SOCK_STREAM || ls[i].servers == NULL)
        {
            continue;
        }

        addr = ngx_http_finance_watch_addr(&ls[i], watch->cscf);

        if (watch->place.listening == NULL
            || addr->default_server == watch->cscf)
        {
            watch->place.listening = &ls[i];
            watch->place.addr_conf = addr;
        }

        if (addr->default_server == watch->cscf) {
            break;
        }
    }

    return watch->place.listening ? NGX_OK : NGX_ERROR;
}


/* the one that leads to that server, or the first */

static ngx_http_addr_conf_t *
ngx_http_finance_watch_addr(ngx_listening_t *ls,
    ngx_http_core_srv_conf_t *cscf)
{
    ngx_uint_t             i;
    ngx_http_port_t       *port;
    ngx_http_addr_conf_t  *addr, *first;

    port = ls->servers;
    first = NULL;

    for (i = 0; i < port->naddrs; i++) {

        switch (ls->sockaddr->sa_family) {

#if (NGX_HAVE_INET6)
        case AF_INET6:
            addr = &((ngx_http_in6_addr_t *) port->addrs)[i].conf;
            break;
#endif

        default: /* AF_INET, AF_UNIX */
            addr = &((ngx_http_in_addr_t *) port->addrs)[i].conf;
        }

        if (addr->default_server == cscf) {
            return addr;
        }

        first = first ? first : addr;
    }

    return first;
}


static void
ngx_http_finance_watch_stop(void *data)
{
    ngx_http_finance_watch_t  *watch = data;

    ngx_http_finance_round_stop(watch);
    ngx_http_finance_watch_unask(watch);

    if (watch->ask.timer_set) {
        ngx_del_timer(&watch->ask);
    }

    if (watch->next.timer_set) {
        ngx_del_timer(&watch->next);
    }
}


static void
ngx_http_finance_watch_tick(ngx_event_t *ev)
{
    ngx_msec_t                 pause;
    ngx_http_finance_watch_t  *watch = ev->data;

    if (ngx_exiting) {
        /* clients keep this worker: another one may lead at once */
        ngx_http_finance_watch_resign(watch);
        return;
    }

    if (watch->leads && !ngx_http_finance_watch_leads(watch)) {
        ngx_http_finance_watch_lose(watch, "the lease could not be renewed");
    }

    if (watch->pool == NULL) {
        ngx_http_finance_watch_ask(watch);
    }

    pause = NGX_HTTP_FINANCE_WATCH_ASK;

    if (!watch->leads) {
        pause += ngx_http_finance_watch_random(NGX_HTTP_FINANCE_WATCH_SPREAD);
    }

    ngx_add_timer(ev, pause);
}


static void
ngx_http_finance_watch_ask(ngx_http_finance_watch_t *watch)
{
    ngx_log_t  *log;

    log = ngx_cycle->log;

    watch->pool = ngx_create_pool(1024, log);
    if (watch->pool == NULL) {
        return;
    }

    watch->asked = ngx_current_msec;

    ngx_http_finance_task_init(&watch->task, NULL, log,
                               ngx_http_finance_watch_answered, watch, 0);
    ngx_http_finance_redis_batch_init(&watch->redis, watch->pool);

    if (ngx_http_finance_watch_add(watch, &watch->redis,
                                   &ngx_http_finance_watch_ask_script)
        != NGX_OK)
    {
        ngx_http_finance_watch_unask(watch);
        return;
    }

    ngx_http_finance_redis_start(&watch->redis, &watch->task,
                                 watch->conf->redis);
}


static ngx_int_t
ngx_http_finance_watch_add(ngx_http_finance_watch_t *watch,
    ngx_http_finance_redis_batch_t *batch, ngx_str_t *script)
{
    u_char     ttl[NGX_INT_T_LEN];
    ngx_str_t  argv[6];

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = *script;
    ngx_str_set(&argv[2], "1");
    ngx_str_set(&argv[3], NGX_HTTP_FINANCE_WATCH_LOCK);
    argv[4].data = (u_char *) watch->token;
    argv[4].len = FIN_UUID_LEN;
    argv[5].data = ttl;
    argv[5].len = ngx_sprintf(ttl, "%d", NGX_HTTP_FINANCE_WATCH_LEASE) - ttl;

    return ngx_http_finance_redis_add(batch, 6, argv);
}


/* no answer: until the lease has run out it is ours */

static void
ngx_http_finance_watch_answered(ngx_http_finance_task_t *task)
{
    int64_t                          held;
    ngx_http_finance_watch_t        *watch;
    ngx_http_finance_redis_reply_t  *r;

    watch = task->data;

    if (ngx_http_finance_op_running(&watch->redis.op)) {
        return;
    }

    held = -1;

    if (watch->redis.op.status == FIN_OK) {
        r = &watch->redis.reply[0];

        if (r->type == NGX_HTTP_FINANCE_REDIS_INTEGER) {
            held = r->integer;
        }
    }

    ngx_http_finance_watch_unask(watch);

    if (held == 0 && watch->leads) {
        ngx_http_finance_watch_lose(watch, "another one does");
    }

    if (held != 1) {
        return;
    }

    if (ngx_exiting) {
        watch->leads = 1;
        ngx_http_finance_watch_resign(watch);
        return;
    }

    watch->until = watch->asked + NGX_HTTP_FINANCE_WATCH_LEASE;
    ngx_http_finance_watch_lead(watch);
}


static void
ngx_http_finance_watch_unask(ngx_http_finance_watch_t *watch)
{
    if (watch->pool) {
        ngx_http_finance_task_end(&watch->task);
        ngx_destroy_pool(watch->pool);
        watch->pool = NULL;
    }
}


static void
ngx_http_finance_watch_resign(ngx_http_finance_watch_t *watch)
{
    ngx_pool_t                      *pool;
    ngx_http_finance_redis_batch_t   batch;

    if (!watch->leads) {
        return;
    }

    watch->leads = 0;
    ngx_http_finance_round_stop(watch);

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    ngx_http_finance_redis_batch_init(&batch, pool);

    if (ngx_http_finance_watch_add(watch, &batch,
                                   &ngx_http_finance_watch_free_script)
        == NGX_OK)
    {
        ngx_http_finance_redis_forget(&batch, watch->conf->redis,
                                      ngx_cycle->log);
    }

    ngx_destroy_pool(pool);
}


static void
ngx_http_finance_watch_lead(ngx_http_finance_watch_t *watch)
{
    if (!watch->leads) {
        watch->leads = 1;

        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "finance: this worker refreshes what is watched");
    }

    /* one that came due while nobody was sure was left out */

    if (watch->round == NULL && !watch->next.timer_set) {
        ngx_add_timer(&watch->next, 1);
    }
}


static void
ngx_http_finance_watch_lose(ngx_http_finance_watch_t *watch, const char *why)
{
    watch->leads = 0;

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "finance: this worker no longer refreshes what is watched: "
                  "%s", why);

    if (watch->next.timer_set) {
        ngx_del_timer(&watch->next);
    }

    ngx_http_finance_round_stop(watch);
}


ngx_uint_t
ngx_http_finance_watch_leads(ngx_http_finance_watch_t *watch)
{
    return watch->leads
           && (ngx_msec_int_t) (watch->until - ngx_current_msec) > 0;
}


static void
ngx_http_finance_watch_round(ngx_event_t *ev)
{
    ngx_http_finance_watch_t  *watch = ev->data;

    if (!ngx_exiting && watch->round == NULL
        && ngx_http_finance_watch_leads(watch))
    {
        ngx_http_finance_round_start(watch);
    }
}


void
ngx_http_finance_watch_rest(ngx_http_finance_watch_t *watch,
    ngx_msec_t began, time_t retry_after)
{
    ngx_msec_t  pause, gone;

    if (!watch->leads || ngx_exiting) {
        return;
    }

    pause = watch->interval - ngx_http_finance_watch_random(watch->jitter);
    gone = ngx_current_msec - began;
    pause = pause > gone ? pause - gone : 1;

    if (retry_after > 0) {
        retry_after = ngx_min(retry_after, NGX_HTTP_FINANCE_WATCH_AFTER);
        pause = ngx_max(pause, (ngx_msec_t) retry_after * 1000);
    }

    ngx_add_timer(&watch->next, pause);
}


static ngx_msec_t
ngx_http_finance_watch_random(ngx_msec_t most)
{
    return (ngx_msec_t) ngx_random() % (most + 1);
}


void
ngx_http_finance_watch_out(fin_out_t *out, ngx_http_finance_loc_conf_t *conf)
{
    ngx_http_finance_watch_t  *watch;

    watch = conf->watch;

    fin_out_key(out, "refresh");
    fin_out_object(out);

    if (watch == NULL || watch->token[0] == '\0') {
        fin_out_kstring(out, "role", "off");

    } else {
        fin_out_kstring(out, "role", ngx_http_finance_watch_leads(watch)
                                     ? "leader" : "standby");
    }

    fin_out_object_end(out);
}

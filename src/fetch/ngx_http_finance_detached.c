/* A request without a client: see the header. */


#include "ngx_http_finance_detached.h"


typedef struct {
    ngx_http_log_ctx_t                 http;    /* first: nginx's own context */
    ngx_http_finance_detached_log_pt   handler;
    void                              *data;
} ngx_http_finance_detached_log_t;


static ngx_connection_t *ngx_http_finance_detached_connection(ngx_log_t *log);
static ngx_int_t ngx_http_finance_detached_log(ngx_connection_t *c);
static ngx_int_t ngx_http_finance_detached_addr(ngx_connection_t *c,
    const ngx_http_finance_place_t *place);
static ngx_http_request_t *ngx_http_finance_detached_request(
    ngx_connection_t *c, const ngx_http_finance_place_t *place);
static u_char *ngx_http_finance_detached_log_error(ngx_log_t *log,
    u_char *buf, size_t len);
static void ngx_http_finance_detached_event(ngx_event_t *ev);
static void ngx_http_finance_detached_turn(ngx_event_t *ev);
static void ngx_http_finance_detached_cleanup(void *data);
static void ngx_http_finance_detached_writer(ngx_http_request_t *r);


/* this worker's: there is another turn soon */
static ngx_event_t  ngx_http_finance_detached_next;


void
ngx_http_finance_detached_place(ngx_http_request_t *r,
    ngx_http_finance_place_t *place)
{
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    place->loc_conf = r->loc_conf;
    place->ctx = cscf->ctx;
    place->addr_conf = r->http_connection->addr_conf;
    place->listening = r->connection->listening;
}


ngx_http_request_t *
ngx_http_finance_detached_create(const ngx_http_finance_place_t *place)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    c = ngx_http_finance_detached_connection(ngx_cycle->log);
    if (c == NULL) {
        return NULL;
    }

    if (ngx_http_finance_detached_log(c) != NGX_OK
        || ngx_http_finance_detached_addr(c, place) != NGX_OK)
    {
        goto failed;
    }

    r = ngx_http_finance_detached_request(c, place);
    if (r == NULL) {
        goto failed;
    }

    return r;

failed:

    c->read->active = 0;
    c->write->active = 0;

    ngx_http_close_connection(c);

    return NULL;
}


void
ngx_http_finance_detached_name(ngx_http_request_t *r,
    ngx_http_finance_detached_log_pt handler, void *data)
{
    ngx_http_finance_detached_log_t  *ctx;

    ctx = r->connection->log->data;

    ctx->handler = handler;
    ctx->data = data;
}


void
ngx_http_finance_detached_close(ngx_http_request_t *r)
{
    ngx_connection_t  *c;

    c = r->connection;

    if (r->count == 1) {
        ngx_http_free_request(r, 0);
        ngx_http_close_connection(c);
        return;
    }

    /* subrequests are running: nginx's way of ending a request under way */

    r->post_action = 1;
    r->uri_changes = 0;

    ngx_http_finalize_request(r, NGX_ERROR);
}


static ngx_connection_t *
ngx_http_finance_detached_connection(ngx_log_t *log)
{
    ngx_socket_t       s;
    ngx_connection_t  *c;

    s = ngx_socket(AF_UNIX, SOCK_STREAM, 0);
    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_CRIT, log, ngx_socket_errno,
                      "finance: " ngx_socket_n " for a job failed");
        return NULL;
    }

    c = ngx_get_connection(s, log);
    if (c == NULL) {
        /* "worker_connections are not enough" was logged */
        if (ngx_close_socket(s) == -1) {
            ngx_log_error(NGX_LOG_ALERT, log, ngx_socket_errno,
                          ngx_close_socket_n " failed");
        }

        return NULL;
    }

#if (NGX_STAT_STUB)
    (void) ngx_atomic_fetch_add(ngx_stat_active, 1);
#endif

    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->start_time = ngx_current_msec;
    c->type = SOCK_STREAM;
    c->tcp_nodelay = NGX_TCP_NODELAY_DISABLED;
    c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;

    /* as if it were in the event method already: so it never gets there */

    c->read->active = 1;
    c->write->active = 1;
    c->write->ready = 1;

    c->read->handler = ngx_http_finance_detached_event;
    c->write->handler = ngx_http_finance_detached_event;

    c->pool = ngx_create_pool(1024, log);
    if (c->pool == NULL) {
        c->read->active = 0;
        c->write->active = 0;
        ngx_close_connection(c);

#if (NGX_STAT_STUB)
        (void) ngx_atomic_fetch_add(ngx_stat_active, -1);
#endif
        return NULL;
    }

    return c;
}


static ngx_int_t
ngx_http_finance_detached_log(ngx_connection_t *c)
{
    ngx_log_t                        *log;
    ngx_http_finance_detached_log_t  *ctx;

    log = ngx_palloc(c->pool, sizeof(ngx_log_t));
    ctx = ngx_pcalloc(c->pool, sizeof(ngx_http_finance_detached_log_t));

    if (log == NULL || ctx == NULL) {
        return NGX_ERROR;
    }

    *log = ngx_cycle->new_log;

    ctx->http.connection = c;

    log->connection = c->number;
    log->handler = ngx_http_finance_detached_log_error;
    log->data = ctx;
    log->action = NULL;

    c->log = log;
    c->read->log = log;
    c->write->log = log;
    c->pool->log = log;

    return NGX_OK;
}


/* variables such as $remote_addr and $server_addr look at these */

static ngx_int_t
ngx_http_finance_detached_addr(ngx_connection_t *c,
    const ngx_http_finance_place_t *place)
{
    struct sockaddr_in  *sin;

    sin = ngx_pcalloc(c->pool, sizeof(struct sockaddr_in));
    if (sin == NULL) {
        return NGX_ERROR;
    }

    sin->sin_family = AF_INET;
    sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    c->sockaddr = (struct sockaddr *) sin;
    c->socklen = sizeof(struct sockaddr_in);
    c->local_sockaddr = c->sockaddr;
    c->local_socklen = c->socklen;
    ngx_str_set(&c->addr_text, "127.0.0.1");

    /* the listening socket outlives the cycle's connections */
    c->listening = place->listening;

    return NGX_OK;
}


static ngx_http_request_t *
ngx_http_finance_detached_request(ngx_connection_t *c,
    const ngx_http_finance_place_t *place)
{
    ngx_http_cleanup_t     *cln;
    ngx_http_request_t     *r;
    ngx_http_connection_t  *hc;

    hc = ngx_pcalloc(c->pool, sizeof(ngx_http_connection_t));
    if (hc == NULL) {
        return NULL;
    }

    hc->conf_ctx = place->ctx;
    hc->addr_conf = place->addr_conf;

    c->data = hc;

    r = ngx_http_create_request(c);
    if (r == NULL) {
        return NULL;
    }

    c->data = r;
    c->destroyed = 0;

    r->loc_conf = place->loc_conf;
    r->logged = 1;                  /* never in the access log */
    r->method = NGX_HTTP_GET;
    r->method_name = ngx_http_core_get_method;
    r->http_version = NGX_HTTP_VERSION_11;
    ngx_str_set(&r->http_protocol, "HTTP/1.1");
    ngx_str_set(&r->request_line, "GET / HTTP/1.1");
    ngx_str_set(&r->uri, "/");
    r->unparsed_uri = r->uri;

    r->read_event_handler = ngx_http_finance_detached_writer;
    r->write_event_handler = ngx_http_finance_detached_writer;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 1,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        goto failed;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        goto failed;
    }

    cln->handler = ngx_http_finance_detached_cleanup;
    cln->data = c;

    return r;

failed:

    ngx_http_free_request(r, 0);

    return NULL;
}


static u_char *
ngx_http_finance_detached_log_error(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char                           *p;
    ngx_http_request_t               *r;
    ngx_http_finance_detached_log_t  *ctx;

    ctx = log->data;

    if (log->action) {
        p = ngx_snprintf(buf, len, " while %s", log->action);
        len -= p - buf;
        buf = p;
    }

    if (ctx->handler) {
        p = ctx->handler(ctx->data, buf, len);
        len -= p - buf;
        buf = p;
    }

    r = ctx->http.request;

    if (r) {
        buf = r->log_handler(r, ctx->http.current_request, buf, len);
    }

    return buf;
}


/*
 * No event of this connection is polled: this is nginx closing it, between two
 * turns of the event loop.  What is posted meanwhile must not wait for the next
 * event or timer: a worker that quits would.
 */

static void
ngx_http_finance_detached_event(ngx_event_t *ev)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    c = ev->data;
    r = c->data;

    if (c->close && !c->destroyed) {
        ngx_http_finance_detached_close(r);

        if (!c->destroyed) {
            ngx_http_run_posted_requests(c);
        }

        ngx_http_finance_detached_next.handler = ngx_http_finance_detached_turn;
        ngx_http_finance_detached_next.log = ngx_cycle->log;
        ngx_post_event(&ngx_http_finance_detached_next,
                       &ngx_posted_next_events);
    }
}


static void
ngx_http_finance_detached_turn(ngx_event_t *ev)
{
    ngx_log_debug0(NGX_LOG_DEBUG_EVENT, ngx_cycle->log, 0,
                   "finance detached: next turn");
}


static void
ngx_http_finance_detached_cleanup(void *data)
{
    ngx_connection_t  *c = data;

    c->read->active = 0;
    c->write->active = 0;
}


static void
ngx_http_finance_detached_writer(ngx_http_request_t *r)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "finance detached request event");
}

/* A hiredis context on nginx's events: see the header. */


#include "ngx_http_finance_redis_adapter.h"
#include "../stat/ngx_http_finance_stat.h"


/* One recv when a reply is incomplete after hiredis' own 16 KB. */
#define NGX_HTTP_FINANCE_REDIS_RECV       (128 * 1024)
/* So many of them a turn. */
#define NGX_HTTP_FINANCE_REDIS_RECVS      4
/* A reply that is buffered whole has to fit. */
#define NGX_HTTP_FINANCE_REDIS_REPLY_MAX  (64 * 1024 * 1024)


static void ngx_http_finance_redis_adapter_read(ngx_event_t *rev);
static void ngx_http_finance_redis_adapter_read_more(
    ngx_http_finance_redis_adapter_t *io);
static void ngx_http_finance_redis_adapter_write(ngx_event_t *wev);
static void ngx_http_finance_redis_adapter_flush(ngx_event_t *ev);
static void ngx_http_finance_redis_adapter_send(
    ngx_http_finance_redis_adapter_t *io);
static void ngx_http_finance_redis_adapter_add_read(void *data);
static void ngx_http_finance_redis_adapter_del_read(void *data);
static void ngx_http_finance_redis_adapter_add_write(void *data);
static void ngx_http_finance_redis_adapter_del_write(void *data);
static void ngx_http_finance_redis_adapter_cleanup(void *data);


/* One a worker: what is read into it is fed to hiredis at once. */
static char  ngx_http_finance_redis_buffer[NGX_HTTP_FINANCE_REDIS_RECV];


ngx_int_t
ngx_http_finance_redis_adapter_attach(ngx_http_finance_redis_adapter_t *io,
    redisAsyncContext *ac, ngx_log_t *log)
{
    ngx_connection_t  *c;

    c = ngx_get_connection(ac->c.fd, log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->data = io;
    c->log = log;
    c->type = SOCK_STREAM;
    c->log_error = NGX_ERROR_ERR;
    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->start_time = ngx_current_msec;

    /* at exit nginx asks us by the read handler, which knows what is idle */
    c->idle = 1;

    c->read->handler = ngx_http_finance_redis_adapter_read;
    c->read->log = log;
    c->write->handler = ngx_http_finance_redis_adapter_write;
    c->write->log = log;

    ngx_memzero(&io->flush, sizeof(ngx_event_t));
    io->flush.handler = ngx_http_finance_redis_adapter_flush;
    io->flush.data = io;
    io->flush.log = log;

    io->ac = ac;
    io->c = c;
    io->error = NULL;
    io->heard = ngx_current_msec;
    io->writing = 0;

    ac->ev.data = io;
    ac->ev.addRead = ngx_http_finance_redis_adapter_add_read;
    ac->ev.delRead = ngx_http_finance_redis_adapter_del_read;
    ac->ev.addWrite = ngx_http_finance_redis_adapter_add_write;
    ac->ev.delWrite = ngx_http_finance_redis_adapter_del_write;
    ac->ev.cleanup = ngx_http_finance_redis_adapter_cleanup;

    return NGX_OK;
}


static void
ngx_http_finance_redis_adapter_read(ngx_event_t *rev)
{
    ngx_connection_t                  *c = rev->data;
    ngx_http_finance_redis_adapter_t  *io = c->data;

    uint64_t  began;

    if (c->close) {
        /*
         * Nothing is read now: nginx may exit before posted events run, and
         * ops that complete here would take their timers away.
         */
        c->close = 0;
        io->shutdown(io, c->error);
        return;
    }

    began = ngx_http_finance_hold_begin();
    io->heard = ngx_current_msec;

    redisAsyncHandleRead(io->ac);

    if (io->ac) {
        ngx_http_finance_redis_adapter_read_more(io);
    }

    ngx_http_finance_hold_end(began);
}


/*
 * hiredis reads 16 KB a call.  While that leaves a reply incomplete, larger
 * pieces are fed to its reader before each further call, which then finds the
 * callbacks to run; the rest of the bytes stays in the socket for the next
 * turn.  The end of the stream and errors are left to hiredis' own read.
 */
static void
ngx_http_finance_redis_adapter_read_more(ngx_http_finance_redis_adapter_t *io)
{
    ssize_t       n;
    ngx_uint_t    i;
    redisReader  *reader;

    for (i = 0; i < NGX_HTTP_FINANCE_REDIS_RECVS; i++) {

        reader = io->ac->c.reader;

        if (reader->ridx < 0 || reader->err) {
            return;
        }

        if (reader->len > NGX_HTTP_FINANCE_REDIS_REPLY_MAX) {
            io->error = "its reply is too large";
            redisAsyncFree(io->ac);
            return;
        }

        n = recv(io->c->fd, ngx_http_finance_redis_buffer,
                 NGX_HTTP_FINANCE_REDIS_RECV, 0);

        if (n == -1 && (ngx_socket_errno == NGX_EAGAIN
                        || ngx_socket_errno == NGX_EINTR))
        {
            return;
        }

        if (n > 0) {
            /* an error stays in the reader and is found below */
            (void) redisReaderFeed(reader, ngx_http_finance_redis_buffer,
                                   (size_t) n);
        }

        redisAsyncHandleRead(io->ac);

        if (io->ac == NULL) {
            return;
        }
    }
}


static void
ngx_http_finance_redis_adapter_write(ngx_event_t *wev)
{
    ngx_connection_t  *c = wev->data;

    ngx_http_finance_redis_adapter_send(c->data);
}


static void
ngx_http_finance_redis_adapter_flush(ngx_event_t *ev)
{
    ngx_http_finance_redis_adapter_send(ev->data);
}


static void
ngx_http_finance_redis_adapter_send(ngx_http_finance_redis_adapter_t *io)
{
    io->writing = 1;

    redisAsyncHandleWrite(io->ac);

    io->writing = 0;
}


static void
ngx_http_finance_redis_adapter_add_read(void *data)
{
    ngx_http_finance_redis_adapter_t  *io = data;

    if (io && io->c && !io->c->read->active) {
        (void) ngx_add_event(io->c->read, NGX_READ_EVENT, NGX_LEVEL_EVENT);
    }
}


static void
ngx_http_finance_redis_adapter_del_read(void *data)
{
    ngx_http_finance_redis_adapter_t  *io = data;

    if (io && io->c && io->c->read->active) {
        (void) ngx_del_event(io->c->read, NGX_READ_EVENT, NGX_LEVEL_EVENT);
    }
}


static void
ngx_http_finance_redis_adapter_add_write(void *data)
{
    ngx_http_finance_redis_adapter_t  *io = data;

    if (io == NULL || io->c == NULL || io->c->write->active) {
        return;
    }

    if (io->writing || !(io->ac->c.flags & REDIS_CONNECTED)) {
        (void) ngx_add_event(io->c->write, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
        return;
    }

    ngx_post_event(&io->flush, &ngx_posted_events);
}


static void
ngx_http_finance_redis_adapter_del_write(void *data)
{
    ngx_http_finance_redis_adapter_t  *io = data;

    if (io && io->c && io->c->write->active) {
        (void) ngx_del_event(io->c->write, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
    }
}


static void
ngx_http_finance_redis_adapter_cleanup(void *data)
{
    ngx_connection_t                  *c;
    redisAsyncContext                 *ac;
    ngx_http_finance_redis_adapter_t  *io = data;

    if (io == NULL || io->ac == NULL) {
        return;
    }

    c = io->c;
    ac = io->ac;

    io->c = NULL;
    io->ac = NULL;

    if (io->flush.posted) {
        ngx_delete_posted_event(&io->flush);
    }

    /* nginx closes the socket; hiredis would do it a second time, when the
     * number may be another connection's already */
    ac->ev.data = NULL;
    ac->c.fd = -1;

    ngx_close_connection(c);

    io->closed(io, ac->c.err ? ac->c.errstr : io->error);
}

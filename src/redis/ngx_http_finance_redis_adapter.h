/*
 * A hiredis context on nginx's events.
 *
 * What is written in one turn of the event loop goes out in one write at the
 * turn's end, and a write event exists only while the socket takes no more.
 * The read event is level-triggered: a handler may leave bytes in the socket.
 *
 * The context belongs to hiredis, which may free it in any redisAsync call made
 * from an event: then closed() has been called and ac is NULL.  The adapter is
 * the owner's and outlives every context.
 */

#ifndef _NGX_HTTP_FINANCE_REDIS_ADAPTER_H_INCLUDED_
#define _NGX_HTTP_FINANCE_REDIS_ADAPTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include <hiredis/hiredis.h>
#include <hiredis/async.h>


/* What the parser calls createArray with. */
#if (HIREDIS_MAJOR >= 1)
typedef size_t  ngx_http_finance_redis_elements_t;
#else
typedef int     ngx_http_finance_redis_elements_t;
#endif


typedef struct ngx_http_finance_redis_adapter_s
    ngx_http_finance_redis_adapter_t;

struct ngx_http_finance_redis_adapter_s {
    redisAsyncContext   *ac;            /* NULL when closed */
    ngx_connection_t    *c;
    ngx_event_t          flush;         /* posted while bytes wait */
    ngx_msec_t           heard;         /* when bytes came last */

    /*
     * The context is gone, its replies have been given up before; error is
     * a text or NULL.  Not the place for a new connection: hiredis is
     * still on the stack.
     */
    void               (*closed)(ngx_http_finance_redis_adapter_t *io,
                                 const char *error);

    /* nginx wants it closed: when that is convenient, or by force. */
    void               (*shutdown)(ngx_http_finance_redis_adapter_t *io,
                                   ngx_uint_t force);

    const char          *error;         /* ours, where hiredis has none */
    unsigned             writing:1;     /* inside redisAsyncHandleWrite */
};


/*
 * Takes the context, connecting or connected.  NGX_ERROR: no free connection
 * in nginx, the context is still the caller's.
 */
ngx_int_t ngx_http_finance_redis_adapter_attach(
    ngx_http_finance_redis_adapter_t *io, redisAsyncContext *ac,
    ngx_log_t *log);


#endif /* _NGX_HTTP_FINANCE_REDIS_ADAPTER_H_INCLUDED_ */

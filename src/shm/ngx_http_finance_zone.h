/*
 * finance_zone: memory that the workers share.  What is in it, who may touch
 * it when, and what happens when a worker dies while it does.
 *
 * It outlives reloads: a zone of the same name, size and layout is taken over
 * by the new workers while the old ones still use it.  So nothing in it points
 * to a cycle's memory, and it is never made anew, only added to.
 *
 * All is done under the slab pool's mutex, which the master unlocks when a
 * worker dies with it.  A structure that is being changed carries a mark; one
 * that is found with its mark was left half changed, and is begun anew: a
 * window as full as it can be, the callers and the flights as none.
 */

#ifndef _NGX_HTTP_FINANCE_ZONE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "../core/fin_callers.h"
#include "../core/fin_flights.h"
#include "../core/fin_window.h"


/* To be raised with any change of what is shared: zones of another layout are
 * not taken over. */
#define NGX_HTTP_FINANCE_ZONE_LAYOUT  2

#define NGX_HTTP_FINANCE_ZONE_MIN     (16 * ngx_pagesize)


/* At pool->data, in the zone itself. */
typedef struct {
    uint32_t                     magic;
    uint32_t                     layout;
    uint32_t                     size;          /* of this */
    uint32_t                     unused;

    uint64_t                     seed;          /* of the callers' hashes */

    fin_window_t                *window;        /* NULL: not needed so far */
    fin_callers_t               *callers;
    size_t                       callers_bytes;
    fin_flights_t               *flights;
    size_t                       flights_bytes;

    volatile uint32_t            window_mark;
    volatile uint32_t            callers_mark;
    volatile uint32_t            flights_mark;

    /* goes on whenever one that is followed has ended: read without a lock */
    volatile uint32_t            flights_ended;
} ngx_http_finance_shared_t;


/* The directive's, in the cycle's memory. */
typedef struct {
    ngx_str_t                    name;          /* as written */
    size_t                       size;
    ngx_uint_t                   starts;        /* that the window has to
                                                   remember; 0: no window */
    unsigned                     limits:1;      /* callers are counted */

    ngx_slab_pool_t             *pool;
    ngx_http_finance_shared_t   *sh;

    /* this worker's */
    const char                  *renewed;       /* to be logged */
    time_t                       full_told;
} ngx_http_finance_zone_t;


/* From the directive; NULL: logged.  tag is the module. */
ngx_http_finance_zone_t *ngx_http_finance_zone_add(ngx_conf_t *cf,
    ngx_str_t *name, size_t size, void *tag);

/* Whether a window for so many starts leaves half of the zone to others. */
ngx_uint_t ngx_http_finance_zone_fits(ngx_http_finance_zone_t *zone,
    ngx_uint_t starts);

/*
 * The window, locked: to be given back by done(), with nothing in between that
 * waits or logs.  Only where starts is set.
 */
fin_window_t *ngx_http_finance_zone_window(ngx_http_finance_zone_t *zone);
void ngx_http_finance_zone_window_done(ngx_http_finance_zone_t *zone);

/* The same for the callers; NULL, and nothing is locked: the zone was too
 * small for any. */
fin_callers_t *ngx_http_finance_zone_callers(ngx_http_finance_zone_t *zone);
void ngx_http_finance_zone_callers_done(ngx_http_finance_zone_t *zone);

/* And for the flights. */
fin_flights_t *ngx_http_finance_zone_flights(ngx_http_finance_zone_t *zone);
void ngx_http_finance_zone_flights_done(ngx_http_finance_zone_t *zone);

/* Logs that it is full, once a minute. */
void ngx_http_finance_zone_full(ngx_http_finance_zone_t *zone,
    const char *what);

/*
 * Now, ns on the clock that all processes of the machine share and that never
 * goes back: not the time of this turn of the event loop, which may be old.
 */
int64_t ngx_http_finance_zone_now(void);


#endif /* _NGX_HTTP_FINANCE_ZONE_H_INCLUDED_ */

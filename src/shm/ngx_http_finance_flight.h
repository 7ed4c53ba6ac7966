/*
 * One fetch for the workers of one nginx: flights (core/fin_flights.h) in the
 * zone.  Who leads one says so again from time to time, so that one that hangs
 * is followed soon; one whose process is gone, at once.
 */

#ifndef _NGX_HTTP_FINANCE_FLIGHT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_FLIGHT_H_INCLUDED_


#include "ngx_http_finance_zone.h"


/* One job's, in this worker's memory. */
typedef struct {
    u_char       key[FIN_FLIGHT_KEY];
    uint64_t     id;            /* of who asks; nobody else's on this host */
    uint64_t     leader;        /* who is followed; 0: nobody */
    unsigned     leads:1;
} ngx_http_finance_flight_t;


typedef enum {
    NGX_HTTP_FINANCE_FLIGHT_LEADS = 0,  /* the asker, from now on */
    NGX_HTTP_FINANCE_FLIGHT_FOLLOWS,    /* another one leads */
    NGX_HTTP_FINANCE_FLIGHT_ENDED,      /* the one that was followed has */
    NGX_HTTP_FINANCE_FLIGHT_ALONE       /* there is no room: nobody knows */
} ngx_http_finance_flight_state_e;

typedef struct {
    ngx_http_finance_flight_state_e   state;
    int                               status;       /* ENDED: how, */
    time_t                            retry_after;  /* as it was given */
    ngx_str_t                         value;        /* LEADS, ENDED: what is
                                                       kept, malloc'ed;
                                                       len 0: nothing */
} ngx_http_finance_flight_answer_t;


/*
 * Whose flight it is: the key of a value in the Redis of that url.  seq is the
 * asker's, in this worker.
 */
void ngx_http_finance_flight_init(ngx_http_finance_flight_t *flight,
    ngx_str_t *url, ngx_str_t *key, uint64_t seq);

/*
 * Asks who leads: the asker, for so many ms from now, or someone whom it
 * follows.  waits: somebody waits for it, it is no background work.
 */
void ngx_http_finance_flight_ask(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight, ngx_msec_t time, ngx_uint_t waits,
    ngx_http_finance_flight_answer_t *answer);

/* It still leads, for so many ms from now. */
void ngx_http_finance_flight_renew(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight, ngx_msec_t time);

/* Whether somebody waits for what it leads. */
ngx_uint_t ngx_http_finance_flight_awaited(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight);

/*
 * It leads no more, having ended with status.  What it brought, value, is kept
 * for those who follow it, and with keep for those who come, too.  NULL: what
 * was kept before stays.
 */
void ngx_http_finance_flight_end(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight, int status, time_t retry_after,
    ngx_str_t *value, ngx_uint_t keep);

/* A copy of what is kept, malloc'ed; len 0: nothing. */
void ngx_http_finance_flight_value(ngx_http_finance_zone_t *zone,
    ngx_str_t *url, ngx_str_t *key, ngx_str_t *value);

/* Changes whenever one that is followed has ended; no lock is taken. */
#define ngx_http_finance_flight_changes(zone)  ((zone)->sh->flights_ended)


#endif /* _NGX_HTTP_FINANCE_FLIGHT_H_INCLUDED_ */

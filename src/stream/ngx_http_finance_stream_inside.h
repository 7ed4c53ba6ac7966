/*
 * The parts of streams, for the files that make them.
 *
 *     hub        a location's in this worker, while it has streams
 *     audience   the streams of one owner, and what it has to know of that
 *     notice     an event: made once, referenced by who is to get it
 *     stream     one client
 *
 * All work is done by the hub's turn, an event that is posted: for a moment
 * only, the rest in another turn.  So nothing is freed under anybody's feet.
 */

#ifndef _NGX_HTTP_FINANCE_STREAM_INSIDE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STREAM_INSIDE_H_INCLUDED_


#include "../codec/fin_event_log.h"
#include "../fetch/ngx_http_finance_detached.h"
#include "../redis/ngx_http_finance_redis_events.h"
#include "../service/ngx_http_finance_portfolio.h"
#include "../stat/ngx_http_finance_stat.h"
#include "ngx_http_finance_stream.h"


/* Of the heartbeats: each stream is in one of them. */
#define NGX_HTTP_FINANCE_STREAM_SPOKES    64
/* Streams that are written to in one turn of the event loop. */
#define NGX_HTTP_FINANCE_STREAM_SLICE     64
/* Events that are being made at a time. */
#define NGX_HTTP_FINANCE_STREAM_BUILDS    16
/* Attempts at that, and the pause between them, ms. */
#define NGX_HTTP_FINANCE_STREAM_TRIES     5
#define NGX_HTTP_FINANCE_STREAM_AGAIN     500
/* Events that are kept for who comes back, of each audience, and shared. */
#define NGX_HTTP_FINANCE_STREAM_RECENT    16
#define NGX_HTTP_FINANCE_STREAM_SHARED    64
/* Who has missed more is to load afresh. */
#define NGX_HTTP_FINANCE_STREAM_MISSED    256
/* What may wait for a client that does not read: events, bytes. */
#define NGX_HTTP_FINANCE_STREAM_WAITING   512
#define NGX_HTTP_FINANCE_STREAM_BYTES     (256 * 1024)


typedef struct ngx_http_finance_hub_s       ngx_http_finance_hub_t;
typedef struct ngx_http_finance_audience_s  ngx_http_finance_audience_t;
typedef struct ngx_http_finance_notice_s    ngx_http_finance_notice_t;
typedef struct ngx_http_finance_stream_s    ngx_http_finance_stream_t;
typedef struct ngx_http_finance_due_s       ngx_http_finance_due_t;


/* Notices that may be asked for again, the newest last; each is referenced. */
typedef struct {
    ngx_queue_t                   queue;
    ngx_uint_t                    n;
    ngx_uint_t                    max;
} ngx_http_finance_recent_t;


struct ngx_http_finance_hub_s {
    ngx_queue_t                    queue;       /* of the worker's */
    ngx_http_finance_loc_conf_t   *conf;
    ngx_http_finance_place_t       place;
    ngx_log_t                     *log;         /* the cycle's */
    ngx_rbtree_t                   tree;        /* audiences by owner */
    ngx_rbtree_node_t              sentinel;
    ngx_queue_t                    audiences;
    ngx_uint_t                     streams;
    ngx_msec_t                     left;        /* the last one was there */
    ngx_queue_t                    work;        /* streams to be looked at */
    ngx_queue_t                    todo;        /* notices to be made */
    ngx_uint_t                     building;
    ngx_http_finance_recent_t      shared;
    ngx_event_t                    turn;        /* posted */
    ngx_event_t                    tick;        /* the heart, and all waits */
    ngx_queue_t                    spoke[NGX_HTTP_FINANCE_STREAM_SPOKES];
    ngx_msec_t                     beat;        /* the next one, */
    ngx_uint_t                     hand;        /* and its spoke, */
    ngx_uint_t                     next;        /* and a new stream's */
    unsigned                       more:1;      /* entries came */
    unsigned                       away:1;      /* they cannot be read */
    unsigned                       gap:1;       /* some are lost */
};


/* A position that the owner has. */
typedef struct {
    char                           id[FIN_UUID_LEN + 1];
    char                           ticker[FIN_TICKER_MAX + 1];
} ngx_http_finance_held_t;


struct ngx_http_finance_audience_s {
    ngx_str_node_t                 node;        /* the owner */
    ngx_queue_t                    queue;
    ngx_http_finance_hub_t        *hub;
    ngx_queue_t                    streams;
    ngx_uint_t                     n;           /* of them, */
    ngx_uint_t                     n_open;      /* and of those open */
    ngx_uint_t                     refs;        /* they, and notices */
    ngx_msec_t                     seen;        /* the owner was, last */
    uint64_t                       next;        /* the first entry that was not
                                                   looked at */
    ngx_http_finance_notice_t     *loading;     /* until that is made, what the
                                                   owner has is not known */
    ngx_http_finance_recent_t      recent;
    uint64_t                      *watched;     /* hashes of tickers */
    ngx_uint_t                     n_watched;
    ngx_http_finance_held_t       *held;
    ngx_uint_t                     n_held;
    uint64_t                       hash;        /* of the watchlist */
    unsigned                       known:1;     /* what the owner has */
    unsigned                       resumed:1;   /* some came back */
    unsigned                       same:1;      /* the watchlist is what it
                                                   was before */
};


typedef enum {
    NGX_HTTP_FINANCE_NOTICE_TODO = 0,
    NGX_HTTP_FINANCE_NOTICE_BUILDING,
    NGX_HTTP_FINANCE_NOTICE_READY               /* without bytes: nothing */
} ngx_http_finance_notice_state_e;


struct ngx_http_finance_notice_s {
    ngx_queue_t                        queue;   /* in a ..._recent_t */
    ngx_queue_t                        work;    /* in hub->todo */
    ngx_http_finance_hub_t            *hub;
    ngx_http_finance_audience_t       *audience;    /* NULL: shared by all */
    ngx_uint_t                         refs;
    ngx_http_finance_notice_state_e    state;
    fin_event_id_t                     id;
    fin_event_t                        event;   /* owner: see audience */
    ngx_uint_t                         tries;
    ngx_msec_t                         at;      /* the next attempt */
    ngx_http_request_t                *request; /* while it is made */
    ngx_str_t                          bytes;   /* malloc'ed */
    unsigned                           load:1;  /* no event: what the owner
                                                   has is read */
};


/* A notice that a stream has to be sent, and those after it. */
struct ngx_http_finance_due_s {
    ngx_http_finance_due_t         *next;
    ngx_http_finance_notice_t      *notice;
};


struct ngx_http_finance_stream_s {
    ngx_queue_t                     queue;      /* of the audience's */
    ngx_queue_t                     spoke;
    ngx_queue_t                     work;
    ngx_http_finance_call_t        *call;
    ngx_http_finance_audience_t    *audience;
    fin_event_id_t                  from;       /* the last event it has */
    ngx_http_finance_due_t         *due;        /* to be sent, */
    ngx_http_finance_due_t        **last;
    ngx_uint_t                      n;
    ngx_http_finance_due_t         *given;      /* and being sent */
    ngx_chain_t                    *free;
    ngx_chain_t                    *busy;
    ngx_msec_t                      since;      /* it came, or is to end */
    unsigned                        open:1;     /* gets what comes */
    unsigned                        begun:1;    /* headers are sent */
    unsigned                        resumes:1;  /* it had an id, */
    unsigned                        unknown:1;  /* which makes no sense */
    unsigned                        working:1;  /* in hub->work */
    unsigned                        end:1;      /* after what is due */
    unsigned                        drop:1;     /* at once */
    unsigned                        slow:1;     /* because it did not read */
};


/* The location's hub, made if need be; NULL: no memory. */
ngx_http_finance_hub_t *ngx_http_finance_hub_get(
    ngx_http_finance_call_t *call);

/* Posts a turn. */
void ngx_http_finance_hub_wake(ngx_http_finance_hub_t *hub);

/* Streams of this worker. */
extern ngx_uint_t  ngx_http_finance_streams;


/* NULL: the owner has no stream here. */
ngx_http_finance_audience_t *ngx_http_finance_audience_find(
    ngx_http_finance_hub_t *hub, ngx_str_t *owner);

/* The owner's audience, referenced; NULL: no memory. */
ngx_http_finance_audience_t *ngx_http_finance_audience_get(
    ngx_http_finance_hub_t *hub, ngx_str_t *owner);

void ngx_http_finance_audience_release(ngx_http_finance_audience_t *a);

/* Its last stream has gone: it is found no more. */
void ngx_http_finance_audience_leave(ngx_http_finance_audience_t *a);

/* Opens who waits, if it can be, and looks at what entries came. */
void ngx_http_finance_audience_run(ngx_http_finance_audience_t *a);

/* An entry for those who are open, or, when st is not NULL, for that one. */
void ngx_http_finance_audience_entry(ngx_http_finance_audience_t *a,
    const fin_event_entry_t *entry, ngx_http_finance_stream_t *st);

/* What the owner has: replies to HGETALL, which is taken, and ZRANGE.  NGX_OK
 * or NGX_ERROR (no memory). */
ngx_int_t ngx_http_finance_audience_know(ngx_http_finance_audience_t *a,
    ngx_http_finance_portfolio_t *p);

/* The ticker of a position it has, or NULL. */
const char *ngx_http_finance_audience_ticker(ngx_http_finance_audience_t *a,
    const char *id);

/* Ends its streams, or (waiting) only those that are not open yet: who is
 * open comes back, the others get a 503. */
void ngx_http_finance_audience_fail(ngx_http_finance_audience_t *a,
    ngx_uint_t waiting);


void ngx_http_finance_recent_init(ngx_http_finance_recent_t *recent,
    ngx_uint_t max);
void ngx_http_finance_recent_clear(ngx_http_finance_recent_t *recent);

/*
 * The notice of an entry, for audience or (NULL) for all: the one that is
 * there, or a new one, which will be made.  The caller's reference; NULL: no
 * memory.
 */
ngx_http_finance_notice_t *ngx_http_finance_notice_get(
    ngx_http_finance_hub_t *hub, ngx_http_finance_audience_t *audience,
    const fin_event_id_t *id, const fin_event_t *event);

/* Reads what the owner has; refs as above. */
ngx_http_finance_notice_t *ngx_http_finance_notice_load(
    ngx_http_finance_audience_t *audience);

/* One that is ready: what out holds, which is taken. */
ngx_http_finance_notice_t *ngx_http_finance_notice_made(
    ngx_http_finance_hub_t *hub, fin_out_t *out);

void ngx_http_finance_notice_release(ngx_http_finance_notice_t *notice);

/* Starts making what is to be made, as far as that may be. */
void ngx_http_finance_notice_run(ngx_http_finance_hub_t *hub);

/* Tells who waits for it. */
void ngx_http_finance_notice_ready(ngx_http_finance_notice_t *notice);


/* Makes a notice with a request of its own; NGX_OK, or NGX_ERROR: it has
 * failed at once. */
ngx_int_t ngx_http_finance_build_start(ngx_http_finance_notice_t *notice);

/* It was not made. */
void ngx_http_finance_notice_failed(ngx_http_finance_notice_t *notice);


/* The hub's turn is to look at it. */
void ngx_http_finance_stream_work(ngx_http_finance_stream_t *st);

/* One more for it; no memory: it is dropped. */
void ngx_http_finance_stream_push(ngx_http_finance_stream_t *st,
    ngx_http_finance_notice_t *notice);

/* In its turn: sends what is ready, ends it if it is to end; it may be gone
 * afterwards. */
void ngx_http_finance_stream_run(ngx_http_finance_stream_t *st);

/* The client can be written to. */
void ngx_http_finance_stream_writer(ngx_http_request_t *r);

/* What it has is given back. */
void ngx_http_finance_stream_clear(ngx_http_finance_stream_t *st);

/* To end in its turn: after what is due, or (drop) at once. */
void ngx_http_finance_stream_stop(ngx_http_finance_stream_t *st,
    ngx_uint_t drop);

/* A stream that waits is opened now, unless it has still to wait. */
void ngx_http_finance_stream_open(ngx_http_finance_stream_t *st);


#endif /* _NGX_HTTP_FINANCE_STREAM_INSIDE_H_INCLUDED_ */

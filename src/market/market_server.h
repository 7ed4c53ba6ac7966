/* The running server: its options, connections, timers and event loop. */

#ifndef MARKET_SERVER_H
#define MARKET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "market_answer.h"
#include "market_buf.h"
#include "market_fault.h"
#include "market_http.h"
#include "market_reply.h"
#include "market_stats.h"
#include "market_store.h"


typedef struct {
    const char  *data;
    const char  *listen;
    const char  *key;           /* NULL: none is asked for */
    const char  *log;           /* NULL: no log */
    long long    delay;         /* ms */
    long long    clones;
    bool         sample;
    bool         with_parent;
} market_options_t;


typedef struct market_server_s  market_server_t;
typedef struct market_conn_s    market_conn_t;


typedef enum {
    MARKET_CONN_READ = 0,       /* for a request */
    MARKET_CONN_WAIT,           /* for the time to send */
    MARKET_CONN_SEND,
    MARKET_CONN_HUNG            /* for the client to give up */
} market_conn_state_e;


struct market_conn_s {
    market_server_t       *server;
    market_conn_t         *prev;
    market_conn_t         *next;
    int                    fd;
    bool                   watched;     /* epoll knows it */
    uint32_t               events;      /* that epoll watches for */
    market_conn_state_e    state;
    bool                   eof;         /* the client sends no more */
    bool                   blocked;     /* the socket takes no more for now */
    bool                   counted;     /* in stats.in_flight */
    int64_t                due;         /* of its timer, ns */
    size_t                 timer;       /* place in the heap + 1; 0: none */
    market_buf_t           in;
    market_reply_t         reply;
};


struct market_server_s {
    market_options_t    options;
    market_store_t      store;
    market_faults_t     faults;
    market_stats_t      stats;
    FILE               *log;            /* NULL: none */
    char               *socket_path;    /* to remove at the end, or NULL */
    int                 epoll;
    int                 listener;
    int                 signals;        /* signalfd */
    bool                accepting;
    int64_t             now;            /* ns, monotonic, of this turn */
    market_conn_t      *conns;
    market_conn_t     **timers;         /* a heap by due */
    size_t              ntimers;
    size_t              timers_size;
};


/*
 * Opens the listening socket and prints where it listens. False, with the
 * reason on stderr.
 */
bool market_listen(market_server_t *server);

/* Runs until SIGTERM or SIGINT. False on an error of epoll. */
bool market_loop(market_server_t *server);

/* Sets, or with due 0 removes, the connection's one timer. */
void market_timer_set(market_conn_t *conn, int64_t due);

/* Watches for these events only. */
bool market_loop_watch(market_conn_t *conn, uint32_t events);

/* A socket was accepted; it is the connection's from now on. */
void market_conn_open(market_server_t *server, int fd);

/* Its socket is ready (events of epoll), or its timer is due (0). */
void market_conn_event(market_conn_t *conn, uint32_t events);

void market_conn_close(market_conn_t *conn);

/*
 * Answers a complete request into the connection's reply; returns the ms to
 * wait before it is sent.
 */
long long market_serve(market_conn_t *conn, market_request_t *request);

/* Answers a request under /_control/. */
void market_control(market_server_t *server, const market_request_t *request,
    market_reply_t *reply);


#endif

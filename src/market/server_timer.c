/* Timers: a binary heap of connections, soonest first. */

#include "market_server.h"


static void
timer_put(market_server_t *server, size_t i, market_conn_t *conn)
{
    server->timers[i] = conn;
    conn->timer = i + 1;
}


/* Puts the connection where it belongs, from the free place i on. */

static void
timer_sift(market_server_t *server, size_t i, market_conn_t *conn)
{
    size_t  child;

    while (i > 0 && server->timers[(i - 1) / 2]->due > conn->due) {
        timer_put(server, i, server->timers[(i - 1) / 2]);
        i = (i - 1) / 2;
    }

    for ( ;; ) {
        child = 2 * i + 1;

        if (child + 1 < server->ntimers
            && server->timers[child + 1]->due < server->timers[child]->due)
        {
            child++;
        }

        if (child >= server->ntimers
            || server->timers[child]->due >= conn->due)
        {
            break;
        }

        timer_put(server, i, server->timers[child]);
        i = child;
    }

    timer_put(server, i, conn);
}


static void
timer_remove(market_conn_t *conn)
{
    size_t            i;
    market_conn_t    *last;
    market_server_t  *server;

    server = conn->server;
    i = conn->timer - 1;
    last = server->timers[--server->ntimers];
    conn->timer = 0;

    if (last != conn) {
        timer_sift(server, i, last);
    }
}


void
market_timer_set(market_conn_t *conn, int64_t due)
{
    market_server_t  *server;

    server = conn->server;

    if (conn->timer > 0) {
        timer_remove(conn);
    }

    if (due == 0) {
        return;
    }

    if (server->ntimers == server->timers_size) {
        server->timers_size = server->timers_size
                              ? server->timers_size * 2 : 256;
        server->timers = market_resize(server->timers, server->timers_size,
                                       sizeof(*server->timers));
    }

    conn->due = due;
    timer_sift(server, server->ntimers++, conn);
}

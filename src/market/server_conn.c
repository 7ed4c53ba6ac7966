/* A client's connection: one request at a time, in the order they came. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "market_server.h"


#define MAX_INPUT   131072      /* bytes kept of what is not answered yet */
#define READ_BYTES  4096
#define TURN_BYTES  (4u << 20)  /* sent before other connections have a turn */
#define MAX_IOV     64


typedef enum {
    SEND_DONE = 0,
    SEND_BLOCKED,
    SEND_PAUSED,                /* its timer is set */
    SEND_ERROR
} send_e;


void
market_conn_open(market_server_t *server, int fd)
{
    int             on;
    market_conn_t  *conn;

    on = 1;
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    conn = market_alloc(sizeof(*conn));
    conn->server = server;
    conn->fd = fd;
    conn->next = server->conns;

    if (conn->next != NULL) {
        conn->next->prev = conn;
    }

    server->conns = conn;
    server->stats.connections++;

    if (!market_loop_watch(conn, EPOLLIN)) {
        market_conn_close(conn);
    }
}


void
market_conn_close(market_conn_t *conn)
{
    market_timer_set(conn, 0);

    if (conn->counted) {
        market_stats_end(&conn->server->stats);
    }

    if (conn->prev != NULL) {
        conn->prev->next = conn->next;

    } else {
        conn->server->conns = conn->next;
    }

    if (conn->next != NULL) {
        conn->next->prev = conn->prev;
    }

    close(conn->fd);
    market_reply_free(&conn->reply);
    market_buf_free(&conn->in);
    free(conn);
}


static void
conn_reset(market_conn_t *conn)
{
    struct linger  linger;

    linger.l_onoff = 1;
    linger.l_linger = 0;

    (void) setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger,
                      sizeof(linger));
    market_conn_close(conn);
}


/* False when the connection is broken. */

static bool
conn_read(market_conn_t *conn)
{
    ssize_t        n;
    size_t         room;
    market_buf_t  *in;

    in = &conn->in;

    while (!conn->eof && in->len < MAX_INPUT) {
        market_buf_reserve(in, READ_BYTES);
        room = in->size - in->len;

        n = read(conn->fd, in->data + in->len, room);

        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }

            return errno == EAGAIN;
        }

        if (n == 0) {
            conn->eof = true;
        }

        in->len += (size_t) n;

        if ((size_t) n < room) {
            break;
        }
    }

    return true;
}


static send_e
conn_send(market_conn_t *conn)
{
    int           n;
    size_t        turn, allowance;
    ssize_t       sent;
    unsigned      wait;
    struct iovec  iov[MAX_IOV];

    conn->blocked = false;
    turn = 0;

    while (turn < TURN_BYTES) {
        allowance = market_reply_allowance(&conn->reply, &wait);
        n = market_reply_iov(&conn->reply, iov, MAX_IOV, allowance);
        sent = writev(conn->fd, iov, n);

        if (sent < 0) {
            if (errno == EINTR) {
                continue;
            }

            if (errno == EAGAIN) {
                break;
            }

            return SEND_ERROR;
        }

        if (market_reply_sent(&conn->reply, (size_t) sent)) {
            return SEND_DONE;
        }

        if (wait > 0) {
            market_timer_set(conn, conn->server->now
                                   + (int64_t) wait * 1000000);
            return SEND_PAUSED;
        }

        turn += (size_t) sent;
    }

    conn->blocked = true;

    return SEND_BLOCKED;
}


/* Takes the next request. False when none is complete. */

static bool
conn_next(market_conn_t *conn)
{
    long              rc;
    long long         delay;
    market_buf_t     *in;
    market_request_t  request;

    in = &conn->in;
    rc = in->len > 0 ? market_http_parse(&request, in->data, in->len) : 0;

    if (rc == 0) {
        return false;
    }

    delay = 0;

    if (rc < 0) {
        market_reply_reset(&conn->reply);
        market_reply_error(&conn->reply, (int) -rc, NULL);
        market_reply_finish(&conn->reply);
        in->len = 0;

    } else {
        delay = market_serve(conn, &request);
        in->len -= (size_t) rc;
        memmove(in->data, in->data + rc, in->len);
    }

    conn->state = MARKET_CONN_SEND;

    if (delay > 0) {
        conn->state = MARKET_CONN_WAIT;
        market_timer_set(conn, conn->server->now + delay * 1000000);
    }

    return true;
}


/* Does what the answer asks for. False when the connection is gone. */

static bool
conn_act(market_conn_t *conn)
{
    send_e  rc;

    switch (conn->reply.act) {

    case MARKET_ACT_HANG:
        conn->state = MARKET_CONN_HUNG;
        return true;

    case MARKET_ACT_RESET:
        conn_reset(conn);
        return false;

    case MARKET_ACT_CLOSE:
        market_conn_close(conn);
        return false;

    default:
        break;
    }

    rc = conn_send(conn);

    if (rc == SEND_DONE && conn->reply.then_reset) {
        /* the bytes first: a reset drops what is not yet sent */
        conn->reply.act = MARKET_ACT_RESET;
        market_timer_set(conn, conn->server->now
                               + (int64_t) conn->reply.pause * 1000000);
        rc = SEND_PAUSED;
    }

    if (rc == SEND_ERROR || (rc == SEND_DONE && !conn->reply.keepalive)) {
        market_conn_close(conn);
        return false;
    }

    if (rc == SEND_PAUSED) {
        conn->state = MARKET_CONN_WAIT;
    }

    if (rc == SEND_DONE) {
        conn->state = MARKET_CONN_READ;

        if (conn->counted) {
            market_stats_end(&conn->server->stats);
            conn->counted = false;
        }
    }

    return true;
}


void
market_conn_event(market_conn_t *conn, uint32_t events)
{
    uint32_t  wanted;

    if (events & EPOLLIN) {
        if (!conn_read(conn)) {
            market_conn_close(conn);
            return;
        }

    } else if (events & (EPOLLERR | EPOLLHUP)) {
        market_conn_close(conn);
        return;
    }

    if (events == 0 && conn->state == MARKET_CONN_WAIT) {
        conn->state = MARKET_CONN_SEND;
    }

    for ( ;; ) {
        if (conn->state == MARKET_CONN_READ && !conn_next(conn)) {
            break;
        }

        if (conn->state != MARKET_CONN_SEND
            || (conn->blocked && !(events & EPOLLOUT)))
        {
            break;
        }

        if (!conn_act(conn)) {
            return;
        }

        if (conn->blocked) {
            break;
        }
    }

    if (conn->eof && (conn->state == MARKET_CONN_READ
                      || conn->state == MARKET_CONN_HUNG))
    {
        market_conn_close(conn);
        return;
    }

    wanted = conn->eof || conn->in.len >= MAX_INPUT ? 0 : EPOLLIN;

    if (conn->blocked) {
        wanted |= EPOLLOUT;
    }

    if (!market_loop_watch(conn, wanted)) {
        market_conn_close(conn);
    }
}

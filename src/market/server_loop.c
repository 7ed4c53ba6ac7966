#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "market_server.h"
#include "market_text.h"


#define BACKLOG  4096
#define EVENTS   256


static bool
fail(const char *what)
{
    fprintf(stderr, "market-server: %s: %s\n", what, strerror(errno));

    return false;
}


static int
listen_unix(market_server_t *server, const char *path)
{
    int                 fd;
    struct stat         st;
    struct sockaddr_un  address;

    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }

    strcpy(address.sun_path, path);

    /* a socket that an earlier run has left */

    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
        unlink(path);
    }

    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0
        && (bind(fd, (struct sockaddr *) &address, sizeof(address)) != 0
            || listen(fd, BACKLOG) != 0))
    {
        close(fd);
        return -1;
    }

    server->socket_path = market_copy(path, strlen(path));

    return fd;
}


/* host:port; the port that was picked is stored in *port. */

static int
listen_inet(const char *text, char *host, size_t size, unsigned *port)
{
    int                 fd, on;
    long long           n;
    socklen_t           len;
    const char         *colon;
    struct sockaddr_in  address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    colon = strrchr(text, ':');

    if (colon == NULL || (size_t) (colon - text) >= size
        || !market_parse_int(colon + 1, 0, 65535, &n))
    {
        errno = EINVAL;
        return -1;
    }

    memcpy(host, text, (size_t) (colon - text));
    host[colon - text] = '\0';

    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }

    address.sin_port = htons((uint16_t) n);
    on = 1;
    len = sizeof(address);

    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0
        && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0
            || bind(fd, (struct sockaddr *) &address, sizeof(address)) != 0
            || listen(fd, BACKLOG) != 0
            || getsockname(fd, (struct sockaddr *) &address, &len) != 0))
    {
        close(fd);
        return -1;
    }

    *port = ntohs(address.sin_port);

    return fd;
}


bool
market_listen(market_server_t *server)
{
    char         host[64];
    unsigned     port;
    const char  *text;

    port = 0;
    text = server->options.listen;

    if (strncmp(text, "unix:", 5) == 0) {
        server->listener = listen_unix(server, text + 5);

    } else {
        server->listener = listen_inet(text, host, sizeof(host), &port);
    }

    if (server->listener < 0) {
        return fail(text);
    }

    if (server->socket_path != NULL) {
        printf("listening on unix:%s\n", server->socket_path);

    } else {
        printf("listening on %s:%u\n", host, port);
    }

    fflush(stdout);

    return true;
}


/*
 * The event's pointer tells what it is: the listener's is the server itself,
 * that of signals is NULL, all others are connections.
 */

static bool
loop_add(market_server_t *server, int fd, void *data)
{
    struct epoll_event  event;

    memset(&event, 0, sizeof(event));
    event.events = EPOLLIN;
    event.data.ptr = data;

    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}


static void
loop_accept(market_server_t *server)
{
    int  i, fd;

    for (i = 0; i < EVENTS; i++) {
        fd = accept4(server->listener, NULL, NULL,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            market_conn_open(server, fd);
            continue;
        }

        if (errno == EINTR || errno == ECONNABORTED) {
            continue;
        }

        if (errno != EAGAIN) {
            /* out of descriptors: until a connection has been closed */
            server->accepting = false;
            epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->listener, NULL);
        }

        return;
    }
}


bool
market_loop_watch(market_conn_t *conn, uint32_t events)
{
    int                 op;
    struct epoll_event  event;

    if (conn->watched && conn->events == events) {
        return true;
    }

    op = conn->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    conn->watched = true;
    conn->events = events;

    memset(&event, 0, sizeof(event));
    event.events = events;
    event.data.ptr = conn;

    return epoll_ctl(conn->server->epoll, op, conn->fd, &event) == 0;
}


static void
loop_clock(market_server_t *server)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    server->now = (int64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


static int
loop_timeout(const market_server_t *server)
{
    int64_t  wait;

    if (!server->accepting) {
        return 50;
    }

    if (server->ntimers == 0) {
        return -1;
    }

    wait = server->timers[0]->due - server->now;

    return wait <= 0 ? 0 : (int) ((wait + 999999) / 1000000);
}


static void
loop_timers(market_server_t *server)
{
    market_conn_t  *conn;

    while (server->ntimers > 0 && server->timers[0]->due <= server->now) {
        conn = server->timers[0];
        market_timer_set(conn, 0);
        market_conn_event(conn, 0);
    }
}


/* False when it is time to end. */

static bool
loop_turn(market_server_t *server, struct epoll_event *events, int n)
{
    int  i;

    for (i = 0; i < n; i++) {
        if (events[i].data.ptr == NULL) {
            return false;
        }

        if (events[i].data.ptr == server) {
            loop_accept(server);

        } else {
            market_conn_event(events[i].data.ptr, events[i].events);
        }
    }

    loop_timers(server);

    if (!server->accepting) {
        server->accepting = loop_add(server, server->listener, server);
    }

    if (server->log != NULL) {
        fflush(server->log);
    }

    return true;
}


bool
market_loop(market_server_t *server)
{
    int                 n;
    struct epoll_event  events[EVENTS];

    server->epoll = epoll_create1(EPOLL_CLOEXEC);

    if (server->epoll < 0
        || !loop_add(server, server->listener, server)
        || !loop_add(server, server->signals, NULL))
    {
        return fail("epoll");
    }

    server->accepting = true;
    loop_clock(server);

    do {
        n = epoll_wait(server->epoll, events, EVENTS, loop_timeout(server));

        if (n < 0 && errno != EINTR) {
            return fail("epoll_wait");
        }

        loop_clock(server);
    } while (loop_turn(server, events, n));

    return true;
}

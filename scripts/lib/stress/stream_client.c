/*
 * Many clients of GET stream, each of which does what a browser's EventSource
 * does: it keeps the last id, and when the stream ends it comes back after
 * `retry` with Last-Event-ID.  For the step streams of scripts/stress.
 *
 *     stream_client PORT PATH CLIENTS
 *
 * Reads commands, a line each: "report" tells what every client has seen, as
 * lines that end with "end"; "close" and the end of the input end it.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


#define IDS      512            /* that are told apart */
#define LINE     96             /* of a line that is looked at */
#define OPENING  256            /* connections being made at a time */


enum state { IDLE, CONNECTING, HEADERS, BODY };


struct client {
    int          fd;
    enum state   state;
    double       at;            /* when it comes (back) */
    unsigned     retry;         /* ms */
    char         last[48];      /* the last id */
    char         id[48];        /* of the event that is being read */
    char         name[24];
    char         line[LINE];
    size_t       len;           /* of the line, more than is kept */
    size_t       chunk;         /* bytes of it that are left */
    int          size;          /* a chunk's size is being read */
    char         digits[16];
    size_t       ndigits;
    int          open;          /* its first bytes came */
    uint8_t      seen[IDS];
};


struct event {
    char         id[48];
    unsigned     clients;
    unsigned     twice;
    double      *at;            /* of each client, sorted when told */
};


static struct client  *clients;
static struct event    events[IDS];
static unsigned        nclients, nevents, nopen, nopening;
static unsigned long   connects, failures, hellos, resets, comments, ends;
static unsigned short  port;
static const char     *path;
static int             ep;


static double
now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_REALTIME, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static void
leave(struct client *c, int failed)
{
    if (c->state == CONNECTING || c->state == HEADERS) {
        nopening--;
    }

    if (c->open) {
        nopen--;
    }

    if (failed) {
        failures++;

    } else {
        ends++;
    }

    close(c->fd);

    c->fd = -1;
    c->open = 0;
    c->state = IDLE;
    c->at = now() + (failed ? 0.5 : c->retry / 1e3);
}


static void
come(struct client *c)
{
    struct sockaddr_in  sin;
    struct epoll_event  ee;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons(port);
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    c->fd = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0);

    if (c->fd == -1) {
        perror("socket");
        exit(1);
    }

    connects++;
    nopening++;
    c->state = CONNECTING;
    c->len = 0;
    c->size = 1;
    c->ndigits = 0;
    c->chunk = 0;
    c->id[0] = '\0';
    c->name[0] = '\0';

    if (connect(c->fd, (struct sockaddr *) &sin, sizeof(sin)) == -1
        && errno != EINPROGRESS)
    {
        leave(c, 1);
        return;
    }

    ee.events = EPOLLIN|EPOLLOUT;
    ee.data.u32 = (uint32_t) (c - clients);
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ee);
}


static void
ask(struct client *c)
{
    int                 n;
    char                text[512];
    struct epoll_event  ee;

    n = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n"
                 "Host: 127.0.0.1:%u\r\nAccept: text/event-stream\r\n"
                 "Cache-Control: no-cache\r\n%s%s%s\r\n", path, port,
                 c->last[0] ? "Last-Event-ID: " : "", c->last,
                 c->last[0] ? "\r\n" : "");

    if (write(c->fd, text, (size_t) n) != n) {
        leave(c, 1);
        return;
    }

    c->state = HEADERS;

    ee.events = EPOLLIN;
    ee.data.u32 = (uint32_t) (c - clients);
    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ee);
}


static void
saw(struct client *c)
{
    unsigned  i;

    for (i = nevents; i > 0; i--) {
        if (strcmp(events[i - 1].id, c->id) == 0) {
            break;
        }
    }

    if (i == 0) {
        if (nevents == IDS) {
            return;
        }

        i = ++nevents;
        strcpy(events[i - 1].id, c->id);
        events[i - 1].at = calloc(nclients, sizeof(double));
    }

    i--;

    if (c->seen[i]++) {
        events[i].twice++;
        return;
    }

    events[i].at[events[i].clients++] = now();
}


/* A blank line: the event is whole. */
static void
dispatch(struct client *c)
{
    if (c->id[0]) {
        strcpy(c->last, c->id);

        if (strcmp(c->name, "hello") == 0) {
            hellos++;

        } else if (strcmp(c->name, "reset") == 0) {
            resets++;

        } else {
            saw(c);
        }
    }

    c->id[0] = '\0';
    c->name[0] = '\0';

    if (!c->open) {
        c->open = 1;
        nopen++;
    }
}


static void
line(struct client *c)
{
    c->line[c->len < LINE ? c->len : LINE - 1] = '\0';

    if (c->len == 0) {
        dispatch(c);

    } else if (c->line[0] == ':') {
        comments++;

    } else if (strncmp(c->line, "id: ", 4) == 0) {
        snprintf(c->id, sizeof(c->id), "%.47s", c->line + 4);

    } else if (strncmp(c->line, "event: ", 7) == 0) {
        snprintf(c->name, sizeof(c->name), "%.23s", c->line + 7);

    } else if (strncmp(c->line, "retry: ", 7) == 0) {
        c->retry = (unsigned) atoi(c->line + 7);
    }

    c->len = 0;
}


static void
body(struct client *c, const char *p, size_t n)
{
    size_t       part, i;
    const char  *end, *stop;

    for (end = p + n; p < end; p = stop) {
        stop = memchr(p, '\n', (size_t) (end - p));
        part = (size_t) ((stop ? stop : end) - p);

        for (i = 0; i < part && c->len + i < LINE - 1; i++) {
            c->line[c->len + i] = p[i];
        }

        c->len += part;

        if (stop == NULL) {
            return;
        }

        line(c);
        stop++;
    }
}


/* 1: the last chunk came */
static int
chunks(struct client *c, const char *p, size_t n)
{
    size_t       part;
    const char  *end;

    end = p + n;

    while (p < end) {

        if (c->chunk) {
            part = (size_t) (end - p) < c->chunk ? (size_t) (end - p)
                                                 : c->chunk;
            body(c, p, part);
            p += part;
            c->chunk -= part;
            continue;
        }

        if (*p == '\n' && c->ndigits) {
            c->digits[c->ndigits] = '\0';
            c->chunk = strtoul(c->digits, NULL, 16);
            c->ndigits = 0;

            if (c->chunk == 0) {
                return 1;
            }

        } else if (*p != '\r' && *p != '\n'
                   && c->ndigits < sizeof(c->digits) - 1)
        {
            c->digits[c->ndigits++] = *p;
        }

        p++;
    }

    return 0;
}


/* The headers are expected in one piece, and by themselves or not. */
static void
receive(struct client *c)
{
    char         buf[65537], *p;
    ssize_t      n;

    n = read(c->fd, buf, sizeof(buf) - 1);

    if (n == -1 && errno == EAGAIN) {
        return;
    }

    if (n <= 0) {
        leave(c, 1);
        return;
    }

    buf[n] = '\0';
    p = buf;

    if (c->state == HEADERS) {
        p = strstr(buf, "\r\n\r\n");

        if (p == NULL || strncmp(buf, "HTTP/1.1 200", 12) != 0) {
            leave(c, 1);
            return;
        }

        p += 4;
        c->state = BODY;
        nopening--;
    }

    if (chunks(c, p, (size_t) (buf + n - p))) {
        leave(c, 0);
    }
}


static int
by_time(const void *one, const void *two)
{
    double  a, b;

    a = *(const double *) one;
    b = *(const double *) two;

    return (a > b) - (a < b);
}


static void
report(void)
{
    unsigned       i;
    struct event  *e;

    printf("clients %u open %u connects %lu failures %lu ends %lu hellos %lu "
           "resets %lu comments %lu\n", nclients, nopen, connects, failures,
           ends, hellos, resets, comments);

    for (i = 0; i < nevents; i++) {
        e = &events[i];
        qsort(e->at, e->clients, sizeof(double), by_time);
        printf("id %s clients %u twice %u first %.6f median %.6f last %.6f\n",
               e->id, e->clients, e->twice, e->at[0], e->at[e->clients / 2],
               e->at[e->clients - 1]);
    }

    printf("end\n");
    fflush(stdout);
}


static void
command(void)
{
    static char    text[256];
    static size_t  len;

    char     *end;
    ssize_t   n;

    n = read(0, text + len, sizeof(text) - 1 - len);

    if (n <= 0) {
        exit(0);
    }

    len += (size_t) n;
    text[len] = '\0';

    while ((end = strchr(text, '\n')) != NULL) {
        *end++ = '\0';

        if (strcmp(text, "report") == 0) {
            report();

        } else if (strcmp(text, "close") == 0) {
            exit(0);
        }

        len = strlen(end);
        memmove(text, end, len + 1);
    }
}


static void
start_due(void)
{
    double    t;
    unsigned  i;

    t = now();

    for (i = 0; i < nclients && nopening < OPENING; i++) {
        if (clients[i].state == IDLE && clients[i].at <= t) {
            come(&clients[i]);
        }
    }
}


static void
serve(struct epoll_event *ee)
{
    struct client  *c;

    if (ee->data.u32 == UINT32_MAX) {
        command();
        return;
    }

    c = &clients[ee->data.u32];

    if (c->state == CONNECTING) {
        if (ee->events & (EPOLLERR|EPOLLHUP)) {
            leave(c, 1);

        } else if (ee->events & EPOLLOUT) {
            ask(c);
        }

        return;
    }

    if (c->state != IDLE) {
        receive(c);
    }
}


int
main(int argc, char **argv)
{
    int                 i, n;
    struct rlimit       limit;
    struct epoll_event  ee, list[512];

    if (argc != 4) {
        fprintf(stderr, "usage: stream_client PORT PATH CLIENTS\n");
        return 2;
    }

    port = (unsigned short) atoi(argv[1]);
    path = argv[2];
    nclients = (unsigned) atoi(argv[3]);

    limit.rlim_cur = limit.rlim_max = nclients + 64;
    (void) setrlimit(RLIMIT_NOFILE, &limit);

    ep = epoll_create1(0);
    clients = calloc(nclients, sizeof(struct client));

    if (clients == NULL || ep == -1) {
        perror("stream_client");
        return 1;
    }

    for (i = 0; i < (int) nclients; i++) {
        clients[i].fd = -1;
        clients[i].retry = 3000;
    }

    ee.events = EPOLLIN;
    ee.data.u32 = UINT32_MAX;
    epoll_ctl(ep, EPOLL_CTL_ADD, 0, &ee);

    for ( ;; ) {
        start_due();

        n = epoll_wait(ep, list, 512, 20);

        for (i = 0; i < n; i++) {
            serve(&list[i]);
        }
    }
}

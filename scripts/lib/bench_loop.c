/*
 * Loaded into nginx with LD_PRELOAD by scripts/bench: measures how long a
 * worker's event loop is held.  A turn is what happens between the return of
 * one epoll_wait() and the next call of it; its length is the CPU time of the
 * thread, so that being descheduled does not count.
 *
 * $BENCH_LOOP/loop.PID, mapped, holds the figures as 64-bit words in the
 * machine's order (struct page); scripts/lib/bench_loop.pl reads it.  While a
 * turn lasts, a timer notes every half millisecond where it stands: the
 * stacks of the longest turns are kept.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>


#define BUCKETS   64            /* of 50 us; the last is open */
#define BUCKET    50000         /* ns */
#define LONGEST   16
#define SAMPLES   8
#define FRAMES    16
#define INTERVAL  500000        /* ns */


struct turn {
    uint64_t  cpu;              /* ns */
    uint64_t  wall;             /* ns */
    uint64_t  events;
    uint64_t  samples;
    uint64_t  stack[SAMPLES][FRAMES];
};


struct page {
    uint64_t     turns;
    uint64_t     cpu;           /* ns, all turns */
    uint64_t     longest;       /* ns */
    uint64_t     bucket[BUCKETS];
    struct turn  turn[LONGEST];
};


typedef int (*wait_fn)(int, struct epoll_event *, int, int);


static wait_fn               real_wait;
static char                  dir[4096];
static pid_t                 owner;         /* whose page is mapped */
static struct page          *page;
static struct turn           now;
static timer_t               timer;
static volatile sig_atomic_t in_turn;


static uint64_t
clock_ns(clockid_t id)
{
    struct timespec  ts;

    clock_gettime(id, &ts);

    return (uint64_t) ts.tv_sec * 1000000000u + (uint64_t) ts.tv_nsec;
}


static void
sample(int signo, siginfo_t *info, void *context)
{
    int    i, n;
    void  *frame[FRAMES];

    (void) signo;
    (void) info;
    (void) context;

    if (!in_turn || now.samples == SAMPLES) {
        return;
    }

    n = backtrace(frame, FRAMES);

    for (i = 0; i < FRAMES; i++) {
        now.stack[now.samples][i] = i < n ? (uint64_t) (uintptr_t) frame[i]
                                          : 0;
    }

    now.samples++;
}


__attribute__((constructor)) static void
load(void)
{
    void        *frame[2];
    const char  *text;

    real_wait = (wait_fn) dlsym(RTLD_NEXT, "epoll_wait");

    text = getenv("BENCH_LOOP");
    if (text != NULL && strlen(text) < sizeof(dir) - 32) {
        strcpy(dir, text);
    }

    /* the first call loads a library: not in a signal handler */
    (void) backtrace(frame, 2);
}


static void
sampling_start(void)
{
    struct sigevent   event;
    struct sigaction  action;

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = sample;
    action.sa_flags = SA_SIGINFO|SA_RESTART;
    sigaction(SIGRTMAX - 3, &action, NULL);

    memset(&event, 0, sizeof(event));
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMAX - 3;
    event._sigev_un._tid = (int) syscall(SYS_gettid);

    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
        perror("bench_loop: timer_create");
        abort();
    }
}


/* a worker's first turn: the master maps nothing, as it never waits here */
static void
open_page(void)
{
    int    fd;
    char   path[sizeof(dir) + 32];
    void  *p;

    owner = getpid();
    snprintf(path, sizeof(path), "%s/loop.%d", dir, (int) owner);

    fd = open(path, O_RDWR|O_CREAT|O_TRUNC|O_CLOEXEC, 0600);

    if (fd < 0 || ftruncate(fd, sizeof(struct page)) != 0) {
        perror("bench_loop");
        abort();
    }

    p = mmap(NULL, sizeof(struct page), PROT_READ|PROT_WRITE, MAP_SHARED, fd,
             0);
    close(fd);

    if (p == MAP_FAILED) {
        perror("bench_loop: mmap");
        abort();
    }

    page = p;
    sampling_start();
}


static void
timer_set(long ns)
{
    struct itimerspec  spec;

    memset(&spec, 0, sizeof(spec));
    spec.it_value.tv_nsec = ns;
    spec.it_interval.tv_nsec = ns;

    timer_settime(timer, 0, &spec, NULL);
}


static void
turn_keep(void)
{
    int           i;
    struct turn  *least;

    least = &page->turn[0];

    for (i = 1; i < LONGEST; i++) {
        if (page->turn[i].cpu < least->cpu) {
            least = &page->turn[i];
        }
    }

    if (now.cpu > least->cpu) {
        *least = now;
    }
}


static void
turn_end(void)
{
    uint64_t  i;

    now.cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - now.cpu;
    in_turn = 0;
    timer_set(0);
    now.wall = clock_ns(CLOCK_MONOTONIC) - now.wall;

    i = now.cpu / BUCKET;
    page->bucket[i < BUCKETS ? i : BUCKETS - 1]++;
    page->turns++;
    page->cpu += now.cpu;

    if (now.cpu > page->longest) {
        page->longest = now.cpu;
    }

    turn_keep();
}


int
epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
{
    int  n;

    if (dir[0] == '\0') {
        return real_wait(epfd, events, max, timeout);
    }

    if (owner != getpid()) {
        open_page();

    } else if (in_turn) {
        turn_end();
    }

    n = real_wait(epfd, events, max, timeout);

    now.events = n > 0 ? (uint64_t) n : 0;
    now.samples = 0;
    now.wall = clock_ns(CLOCK_MONOTONIC);
    timer_set(INTERVAL);
    now.cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    in_turn = 1;

    return n;
}

/*
 * What a refresh computes, alone: bench_refresh TODAY ROUNDS BARS PAGE...
 * parses the bars and each page of a chain, values all of its contracts and
 * writes the snapshot, ROUNDS times.  On stdout the medians: contracts, pages,
 * and CPU ms for the bars, for all pages, for the longest page, for the
 * valuation with the snapshot, and for it all.
 *
 * refresh_round() is where callgrind is told to count.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/codec/fin_build.h"
#include "../../src/core/fin_time.h"


#define FILES_MAX   64
#define ROUNDS_MAX  101


typedef struct {
    char   *data;
    size_t  len;
} file_t;


typedef struct {
    size_t  contracts;
    double  bars, pages, page, value, all;      /* ms */
} cost_t;


static file_t  files[FILES_MAX];
static int     n_files;


static double
now_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

    return (double) ts.tv_sec * 1e3 + (double) ts.tv_nsec / 1e6;
}


static int
file_read(const char *path, file_t *file)
{
    long   size;
    FILE  *in;

    in = fopen(path, "rb");
    if (in == NULL) {
        return -1;
    }

    if (fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) < 0
        || fseek(in, 0, SEEK_SET) != 0)
    {
        fclose(in);
        return -1;
    }

    file->len = (size_t) size;
    file->data = malloc(file->len + 1);

    if (file->data == NULL || fread(file->data, 1, file->len, in) != file->len)
    {
        fclose(in);
        return -1;
    }

    fclose(in);

    return 0;
}


static int
refuse(fin_build_t *b, const char *what, fin_status_t status)
{
    fprintf(stderr, "bench_refresh: %s: %s\n", what, fin_status_name(status));
    fin_build_free(b);

    return -1;
}


__attribute__((noinline)) int
refresh_round(fin_date_t today, cost_t *cost)
{
    int           i;
    char          cursor[FIN_CURSOR_MAX + 1];
    double        start, page, t;
    fin_build_t  *b;
    fin_status_t  status;

    memset(cost, 0, sizeof(*cost));
    start = now_ms();

    b = fin_build_create("BENCH");
    if (b == NULL) {
        return -1;
    }

    fin_rules_default(&b->rules);
    b->today = today;
    b->rate = 0.04;
    b->options = FIN_OPTIONS_OK;

    status = fin_in_bars(files[0].data, files[0].len, &b->bars, NULL);
    if (status != FIN_OK) {
        return refuse(b, "bars", status);
    }

    fin_build_plan(b);
    if (b->status != FIN_OK) {
        return refuse(b, "plan", b->status);
    }

    b->n_parts = 0;                     /* all contracts count */
    t = now_ms();
    cost->bars = t - start;

    for (i = 1; i < n_files; i++) {
        status = fin_in_chain(files[i].data, files[i].len, &b->chain, cursor,
                              NULL);
        if (status != FIN_OK) {
            return refuse(b, "page", status);
        }

        page = now_ms() - t;
        t += page;
        cost->pages += page;
        cost->page = page > cost->page ? page : cost->page;
    }

    cost->contracts = b->chain.n;

    fin_build_stock(b);
    if (b->status != FIN_OK) {
        return refuse(b, "build", b->status);
    }

    fin_build_free(b);

    cost->value = now_ms() - t;
    cost->all = now_ms() - start;

    return 0;
}


static int
less(const void *a, const void *b)
{
    double  x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}


static double
median(const cost_t *cost, int n, size_t offset)
{
    int     i;
    double  x[ROUNDS_MAX];

    for (i = 0; i < n; i++) {
        memcpy(&x[i], (const char *) &cost[i] + offset, sizeof(double));
    }

    qsort(x, (size_t) n, sizeof(double), less);

    return x[n / 2];
}


int
main(int argc, char **argv)
{
    int           i, rounds;
    fin_date_t    today;
    static cost_t cost[ROUNDS_MAX];

    rounds = argc > 4 ? atoi(argv[2]) : 0;
    today = argc > 4 ? fin_date_parse(argv[1], strlen(argv[1])) : FIN_NO_DATE;

    if (rounds < 1 || rounds > ROUNDS_MAX || today == FIN_NO_DATE
        || argc - 3 > FILES_MAX)
    {
        fprintf(stderr, "usage: bench_refresh TODAY ROUNDS BARS PAGE...\n");
        return 2;
    }

    for (i = 3; i < argc; i++) {
        if (file_read(argv[i], &files[n_files++]) != 0) {
            perror(argv[i]);
            return 1;
        }
    }

    for (i = 0; i < rounds; i++) {
        if (refresh_round(today, &cost[i]) != 0) {
            return 1;
        }
    }

    printf("%zu %d %.3f %.3f %.3f %.3f %.3f\n", cost[0].contracts, n_files - 1,
           median(cost, rounds, offsetof(cost_t, bars)),
           median(cost, rounds, offsetof(cost_t, pages)),
           median(cost, rounds, offsetof(cost_t, page)),
           median(cost, rounds, offsetof(cost_t, value)),
           median(cost, rounds, offsetof(cost_t, all)));

    return 0;
}

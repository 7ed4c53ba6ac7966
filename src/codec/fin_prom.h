/*
 * A writer of Prometheus' text format, version 0.0.4: families, samples and
 * histograms on a fin_out_t, whose errors stick.
 */

#ifndef FIN_PROM_H
#define FIN_PROM_H

#include "fin_out.h"


#define FIN_PROM_TYPE  "text/plain; version=0.0.4; charset=utf-8"

/* A family's labels at most. */
#define FIN_PROM_LABELS  4


typedef enum {
    FIN_PROM_COUNTER = 0,
    FIN_PROM_GAUGE,
    FIN_PROM_HISTOGRAM
} fin_prom_type_e;

typedef struct {
    const char  *name;
    const char  *value;
} fin_prom_label_t;

typedef struct {
    const uint32_t   *bounds;       /* usec, rising */
    const uint64_t   *buckets;      /* n + 1: up to each, and above all */
    size_t            n;
    uint64_t          usec;         /* the sum */
} fin_prom_times_t;


/* HELP and TYPE: once, before the family's samples. */
void fin_prom_family(fin_out_t *out, const char *name, const char *help,
    fin_prom_type_e type);

/* name{labels} value */
void fin_prom_int(fin_out_t *out, const char *name,
    const fin_prom_label_t *labels, size_t n, int64_t value);

/* The same of seconds that are usec. */
void fin_prom_usec(fin_out_t *out, const char *name,
    const fin_prom_label_t *labels, size_t n, uint64_t usec);

/* name_bucket for each bound, in seconds, and +Inf; name_sum, name_count. */
void fin_prom_times(fin_out_t *out, const char *name,
    const fin_prom_label_t *labels, size_t n,
    const fin_prom_times_t *times);


#endif

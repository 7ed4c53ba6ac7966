/*
 * The memory of counters and gauges that workers share: a zone of its own,
 * which the module adds where a location has finance_api.
 *
 * Its name has a sum of all names that it counts: workers of a configuration
 * or a binary that counts the same go on in it over reloads; another one gets
 * a zone of its own, and the old workers keep theirs until they end.
 */

#ifndef _NGX_HTTP_FINANCE_STAT_ZONE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STAT_ZONE_H_INCLUDED_


#include "ngx_http_finance_stat.h"


/* Processes that have gauges: workers, and those that a reload has end. */
#define NGX_HTTP_FINANCE_STAT_SLOTS   256


/* In the zone. */
typedef struct {
    uint32_t                       magic;
    uint32_t                       layout;      /* that sum */
    size_t                         size;        /* of this */
    ngx_http_finance_counters_t    counters;
    ngx_http_finance_gauges_t      slot[NGX_HTTP_FINANCE_STAT_SLOTS];
} ngx_http_finance_stat_shared_t;

/* In the cycle's memory. */
typedef struct {
    ngx_slab_pool_t                 *pool;
    ngx_http_finance_stat_shared_t  *sh;
    uint32_t                         layout;
} ngx_http_finance_stat_zone_t;


/* Adds it; the routes are named by now.  NULL: logged.  tag is the module. */
ngx_http_finance_stat_zone_t *ngx_http_finance_stat_zone_add(ngx_conf_t *cf,
    void *tag);

/* From a worker's start to its end counts go there, and it has a slot; when
 * all are taken its gauges are not seen. */
void ngx_http_finance_stat_begin(ngx_http_finance_stat_zone_t *zone);
void ngx_http_finance_stat_end(void);

/* The sum over processes that live. */
int64_t ngx_http_finance_gauge_sum(ngx_http_finance_gauge_e id);

/* Those that have a slot. */
ngx_uint_t ngx_http_finance_stat_processes(void);


#endif /* _NGX_HTTP_FINANCE_STAT_ZONE_H_INCLUDED_ */

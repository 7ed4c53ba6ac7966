/* The memory of counters and gauges: see the header. */


#include "ngx_http_finance_stat_table.h"
#include "ngx_http_finance_stat_zone.h"


#define NGX_HTTP_FINANCE_STAT_MAGIC  0x66696e73     /* "fins" */

/* of the slab pool, beside what is allocated */
#define NGX_HTTP_FINANCE_STAT_PAGES  8


static ngx_int_t ngx_http_finance_stat_zone_init(ngx_shm_zone_t *shm,
    void *data);
static ngx_http_finance_gauges_t *ngx_http_finance_stat_slot(
    ngx_http_finance_stat_shared_t *sh);
static ngx_uint_t ngx_http_finance_stat_lives(ngx_atomic_uint_t pid);


/* of the statics in stat.c, to go back to */

static ngx_http_finance_counters_t     *ngx_http_finance_stat_no_counters;
static ngx_http_finance_gauges_t       *ngx_http_finance_stat_no_gauges;
static ngx_http_finance_stat_shared_t  *ngx_http_finance_stat_shared;


ngx_http_finance_stat_zone_t *
ngx_http_finance_stat_zone_add(ngx_conf_t *cf, void *tag)
{
    size_t                         size;
    ngx_str_t                      name;
    ngx_shm_zone_t                *shm;
    ngx_http_finance_stat_zone_t  *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_stat_zone_t));
    name.data = ngx_pnalloc(cf->pool, sizeof("finance_stat:01234567"));

    if (zone == NULL || name.data == NULL) {
        return NULL;
    }

    zone->layout = ngx_http_finance_stat_layout();

    name.len = ngx_sprintf(name.data, "finance_stat:%08xD", zone->layout)
               - name.data;

    size = ngx_align(sizeof(ngx_http_finance_stat_shared_t), ngx_pagesize)
           + NGX_HTTP_FINANCE_STAT_PAGES * ngx_pagesize;

    shm = ngx_shared_memory_add(cf, &name, size, tag);
    if (shm == NULL) {
        return NULL;
    }

    shm->init = ngx_http_finance_stat_zone_init;
    shm->data = zone;

    return zone;
}


/* on a reload in the master, while old workers count in it */

static ngx_int_t
ngx_http_finance_stat_zone_init(ngx_shm_zone_t *shm, void *data)
{
    ngx_http_finance_stat_zone_t    *zone;
    ngx_http_finance_stat_shared_t  *sh;

    zone = shm->data;
    zone->pool = (ngx_slab_pool_t *) shm->shm.addr;

    if (data || shm->shm.exists) {
        sh = zone->pool->data;

        if (sh == NULL || sh->magic != NGX_HTTP_FINANCE_STAT_MAGIC
            || sh->layout != zone->layout || sh->size != sizeof(*sh))
        {
            ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                          "finance: the zone of counters is of another "
                          "layout");
            return NGX_ERROR;
        }

        zone->sh = sh;

        return NGX_OK;
    }

    sh = ngx_slab_calloc(zone->pool, sizeof(ngx_http_finance_stat_shared_t));
    if (sh == NULL) {
        return NGX_ERROR;
    }

    sh->magic = NGX_HTTP_FINANCE_STAT_MAGIC;
    sh->layout = zone->layout;
    sh->size = sizeof(*sh);

    zone->sh = sh;
    zone->pool->data = sh;

    return NGX_OK;
}


/*
 * Under the pool's mutex, which the master unlocks when a worker dies: a slot
 * is emptied before it has a pid, so that nobody sees what another one left.
 */

void
ngx_http_finance_stat_begin(ngx_http_finance_stat_zone_t *zone)
{
    ngx_http_finance_gauges_t  *slot;

    if (ngx_http_finance_stat_no_counters == NULL) {
        ngx_http_finance_stat_no_counters = ngx_http_finance_counters;
        ngx_http_finance_stat_no_gauges = ngx_http_finance_gauges;
    }

    ngx_http_finance_stat_shared = zone->sh;
    ngx_http_finance_counters = &zone->sh->counters;

    ngx_shmtx_lock(&zone->pool->mutex);

    slot = ngx_http_finance_stat_slot(zone->sh);

    if (slot) {
        ngx_memzero((void *) slot, sizeof(ngx_http_finance_gauges_t));
        ngx_memory_barrier();
        slot->pid = (ngx_atomic_uint_t) ngx_pid;
        ngx_http_finance_gauges = slot;
    }

    ngx_shmtx_unlock(&zone->pool->mutex);

    ngx_http_finance_stat_add(NGX_HTTP_FINANCE_STAT_WORKERS, 1);
}


void
ngx_http_finance_stat_end(void)
{
    if (ngx_http_finance_stat_shared == NULL) {
        return;
    }

    if (ngx_http_finance_gauges != ngx_http_finance_stat_no_gauges) {
        ngx_http_finance_gauges->pid = 0;
    }

    ngx_http_finance_counters = ngx_http_finance_stat_no_counters;
    ngx_http_finance_gauges = ngx_http_finance_stat_no_gauges;
    ngx_http_finance_stat_shared = NULL;
}


/* one of this pid was left by a process that had it before */

static ngx_http_finance_gauges_t *
ngx_http_finance_stat_slot(ngx_http_finance_stat_shared_t *sh)
{
    ngx_uint_t                  i;
    ngx_http_finance_gauges_t  *slot, *found;

    found = NULL;

    for (i = 0; i < NGX_HTTP_FINANCE_STAT_SLOTS; i++) {
        slot = &sh->slot[i];

        if (slot->pid == (ngx_atomic_uint_t) ngx_pid) {
            return slot;
        }

        if (found == NULL && !ngx_http_finance_stat_lives(slot->pid)) {
            found = slot;
        }
    }

    return found;
}


static ngx_uint_t
ngx_http_finance_stat_lives(ngx_atomic_uint_t pid)
{
    return pid != 0 && (kill((pid_t) pid, 0) == 0 || errno != ESRCH);
}


int64_t
ngx_http_finance_gauge_sum(ngx_http_finance_gauge_e id)
{
    int64_t                     sum;
    ngx_uint_t                  i;
    ngx_http_finance_gauges_t  *slot;

    if (ngx_http_finance_stat_shared == NULL) {
        return (ngx_atomic_int_t) ngx_http_finance_gauges->gauge[id];
    }

    sum = 0;

    for (i = 0; i < NGX_HTTP_FINANCE_STAT_SLOTS; i++) {
        slot = &ngx_http_finance_stat_shared->slot[i];

        if (ngx_http_finance_stat_lives(slot->pid)) {
            sum += (ngx_atomic_int_t) slot->gauge[id];
        }
    }

    return sum;
}


ngx_uint_t
ngx_http_finance_stat_processes(void)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0;
         ngx_http_finance_stat_shared && i < NGX_HTTP_FINANCE_STAT_SLOTS;
         i++)
    {
        n += ngx_http_finance_stat_lives(
                 ngx_http_finance_stat_shared->slot[i].pid);
    }

    return n;
}

/* Memory that the workers share: see the header. */


#include "ngx_http_finance_zone.h"


#define NGX_HTTP_FINANCE_ZONE_MAGIC  0x66696e7a     /* "finz" */
#define NGX_HTTP_FINANCE_ZONE_TELL   60             /* seconds */


static ngx_int_t ngx_http_finance_zone_init(ngx_shm_zone_t *shm, void *data);
static ngx_int_t ngx_http_finance_zone_create(ngx_http_finance_zone_t *zone);
static ngx_int_t ngx_http_finance_zone_reuse(ngx_http_finance_zone_t *zone);
static ngx_int_t ngx_http_finance_zone_make(ngx_http_finance_zone_t *zone);
static ngx_int_t ngx_http_finance_zone_make_window(
    ngx_http_finance_zone_t *zone);
static void ngx_http_finance_zone_make_callers(ngx_http_finance_zone_t *zone);
static void ngx_http_finance_zone_make_flights(ngx_http_finance_zone_t *zone);
static void ngx_http_finance_zone_drop_flights(ngx_http_finance_zone_t *zone);
static void *ngx_http_finance_zone_pages(ngx_http_finance_zone_t *zone,
    size_t pages, size_t *bytes);
static size_t ngx_http_finance_zone_window_bytes(ngx_uint_t starts);
static int64_t ngx_http_finance_zone_ms(void);
static void ngx_http_finance_zone_unlock(ngx_http_finance_zone_t *zone);


ngx_http_finance_zone_t *
ngx_http_finance_zone_add(ngx_conf_t *cf, ngx_str_t *name, size_t size,
    void *tag)
{
    ngx_str_t                 full;
    ngx_shm_zone_t           *shm;
    ngx_http_finance_zone_t  *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_zone_t));

    /* another layout has another name, and so is another zone */

    full.data = ngx_pnalloc(cf->pool, name->len + sizeof("finance::")
                                      + NGX_INT_T_LEN);

    if (zone == NULL || full.data == NULL) {
        return NULL;
    }

    full.len = ngx_sprintf(full.data, "finance:%V:%d", name,
                           NGX_HTTP_FINANCE_ZONE_LAYOUT)
               - full.data;

    shm = ngx_shared_memory_add(cf, &full, size, tag);
    if (shm == NULL) {
        return NULL;
    }

    zone->name = *name;
    zone->size = size;

    shm->init = ngx_http_finance_zone_init;
    shm->data = zone;

    return zone;
}


ngx_uint_t
ngx_http_finance_zone_fits(ngx_http_finance_zone_t *zone, ngx_uint_t starts)
{
    return ngx_http_finance_zone_window_bytes(starts) <= zone->size / 2;
}


/*
 * On a reload this runs in the master, data being the zone of the old cycle,
 * while old workers are at work in it.
 */

static ngx_int_t
ngx_http_finance_zone_init(ngx_shm_zone_t *shm, void *data)
{
    ngx_int_t                 rc;
    ngx_http_finance_zone_t  *zone;

    zone = shm->data;
    zone->pool = (ngx_slab_pool_t *) shm->shm.addr;

    ngx_shmtx_lock(&zone->pool->mutex);

    rc = (data || shm->shm.exists) ? ngx_http_finance_zone_reuse(zone)
                                   : ngx_http_finance_zone_create(zone);

    if (rc == NGX_OK) {
        rc = ngx_http_finance_zone_make(zone);
    }

    ngx_shmtx_unlock(&zone->pool->mutex);

    if (rc != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, shm->shm.log, 0,
                      "finance_zone \"%V\" is %s", &zone->name,
                      rc == NGX_DECLINED ? "of another layout"
                                         : "too small");
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_zone_create(ngx_http_finance_zone_t *zone)
{
    size_t                      len;
    ngx_http_finance_shared_t  *sh;

    /* what does not fit is told here, and not by nginx at each attempt */

    zone->pool->log_nomem = 0;

    len = sizeof(" in finance_zone \"\"") + zone->name.len;

    zone->pool->log_ctx = ngx_slab_alloc_locked(zone->pool, len);
    sh = ngx_slab_calloc_locked(zone->pool,
                                sizeof(ngx_http_finance_shared_t));

    if (zone->pool->log_ctx == NULL || sh == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(zone->pool->log_ctx, " in finance_zone \"%V\"%Z",
                &zone->name);

    sh->magic = NGX_HTTP_FINANCE_ZONE_MAGIC;
    sh->layout = NGX_HTTP_FINANCE_ZONE_LAYOUT;
    sh->size = sizeof(ngx_http_finance_shared_t);
    sh->seed = ((uint64_t) ngx_random() << 32)
               ^ (uint64_t) ngx_http_finance_zone_now();

    zone->sh = sh;
    zone->pool->data = sh;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_zone_reuse(ngx_http_finance_zone_t *zone)
{
    zone->sh = zone->pool->data;

    if (zone->sh == NULL
        || zone->sh->magic != NGX_HTTP_FINANCE_ZONE_MAGIC
        || zone->sh->layout != NGX_HTTP_FINANCE_ZONE_LAYOUT
        || zone->sh->size != sizeof(ngx_http_finance_shared_t))
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* what is not there yet */

static ngx_int_t
ngx_http_finance_zone_make(ngx_http_finance_zone_t *zone)
{
    ngx_int_t  rc;

    rc = NGX_OK;

    if (zone->starts) {
        rc = ngx_http_finance_zone_make_window(zone);
    }

    if (rc == NGX_OK && zone->limits) {
        ngx_http_finance_zone_make_callers(zone);
    }

    ngx_http_finance_zone_make_flights(zone);

    return rc;
}


/*
 * A window that is made while nginx is at work, or by a new binary beside the
 * old one, knows nothing of the calls of those before: it is full to begin
 * with.  A larger one goes on with what the smaller one knew.
 */

static ngx_int_t
ngx_http_finance_zone_make_window(ngx_http_finance_zone_t *zone)
{
    size_t         bytes;
    uint32_t       size;
    fin_window_t  *window, *old;

    old = zone->sh->window;

    if (old && old->size >= zone->starts) {
        return NGX_OK;
    }

    ngx_http_finance_zone_drop_flights(zone);

    bytes = ngx_http_finance_zone_window_bytes(zone->starts);
    size = (bytes - sizeof(fin_window_t)) / sizeof(int64_t);

    window = ngx_slab_alloc_locked(zone->pool, bytes);
    if (window == NULL) {
        return NGX_ERROR;
    }

    fin_window_init(window, size);

    if (old) {
        fin_window_copy(window, old);

    } else if (!ngx_is_init_cycle(ngx_cycle) || ngx_inherited) {
        fin_window_fill(window, ngx_http_finance_zone_ms());
    }

    zone->sh->window = window;

    if (old) {
        ngx_slab_free_locked(zone->pool, old);
    }

    return NGX_OK;
}


/* half of what is free; a zone that is too small limits nobody */

static void
ngx_http_finance_zone_make_callers(ngx_http_finance_zone_t *zone)
{
    ngx_http_finance_shared_t  *sh;

    sh = zone->sh;

    if (sh->callers) {
        return;
    }

    ngx_http_finance_zone_drop_flights(zone);

    sh->callers = ngx_http_finance_zone_pages(zone, zone->pool->pfree / 2,
                                              &sh->callers_bytes);
    if (sh->callers) {
        (void) fin_callers_init(sh->callers, sh->callers_bytes);
    }
}


/* nearly all that others leave: they get it back when they need it */

static void
ngx_http_finance_zone_make_flights(ngx_http_finance_zone_t *zone)
{
    size_t                      pages;
    ngx_http_finance_shared_t  *sh;

    sh = zone->sh;

    if (sh->flights) {
        return;
    }

    pages = zone->pool->pfree - zone->pool->pfree / 8;

    sh->flights = ngx_http_finance_zone_pages(zone, pages,
                                              &sh->flights_bytes);
    if (sh->flights) {
        (void) fin_flights_init(sh->flights, sh->flights_bytes);
    }
}


/* workers at work in them go on without, each for itself */

static void
ngx_http_finance_zone_drop_flights(ngx_http_finance_zone_t *zone)
{
    fin_flights_t  *flights;

    flights = zone->sh->flights;

    if (flights) {
        zone->sh->flights = NULL;
        zone->sh->flights_mark = 0;
        zone->sh->flights_ended++;

        ngx_slab_free_locked(zone->pool, flights);
    }
}


/* so many, or half of them, or half of these; NULL: not even one */

static void *
ngx_http_finance_zone_pages(ngx_http_finance_zone_t *zone, size_t pages,
    size_t *bytes)
{
    void  *p;

    for ( /* void */ ; pages; pages /= 2) {

        p = ngx_slab_alloc_locked(zone->pool, pages * ngx_pagesize);

        if (p) {
            *bytes = pages * ngx_pagesize;
            return p;
        }
    }

    return NULL;
}


/* whole pages */

static size_t
ngx_http_finance_zone_window_bytes(ngx_uint_t starts)
{
    return ngx_align(fin_window_bytes(starts), ngx_pagesize);
}


fin_window_t *
ngx_http_finance_zone_window(ngx_http_finance_zone_t *zone)
{
    ngx_http_finance_shared_t  *sh;

    sh = zone->sh;

    ngx_shmtx_lock(&zone->pool->mutex);

    if (sh->window_mark) {
        fin_window_fill(sh->window, ngx_http_finance_zone_ms());
        zone->renewed = "the budget counts as spent";
    }

    sh->window_mark = 1;
    ngx_memory_barrier();

    return sh->window;
}


void
ngx_http_finance_zone_window_done(ngx_http_finance_zone_t *zone)
{
    ngx_memory_barrier();
    zone->sh->window_mark = 0;

    ngx_http_finance_zone_unlock(zone);
}


fin_callers_t *
ngx_http_finance_zone_callers(ngx_http_finance_zone_t *zone)
{
    ngx_http_finance_shared_t  *sh;

    sh = zone->sh;

    if (sh->callers == NULL) {
        ngx_http_finance_zone_full(zone, "nobody is limited");
        return NULL;
    }

    ngx_shmtx_lock(&zone->pool->mutex);

    if (sh->callers_mark) {
        (void) fin_callers_init(sh->callers, sh->callers_bytes);
        zone->renewed = "the limits of callers begin anew";
    }

    sh->callers_mark = 1;
    ngx_memory_barrier();

    return sh->callers;
}


void
ngx_http_finance_zone_callers_done(ngx_http_finance_zone_t *zone)
{
    ngx_memory_barrier();
    zone->sh->callers_mark = 0;

    ngx_http_finance_zone_unlock(zone);
}


fin_flights_t *
ngx_http_finance_zone_flights(ngx_http_finance_zone_t *zone)
{
    ngx_http_finance_shared_t  *sh;

    sh = zone->sh;

    ngx_shmtx_lock(&zone->pool->mutex);

    if (sh->flights == NULL) {
        ngx_shmtx_unlock(&zone->pool->mutex);
        ngx_http_finance_zone_full(zone, "every worker asks for itself");
        return NULL;
    }

    if (sh->flights_mark) {
        (void) fin_flights_init(sh->flights, sh->flights_bytes);
        sh->flights_ended++;
        zone->renewed = "what workers had fetched for each other is gone";
    }

    sh->flights_mark = 1;
    ngx_memory_barrier();

    return sh->flights;
}


void
ngx_http_finance_zone_flights_done(ngx_http_finance_zone_t *zone)
{
    ngx_memory_barrier();
    zone->sh->flights_mark = 0;

    ngx_http_finance_zone_unlock(zone);
}


static void
ngx_http_finance_zone_unlock(ngx_http_finance_zone_t *zone)
{
    ngx_shmtx_unlock(&zone->pool->mutex);

    if (zone->renewed) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "finance_zone \"%V\": a worker died while it held it, "
                      "%s", &zone->name, zone->renewed);
        zone->renewed = NULL;
    }
}


void
ngx_http_finance_zone_full(ngx_http_finance_zone_t *zone, const char *what)
{
    if (zone->full_told
        && ngx_time() - zone->full_told < NGX_HTTP_FINANCE_ZONE_TELL)
    {
        return;
    }

    zone->full_told = ngx_time();

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "finance_zone \"%V\" is full: %s", &zone->name, what);
}


static int64_t
ngx_http_finance_zone_ms(void)
{
    return ngx_http_finance_zone_now() / 1000000;
}


int64_t
ngx_http_finance_zone_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}

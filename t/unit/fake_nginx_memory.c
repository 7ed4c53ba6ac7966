/*
 * Memory in nginx's place: every block of a pool is one of malloc's, so that
 * the sanitizer sees its bounds and its end.
 */


#include "fake_nginx_parts.h"

#include <stdlib.h>


static ngx_uint_t  fake_fail;
static ngx_uint_t  fake_blocks;
static ngx_uint_t  fake_live_pools;


void
fake_memory_init(void)
{
    fake_fail = 0;
    fake_blocks = 0;
    fake_live_pools = 0;
}


int
fake_memory_left(void)
{
    return fake_left("pools", fake_live_pools)
           + fake_left("blocks in pools", fake_blocks);
}



void
fake_alloc_fail(ngx_uint_t n)
{
    fake_fail = n;
}


ngx_uint_t
fake_allocs(void)
{
    return fake_blocks;
}


void *
ngx_alloc(size_t size, ngx_log_t *log)
{
    if (fake_fail && --fake_fail == 0) {
        return NULL;
    }

    return malloc(size);
}


void *
ngx_calloc(size_t size, ngx_log_t *log)
{
    void  *p;

    p = ngx_alloc(size, log);

    if (p) {
        ngx_memzero(p, size);
    }

    return p;
}


ngx_pool_t *
ngx_create_pool(size_t size, ngx_log_t *log)
{
    ngx_pool_t  *pool;

    pool = ngx_calloc(sizeof(ngx_pool_t), log);

    if (pool) {
        pool->log = log;
        fake_live_pools++;
    }

    return pool;
}


void *
ngx_palloc(ngx_pool_t *pool, size_t size)
{
    void              *p;
    ngx_pool_large_t  *large;

    p = ngx_alloc(size, pool->log);
    if (p == NULL) {
        return NULL;
    }

    large = malloc(sizeof(ngx_pool_large_t));
    if (large == NULL) {
        free(p);
        return NULL;
    }

    large->alloc = p;
    large->next = pool->large;
    pool->large = large;

    fake_blocks++;

    return p;
}


void *
ngx_pnalloc(ngx_pool_t *pool, size_t size)
{
    return ngx_palloc(pool, size);
}


void *
ngx_pcalloc(ngx_pool_t *pool, size_t size)
{
    void  *p;

    p = ngx_palloc(pool, size);

    if (p) {
        ngx_memzero(p, size);
    }

    return p;
}


ngx_pool_cleanup_t *
ngx_pool_cleanup_add(ngx_pool_t *pool, size_t size)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pcalloc(pool, sizeof(ngx_pool_cleanup_t));
    if (cln == NULL) {
        return NULL;
    }

    if (size) {
        cln->data = ngx_palloc(pool, size);
        if (cln->data == NULL) {
            return NULL;
        }
    }

    cln->next = pool->cleanup;
    pool->cleanup = cln;

    return cln;
}


void
ngx_destroy_pool(ngx_pool_t *pool)
{
    ngx_pool_large_t    *large;
    ngx_pool_cleanup_t  *cln;

    for (cln = pool->cleanup; cln; cln = cln->next) {
        if (cln->handler) {
            cln->handler(cln->data);
        }
    }

    while (pool->large) {
        large = pool->large;
        pool->large = large->next;

        free(large->alloc);
        free(large);
        fake_blocks--;
    }

    free(pool);
    fake_live_pools--;
}

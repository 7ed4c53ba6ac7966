/*
 * Shared memory for tests of src/shm: a slab pool whose pieces are shared with
 * forked processes, under a lock that knows its holder, as nginx' does.
 */

#ifndef FIN_TEST_ZONE_H
#define FIN_TEST_ZONE_H

#include <sys/mman.h>

#include "../../src/shm/ngx_http_finance_zone.h"


typedef struct {
    ngx_atomic_t     holder;            /* a pid; 0: nobody */
    ngx_slab_pool_t  pool;
} test_zone_memory_t;

typedef struct {
    void    *data;
    size_t   size;
} test_zone_piece_t;


ngx_uint_t  ngx_pagesize = 4096;
ngx_uint_t  ngx_inherited;
ngx_pid_t   ngx_pid;

static ngx_uint_t           room;       /* bytes that the slab gives */
static test_zone_memory_t  *shared;
static ngx_shm_zone_t       shm;
static test_zone_piece_t    pieces[16];
static char                 shared_name[64];


void
ngx_shmtx_lock(ngx_shmtx_t *mtx)
{
    while (!ngx_atomic_cmp_set(&shared->holder, 0, (ngx_atomic_uint_t) ngx_pid))
    {
        /* one process would wait for ever */
        assert_int_not_equal(shared->holder, ngx_pid);
        ngx_sched_yield();
    }
}


void
ngx_shmtx_unlock(ngx_shmtx_t *mtx)
{
    assert_true(ngx_atomic_cmp_set(&shared->holder,
                                   (ngx_atomic_uint_t) ngx_pid, 0));
}


/* What the master does when a worker is gone. */
static ngx_uint_t
test_zone_force_unlock(ngx_pid_t pid)
{
    return ngx_atomic_cmp_set(&shared->holder, (ngx_atomic_uint_t) pid, 0);
}


void *
ngx_slab_alloc_locked(ngx_slab_pool_t *p, size_t size)
{
    ngx_uint_t  i;

    assert_int_equal(shared->holder, ngx_pid);

    if (size > room) {
        return NULL;
    }

    for (i = 0; pieces[i].data; i++) {
        assert_true(i < 15);
    }

    room -= size;
    shared->pool.pfree = room / ngx_pagesize;
    pieces[i].size = size;
    pieces[i].data = mmap(NULL, size, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pieces[i].data, MAP_FAILED);
    memset(pieces[i].data, 0xb6, size);

    return pieces[i].data;
}


void *
ngx_slab_calloc_locked(ngx_slab_pool_t *p, size_t size)
{
    void  *m;

    m = ngx_slab_alloc_locked(p, size);

    return m ? memset(m, 0, size) : NULL;
}


void
ngx_slab_free_locked(ngx_slab_pool_t *p, void *m)
{
    ngx_uint_t  i;

    assert_int_equal(shared->holder, ngx_pid);

    for (i = 0; pieces[i].data != m; i++) {
        assert_true(i < 15);
    }

    room += pieces[i].size;
    shared->pool.pfree = room / ngx_pagesize;
    munmap(pieces[i].data, pieces[i].size);
    pieces[i].data = NULL;
}


ngx_shm_zone_t *
ngx_shared_memory_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag)
{
    memset(&shm, 0, sizeof(shm));
    memcpy(shared_name, name->data, name->len);
    shared_name[name->len] = '\0';

    shm.shm.addr = (u_char *) &shared->pool;
    shm.shm.log = fake_log();
    shm.tag = tag;

    return &shm;
}


/* Names only. */
u_char * ngx_cdecl
ngx_sprintf(u_char *buf, const char *fmt, ...)
{
    va_list     args;
    ngx_str_t  *name;

    va_start(args, fmt);
    name = va_arg(args, ngx_str_t *);

    if (strcmp(fmt, "finance:%V:%d") == 0) {
        buf += sprintf((char *) buf, "finance:%.*s:%d", (int) name->len,
                       name->data, va_arg(args, int));
    }

    va_end(args);

    return buf;
}


/* The zone of another configuration, over the same memory. */
static ngx_http_finance_zone_t *
test_zone_another(ngx_pool_t *cycle_pool, size_t size, ngx_uint_t starts,
    ngx_uint_t limits)
{
    ngx_str_t                 name = ngx_string("x");
    ngx_conf_t                cf;
    ngx_http_finance_zone_t  *z;

    memset(&cf, 0, sizeof(cf));
    cf.pool = cycle_pool;

    z = ngx_http_finance_zone_add(&cf, &name, size, NULL);
    assert_non_null(z);
    z->starts = starts;
    z->limits = limits != 0;

    return z;
}


static void
test_zone_begin(ngx_uint_t bytes)
{
    shared = mmap(NULL, sizeof(test_zone_memory_t), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);

    memset(pieces, 0, sizeof(pieces));
    shared->pool.pfree = bytes / ngx_pagesize;
    room = bytes;
    ngx_pid = getpid();
    ngx_inherited = 0;
}


static void
test_zone_end(void)
{
    ngx_uint_t  i;

    for (i = 0; i < 16; i++) {
        if (pieces[i].data) {
            munmap(pieces[i].data, pieces[i].size);
        }
    }

    assert_int_equal(shared->holder, 0);
    munmap(shared, sizeof(test_zone_memory_t));
}


#endif

/* Memory for one JSON text's tree: see the header. */

#include <pthread.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "fin_arena.h"


#define FIN_ARENA_BLOCK  (1024 * 1024)
#define FIN_ARENA_KEEP   4              /* blocks kept for the next texts */
#define FIN_ARENA_ALIGN  16


typedef struct fin_arena_block_s  fin_arena_block_t;

struct fin_arena_block_s {
    fin_arena_block_t  *next;
    size_t              size;           /* of data */
    size_t              used;
    _Alignas(FIN_ARENA_ALIGN) unsigned char  data[];
};


/* the process's: blocks that wait for use */

static pthread_mutex_t     fin_arena_lock = PTHREAD_MUTEX_INITIALIZER;
static fin_arena_block_t  *fin_arena_kept;
static unsigned            fin_arena_n_kept;
static int                 fin_arena_installed;

/* the thread's: the open arena, newest block first; NULL: none is open */

static __thread fin_arena_block_t  *fin_arena_blocks;


static fin_arena_block_t *
fin_arena_take(void)
{
    fin_arena_block_t  *block;

    (void) pthread_mutex_lock(&fin_arena_lock);

    block = fin_arena_kept;

    if (block != NULL) {
        fin_arena_kept = block->next;
        fin_arena_n_kept--;
    }

    (void) pthread_mutex_unlock(&fin_arena_lock);

    return block;
}


/* 1: it is kept */

static int
fin_arena_keep(fin_arena_block_t *block)
{
    int  keep;

    (void) pthread_mutex_lock(&fin_arena_lock);

    keep = block->size == FIN_ARENA_BLOCK
           && fin_arena_n_kept < FIN_ARENA_KEEP;

    if (keep) {
        block->next = fin_arena_kept;
        fin_arena_kept = block;
        fin_arena_n_kept++;
    }

    (void) pthread_mutex_unlock(&fin_arena_lock);

    return keep;
}


static fin_arena_block_t *
fin_arena_grow(size_t size)
{
    fin_arena_block_t  *block;

    block = NULL;

    if (size <= FIN_ARENA_BLOCK) {
        size = FIN_ARENA_BLOCK;
        block = fin_arena_take();
    }

    if (block == NULL) {
        block = malloc(sizeof(fin_arena_block_t) + size);
        if (block == NULL) {
            return NULL;
        }

        block->size = size;
    }

    block->used = 0;
    block->next = fin_arena_blocks;
    fin_arena_blocks = block;

    return block;
}


static void *
fin_arena_malloc(size_t size)
{
    void               *p;
    fin_arena_block_t  *block;

    block = fin_arena_blocks;

    if (block == NULL) {
        return malloc(size);
    }

    if (size > (size_t) 1 << 40) {
        return NULL;
    }

    size = (size + FIN_ARENA_ALIGN - 1) & ~((size_t) FIN_ARENA_ALIGN - 1);

    if (size > block->size - block->used) {
        block = fin_arena_grow(size);
        if (block == NULL) {
            return NULL;
        }
    }

    p = block->data + block->used;
    block->used += size;

    return p;
}


static void
fin_arena_free(void *p)
{
    if (fin_arena_blocks == NULL) {
        free(p);
    }
}


void
fin_arena_install(void)
{
    cJSON_Hooks  hooks;

    hooks.malloc_fn = fin_arena_malloc;
    hooks.free_fn = fin_arena_free;

    cJSON_InitHooks(&hooks);

    fin_arena_installed = 1;
}


/* the library may outlive the module in the process that loads modules */

__attribute__((destructor)) static void
fin_arena_uninstall(void)
{
    fin_arena_block_t  *block;

    if (!fin_arena_installed) {
        return;
    }

    cJSON_InitHooks(NULL);
    fin_arena_installed = 0;

    while ((block = fin_arena_take()) != NULL) {
        free(block);
    }
}


int
fin_arena_open(void)
{
    return fin_arena_installed && fin_arena_blocks == NULL
           && fin_arena_grow(1) != NULL;
}


void
fin_arena_close(void)
{
    fin_arena_block_t  *block, *next;

    block = fin_arena_blocks;
    fin_arena_blocks = NULL;

    for ( /* void */ ; block != NULL; block = next) {
        next = block->next;

        if (!fin_arena_keep(block)) {
            free(block);
        }
    }
}


int
fin_arena_is_open(void)
{
    return fin_arena_blocks != NULL;
}

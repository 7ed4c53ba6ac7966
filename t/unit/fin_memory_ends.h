/*
 * Memory that ends: for tests linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc.
 */

#ifndef FIN_TEST_MEMORY_ENDS_H
#define FIN_TEST_MEMORY_ENDS_H

#include <stddef.h>


static long  test_allocations = -1;     /* the one that fails; negative: none */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);


static int
test_memory_ended(void)
{
    if (test_allocations > 0) {
        test_allocations--;
    }

    return test_allocations == 0;
}


void *
__wrap_malloc(size_t size)
{
    return test_memory_ended() ? NULL : __real_malloc(size);
}


void *
__wrap_calloc(size_t n, size_t size)
{
    return test_memory_ended() ? NULL : __real_calloc(n, size);
}


void *
__wrap_realloc(void *p, size_t size)
{
    return test_memory_ended() ? NULL : __real_realloc(p, size);
}


#endif

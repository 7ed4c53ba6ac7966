/* Inputs of tests that read bytes: where they lie, and what is drawn. */

#ifndef FIN_SCAN_INPUT_H
#define FIN_SCAN_INPUT_H

#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"


/* xorshift64: the same cases in every run */
static uint64_t  fin_random_seed = UINT64_C(88172645463325252);


static inline uint64_t
fin_random(uint64_t n)
{
    fin_random_seed ^= fin_random_seed << 13;
    fin_random_seed ^= fin_random_seed >> 7;
    fin_random_seed ^= fin_random_seed << 17;

    return fin_random_seed % n;
}


/* In memory of its size, for the sanitizer. */
static inline char *
fin_input_copy(const char *json, size_t len)
{
    char  *p;

    p = malloc(len == 0 ? 1 : len);
    assert_non_null(p);
    memcpy(p, json, len);

    return p;
}


#endif

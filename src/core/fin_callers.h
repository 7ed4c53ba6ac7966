/*
 * The buckets of many callers in one piece of memory of a fixed size, which
 * holds no pointers, so that it may be shared and begun anew at any moment.
 * When it is full, the one who has not called for longest is forgotten.
 */

#ifndef FIN_CALLERS_H
#define FIN_CALLERS_H


#include "fin_gcra.h"

#include <stddef.h>


#define FIN_CALLER_KEY  67      /* bytes at most */

/* 96 bytes */
typedef struct {
    int64_t        full;        /* the bucket: fin_gcra.h */
    uint64_t       hash;
    uint32_t       next;        /* of the same slot; places count from 1 */
    uint32_t       older;
    uint32_t       newer;
    uint8_t        len;
    unsigned char  key[FIN_CALLER_KEY];
} fin_caller_t;

typedef struct {
    uint32_t      max;          /* callers */
    uint32_t      n;            /* of them known */
    uint32_t      mask;         /* slots - 1 */
    uint32_t      newest;       /* who called last; 0: nobody did */
    uint32_t      oldest;
    uint32_t      unused;
    fin_caller_t  caller[];     /* [max], then uint32_t slot[mask + 1] */
} fin_callers_t;


/* An empty one in so many bytes, aligned for int64_t.  0: too few. */
int fin_callers_init(fin_callers_t *c, size_t bytes);

/*
 * Takes a token of the caller's: 1 or 0 as fin_gcra_take().  *dropped: 1 when
 * someone whose bucket was not full had to be forgotten, else 0.  hash is one
 * of the key; len at most FIN_CALLER_KEY, else nobody is found.
 */
int fin_callers_take(fin_callers_t *c, const fin_gcra_t *g, const void *key,
    size_t len, uint64_t hash, int64_t now, fin_gcra_result_t *result,
    int *dropped);


#endif

/* A map from short texts to a pointer or a count, in order of insertion. */

#ifndef MARKET_MAP_H
#define MARKET_MAP_H

#include <stddef.h>
#include <stdint.h>


typedef struct {
    char      *key;             /* owned by the map */
    size_t     len;
    uint32_t   hash;
    void      *value;           /* not owned */
    uint64_t   count;
} market_entry_t;


typedef struct {
    market_entry_t  *entries;
    size_t           n;
    size_t           size;
    uint32_t        *slots;     /* index of an entry + 1; 0 is free */
    size_t           nslots;    /* a power of two */
} market_map_t;


/* The entry of that key, or NULL. Valid until the next insertion. */
market_entry_t *market_map_find(const market_map_t *map, const char *key,
    size_t len);

/* The same, made with a NULL value and a count of 0 when it is missing. */
market_entry_t *market_map_insert(market_map_t *map, const char *key,
    size_t len);

void market_map_free(market_map_t *map);


#endif

#include <stdlib.h>
#include <string.h>

#include "market_buf.h"
#include "market_map.h"


/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */

static uint32_t
map_hash(const char *key, size_t len)
{
    size_t    i;
    uint32_t  hash;

    hash = 2166136261u;

    for (i = 0; i < len; i++) {
        hash ^= (unsigned char) key[i];
        hash *= 16777619u;
    }

    return hash;
}


/* The slot that holds the key, or the free one where it belongs. */

static size_t
map_slot(const market_map_t *map, const char *key, size_t len, uint32_t hash)
{
    size_t                 i;
    const market_entry_t  *entry;

    for (i = hash & (map->nslots - 1); map->slots[i] != 0;
         i = (i + 1) & (map->nslots - 1))
    {
        entry = &map->entries[map->slots[i] - 1];

        if (entry->hash == hash && entry->len == len
            && memcmp(entry->key, key, len) == 0)
        {
            break;
        }
    }

    return i;
}


static void
map_grow(market_map_t *map)
{
    size_t           i, slot;
    market_entry_t  *entry;

    free(map->slots);

    map->nslots = map->nslots ? map->nslots * 2 : 64;
    map->slots = market_alloc(map->nslots * sizeof(*map->slots));

    for (i = 0; i < map->n; i++) {
        entry = &map->entries[i];
        slot = map_slot(map, entry->key, entry->len, entry->hash);
        map->slots[slot] = (uint32_t) i + 1;
    }
}


market_entry_t *
market_map_find(const market_map_t *map, const char *key, size_t len)
{
    size_t  slot;

    if (map->n == 0) {
        return NULL;
    }

    slot = map_slot(map, key, len, map_hash(key, len));

    return map->slots[slot] ? &map->entries[map->slots[slot] - 1] : NULL;
}


market_entry_t *
market_map_insert(market_map_t *map, const char *key, size_t len)
{
    size_t           slot;
    uint32_t         hash;
    market_entry_t  *entry;

    if ((map->n + 1) * 2 > map->nslots) {
        map_grow(map);
    }

    hash = map_hash(key, len);
    slot = map_slot(map, key, len, hash);

    if (map->slots[slot] != 0) {
        return &map->entries[map->slots[slot] - 1];
    }

    if (map->n == map->size) {
        map->size = map->size ? map->size * 2 : 32;
        map->entries = market_resize(map->entries, map->size,
                                     sizeof(*map->entries));
    }

    entry = &map->entries[map->n++];
    memset(entry, 0, sizeof(*entry));
    entry->key = market_copy(key, len);
    entry->len = len;
    entry->hash = hash;

    map->slots[slot] = (uint32_t) map->n;

    return entry;
}


void
market_map_free(market_map_t *map)
{
    size_t  i;

    for (i = 0; i < map->n; i++) {
        free(map->entries[i].key);
    }

    free(map->entries);
    free(map->slots);
    memset(map, 0, sizeof(*map));
}

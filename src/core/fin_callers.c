#include <string.h>

#include "fin_callers.h"


_Static_assert(sizeof(fin_caller_t) == 96, "as README says");


static uint32_t *
fin_callers_slot(fin_callers_t *c, uint64_t hash)
{
    uint32_t  *slot;

    slot = (uint32_t *) (void *) &c->caller[c->max];

    return &slot[(hash ^ hash >> 32) & c->mask];
}


static fin_caller_t *
fin_callers_place(fin_callers_t *c, uint32_t place)
{
    return &c->caller[place - 1];
}


/* The slots are a power of two, half as many as callers or more, nearly. */
int
fin_callers_init(fin_callers_t *c, size_t bytes)
{
    size_t    max, slots, room;
    uint32_t  i;

    if (bytes < sizeof(fin_callers_t)) {
        return 0;
    }

    room = bytes - sizeof(fin_callers_t);
    max = room / (sizeof(fin_caller_t) + sizeof(uint32_t));

    if (max < 1 || max > INT32_MAX) {
        return 0;
    }

    for (slots = 1; slots * 2 <= max; slots *= 2) { /* void */ }

    max = (room - slots * sizeof(uint32_t)) / sizeof(fin_caller_t);

    memset(c, 0, sizeof(fin_callers_t));
    c->max = (uint32_t) max;
    c->mask = (uint32_t) slots - 1;

    for (i = 0; i < slots; i++) {
        *fin_callers_slot(c, i) = 0;
    }

    return 1;
}


static uint32_t
fin_callers_find(fin_callers_t *c, const void *key, size_t len, uint64_t hash)
{
    uint32_t       place;
    fin_caller_t  *caller;

    place = *fin_callers_slot(c, hash);

    while (place != 0) {
        caller = fin_callers_place(c, place);

        if (caller->hash == hash && caller->len == len
            && memcmp(caller->key, key, len) == 0)
        {
            break;
        }

        place = caller->next;
    }

    return place;
}


/* Out of the line of those who called, and into it at its new end. */

static void
fin_callers_leave(fin_callers_t *c, uint32_t place)
{
    fin_caller_t  *caller;

    caller = fin_callers_place(c, place);

    if (caller->newer != 0) {
        fin_callers_place(c, caller->newer)->older = caller->older;

    } else {
        c->newest = caller->older;
    }

    if (caller->older != 0) {
        fin_callers_place(c, caller->older)->newer = caller->newer;

    } else {
        c->oldest = caller->newer;
    }
}


static void
fin_callers_enter(fin_callers_t *c, uint32_t place)
{
    fin_caller_t  *caller;

    caller = fin_callers_place(c, place);
    caller->newer = 0;
    caller->older = c->newest;

    if (c->newest != 0) {
        fin_callers_place(c, c->newest)->newer = place;

    } else {
        c->oldest = place;
    }

    c->newest = place;
}


/* The place of the one who has not called for longest, now nobody's. */
static uint32_t
fin_callers_forget(fin_callers_t *c, int64_t now, int *dropped)
{
    uint32_t       place, *p;
    fin_caller_t  *caller;

    place = c->oldest;
    caller = fin_callers_place(c, place);
    *dropped = caller->full > now;

    fin_callers_leave(c, place);

    for (p = fin_callers_slot(c, caller->hash);
         *p != place;
         p = &fin_callers_place(c, *p)->next)
    {
        /* void */
    }

    *p = caller->next;

    return place;
}


static uint32_t
fin_callers_add(fin_callers_t *c, const void *key, size_t len, uint64_t hash,
    int64_t now, int *dropped)
{
    uint32_t       place, *slot;
    fin_caller_t  *caller;

    place = c->n < c->max ? ++c->n : fin_callers_forget(c, now, dropped);

    caller = fin_callers_place(c, place);
    caller->full = 0;
    caller->hash = hash;
    caller->len = (uint8_t) len;
    memcpy(caller->key, key, len);

    slot = fin_callers_slot(c, hash);
    caller->next = *slot;
    *slot = place;

    fin_callers_enter(c, place);

    return place;
}


int
fin_callers_take(fin_callers_t *c, const fin_gcra_t *g, const void *key,
    size_t len, uint64_t hash, int64_t now, fin_gcra_result_t *result,
    int *dropped)
{
    uint32_t  place;

    *dropped = 0;

    if (len > FIN_CALLER_KEY) {
        result->left = 0;
        result->wait = g->interval;
        return 0;
    }

    place = fin_callers_find(c, key, len, hash);

    if (place == 0) {
        place = fin_callers_add(c, key, len, hash, now, dropped);

    } else if (place != c->newest) {
        fin_callers_leave(c, place);
        fin_callers_enter(c, place);
    }

    return fin_gcra_take(g, &fin_callers_place(c, place)->full, now, result);
}

#include <stdlib.h>
#include <string.h>

#include "fin_key.h"
#include "fin_snapshot.h"
#include "fin_watch.h"


#define FIN_WATCH_FIRST  256


void
fin_watch_init(fin_watch_t *watch)
{
    memset(watch, 0, sizeof(fin_watch_t));
}


void
fin_watch_free(fin_watch_t *watch)
{
    free(watch->item);
    free(watch->slot);
    fin_watch_init(watch);
}


/* The slot of a ticker, or the free one where it belongs. */
static uint32_t *
fin_watch_slot(const fin_watch_t *watch, uint32_t *slot, size_t cap,
    const char *ticker, size_t len)
{
    size_t                i;
    const fin_watched_t  *item;

    i = fin_hash64(ticker, len, 0) % (2 * cap);

    while (slot[i]) {
        item = &watch->item[slot[i] - 1];

        if (memcmp(item->ticker, ticker, len) == 0
            && item->ticker[len] == '\0')
        {
            break;
        }

        i = (i + 1) % (2 * cap);
    }

    return &slot[i];
}


static fin_status_t
fin_watch_grow(fin_watch_t *watch)
{
    size_t          i, cap;
    uint32_t       *slot;
    fin_watched_t  *item;

    cap = watch->cap ? 2 * watch->cap : FIN_WATCH_FIRST;

    item = realloc(watch->item, cap * sizeof(fin_watched_t));
    if (item == NULL) {
        return FIN_E_NOMEM;
    }

    watch->item = item;

    slot = calloc(2 * cap, sizeof(uint32_t));
    if (slot == NULL) {
        return FIN_E_NOMEM;
    }

    for (i = 0; i < watch->n; i++) {
        *fin_watch_slot(watch, slot, cap, item[i].ticker,
                        strlen(item[i].ticker))
            = (uint32_t) i + 1;
    }

    free(watch->slot);
    watch->slot = slot;
    watch->cap = cap;

    return FIN_OK;
}


fin_status_t
fin_watch_add(fin_watch_t *watch, const char *ticker, size_t len)
{
    uint32_t       *slot;
    fin_watched_t  *item;

    if (!fin_ticker_valid(ticker, len)) {
        return FIN_E_VALUE;
    }

    if (watch->n) {
        slot = fin_watch_slot(watch, watch->slot, watch->cap, ticker, len);

        if (*slot) {
            return FIN_OK;
        }
    }

    if (watch->n == FIN_WATCH_MAX) {
        return FIN_E_TOO_BIG;
    }

    if (watch->n == watch->cap && fin_watch_grow(watch) != FIN_OK) {
        return FIN_E_NOMEM;
    }

    item = &watch->item[watch->n];
    memset(item, 0, sizeof(fin_watched_t));
    memcpy(item->ticker, ticker, len);

    *fin_watch_slot(watch, watch->slot, watch->cap, ticker, len)
        = (uint32_t) ++watch->n;

    return FIN_OK;
}


void
fin_watch_head(fin_watched_t *item, const char *head, size_t len,
    int64_t ahead, int64_t usual)
{
    int64_t         whole;
    fin_snapshot_t  snapshot;

    item->fresh_ms = 0;
    item->due_ms = 0;

    if (fin_snapshot_times(head, len, &snapshot) != FIN_OK) {
        return;
    }

    item->fresh_ms = snapshot.fresh_ms;
    item->due_ms = snapshot.fresh_ms;

    whole = snapshot.fresh_ms - snapshot.fetched_ms;

    if (whole > 0 && whole <= usual) {
        item->due_ms -= ahead < whole / 2 ? ahead : whole / 2;
    }
}


static int
fin_watch_sooner(const void *one, const void *two)
{
    const fin_watched_t  *a = one;
    const fin_watched_t  *b = two;

    if (a->fresh_ms != b->fresh_ms) {
        return a->fresh_ms < b->fresh_ms ? -1 : 1;
    }

    return strcmp(a->ticker, b->ticker);
}


void
fin_watch_pick(fin_watch_t *watch, int64_t now)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < watch->n; i++) {
        if (watch->item[i].due_ms <= now) {
            watch->item[n++] = watch->item[i];
        }
    }

    watch->n = n;

    free(watch->slot);
    watch->slot = NULL;

    if (n > 1) {
        qsort(watch->item, n, sizeof(fin_watched_t), fin_watch_sooner);
    }
}


int64_t
fin_watch_begin(size_t i, size_t n, int64_t span, int64_t left)
{
    int64_t  at;

    at = span * (int64_t) i / (int64_t) n;
    left -= FIN_WATCH_HURRY;

    if (left < 0) {
        left = 0;
    }

    return at < left ? at : left;
}

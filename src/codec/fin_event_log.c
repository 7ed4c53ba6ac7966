#include <stdlib.h>
#include <string.h>

#include "fin_event_log.h"
#include "fin_snapshot.h"


#define fin_event_log_slot(log, n)  (log)->slot[(n) % FIN_EVENT_KEPT]


fin_status_t
fin_event_log_init(fin_event_log_t *log)
{
    memset(log, 0, sizeof(fin_event_log_t));

    log->slot = calloc(FIN_EVENT_KEPT, sizeof(fin_event_entry_t *));
    log->whole = 1;

    return log->slot ? FIN_OK : FIN_E_NOMEM;
}


void
fin_event_log_clear(fin_event_log_t *log)
{
    size_t  i;

    for (i = 0; log->slot && i < FIN_EVENT_KEPT; i++) {
        free(log->slot[i]);
        log->slot[i] = NULL;
    }

    log->first = log->end;
    log->whole = 1;
}


void
fin_event_log_free(fin_event_log_t *log)
{
    fin_event_log_clear(log);
    free(log->slot);
    log->slot = NULL;
}


/* What is looked up when it is delivered need not be delivered twice. */
static void
fin_event_log_supersede(fin_event_log_t *log, const fin_event_entry_t *entry)
{
    uint64_t            n;
    fin_event_entry_t  *before;

    for (n = log->end; n > log->first; n--) {
        before = fin_event_log_slot(log, n - 1);

        if (before->hash == entry->hash && before->len == entry->len
            && memcmp(before->line, entry->line, entry->len) == 0)
        {
            before->old = 1;
            return;
        }
    }
}


fin_status_t
fin_event_log_add(fin_event_log_t *log, const fin_event_id_t *id,
    const char *line, size_t len)
{
    fin_event_id_t       last;
    fin_event_entry_t   *entry, **slot;

    fin_event_log_before(log, log->end, &last);

    if (fin_event_id_cmp(id, &last) <= 0) {
        return FIN_E_VALUE;
    }

    entry = malloc(sizeof(fin_event_entry_t) + len);
    if (entry == NULL) {
        return FIN_E_NOMEM;
    }

    entry->id = *id;
    entry->hash = fin_hash64(line, len, 0);
    entry->len = len;
    entry->old = 0;
    memcpy(entry->line, line, len);

    fin_event_log_supersede(log, entry);

    slot = &fin_event_log_slot(log, log->end);

    if (log->end - log->first == FIN_EVENT_KEPT) {
        free(*slot);
        log->first++;
        log->whole = 0;
    }

    *slot = entry;
    log->end++;

    return FIN_OK;
}


const fin_event_entry_t *
fin_event_log_get(const fin_event_log_t *log, uint64_t n)
{
    return n >= log->first && n < log->end ? fin_event_log_slot(log, n) : NULL;
}


void
fin_event_log_before(const fin_event_log_t *log, uint64_t n,
    fin_event_id_t *id)
{
    const fin_event_entry_t  *entry;

    entry = n ? fin_event_log_get(log, n - 1) : NULL;

    if (entry) {
        *id = entry->id;

    } else {
        id->ms = 0;
        id->seq = 0;
    }
}


fin_status_t
fin_event_log_after(const fin_event_log_t *log, const fin_event_id_t *id,
    uint64_t *n)
{
    int                       cmp;
    uint64_t                  low, high, middle;
    const fin_event_entry_t  *entry;

    if (id->ms == 0 && id->seq == 0) {
        *n = log->first;
        return log->whole ? FIN_OK : FIN_E_NOT_FOUND;
    }

    low = log->first;
    high = log->end;

    while (low < high) {
        middle = low + (high - low) / 2;
        entry = fin_event_log_get(log, middle);
        cmp = fin_event_id_cmp(id, &entry->id);

        if (cmp == 0) {
            *n = middle + 1;
            return FIN_OK;
        }

        if (cmp < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return low == log->end ? FIN_E_NO_DATA : FIN_E_NOT_FOUND;
}

/*
 * The latest entries of the stream of events, as a worker keeps them: what a
 * client that comes back has missed is found here.
 *
 * Entries are counted from 0 on for as long as the log lives.
 */

#ifndef FIN_EVENT_LOG_H
#define FIN_EVENT_LOG_H

#include "fin_event.h"


typedef struct {
    fin_event_id_t    id;
    uint64_t          hash;             /* of the line */
    size_t            len;
    unsigned          old:1;            /* a later one says the same */
    char              line[];
} fin_event_entry_t;

typedef struct {
    fin_event_entry_t  **slot;          /* [FIN_EVENT_KEPT] */
    uint64_t             first;         /* the oldest that is kept */
    uint64_t             end;           /* after the newest */
    unsigned             whole:1;       /* nothing was before the first */
} fin_event_log_t;


/* FIN_OK or FIN_E_NOMEM. */
fin_status_t fin_event_log_init(fin_event_log_t *log);
void fin_event_log_free(fin_event_log_t *log);

/* All of it is forgotten, what comes next is the beginning of all. */
void fin_event_log_clear(fin_event_log_t *log);

/*
 * One more, in the place of the oldest when it is full.  FIN_OK; FIN_E_VALUE:
 * its id is not greater than the last one's; FIN_E_NOMEM.
 */
fin_status_t fin_event_log_add(fin_event_log_t *log, const fin_event_id_t *id,
    const char *line, size_t len);

/* NULL: not kept, or not there yet. */
const fin_event_entry_t *fin_event_log_get(const fin_event_log_t *log,
    uint64_t n);

/* The id of the entry before n, 0-0 for the first. */
void fin_event_log_before(const fin_event_log_t *log, uint64_t n,
    fin_event_id_t *id);

/*
 * The number of the entry after the one with that id.  FIN_OK;
 * FIN_E_NOT_FOUND: it is not kept any more, or never was; FIN_E_NO_DATA: it is
 * later than all.
 */
fin_status_t fin_event_log_after(const fin_event_log_t *log,
    const fin_event_id_t *id, uint64_t *n);


#endif

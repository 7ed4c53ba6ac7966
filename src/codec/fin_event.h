/*
 * What has changed, as all workers of all hosts hear it: entries of a stream in
 * Redis, whose ids are those of the events that a browser sees.
 *
 * An entry is a hint of one line; what it is about is looked up when it is
 * delivered:
 *
 *     stock TICKER
 *     watchlist OWNER
 *     position created|replaced|removed UUID OWNER
 */

#ifndef FIN_EVENT_H
#define FIN_EVENT_H

#include "../core/fin_uuid.h"
#include "fin_key.h"
#include "fin_out.h"


/* The stream in Redis, and about how many entries it keeps. */
#define FIN_EVENT_KEY   "finance:events"
#define FIN_EVENT_KEPT  4096

/* "ms-seq"; 0-0 is before all others */
typedef struct {
    uint64_t  ms;
    uint64_t  seq;
} fin_event_id_t;

#define FIN_EVENT_ID_MAX  41            /* of the text, no NUL */

typedef enum {
    FIN_EVENT_STOCK = 0,
    FIN_EVENT_WATCHLIST,
    FIN_EVENT_POSITION
} fin_event_kind_t;

typedef enum {
    FIN_EVENT_CREATED = 0,
    FIN_EVENT_REPLACED,
    FIN_EVENT_REMOVED
} fin_event_op_t;

typedef struct {
    fin_event_kind_t   kind;
    fin_event_op_t     op;              /* of a position */
    char               ticker[FIN_TICKER_MAX + 1];
    char               position[FIN_UUID_LEN + 1];
    const char        *owner;           /* borrowed */
    size_t             owner_len;
} fin_event_t;

#define FIN_EVENT_MAX  (FIN_OWNER_MAX + FIN_UUID_LEN + 32)


/* The exact form that format() gives: FIN_OK or FIN_E_VALUE. */
fin_status_t fin_event_id_parse(const char *s, size_t len,
    fin_event_id_t *id);

/* Returns the length. */
size_t fin_event_id_format(const fin_event_id_t *id,
    char out[FIN_EVENT_ID_MAX]);

/* < 0, 0, > 0 */
int fin_event_id_cmp(const fin_event_id_t *one, const fin_event_id_t *two);

/* The entry's line; returns its length, 0 for an owner that is refused. */
size_t fin_event_write(const fin_event_t *event, char out[FIN_EVENT_MAX]);

/* FIN_OK or FIN_E_VALUE; event->owner is in s. */
fin_status_t fin_event_read(const char *s, size_t len, fin_event_t *event);

/* "created", ... */
const char *fin_event_op_name(fin_event_op_t op);


/*
 * An event as Server-Sent Events have it: begin, data in any number of parts,
 * end.  A line break in the data is the start of another data line.
 */
void fin_event_begin(fin_out_t *out, const fin_event_id_t *id,
    const char *name);
void fin_event_data(fin_out_t *out, const char *data, size_t len);
void fin_event_end(fin_out_t *out);


#endif

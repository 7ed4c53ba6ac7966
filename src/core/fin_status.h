/*
 * What every operation of the project ends with.  One list for the pure core,
 * the codec and the asynchronous side, so that a code is never translated.
 */

#ifndef FIN_STATUS_H
#define FIN_STATUS_H


typedef enum {
    FIN_OK = 0,
    FIN_E_NOMEM,            /* an allocation failed */
    FIN_E_SYNTAX,           /* bytes that are not JSON / not the format */
    FIN_E_SHAPE,            /* well formed, but not of the expected shape */
    FIN_E_VALUE,            /* a value that domain rules refuse */
    FIN_E_NO_DATA,          /* a good answer that holds nothing */
    FIN_E_NOT_FOUND,        /* upstream or the store knows no such thing */
    FIN_E_NOT_ENTITLED,     /* the plan does not include it (403) */
    FIN_E_UNAUTHORIZED,     /* the key was refused (401) */
    FIN_E_THROTTLED,        /* 429 */
    FIN_E_UPSTREAM,         /* 5xx, reset, refused, other statuses */
    FIN_E_TRUNCATED,        /* the answer ended early */
    FIN_E_TOO_BIG,          /* the answer passed the size guard */
    FIN_E_TIMEOUT,
    FIN_E_BUSY,             /* a queue or a pool is full */
    FIN_E_REDIS,            /* Redis is away or answered an error */
    FIN_E_CANCELLED,
    FIN_E_INTERNAL,
    FIN_E_BUDGET,           /* our own limit of calls (finance_budget) */
    FIN_STATUS_COUNT
} fin_status_t;


/* The name for logs and metrics, e.g. "timeout"; never NULL, static. */
const char *fin_status_name(fin_status_t status);

/*
 * The HTTP status that stands for it in an error body when nothing stale can
 * be served (api.md): 404 for no data, 502 for nonsense, 503, 504 ...
 */
int fin_status_http(fin_status_t status);

/* A sentence for a person, e.g. "The market did not answer in time". */
const char *fin_status_detail(fin_status_t status);


#endif

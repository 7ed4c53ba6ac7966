/*
 * The value that Redis holds for a stock: one JSON document whose head has a
 * fixed layout, so that a reader finds the finished bytes without parsing.
 *
 * {"v":1,"fetched_at":"2026-01-02T15:04:05Z","fetched_ms":1767366245000,
 *  "fresh_ms":1767366545000,"etag":"0123456789abcdef","at":["00000210",...],
 *  "stock":{"ticker":...,"stock_data":{...},"options_status":"ok",
 *           "strategy_data":{"csp_signal":...,...,"other_positions":[]}}}
 *
 * Numbers in the head have a fixed width: 13 bytes of ms (spaces first, so that
 * they stay JSON), 16 hexadecimal digits, offsets of 8 digits.
 */

#ifndef FIN_SNAPSHOT_H
#define FIN_SNAPSHOT_H

#include "../core/fin_signal.h"
#include "fin_out.h"


/* Cuts of the finished bytes, offsets from the start of the value. */
typedef enum {
    FIN_CUT_STOCK = 0,          /* the '{' of the stock */
    FIN_CUT_SIGNALS,            /* "csp_signal": ...  (a run of members) */
    FIN_CUT_OWNER_SIGNALS,      /* "covered_call_signal": ...,"pmcc_signal": */
    FIN_CUT_POSITIONS,          /* "leaps_positions": [] ... */
    FIN_CUT_STRATEGY_END,       /* the '}' of strategy_data */
    FIN_CUT_END,                /* the '}' that closes the stock */
    FIN_CUT_COUNT
} fin_cut_t;


/* A view on stored bytes; borrows them. */
typedef struct {
    const char  *data;
    size_t       len;
    int64_t      fetched_at;    /* ms on finance_clock: shown; whole seconds */
    int64_t      fetched_ms;    /* ms of real time: age is told from it */
    int64_t      fresh_ms;      /* real time until which it is fresh */
    uint64_t     etag;          /* of [FIN_CUT_STOCK, FIN_CUT_END] without the
                                   values of the signals' "timestamp" */
    uint32_t     cut[FIN_CUT_COUNT];
} fin_snapshot_t;


typedef struct {
    int64_t                 fetched_at;
    int64_t                 fetched_ms;
    int64_t                 fresh_ms;
    int64_t                 computed_at;    /* the signals' timestamp */
    fin_options_status_t    options;
    const fin_stock_t      *stock;
    const fin_signal_t     *signal[FIN_SIGNAL_COUNT];   /* NULL: null */
} fin_snapshot_in_t;


/*
 * Writes the whole document to out (empty before).  FIN_E_VALUE: fetched_ms or
 * fresh_ms is negative or of the year 2286 or later (14 digits), or fetched_at
 * or computed_at is not within 1970..9999; FIN_E_TOO_BIG, FIN_E_NOMEM.  What is in
 * out is then of no use.
 */
fin_status_t fin_snapshot_write(fin_out_t *out, const fin_snapshot_in_t *in);

/*
 * Reads the head: no JSON is parsed, every offset is checked against len and
 * order, and so are the bytes at it; what lies between the cuts is taken as it
 * is.  FIN_OK or FIN_E_SYNTAX (another version, damaged: a miss; *out is then
 * not to be read).
 */
fin_status_t fin_snapshot_read(const char *data, size_t len,
    fin_snapshot_t *out);

/*
 * Reads fetched_at, fetched_ms and fresh_ms alone, from the first
 * FIN_SNAPSHOT_TIMES bytes at least; nothing else of *out is set.  FIN_OK or
 * FIN_E_SYNTAX.
 */
#define FIN_SNAPSHOT_TIMES  94

fin_status_t fin_snapshot_times(const char *data, size_t len,
    fin_snapshot_t *out);

/* Of one that was read: whether its options_status is "ok". */
int fin_snapshot_options(const fin_snapshot_t *s);

/*
 * 64-bit content hash, the same on every host, not cryptographic; a result as
 * the next call's seed hashes a sequence of pieces.  In fin_hash.c.
 */
uint64_t fin_hash64(const void *data, size_t len, uint64_t seed);


#endif

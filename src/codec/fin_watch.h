/*
 * Which of the watched tickers are to be fetched again, and when: pure, the
 * time is a parameter.
 */

#ifndef FIN_WATCH_H
#define FIN_WATCH_H

#include "../core/fin_types.h"


#define FIN_WATCH_MAX    20000      /* tickers of one list */

/* What is left so short before it expires, ms, is begun at once. */
#define FIN_WATCH_HURRY  5000


typedef struct {
    char      ticker[FIN_TICKER_MAX + 1];
    int64_t   fresh_ms;             /* real time; 0: nothing is there */
    int64_t   due_ms;               /* real time from which it is due */
} fin_watched_t;

/* A set of tickers, each once, in the order in which they came. */
typedef struct {
    fin_watched_t  *item;
    size_t          n;
    size_t          cap;
    uint32_t       *slot;           /* 2 * cap, index + 1; NULL once picked */
} fin_watch_t;


void fin_watch_init(fin_watch_t *watch);
void fin_watch_free(fin_watch_t *watch);

/*
 * FIN_OK, also for one that is in it; FIN_E_VALUE: no ticker; FIN_E_TOO_BIG,
 * FIN_E_NOMEM.  Not after fin_watch_pick().
 */
fin_status_t fin_watch_add(fin_watch_t *watch, const char *ticker, size_t len);

/*
 * Takes in the head of a stored snapshot, its first FIN_SNAPSHOT_TIMES bytes;
 * one that is missing or damaged is due at once.  Due is what expires within
 * ahead, but not in the first half of its time; what is fresh for longer than
 * usual, for it cannot change before then, when it has expired.  All in ms.
 */
void fin_watch_head(fin_watched_t *item, const char *head, size_t len,
    int64_t ahead, int64_t usual);

/* Leaves those that are due, what expires first in front. */
void fin_watch_pick(fin_watch_t *watch, int64_t now);

/*
 * When the i-th of n is to be begun, ms from the first: they are spread evenly
 * over the span, but for those that expire before.  left: ms from the first
 * until it expires.  Grows with i where left does.
 */
int64_t fin_watch_begin(size_t i, size_t n, int64_t span, int64_t left);


#endif

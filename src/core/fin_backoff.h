/*
 * Whether an attempt is repeated and how long to wait before: exponential
 * backoff with full jitter.  A pure policy; the clock and the random number are
 * the caller's.
 */

#ifndef FIN_BACKOFF_H
#define FIN_BACKOFF_H


#include <stdint.h>

#include "fin_status.h"


/* Longer than this, or than max_ms, no Retry-After is waited for. */
#define FIN_RETRY_AFTER_MAX  30000      /* ms */

#define FIN_RETRY_NOT        (-1)


/* What an operator says; attempts counts the first one, too. */
typedef struct {
    uint32_t      attempts;
    uint32_t      base_ms;
    uint32_t      max_ms;
} fin_retry_t;


/* How an attempt ended. */
typedef struct {
    fin_status_t  status;
    uint32_t      http_status;          /* 0: none arrived */
    uint32_t      n;                    /* 0: the first */
    int64_t       retry_after;          /* seconds; negative: none said */
    int64_t       left_ms;              /* of the time for all attempts */
} fin_attempt_t;


/*
 * Milliseconds to wait after the failed attempt number attempt (0 is the first
 * one): a number in 1..cap, cap = min(max_ms, base_ms * 2^attempt), spread
 * over that range by random, which is uniform over 0..UINT32_MAX.  Any arguments
 * are good: nothing overflows, and a base or a max of 0 counts as 1.
 *
 * Source: "full jitter" of M. Brooker, Exponential Backoff And Jitter (AWS
 * Architecture Blog, 2015): sleep = random(0, min(cap, base * 2^attempt)); here
 * from 1, since a wait of 0 ms is none.
 */
uint32_t fin_backoff(uint32_t attempt, uint32_t base_ms, uint32_t max_ms,
    uint32_t random);

/*
 * Milliseconds to wait before the next attempt, or FIN_RETRY_NOT: this one's
 * end is the end.  Only what may pass is tried again: a timeout, a connection
 * that failed, 5xx, 408, 429, an answer that ended early.  The Retry-After of
 * a 429 or 503 comes on top of the backoff, so that those who were told the
 * same do not come back together; one that is over the cap or over what is left
 * of the time ends it at once.
 */
int64_t fin_retry_wait(const fin_retry_t *retry, const fin_attempt_t *attempt,
    uint32_t random);


#endif

/*
 * The last calls that were started, and how many more may be so that no time
 * span of `period` holds more than `cap`: an exact sliding window, not a
 * bucket, which lets twice as many through in its first period.
 *
 * It keeps times, not a limit: cap and period are the caller's and may change.
 * The memory is the caller's too, position independent, and may be shared.
 */

#ifndef FIN_WINDOW_H
#define FIN_WINDOW_H


#include <stddef.h>
#include <stdint.h>


typedef struct {
    uint32_t  size;         /* of at[]: what can be remembered */
    uint32_t  n;            /* is remembered */
    uint32_t  next;         /* where the next one goes */
    uint32_t  unused;
    int64_t   at[];         /* ms on any clock, a ring in order of time */
} fin_window_t;


/* Bytes for size starts. */
size_t fin_window_bytes(uint32_t size);

void fin_window_init(fin_window_t *w, uint32_t size);

/* As if as many as it can remember had just been started. */
void fin_window_fill(fin_window_t *w, int64_t now);

/* What fits of an older one, the newest. */
void fin_window_copy(fin_window_t *to, const fin_window_t *from);

/*
 * To be called first: when the newest start is more than `slack` ahead of now,
 * the clock was set back, and all starts move so that it is now.  Nothing
 * begins earlier for it, and nothing waits longer than a period.
 */
void fin_window_clock(fin_window_t *w, int64_t now, int64_t slack);

/*
 * How many may start now, of cap (at most size) in any period.  A start counts
 * until it is a whole period old.
 */
uint32_t fin_window_left(const fin_window_t *w, uint32_t cap, int64_t period,
    int64_t now);

/*
 * Ms until the k-th start from now (1: the first) can be made at the earliest,
 * those before it included.  cap must not be 0.
 */
int64_t fin_window_wait(const fin_window_t *w, uint32_t cap, int64_t period,
    int64_t now, uint32_t k);

/* k starts now.  Returns the time that is kept: never before the newest. */
int64_t fin_window_add(fin_window_t *w, int64_t now, uint32_t k);

/* Takes back k of those that are kept with that time. */
void fin_window_drop(fin_window_t *w, int64_t at, uint32_t k);


#endif

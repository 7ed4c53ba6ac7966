/*
 * How long to wait before an attempt is repeated: exponential backoff with
 * full jitter.  A pure policy; the clock and the random number are the
 * caller's.
 */

#ifndef FIN_BACKOFF_H
#define FIN_BACKOFF_H


#include <stdint.h>


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


#endif

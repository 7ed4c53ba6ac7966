/* Repeated or not, and exponential backoff with full jitter: see the header. */


#include "fin_backoff.h"

#include <stdbool.h>


static uint32_t
fin_backoff_cap(uint32_t attempt, uint32_t base_ms, uint32_t max_ms)
{
    /* base_ms << attempt fits as long as base_ms <= max_ms >> attempt */
    if (attempt >= 32 || base_ms > max_ms >> attempt) {
        return max_ms;
    }

    return base_ms << attempt;
}


uint32_t
fin_backoff(uint32_t attempt, uint32_t base_ms, uint32_t max_ms,
    uint32_t random)
{
    uint64_t  cap;

    if (base_ms == 0) {
        base_ms = 1;
    }

    if (max_ms == 0) {
        max_ms = 1;
    }

    cap = fin_backoff_cap(attempt, base_ms, max_ms);

    /* random / 2^32 of the range: even, and without a modulo's bias */
    return (uint32_t) ((cap * random) >> 32) + 1;
}


static bool
fin_attempt_may_pass(const fin_attempt_t *attempt)
{
    switch (attempt->status) {

    case FIN_E_TIMEOUT:
    case FIN_E_THROTTLED:
    case FIN_E_TRUNCATED:
        return true;

    case FIN_E_UPSTREAM:
        return attempt->http_status == 0 || attempt->http_status >= 500;

    default:
        return false;
    }
}


/* ms that the other side asks for; 0: nothing */

static int64_t
fin_attempt_asked(const fin_attempt_t *attempt)
{
    if (attempt->status != FIN_E_THROTTLED
        && !(attempt->status == FIN_E_UPSTREAM
             && attempt->http_status == 503))
    {
        return 0;
    }

    if (attempt->retry_after <= 0) {
        return 0;
    }

    return attempt->retry_after < INT64_MAX / 1000
           ? attempt->retry_after * 1000 : INT64_MAX;
}


int64_t
fin_retry_wait(const fin_retry_t *retry, const fin_attempt_t *attempt,
    uint32_t random)
{
    int64_t  asked, wait, cap;

    if (!fin_attempt_may_pass(attempt) || retry->attempts < 2
        || attempt->n >= retry->attempts - 1)
    {
        return FIN_RETRY_NOT;
    }

    cap = retry->max_ms > FIN_RETRY_AFTER_MAX ? retry->max_ms
                                              : FIN_RETRY_AFTER_MAX;
    asked = fin_attempt_asked(attempt);

    if (asked > cap) {
        return FIN_RETRY_NOT;
    }

    wait = asked + fin_backoff(attempt->n, retry->base_ms, retry->max_ms,
                               random);

    return wait < attempt->left_ms ? wait : FIN_RETRY_NOT;
}

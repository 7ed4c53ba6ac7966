/*
 * A token bucket in one number, by the generic cell rate algorithm: a bucket
 * of `cap` tokens that gets one each `interval`, of which a caller takes one.
 *
 * The number is the instant at which the bucket would be full again.  Source:
 * ITU-T I.371, annex A (virtual scheduling).
 */

#ifndef FIN_GCRA_H
#define FIN_GCRA_H


#include <stdint.h>


typedef struct {
    int64_t   interval;     /* ns, 1 or more */
    uint32_t  cap;          /* tokens, 1 or more */
} fin_gcra_t;

typedef struct {
    uint32_t  left;         /* tokens, afterwards */
    int64_t   wait;         /* ns until there is one more than that */
} fin_gcra_result_t;


/* rate tokens a period of so many ns; never faster than that. */
void fin_gcra_init(fin_gcra_t *g, uint32_t rate, int64_t period, uint32_t cap);

/*
 * Takes a token: 1, or 0 when there is none.  *full is the bucket, 0 when it is
 * new; a clock that was set back leaves an empty one.
 */
int fin_gcra_take(const fin_gcra_t *g, int64_t *full, int64_t now,
    fin_gcra_result_t *result);


#endif

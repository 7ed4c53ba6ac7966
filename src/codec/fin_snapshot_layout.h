/* The layout of a snapshot's head; for fin_snapshot*.c alone. */

#ifndef FIN_SNAPSHOT_LAYOUT_H
#define FIN_SNAPSHOT_LAYOUT_H

#include "fin_snapshot.h"


/* The head's constant pieces, each before a field of fixed width. */
#define FIN_HEAD_FETCHED_AT  "{\"v\":1,\"fetched_at\":\""
#define FIN_HEAD_FETCHED_MS  "\",\"fetched_ms\":"
#define FIN_HEAD_FRESH_MS    ",\"fresh_ms\":"
#define FIN_HEAD_ETAG        ",\"etag\":\""
#define FIN_HEAD_AT          "\",\"at\":[\""
#define FIN_HEAD_NEXT        "\",\""
#define FIN_HEAD_STOCK       "\"],\"stock\":"

#define FIN_INSTANT_LEN  20
#define FIN_MS_LEN       13
#define FIN_ETAG_LEN     16
#define FIN_OFFSET_LEN   8

#define FIN_LITERAL_LEN(s)  (sizeof(s) - 1)

#define FIN_HEAD_LEN                                                          \
    (FIN_LITERAL_LEN(FIN_HEAD_FETCHED_AT) + FIN_INSTANT_LEN                   \
     + FIN_LITERAL_LEN(FIN_HEAD_FETCHED_MS) + FIN_MS_LEN                      \
     + FIN_LITERAL_LEN(FIN_HEAD_FRESH_MS) + FIN_MS_LEN                        \
     + FIN_LITERAL_LEN(FIN_HEAD_ETAG) + FIN_ETAG_LEN                          \
     + FIN_LITERAL_LEN(FIN_HEAD_AT)                                           \
     + FIN_CUT_COUNT * FIN_OFFSET_LEN                                         \
     + (FIN_CUT_COUNT - 1) * FIN_LITERAL_LEN(FIN_HEAD_NEXT)                   \
     + FIN_LITERAL_LEN(FIN_HEAD_STOCK))

_Static_assert(FIN_SNAPSHOT_TIMES
               == FIN_LITERAL_LEN(FIN_HEAD_FETCHED_AT) + FIN_INSTANT_LEN
                  + FIN_LITERAL_LEN(FIN_HEAD_FETCHED_MS) + FIN_MS_LEN
                  + FIN_LITERAL_LEN(FIN_HEAD_FRESH_MS) + FIN_MS_LEN,
               "the times' length");

#define FIN_MS_MAX       9999999999999          /* FIN_MS_LEN digits */
#define FIN_OFFSET_MAX   99999999               /* FIN_OFFSET_LEN digits */
#define FIN_INSTANT_MAX  253402300799999        /* the end of 9999 */


static inline int
fin_within(int64_t value, int64_t max)
{
    return value >= 0 && value <= max;
}


#endif

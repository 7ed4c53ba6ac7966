/*
 * Who is fetching what, and what came of it, in one piece of memory of a fixed
 * size, which holds no pointers, so that it may be shared and begun anew at
 * any moment.
 *
 * A flight is a datum that one leads and others wait for.  What it brought
 * lies in a ring of bytes: the oldest make room for the newest.
 */

#ifndef FIN_FLIGHTS_H
#define FIN_FLIGHTS_H


#include <stddef.h>
#include <stdint.h>


#define FIN_FLIGHT_KEY  20      /* bytes: a digest */

typedef enum {
    FIN_FLIGHT_DOWN = 0,        /* nobody leads it (any more) */
    FIN_FLIGHT_UP
} fin_flight_state_e;

/* 64 bytes */
typedef struct {
    unsigned char  key[FIN_FLIGHT_KEY];
    uint32_t       next;        /* of the same slot; places count from 1 */
    uint64_t       leader;      /* who leads, or led last */
    int64_t        until;       /* it is dead if it has not said more by then */
    int64_t        retry_after; /* the caller's, as status: how it ended */
    int32_t        status;
    uint32_t       at;          /* of what it brought, in the ring, */
    uint32_t       len;         /* and its bytes; 0: nothing is kept */
    uint8_t        state;
    uint8_t        followed;    /* the caller's; 0 when someone begins to
                                   lead */
    uint8_t        unused[2];
} fin_flight_t;

typedef struct {
    uint32_t       max;         /* flights */
    uint32_t       mask;        /* slots - 1 */
    uint32_t       free;        /* the first of those that were dropped, */
    uint32_t       fresh;       /* of those never used, */
    uint32_t       hand;        /* and of those that may be dropped */
    uint32_t       unused;
    uint32_t       size;        /* of the ring, */
    uint32_t       head;        /* where it goes on, */
    uint32_t       tail;        /* where its oldest piece begins, */
    uint32_t       end;         /* where its last turn ended, */
    uint32_t       n;           /* and how many pieces it has */
    fin_flight_t   flight[];    /* [max], uint32_t slot[mask + 1], the ring */
} fin_flights_t;


/* Without any, in so many bytes, aligned for int64_t.  0: too few. */
int fin_flights_init(fin_flights_t *f, size_t bytes);

/* NULL: it is not known.  A flight is valid until the next call that is not
 * const. */
fin_flight_t *fin_flights_find(fin_flights_t *f, const unsigned char *key);

/*
 * From now on leader leads, whoever did before; what is kept stays.  NULL: all
 * that there is room for are led by others whose time has not passed.
 */
fin_flight_t *fin_flights_lead(fin_flights_t *f, const unsigned char *key,
    uint64_t leader, int64_t now, int64_t until);

/*
 * Keeps bytes of the flight's in the place of older ones.  0: there are none,
 * or too many (more than half of the ring): then nothing is kept of it.
 */
int fin_flights_keep(fin_flights_t *f, fin_flight_t *flight, const void *data,
    size_t len);

/* What is kept, flight->len bytes. */
const void *fin_flights_kept(const fin_flights_t *f,
    const fin_flight_t *flight);

/* It is not known any more. */
void fin_flights_drop(fin_flights_t *f, fin_flight_t *flight);


#endif

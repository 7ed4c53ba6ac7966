#include <string.h>

#include "fin_flights.h"


/* One flight for so many bytes: a stock's are some 6000. */
#define FIN_FLIGHTS_SHARE  1024

#define FIN_FLIGHTS_ALIGN(n)  (((n) + 7) & ~(size_t) 7)


/* In the ring, before the bytes. */
typedef struct {
    uint32_t  place;            /* whose it is; 0: nobody's any more */
    uint32_t  bytes;            /* with this, and what aligns the next */
} fin_flights_piece_t;


_Static_assert(sizeof(fin_flight_t) == 64, "as README says");


static uint32_t *
fin_flights_slots(const fin_flights_t *f)
{
    return (uint32_t *) (uintptr_t) &f->flight[f->max];
}


/* Behind the slots, of which there is an even number. */
static unsigned char *
fin_flights_ring(const fin_flights_t *f)
{
    return (unsigned char *) (fin_flights_slots(f) + f->mask + 1);
}


static fin_flights_piece_t *
fin_flights_piece(const fin_flights_t *f, uint32_t at)
{
    return (fin_flights_piece_t *) (void *) (fin_flights_ring(f) + at);
}


static uint32_t *
fin_flights_slot(const fin_flights_t *f, const unsigned char *key)
{
    uint32_t  hash;

    memcpy(&hash, key, sizeof(hash));

    return &fin_flights_slots(f)[hash & f->mask];
}


static fin_flight_t *
fin_flights_place(fin_flights_t *f, uint32_t place)
{
    return &f->flight[place - 1];
}


int
fin_flights_init(fin_flights_t *f, size_t bytes)
{
    size_t  max, slots, room;

    if (bytes > UINT32_MAX / 2) {
        bytes = UINT32_MAX / 2;
    }

    max = bytes / FIN_FLIGHTS_SHARE;

    if (max < 2) {
        return 0;
    }

    for (slots = 2; slots < max; slots *= 2) { /* void */ }

    room = sizeof(fin_flights_t) + max * sizeof(fin_flight_t)
           + slots * sizeof(uint32_t);

    memset(f, 0, room);
    f->max = (uint32_t) max;
    f->mask = (uint32_t) slots - 1;
    f->size = (uint32_t) ((bytes - room) & ~(size_t) 7);

    return 1;
}


fin_flight_t *
fin_flights_find(fin_flights_t *f, const unsigned char *key)
{
    uint32_t       place;
    fin_flight_t  *flight;

    for (place = *fin_flights_slot(f, key); place != 0; place = flight->next) {
        flight = fin_flights_place(f, place);

        if (memcmp(flight->key, key, FIN_FLIGHT_KEY) == 0) {
            return flight;
        }
    }

    return NULL;
}


/* What is kept of it becomes a hole in the ring. */
static void
fin_flights_forget(fin_flights_t *f, fin_flight_t *flight)
{
    if (flight->len > 0) {
        fin_flights_piece(f, flight->at)->place = 0;
        flight->len = 0;
    }
}


void
fin_flights_drop(fin_flights_t *f, fin_flight_t *flight)
{
    uint32_t  place, *p;

    place = (uint32_t) (flight - f->flight) + 1;

    for (p = fin_flights_slot(f, flight->key);
         *p != place;
         p = &fin_flights_place(f, *p)->next)
    {
        /* void */
    }

    *p = flight->next;

    fin_flights_forget(f, flight);

    flight->next = f->free;
    f->free = place;
}


/* None that is free: the next one that nobody leads becomes so. */
static void
fin_flights_vacate(fin_flights_t *f, int64_t now)
{
    uint32_t       i;
    fin_flight_t  *flight;

    for (i = 0; i < f->max; i++) {

        flight = &f->flight[f->hand];
        f->hand = (f->hand + 1) % f->max;

        if (flight->state == FIN_FLIGHT_DOWN || flight->until <= now) {
            fin_flights_drop(f, flight);
            return;
        }
    }
}


/* The place of one that is nobody's; 0: there is none. */
static uint32_t
fin_flights_free(fin_flights_t *f, int64_t now)
{
    uint32_t  place;

    if (f->free == 0 && f->fresh < f->max) {
        return ++f->fresh;
    }

    if (f->free == 0) {
        fin_flights_vacate(f, now);
    }

    place = f->free;

    if (place != 0) {
        f->free = fin_flights_place(f, place)->next;
    }

    return place;
}


fin_flight_t *
fin_flights_lead(fin_flights_t *f, const unsigned char *key, uint64_t leader,
    int64_t now, int64_t until)
{
    uint32_t       place, *slot;
    fin_flight_t  *flight;

    flight = fin_flights_find(f, key);

    if (flight == NULL) {
        place = fin_flights_free(f, now);

        if (place == 0) {
            return NULL;
        }

        flight = fin_flights_place(f, place);
        slot = fin_flights_slot(f, key);

        memset(flight, 0, sizeof(fin_flight_t));
        memcpy(flight->key, key, FIN_FLIGHT_KEY);
        flight->next = *slot;
        *slot = place;
    }

    flight->leader = leader;
    flight->until = until;
    flight->state = FIN_FLIGHT_UP;
    flight->followed = 0;

    return flight;
}


/* The oldest piece goes; its flight, too, unless someone leads it. */
static void
fin_flights_shed(fin_flights_t *f)
{
    fin_flight_t         *flight;
    fin_flights_piece_t  *piece;

    piece = fin_flights_piece(f, f->tail);

    if (piece->place != 0) {
        flight = fin_flights_place(f, piece->place);
        flight->len = 0;

        if (flight->state == FIN_FLIGHT_DOWN) {
            fin_flights_drop(f, flight);
        }
    }

    f->tail += piece->bytes;
    f->n--;

    if (f->n == 0) {
        f->head = 0;
        f->tail = 0;

    } else if (f->tail == f->end && f->head <= f->tail) {
        /* its turn is over */
        f->tail = 0;
    }
}


/*
 * So many bytes in one piece at head.  The pieces are those from tail to head,
 * or, when head is not behind tail, from tail to end and from 0 to head.
 */

static void
fin_flights_room(fin_flights_t *f, uint32_t bytes)
{
    for ( ;; ) {

        if (f->n > 0 && f->head <= f->tail) {

            if (f->tail - f->head >= bytes) {
                return;
            }

            fin_flights_shed(f);
            continue;
        }

        if (f->size - f->head >= bytes) {
            return;
        }

        f->end = f->head;
        f->head = 0;
    }
}


int
fin_flights_keep(fin_flights_t *f, fin_flight_t *flight, const void *data,
    size_t len)
{
    uint32_t              bytes;
    fin_flights_piece_t  *piece;

    fin_flights_forget(f, flight);

    if (len == 0 || len > f->size / 2 - sizeof(fin_flights_piece_t)) {
        return 0;
    }

    bytes = (uint32_t) FIN_FLIGHTS_ALIGN(sizeof(fin_flights_piece_t) + len);
    fin_flights_room(f, bytes);

    piece = fin_flights_piece(f, f->head);
    piece->place = (uint32_t) (flight - f->flight) + 1;
    piece->bytes = bytes;
    memcpy(piece + 1, data, len);

    flight->at = f->head;
    flight->len = (uint32_t) len;

    f->head += bytes;
    f->n++;

    return 1;
}


const void *
fin_flights_kept(const fin_flights_t *f, const fin_flight_t *flight)
{
    return fin_flights_piece(f, flight->at) + 1;
}

#include "fin_window.h"


/* The k-th newest, from 1; the caller has checked that there are so many. */
static int64_t
fin_window_at(const fin_window_t *w, uint32_t k)
{
    return w->at[((uint64_t) w->next + w->size - k) % w->size];
}


static void
fin_window_set(fin_window_t *w, uint32_t k, int64_t at)
{
    w->at[((uint64_t) w->next + w->size - k) % w->size] = at;
}


size_t
fin_window_bytes(uint32_t size)
{
    return sizeof(fin_window_t) + size * sizeof(int64_t);
}


void
fin_window_init(fin_window_t *w, uint32_t size)
{
    w->size = size;
    w->n = 0;
    w->next = 0;
    w->unused = 0;
}


void
fin_window_fill(fin_window_t *w, int64_t now)
{
    uint32_t  i;

    for (i = 0; i < w->size; i++) {
        w->at[i] = now;
    }

    w->n = w->size;
    w->next = 0;
}


void
fin_window_copy(fin_window_t *to, const fin_window_t *from)
{
    uint32_t  k;

    to->n = 0;
    to->next = 0;

    k = from->n < to->size ? from->n : to->size;

    for ( /* void */ ; k > 0; k--) {
        (void) fin_window_add(to, fin_window_at(from, k), 1);
    }
}


void
fin_window_clock(fin_window_t *w, int64_t now, int64_t slack)
{
    int64_t   ahead;
    uint32_t  k;

    if (w->n == 0) {
        return;
    }

    ahead = fin_window_at(w, 1) - now;

    if (ahead <= slack) {
        return;
    }

    for (k = 1; k <= w->n; k++) {
        fin_window_set(w, k, fin_window_at(w, k) - ahead);
    }
}


/* Starts that are younger than a period: times fall from 1 to n. */
static uint32_t
fin_window_young(const fin_window_t *w, int64_t period, int64_t now)
{
    uint32_t  low, high, middle;

    low = 0;
    high = w->n;

    while (low < high) {
        middle = low + (high - low + 1) / 2;

        if (fin_window_at(w, middle) > now - period) {
            low = middle;

        } else {
            high = middle - 1;
        }
    }

    return low;
}


uint32_t
fin_window_left(const fin_window_t *w, uint32_t cap, int64_t period,
    int64_t now)
{
    uint32_t  young;

    if (cap > w->size) {
        cap = w->size;
    }

    young = fin_window_young(w, period, now);

    return young < cap ? cap - young : 0;
}


int64_t
fin_window_wait(const fin_window_t *w, uint32_t cap, int64_t period,
    int64_t now, uint32_t k)
{
    int64_t   wait, after;
    uint32_t  before;

    if (cap > w->size) {
        cap = w->size;
    }

    /* those beyond cap wait for the first of these to grow old */

    after = (int64_t) ((k - 1) / cap) * period;
    before = cap - (k - 1) % cap;

    if (before > w->n) {
        return after;
    }

    wait = fin_window_at(w, before) + period - now;

    return after + (wait > 0 ? wait : 0);
}


int64_t
fin_window_add(fin_window_t *w, int64_t now, uint32_t k)
{
    if (w->n > 0 && fin_window_at(w, 1) > now) {
        now = fin_window_at(w, 1);
    }

    for ( /* void */ ; k > 0; k--) {
        w->at[w->next] = now;
        w->next = (w->next + 1) % w->size;

        if (w->n < w->size) {
            w->n++;
        }
    }

    return now;
}


void
fin_window_drop(fin_window_t *w, int64_t at, uint32_t k)
{
    uint32_t  i, kept, n;

    n = w->n;

    /* from the newest on; what stays moves up */

    for (i = 1, kept = 0; i <= n; i++) {

        if (k > 0 && fin_window_at(w, i) == at) {
            k--;
            w->n--;
            continue;
        }

        kept++;

        if (kept != i) {
            fin_window_set(w, kept, fin_window_at(w, i));
        }
    }
}

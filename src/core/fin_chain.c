/*
 * The container: growing, order, duplicates, and the valuation of it all.
 */

#include <stdlib.h>
#include <string.h>

#include "fin_option.h"


#define FIN_CHAIN_FIRST  256        /* slots of the first allocation */


/* What sorting looks at; the contracts are too big to be moved about. */
typedef struct {
    const fin_option_t  *option;
    double               strike;
    fin_date_t           expiration;
    uint32_t             index;
} fin_chain_key_t;


void
fin_chain_init(fin_chain_t *chain)
{
    chain->opt = NULL;
    chain->n = 0;
    chain->cap = 0;
}


void
fin_chain_free(fin_chain_t *chain)
{
    free(chain->opt);
    fin_chain_init(chain);
}


static void
fin_chain_blank(fin_option_t *o)
{
    memset(o, 0, sizeof(fin_option_t));

    o->expiration = FIN_NO_DATE;
    o->strike = NAN;
    o->shares = 100;
    o->bid = NAN;
    o->ask = NAN;
    o->last = NAN;
    o->day_close = NAN;
    o->volume = NAN;
    o->open_interest = NAN;
    o->up_iv = NAN;
    o->up_delta = NAN;
    o->up_gamma = NAN;
    o->up_theta = NAN;
    o->up_vega = NAN;
    o->price = NAN;
    o->iv = NAN;
    o->delta = NAN;
    o->gamma = NAN;
    o->theta = NAN;
    o->vega = NAN;
}


fin_option_t *
fin_chain_push(fin_chain_t *chain)
{
    size_t         cap;
    fin_option_t  *opt;

    if (chain->n == chain->cap) {
        cap = chain->cap ? chain->cap * 2 : FIN_CHAIN_FIRST;

        if (cap > UINT32_MAX / 2) {
            return NULL;
        }

        opt = realloc(chain->opt, cap * sizeof(fin_option_t));
        if (opt == NULL) {
            return NULL;
        }

        chain->opt = opt;
        chain->cap = cap;
    }

    opt = &chain->opt[chain->n++];
    fin_chain_blank(opt);

    return opt;
}


static int
fin_chain_compare(const fin_option_t *a, const fin_option_t *b)
{
    if (a->expiration != b->expiration) {
        return a->expiration < b->expiration ? -1 : 1;
    }

    if (a->strike != b->strike) {
        return a->strike < b->strike ? -1 : 1;
    }

    if (a->type != b->type) {
        return a->type < b->type ? -1 : 1;
    }

    return strcmp(a->ticker, b->ticker);
}


static int
fin_chain_compare_keys(const void *one, const void *two)
{
    int                     rc;
    const fin_chain_key_t  *a = one, *b = two;

    if (a->expiration != b->expiration) {
        return a->expiration < b->expiration ? -1 : 1;
    }

    if (a->strike != b->strike) {
        return a->strike < b->strike ? -1 : 1;
    }

    rc = fin_chain_compare(a->option, b->option);
    if (rc != 0) {
        return rc;
    }

    return a->index < b->index ? -1 : 1;
}


/* Moves every contract to its place, cycle by cycle of the permutation. */
static void
fin_chain_permute(fin_option_t *opt, fin_chain_key_t *key, size_t n)
{
    size_t        i, to, from;
    fin_option_t  first;

    for (i = 0; i < n; i++) {

        if (key[i].index == i) {
            continue;
        }

        first = opt[i];
        to = i;

        for ( ;; ) {
            from = key[to].index;
            key[to].index = (uint32_t) to;

            if (from == i) {
                break;
            }

            opt[to] = opt[from];
            to = from;
        }

        opt[to] = first;
    }
}


int
fin_chain_sorted(const fin_chain_t *chain)
{
    size_t  i;

    for (i = 1; i < chain->n; i++) {
        if (fin_chain_compare(&chain->opt[i - 1], &chain->opt[i]) > 0) {
            return 0;
        }
    }

    return 1;
}


fin_status_t
fin_chain_sort(fin_chain_t *chain)
{
    size_t            i;
    fin_chain_key_t  *key;

    if (fin_chain_sorted(chain)) {
        return FIN_OK;
    }

    key = malloc(chain->n * sizeof(fin_chain_key_t));
    if (key == NULL) {
        return FIN_E_NOMEM;
    }

    for (i = 0; i < chain->n; i++) {
        key[i].option = &chain->opt[i];
        key[i].strike = chain->opt[i].strike;
        key[i].expiration = chain->opt[i].expiration;
        key[i].index = (uint32_t) i;
    }

    qsort(key, chain->n, sizeof(fin_chain_key_t), fin_chain_compare_keys);
    fin_chain_permute(chain->opt, key, chain->n);
    free(key);

    return FIN_OK;
}


/* FNV-1a */
static uint32_t
fin_chain_hash(const char *s)
{
    uint32_t  h;

    for (h = 2166136261u; *s != '\0'; s++) {
        h = (h ^ (unsigned char) *s) * 16777619u;
    }

    return h;
}


fin_status_t
fin_chain_unique(fin_chain_t *chain)
{
    size_t     i, n, at, size;
    uint32_t  *slot;                /* open addressing; index + 1, 0 free */

    for (size = 16; size < chain->n * 2; size *= 2) { /* void */ }

    slot = calloc(size, sizeof(uint32_t));
    if (slot == NULL) {
        return FIN_E_NOMEM;
    }

    for (i = 0, n = 0; i < chain->n; i++) {

        at = fin_chain_hash(chain->opt[i].ticker) & (size - 1);

        while (slot[at] != 0
               && strcmp(chain->opt[slot[at] - 1].ticker,
                         chain->opt[i].ticker) != 0)
        {
            at = (at + 1) & (size - 1);
        }

        if (slot[at] != 0) {
            continue;
        }

        if (n != i) {
            chain->opt[n] = chain->opt[i];
        }

        slot[at] = (uint32_t) ++n;
    }

    chain->n = n;
    free(slot);

    return fin_chain_sort(chain);
}


size_t
fin_option_expiration_len(const fin_option_t *opt, size_t n)
{
    size_t  i;

    for (i = 1; i < n; i++) {
        if (opt[i].expiration != opt[0].expiration) {
            break;
        }
    }

    return i;
}


fin_status_t
fin_chain_value(fin_chain_t *chain, const fin_market_t *m)
{
    size_t              i, j, len;
    fin_status_t        rc;
    fin_option_t       *opt;
    fin_option_model_t  model;

    rc = fin_chain_sort(chain);
    if (rc != FIN_OK) {
        return rc;
    }

    fin_option_model_init(&model, m);

    for (i = 0; i < chain->n; i += len) {

        opt = chain->opt + i;
        len = fin_option_expiration_len(opt, chain->n - i);

        for (j = 0; j < len; j++) {
            fin_option_price(&opt[j], m->today);
        }

        fin_option_model_term(&model, m, opt[0].dte,
                              fin_chain_yield(opt, len, m));

        for (j = 0; j < len; j++) {
            fin_option_greeks(&opt[j], &model);
        }
    }

    return FIN_OK;
}

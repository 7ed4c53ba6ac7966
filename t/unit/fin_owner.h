/*
 * An owner of positions in one market, and what it is answered.  For tests
 * built with src/market/generate_*.c.
 */

#ifndef FIN_TEST_OWNER_H
#define FIN_TEST_OWNER_H

#include <cjson/cJSON.h>

#include "fin_books.h"
#include "fin_json_check.h"


static fin_rules_t  rules;              /* the defaults */


static int
owner_setup(void **state)
{
    (void) state;
    fin_rules_default(&rules);

    return 0;
}


/* As a worker gets it: unpacked. */
static inline fin_book_t *
book_of(const fin_sample_t *s, int parts)
{
    fin_book_t   *book;
    fin_build_t  *b;

    b = books_build(s, parts);
    assert_int_equal(fin_book_unpack(b->packed_book.data, b->packed_book.len,
                                     &book), FIN_OK);
    fin_build_free(b);

    return book;
}


typedef struct {
    const fin_sample_t  *s;
    fin_book_t          *book;
    fin_position_t       position[BOOKS_MOST];
    fin_chain_t          extra;
    fin_holdings_t       h;
    fin_out_t            out;
    char                *text;          /* out in braces, ended */
    cJSON               *json;
} owner_t;


/* Every position gets an id of its own. */
static inline owner_t *
owner_new(const fin_sample_t *s, int kind, int parts)
{
    size_t    i;
    owner_t  *o;

    o = calloc(1, sizeof(owner_t));
    assert_non_null(o);

    o->s = s;
    o->book = book_of(s, parts);
    fin_chain_init(&o->extra);

    o->h.position = o->position;
    o->h.n = books_owner(s, kind, o->position);
    o->h.book = o->book;
    o->h.extra = &o->extra;
    o->h.today = s->stock.today;

    for (i = 0; i < o->h.n; i++) {
        (void) snprintf(o->position[i].id, sizeof(o->position[i].id),
                        "%08x-0000-4000-8000-000000000000",
                        (unsigned) i);
    }

    return o;
}


static inline void
owner_forget(owner_t *o)
{
    cJSON_Delete(o->json);
    free(o->text);
    free(o->h.lot);
    fin_out_free(&o->out);
    o->json = NULL;
    o->text = NULL;
    o->h.lot = NULL;
}


static inline void
owner_free(owner_t *o)
{
    owner_forget(o);
    fin_chain_free(&o->extra);
    fin_book_free(o->book);
    free(o);
}


static inline void
owner_write(owner_t *o)
{
    size_t       pos;
    const char  *problem;

    owner_forget(o);
    books_write(&o->h, &rules, &o->out);

    o->text = malloc(o->out.len + 3);
    assert_non_null(o->text);
    (void) sprintf(o->text, "{%.*s}", (int) o->out.len, o->out.data);

    problem = fin_json_check(o->text, o->out.len + 2, &pos);
    if (problem != NULL) {
        fail_msg("%s at %zu", problem, pos);
    }

    o->json = cJSON_Parse(o->text);
    assert_non_null(o->json);
}


/* What the market has of what is needed; how many needs there were. */
static inline size_t
owner_ask(owner_t *o)
{
    size_t               i, k, n;
    fin_need_t           need[BOOKS_MOST];
    const fin_option_t  *c;

    n = fin_holdings_needs(&o->h, need, BOOKS_MOST);

    for (k = 0; k < n; k++) {
        for (i = 0; i < o->s->chain.n; i++) {

            c = &o->s->chain.opt[i];

            if (need[k].roll
                ? c->type == need[k].type && c->expiration >= need[k].from
                  && c->expiration <= need[k].to
                  && c->strike == need[k].strike
                : strcmp(c->ticker, need[k].name) == 0)
            {
                *fin_chain_push(&o->extra) = *c;
            }
        }
    }

    return n;
}


static inline const cJSON *
get(const cJSON *object, const char *name)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(item);

    return item;
}


static inline double
number(const cJSON *object, const char *name)
{
    const cJSON  *item = get(object, name);

    return cJSON_IsNull(item) ? (double) NAN : item->valuedouble;
}


static inline fin_date_t
date(const cJSON *object, const char *name)
{
    const char  *text = get(object, name)->valuestring;

    return fin_date_parse(text, strlen(text));
}


#endif

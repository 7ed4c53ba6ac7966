/*
 * A chain in packed form, all little-endian.  Head (56 bytes): "FINC", version,
 * fetched_at, fetched_ms, fresh_ms, price, status, truncated, n, the body's
 * length.  Index, n records of 16 bytes: expiration, type, offset in the body,
 * length.  Body: the contracts' JSON with one comma between each two, so that
 * neighbours are copied together.
 */

#include <string.h>

#include "fin_chain_cache.h"
#include "fin_le.h"
#include "fin_out_stock.h"


#define FIN_CHAIN_MAGIC    0x434e4946u      /* "FINC" */
#define FIN_CHAIN_VERSION  1
#define FIN_CHAIN_HEAD     56
#define FIN_CHAIN_RECORD   16
#define FIN_CHAIN_MAX      100000

#define FIN_CHAIN_INSTANT_MAX  253402300799999      /* the end of 9999 */


typedef struct {
    fin_date_t  expiration;
    uint32_t    type;
    size_t      offset;
    size_t      length;
} fin_chain_entry_t;


static void
fin_chain_head_store(char *p, const fin_chain_head_t *head, size_t n,
    size_t body)
{
    p = fin_le32_store(p, FIN_CHAIN_MAGIC);
    p = fin_le32_store(p, FIN_CHAIN_VERSION);
    p = fin_le64_store(p, (uint64_t) head->fetched_at);
    p = fin_le64_store(p, (uint64_t) head->fetched_ms);
    p = fin_le64_store(p, (uint64_t) head->fresh_ms);
    p = fin_le_double_store(p, head->price);
    p = fin_le32_store(p, (uint32_t) head->status);
    p = fin_le32_store(p, head->truncated);
    p = fin_le32_store(p, (uint32_t) n);
    (void) fin_le32_store(p, (uint32_t) body);
}


/* The body, and each contract's record; base is where the value begins. */
static void
fin_chain_contracts(fin_out_t *out, const fin_chain_t *chain, size_t n,
    size_t base)
{
    char    *p;
    size_t   i, begin, body;

    body = out->len;
    out->comma = 0;

    for (i = 0; i < n; i++) {
        begin = out->len + out->comma;
        fin_out_option(out, &chain->opt[i]);

        if (fin_out_status(out) != FIN_OK) {
            return;
        }

        p = out->data + base + FIN_CHAIN_HEAD + i * FIN_CHAIN_RECORD;
        p = fin_le32_store(p, (uint32_t) chain->opt[i].expiration);
        p = fin_le32_store(p, chain->opt[i].type == FIN_PUT ? FIN_PUT
                                                            : FIN_CALL);
        p = fin_le32_store(p, (uint32_t) (begin - body));
        (void) fin_le32_store(p, (uint32_t) (out->len - begin));
    }
}


fin_status_t
fin_chain_pack(fin_out_t *out, const fin_chain_head_t *head,
    const fin_chain_t *chain)
{
    size_t  n, base, front;

    n = chain != NULL ? chain->n : 0;

    if (n > FIN_CHAIN_MAX) {
        return FIN_E_TOO_BIG;
    }

    if (head->fetched_at < 0 || head->fetched_at > FIN_CHAIN_INSTANT_MAX) {
        return FIN_E_VALUE;
    }

    base = out->len;
    front = FIN_CHAIN_HEAD + n * FIN_CHAIN_RECORD;

    if (fin_out_room(out, front) == NULL) {
        return fin_out_status(out);
    }

    out->len += front;
    fin_chain_contracts(out, chain, n, base);

    if (fin_out_status(out) != FIN_OK) {
        return fin_out_status(out);
    }

    if (out->len - base > UINT32_MAX) {
        return FIN_E_TOO_BIG;
    }

    fin_chain_head_store(out->data + base, head, n, out->len - base - front);

    return FIN_OK;
}


fin_status_t
fin_chain_head(const char *data, size_t len, fin_chain_head_t *head)
{
    size_t    body;
    uint32_t  status, truncated;

    if (len < FIN_CHAIN_HEAD
        || fin_le32_load(data) != FIN_CHAIN_MAGIC
        || fin_le32_load(data + 4) != FIN_CHAIN_VERSION)
    {
        return FIN_E_SYNTAX;
    }

    head->fetched_at = (int64_t) fin_le64_load(data + 8);
    head->fetched_ms = (int64_t) fin_le64_load(data + 16);
    head->fresh_ms = (int64_t) fin_le64_load(data + 24);
    head->price = fin_le_double_load(data + 32);
    status = fin_le32_load(data + 40);
    truncated = fin_le32_load(data + 44);
    head->n = fin_le32_load(data + 48);
    body = fin_le32_load(data + 52);

    if (head->fetched_at < 0 || head->fetched_at > FIN_CHAIN_INSTANT_MAX
        || isinf(head->price) || status > FIN_OPTIONS_UNAVAILABLE
        || truncated > 1 || head->n > FIN_CHAIN_MAX
        || len - FIN_CHAIN_HEAD < (size_t) head->n * FIN_CHAIN_RECORD
        || len - FIN_CHAIN_HEAD - (size_t) head->n * FIN_CHAIN_RECORD != body
        || (head->n == 0 && body != 0))
    {
        return FIN_E_SYNTAX;
    }

    head->status = (fin_options_status_t) status;
    head->truncated = truncated & 1;

    return FIN_OK;
}


/*
 * Record i; *next is where it has to begin, then where the one after it has
 * to.  0 when it does not fit the body.
 */
static int
fin_chain_entry(const char *record, const char *body, size_t len,
    fin_chain_entry_t *e, size_t *next)
{
    size_t  end;

    e->expiration = (fin_date_t) fin_le32_load(record);
    e->type = fin_le32_load(record + 4);
    e->offset = fin_le32_load(record + 8);
    e->length = fin_le32_load(record + 12);

    if (e->type > FIN_PUT || e->offset != *next || e->length < 2
        || e->offset > len || e->length > len - e->offset)
    {
        return 0;
    }

    end = e->offset + e->length;

    if (body[e->offset] != '{' || body[end - 1] != '}'
        || (end < len && body[end] != ','))
    {
        return 0;
    }

    *next = end + 1;

    return 1;
}


static int
fin_chain_match(const fin_chain_entry_t *e, const fin_chain_filter_t *f,
    fin_date_t today)
{
    int64_t  dte;

    dte = (int64_t) e->expiration - today;

    return (f->expiration == FIN_NO_DATE || f->expiration == e->expiration)
           && (f->type == -1 || (uint32_t) f->type == e->type)
           && dte >= f->min_dte && dte <= f->max_dte;
}


/* The matching contracts, runs of neighbours in one piece; 0: damaged. */
static int
fin_chain_join(fin_out_t *out, const char *data, size_t len, size_t n,
    const fin_chain_filter_t *filter, fin_date_t today)
{
    size_t              i, next, from, to, size;
    const char         *index, *body;
    fin_chain_entry_t   e;

    index = data + FIN_CHAIN_HEAD;
    body = index + n * FIN_CHAIN_RECORD;
    size = len - (size_t) (body - data);

    next = 0;
    from = 0;
    to = 0;

    for (i = 0; i < n; i++) {
        if (!fin_chain_entry(index + i * FIN_CHAIN_RECORD, body, size, &e,
                             &next))
        {
            return 0;
        }

        if (fin_chain_match(&e, filter, today)) {
            if (to == from) {
                from = e.offset;
            }

            to = e.offset + e.length;

        } else if (to > from) {
            fin_out_json(out, body + from, to - from);
            from = to;
        }
    }

    if (to > from) {
        fin_out_json(out, body + from, to - from);
    }

    return n == 0 || next == size + 1;
}


fin_status_t
fin_out_chain(fin_out_t *out, const char *ticker, const char *data, size_t len,
    const fin_chain_filter_t *filter, fin_date_t today, int stale)
{
    fin_chain_head_t  head;

    if (fin_chain_head(data, len, &head) != FIN_OK) {
        return FIN_E_SYNTAX;
    }

    fin_out_object(out);
    fin_out_kstring(out, "ticker", ticker);
    fin_out_kdouble(out, "underlying_price", head.price);
    fin_out_key(out, "contracts");
    fin_out_array(out);

    if (!fin_chain_join(out, data, len, head.n, filter, today)) {
        return FIN_E_SYNTAX;
    }

    fin_out_array_end(out);
    fin_out_kbool(out, "truncated", head.truncated);
    fin_out_kstring(out, "options_status",
                    fin_options_status_name(head.status));
    fin_out_kbool(out, "stale", stale);
    fin_out_kinstant(out, "as_of", head.fetched_at);
    fin_out_object_end(out);

    return fin_out_status(out);
}

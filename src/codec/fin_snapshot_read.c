/* The stored form of a stock: reading its head. */

#include <string.h>

#include "../core/fin_time.h"
#include "fin_snapshot_layout.h"


/* What must be found at a cut, and right before it. */
typedef struct {
    const char  *at;
    size_t       len;
    char         before;
} fin_mark_t;

#define FIN_MARK(s, before)  { s, FIN_LITERAL_LEN(s), before }

static const fin_mark_t  fin_snapshot_mark[FIN_CUT_COUNT] = {
    FIN_MARK("{\"ticker\":", ':'),
    FIN_MARK("\"csp_signal\":", '{'),
    FIN_MARK("\"covered_call_signal\":", ','),
    FIN_MARK("\"leaps_positions\":[]", ','),
    FIN_MARK("}", ']'),
    FIN_MARK("}", '}')
};


/* Steps over a constant piece; NULL when it is not there, or p is NULL. */
static const char *
fin_take(const char *p, const char *text, size_t len)
{
    return p != NULL && memcmp(p, text, len) == 0 ? p + len : NULL;
}

#define FIN_TAKE(p, literal)  fin_take(p, literal, FIN_LITERAL_LEN(literal))


/* n digits, after padding by spaces if spaces are allowed. */
static const char *
fin_take_digits(const char *p, size_t n, int spaces, int64_t *value)
{
    int64_t      v;
    const char  *end;

    if (p == NULL) {
        return NULL;
    }

    end = p + n;

    while (spaces && p < end - 1 && *p == ' ') {
        p++;
    }

    for (v = 0; p < end; p++) {
        if (*p < '0' || *p > '9') {
            return NULL;
        }

        v = v * 10 + (*p - '0');
    }

    *value = v;
    return end;
}


static const char *
fin_take_hex(const char *p, uint64_t *value)
{
    int       i;
    unsigned  c, digit;
    uint64_t  v;

    if (p == NULL) {
        return NULL;
    }

    v = 0;

    for (i = 0; i < FIN_ETAG_LEN; i++) {
        c = (unsigned char) *p++;

        if (c - '0' < 10) {
            digit = c - '0';

        } else if (c - 'a' < 6) {
            digit = c - 'a' + 10;

        } else {
            return NULL;
        }

        v = v << 4 | digit;
    }

    *value = v;
    return p;
}


static const char *
fin_take_instant(const char *p, int64_t *ms)
{
    /* the parser takes RFC 3339's lower case too */
    if (p == NULL || p[10] != 'T' || p[FIN_INSTANT_LEN - 1] != 'Z'
        || fin_instant_parse(p, FIN_INSTANT_LEN, ms) != FIN_OK
        || !fin_within(*ms, FIN_INSTANT_MAX))
    {
        return NULL;
    }

    return p + FIN_INSTANT_LEN;
}


static const char *
fin_take_cuts(const char *p, uint32_t cut[FIN_CUT_COUNT])
{
    int      i;
    int64_t  offset;

    for (i = 0; i < FIN_CUT_COUNT; i++) {
        if (i > 0) {
            p = FIN_TAKE(p, FIN_HEAD_NEXT);
        }

        p = fin_take_digits(p, FIN_OFFSET_LEN, 0, &offset);
        if (p == NULL) {
            return NULL;
        }

        cut[i] = (uint32_t) offset;
    }

    return p;
}


/* Order, bounds and the bytes at the cuts. */
static int
fin_snapshot_check(const fin_snapshot_t *s)
{
    int                i;
    size_t             end;
    const fin_mark_t  *mark;

    if (s->cut[FIN_CUT_STOCK] != FIN_HEAD_LEN
        || s->cut[FIN_CUT_END] != s->len - 2
        || s->cut[FIN_CUT_STRATEGY_END] != s->len - 3
        || s->data[s->len - 1] != '}')
    {
        return 0;
    }

    for (i = 0; i < FIN_CUT_COUNT; i++) {
        mark = &fin_snapshot_mark[i];
        end = i + 1 < FIN_CUT_COUNT ? s->cut[i + 1] : s->len;

        if (s->cut[i] >= end || end > s->len
            || end - s->cut[i] < mark->len
            || memcmp(s->data + s->cut[i], mark->at, mark->len) != 0
            || s->data[s->cut[i] - 1] != mark->before)
        {
            return 0;
        }
    }

    return 1;
}


/* The times, with which it begins; NULL: it does not. */
static const char *
fin_take_times(const char *p, fin_snapshot_t *out)
{
    p = FIN_TAKE(p, FIN_HEAD_FETCHED_AT);
    p = fin_take_instant(p, &out->fetched_at);
    p = FIN_TAKE(p, FIN_HEAD_FETCHED_MS);
    p = fin_take_digits(p, FIN_MS_LEN, 1, &out->fetched_ms);
    p = FIN_TAKE(p, FIN_HEAD_FRESH_MS);

    return fin_take_digits(p, FIN_MS_LEN, 1, &out->fresh_ms);
}


fin_status_t
fin_snapshot_times(const char *data, size_t len, fin_snapshot_t *out)
{
    if (len < FIN_SNAPSHOT_TIMES) {
        return FIN_E_SYNTAX;
    }

    return fin_take_times(data, out) ? FIN_OK : FIN_E_SYNTAX;
}


fin_status_t
fin_snapshot_read(const char *data, size_t len, fin_snapshot_t *out)
{
    const char  *p;

    /* the head and the three braces at the end: all that is read unchecked */
    if (len < FIN_HEAD_LEN + 3 || len > (size_t) FIN_OFFSET_MAX + 2) {
        return FIN_E_SYNTAX;
    }

    out->data = data;
    out->len = len;

    p = fin_take_times(data, out);
    p = FIN_TAKE(p, FIN_HEAD_ETAG);
    p = fin_take_hex(p, &out->etag);
    p = FIN_TAKE(p, FIN_HEAD_AT);
    p = fin_take_cuts(p, out->cut);
    p = FIN_TAKE(p, FIN_HEAD_STOCK);

    if (p == NULL || !fin_snapshot_check(out)) {
        return FIN_E_SYNTAX;
    }

    return FIN_OK;
}


int
fin_snapshot_options(const fin_snapshot_t *s)
{
    const char  *p;

    static const char  ok[] = "\"options_status\":\"ok\",\"strategy_data\":{";

    if (s->cut[FIN_CUT_SIGNALS] - s->cut[FIN_CUT_STOCK] < sizeof(ok) - 1) {
        return 0;
    }

    p = s->data + s->cut[FIN_CUT_SIGNALS] - (sizeof(ok) - 1);

    return memcmp(p, ok, sizeof(ok) - 1) == 0;
}

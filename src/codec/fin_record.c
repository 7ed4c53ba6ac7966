/* A small thing in the cache, with its age: see the header. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fin_record.h"
#include "../core/fin_time.h"


#define FIN_RECORD_V         "{\"v\":1,\"fetched_at\":\""
#define FIN_RECORD_MS        "\",\"fetched_ms\":"
#define FIN_RECORD_FRESH     ",\"fresh_ms\":"
#define FIN_RECORD_DATA      ",\"data\":"
#define FIN_RECORD_INSTANT   20
#define FIN_RECORD_DIGITS    13
#define FIN_RECORD_MS_MIN    INT64_C(1000000000000)
#define FIN_RECORD_MS_MAX    INT64_C(9999999999999)

#define fin_record_len(s)    (sizeof(s) - 1)


void
fin_record_write(fin_out_t *out, const fin_record_t *r)
{
    char  head[160], at[21];
    int   n;

    if (r->fetched_ms < FIN_RECORD_MS_MIN || r->fetched_ms > FIN_RECORD_MS_MAX
        || r->fresh_ms < FIN_RECORD_MS_MIN || r->fresh_ms > FIN_RECORD_MS_MAX)
    {
        out->status = FIN_E_VALUE;
        return;
    }

    fin_instant_format(r->fetched_at, at);

    if (at[0] == '\0') {
        out->status = FIN_E_VALUE;
        return;
    }

    n = snprintf(head, sizeof(head),
                 FIN_RECORD_V "%s" FIN_RECORD_MS "%" PRId64
                 FIN_RECORD_FRESH "%" PRId64 FIN_RECORD_DATA,
                 at, r->fetched_ms, r->fresh_ms);

    fin_out_raw(out, head, (size_t) n);
    fin_out_raw(out, r->data, r->len);
    fin_out_raw(out, "}", 1);
}


/* Expects a literal at *p and steps over it. */

static int
fin_record_literal(const char **p, const char *end, const char *s, size_t len)
{
    if ((size_t) (end - *p) < len || memcmp(*p, s, len) != 0) {
        return 0;
    }

    *p += len;

    return 1;
}


static int
fin_record_ms(const char **p, const char *end, int64_t *ms)
{
    int  i;

    if (end - *p < FIN_RECORD_DIGITS) {
        return 0;
    }

    *ms = 0;

    for (i = 0; i < FIN_RECORD_DIGITS; i++) {
        if (**p < '0' || **p > '9') {
            return 0;
        }

        *ms = *ms * 10 + (*(*p)++ - '0');
    }

    return 1;
}


fin_status_t
fin_record_read(const char *bytes, size_t len, fin_record_t *r)
{
    const char  *p, *end;

    p = bytes;
    end = bytes + len;

    if (!fin_record_literal(&p, end, FIN_RECORD_V,
                            fin_record_len(FIN_RECORD_V))
        || end - p < FIN_RECORD_INSTANT
        || fin_instant_parse(p, FIN_RECORD_INSTANT, &r->fetched_at) != FIN_OK)
    {
        return FIN_E_SYNTAX;
    }

    p += FIN_RECORD_INSTANT;

    if (!fin_record_literal(&p, end, FIN_RECORD_MS,
                            fin_record_len(FIN_RECORD_MS))
        || !fin_record_ms(&p, end, &r->fetched_ms)
        || !fin_record_literal(&p, end, FIN_RECORD_FRESH,
                               fin_record_len(FIN_RECORD_FRESH))
        || !fin_record_ms(&p, end, &r->fresh_ms)
        || !fin_record_literal(&p, end, FIN_RECORD_DATA,
                               fin_record_len(FIN_RECORD_DATA))
        || end - p < 3 || p[0] != '{' || end[-1] != '}' || end[-2] != '}')
    {
        return FIN_E_SYNTAX;
    }

    r->data = p;
    r->len = (size_t) (end - p) - 1;

    return FIN_OK;
}


/* What stands between a prefix and the closing brace of the data. */

static int
fin_record_member(const fin_record_t *r, const char *prefix, size_t len,
    const char **value, size_t *value_len)
{
    if (r->len < len + 1 || memcmp(r->data, prefix, len) != 0) {
        return 0;
    }

    *value = r->data + len;
    *value_len = r->len - len - 1;

    return 1;
}


void
fin_record_date_write(fin_out_t *out, fin_date_t date)
{
    fin_out_object(out);
    fin_out_kdate(out, "date", date);
    fin_out_object_end(out);
}


fin_date_t
fin_record_date(const fin_record_t *r)
{
    size_t       len;
    const char  *value;

    static const char  prefix[] = "{\"date\":";

    if (!fin_record_member(r, prefix, fin_record_len(prefix), &value, &len)
        || len != fin_record_len("\"2026-01-29\"")
        || value[0] != '"' || value[len - 1] != '"')
    {
        return FIN_NO_DATE;
    }

    return fin_date_parse(value + 1, len - 2);
}


void
fin_record_amount_write(fin_out_t *out, double amount)
{
    fin_out_object(out);
    fin_out_kdouble(out, "amount", amount);
    fin_out_object_end(out);
}


double
fin_record_amount(const fin_record_t *r)
{
    char         text[FIN_DTOA_MAX + 1], *end;
    size_t       len;
    double       amount;
    const char  *value;

    static const char  prefix[] = "{\"amount\":";

    if (!fin_record_member(r, prefix, fin_record_len(prefix), &value, &len)
        || len == 0 || len > FIN_DTOA_MAX)
    {
        return NAN;
    }

    memcpy(text, value, len);
    text[len] = '\0';

    amount = strtod(text, &end);

    return *end == '\0' && isfinite(amount) && amount >= 0 ? amount : NAN;
}


void
fin_record_known_write(fin_out_t *out, int known)
{
    fin_out_text(out, known ? "{\"known\":true}" : "{\"known\":false}");
}


int
fin_record_known(const fin_record_t *r)
{
    return r->len == fin_record_len("{\"known\":true}")
           && memcmp(r->data, "{\"known\":true}", r->len) == 0;
}

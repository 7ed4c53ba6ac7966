/* The buffer and the JSON writer. */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_time.h"
#include "fin_out.h"


#define FIN_OUT_FIRST  1024

/* 0000-01-01 .. 9999-12-31, as days and as ms */
#define FIN_OUT_DATE_MIN     (-719528)
#define FIN_OUT_DATE_MAX     2932896
#define FIN_OUT_INSTANT_MIN  (-62167219200000)
#define FIN_OUT_INSTANT_MAX  253402300799999


void
fin_out_init(fin_out_t *out, size_t max)
{
    memset(out, 0, sizeof(*out));
    out->max = max;
}


void
fin_out_free(fin_out_t *out)
{
    free(out->data);
    out->data = NULL;
    out->len = 0;
    out->cap = 0;
}


fin_status_t
fin_out_status(const fin_out_t *out)
{
    return out->status;
}


static char *
fin_out_grow(fin_out_t *out, size_t n)
{
    char    *data;
    size_t   cap;

    if (out->status != FIN_OK) {
        return NULL;
    }

    if (n > out->max - out->len) {
        out->status = FIN_E_TOO_BIG;
        return NULL;
    }

    cap = out->cap < FIN_OUT_FIRST / 2 ? FIN_OUT_FIRST : out->cap * 2;

    if (cap < out->len + n) {
        cap = out->len + n;
    }

    if (cap > out->max) {
        cap = out->max;
    }

    data = realloc(out->data, cap);
    if (data == NULL) {
        out->status = FIN_E_NOMEM;
        return NULL;
    }

    out->data = data;
    out->cap = cap;

    return data + out->len;
}


char *
fin_out_room(fin_out_t *out, size_t n)
{
    if (out->status == FIN_OK && n <= out->cap - out->len
        && out->data != NULL)
    {
        return out->data + out->len;
    }

    return fin_out_grow(out, n);
}


void
fin_out_raw(fin_out_t *out, const char *data, size_t len)
{
    char  *p;

    if (len == 0) {
        return;
    }

    p = fin_out_room(out, len);
    if (p != NULL) {
        memcpy(p, data, len);
        out->len += len;
    }
}


void
fin_out_text(fin_out_t *out, const char *text)
{
    fin_out_raw(out, text, strlen(text));
}


/*
 * The first n bytes of a value: the comma before it, and the state after it.
 * One comma flag is enough for any depth: whatever has been closed is a value,
 * so the one after it needs a comma.
 */
static char *
fin_out_value(fin_out_t *out, size_t n)
{
    char  *p;

    p = fin_out_room(out, n + 1);
    if (p == NULL) {
        return NULL;
    }

    if (out->comma) {
        *p++ = ',';
        out->len++;
    }

    out->comma = 1;

    return p;
}


static void
fin_out_open(fin_out_t *out, char c)
{
    char  *p;

    p = fin_out_value(out, 1);
    if (p != NULL) {
        *p = c;
        out->len++;
        out->comma = 0;
    }
}


static void
fin_out_close(fin_out_t *out, char c)
{
    fin_out_raw(out, &c, 1);
    out->comma = 1;
}


void
fin_out_object(fin_out_t *out)
{
    fin_out_open(out, '{');
}


void
fin_out_object_end(fin_out_t *out)
{
    fin_out_close(out, '}');
}


void
fin_out_array(fin_out_t *out)
{
    fin_out_open(out, '[');
}


void
fin_out_array_end(fin_out_t *out)
{
    fin_out_close(out, ']');
}


void
fin_out_key(fin_out_t *out, const char *key)
{
    char    *p;
    size_t   len;

    len = strlen(key);

    p = fin_out_value(out, len + 3);
    if (p == NULL) {
        return;
    }

    p[0] = '"';
    memcpy(p + 1, key, len);
    p[len + 1] = '"';
    p[len + 2] = ':';

    out->len += len + 3;
    out->comma = 0;
}


void
fin_out_json(fin_out_t *out, const char *json, size_t len)
{
    char  *p;

    p = fin_out_value(out, len);
    if (p != NULL) {
        memcpy(p, json, len);
        out->len += len;
    }
}


void
fin_out_double(fin_out_t *out, double value)
{
    char  *p, buf[FIN_DTOA_MAX];

    if (out->cap - out->len > FIN_DTOA_MAX) {
        p = fin_out_value(out, FIN_DTOA_MAX);
        if (p != NULL) {
            out->len += fin_dtoa(value, p);
        }

        return;
    }

    /* near the bound: no more room is asked for than is needed */
    fin_out_json(out, buf, fin_dtoa(value, buf));
}


void
fin_out_int(fin_out_t *out, int64_t value)
{
    char      buf[24];
    size_t    n;
    uint64_t  u;

    n = 0;
    u = (uint64_t) value;

    if (value < 0) {
        buf[n++] = '-';
        u = 0 - u;
    }

    n += fin_utoa(u, buf + n);
    fin_out_json(out, buf, n);
}


void
fin_out_bool(fin_out_t *out, int value)
{
    if (value) {
        fin_out_json(out, "true", 4);

    } else {
        fin_out_json(out, "false", 5);
    }
}


void
fin_out_null(fin_out_t *out)
{
    fin_out_json(out, "null", 4);
}


void
fin_out_date(fin_out_t *out, fin_date_t date)
{
    char  buf[13];

    if (date < FIN_OUT_DATE_MIN || date > FIN_OUT_DATE_MAX) {
        fin_out_null(out);
        return;
    }

    buf[0] = '"';
    fin_date_format(date, buf + 1);
    buf[11] = '"';
    fin_out_json(out, buf, 12);
}


void
fin_out_instant(fin_out_t *out, int64_t ms)
{
    char  buf[23];

    if (ms < FIN_OUT_INSTANT_MIN || ms > FIN_OUT_INSTANT_MAX) {
        fin_out_null(out);
        return;
    }

    buf[0] = '"';
    fin_instant_format(ms, buf + 1);
    buf[21] = '"';
    fin_out_json(out, buf, 22);
}


void
fin_out_kdouble(fin_out_t *out, const char *key, double value)
{
    fin_out_key(out, key);
    fin_out_double(out, value);
}


void
fin_out_kint(fin_out_t *out, const char *key, int64_t value)
{
    fin_out_key(out, key);
    fin_out_int(out, value);
}


void
fin_out_kbool(fin_out_t *out, const char *key, int value)
{
    fin_out_key(out, key);
    fin_out_bool(out, value);
}


void
fin_out_kstring(fin_out_t *out, const char *key, const char *s)
{
    fin_out_key(out, key);
    fin_out_cstring(out, s);
}


void
fin_out_kdate(fin_out_t *out, const char *key, fin_date_t date)
{
    fin_out_key(out, key);
    fin_out_date(out, date);
}


void
fin_out_kinstant(fin_out_t *out, const char *key, int64_t ms)
{
    fin_out_key(out, key);
    fin_out_instant(out, ms);
}

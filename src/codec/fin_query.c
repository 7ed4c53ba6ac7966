#include <string.h>

#include "fin_query.h"
#include "fin_field.h"


static int
fin_query_hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c = (char) (c | 0x20);

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* The next byte, decoded; *p < end. */
static char
fin_query_byte(const char **p, const char *end)
{
    int         high, low;
    const char  *s;

    s = *p;
    *p = s + 1;

    if (s[0] == '+') {
        return ' ';
    }

    if (s[0] != '%' || end - s < 3) {
        return s[0];
    }

    high = fin_query_hex(s[1]);
    low = fin_query_hex(s[2]);

    if (high < 0 || low < 0) {
        return s[0];
    }

    *p = s + 3;

    return (char) (high * 16 + low);
}


/* 1 when the bytes up to end, decoded, are name. */
static int
fin_query_named(const char *p, const char *end, const char *name)
{
    while (p < end) {
        if (*name == '\0' || fin_query_byte(&p, end) != *name) {
            return 0;
        }

        name++;
    }

    return *name == '\0';
}


/* The raw value of the last argument of that name; 0: there is none. */
static int
fin_query_find(const fin_query_t *query, const char *name,
    const char **value, const char **value_end)
{
    int          found;
    const char  *p, *end, *amp, *eq;

    found = 0;
    p = query->data;
    end = p + query->len;

    while (p < end) {
        amp = memchr(p, '&', (size_t) (end - p));
        amp = amp == NULL ? end : amp;

        eq = memchr(p, '=', (size_t) (amp - p));
        eq = eq == NULL ? amp : eq;

        if (amp > p && fin_query_named(p, eq, name)) {
            *value = eq == amp ? amp : eq + 1;
            *value_end = amp;
            found = 1;
        }

        p = amp + 1;
    }

    return found;
}


/* As fin_query_string(), with the field that speaks of it. */
static fin_status_t
fin_query_field(const fin_query_t *query, const char *name,
    char buf[FIN_QUERY_VALUE_MAX + 1], fin_field_t *field,
    fin_problems_t *problems)
{
    size_t       n;
    const char  *p, *end;

    if (!fin_query_find(query, name, &p, &end)) {
        return FIN_E_NO_DATA;
    }

    n = 0;

    while (p < end && n < FIN_QUERY_VALUE_MAX) {
        buf[n++] = fin_query_byte(&p, end);
    }

    buf[n] = '\0';

    field->problems = problems;
    field->in = "query";
    field->name = name;
    field->text = buf;
    field->len = n;
    field->json = NULL;

    return p < end ? fin_field_too_long(field, FIN_QUERY_VALUE_MAX) : FIN_OK;
}


fin_status_t
fin_query_bool(const fin_query_t *query, const char *name, int *out,
    fin_problems_t *problems)
{
    char          buf[FIN_QUERY_VALUE_MAX + 1];
    fin_field_t   field;
    fin_status_t  status;

    status = fin_query_field(query, name, buf, &field, problems);

    return status == FIN_OK ? fin_field_bool(&field, out) : status;
}


fin_status_t
fin_query_int(const fin_query_t *query, const char *name,
    const fin_int_limits_t *limits, int64_t *out, fin_problems_t *problems)
{
    char          buf[FIN_QUERY_VALUE_MAX + 1];
    fin_field_t   field;
    fin_status_t  status;

    status = fin_query_field(query, name, buf, &field, problems);

    return status == FIN_OK ? fin_field_int(&field, limits, out) : status;
}


fin_status_t
fin_query_date(const fin_query_t *query, const char *name, fin_date_t *out,
    fin_problems_t *problems)
{
    char          buf[FIN_QUERY_VALUE_MAX + 1];
    fin_field_t   field;
    fin_status_t  status;

    status = fin_query_field(query, name, buf, &field, problems);

    return status == FIN_OK ? fin_field_date(&field, out) : status;
}


fin_status_t
fin_query_choice(const fin_query_t *query, const char *name,
    const char *const *choices, size_t *out, fin_problems_t *problems)
{
    char          buf[FIN_QUERY_VALUE_MAX + 1];
    fin_field_t   field;
    fin_status_t  status;

    status = fin_query_field(query, name, buf, &field, problems);

    return status == FIN_OK ? fin_field_choice(&field, choices, out)
                            : status;
}


fin_status_t
fin_query_string(const fin_query_t *query, const char *name,
    char out[FIN_QUERY_VALUE_MAX + 1], size_t *len, fin_problems_t *problems)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_query_field(query, name, out, &field, problems);

    if (status == FIN_OK) {
        *len = field.len;
    }

    return status;
}


/* Room for a ticker and white space around it; longer is malformed. */
#define FIN_QUERY_TICKER_MAX  64

fin_status_t
fin_query_ticker(const fin_query_t *query, const char *name,
    char out[FIN_TICKER_MAX + 1])
{
    char         buf[FIN_QUERY_TICKER_MAX];
    size_t       n;
    const char  *p, *end;

    if (!fin_query_find(query, name, &p, &end)) {
        return FIN_E_NO_DATA;
    }

    for (n = 0; p < end; n++) {
        if (n == sizeof(buf)) {
            return FIN_E_VALUE;
        }

        buf[n] = fin_query_byte(&p, end);
    }

    return fin_ticker_parse(buf, n, out);
}


static fin_status_t
fin_query_list_add(fin_ticker_list_t *list, const char *s, size_t len)
{
    char    ticker[FIN_TICKER_MAX + 1];
    size_t  i;

    for (i = 0; i < len && s[i] == ' '; i++) { /* void */ }

    if (i == len) {
        return FIN_OK;
    }

    if (fin_ticker_parse(s, len, ticker) != FIN_OK) {
        return FIN_E_VALUE;
    }

    for (i = 0; i < list->n; i++) {
        if (strcmp(list->ticker[i], ticker) == 0) {
            return FIN_OK;
        }
    }

    if (list->n == list->max) {
        return FIN_E_TOO_BIG;
    }

    memcpy(list->ticker[list->n++], ticker, sizeof(ticker));

    return FIN_OK;
}


fin_status_t
fin_query_tickers(const fin_query_t *query, const char *name,
    fin_ticker_list_t *list)
{
    char           c, buf[FIN_QUERY_TICKER_MAX];
    size_t         n;
    const char    *p, *end;
    fin_status_t   status;

    list->n = 0;

    if (!fin_query_find(query, name, &p, &end)) {
        return FIN_E_NO_DATA;
    }

    n = 0;
    status = FIN_OK;

    while (p < end && status == FIN_OK) {
        c = fin_query_byte(&p, end);

        if (c == ',') {
            status = fin_query_list_add(list, buf, n);
            n = 0;

        } else if (n == sizeof(buf)) {
            return FIN_E_VALUE;

        } else {
            buf[n++] = c;
        }
    }

    return status == FIN_OK ? fin_query_list_add(list, buf, n) : status;
}

/* The addresses of Massive's calls: see the header. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fin_request.h"
#include "fin_out.h"
#include "../core/fin_time.h"


static void
fin_request_set(fin_request_t *req, fin_request_kind_e kind, const char *args,
    const char *format, ...)
{
    int      n;
    va_list  ap;

    va_start(ap, format);
    n = vsnprintf(req->path, sizeof(req->path), format, ap);
    va_end(ap);

    req->kind = kind;
    req->path_len = (size_t) n;
    req->args_len = strlen(args);
    memcpy(req->args, args, req->args_len);
}


/* Appends; the sizes above hold the longest of all. */

static void
fin_request_arg(fin_request_t *req, const char *name, const char *value,
    size_t len)
{
    static const char  hex[] = "0123456789ABCDEF";

    char           *p;
    size_t          i;
    unsigned char   c;

    p = req->args + req->args_len;
    p += sprintf(p, "&%s=", name);

    for (i = 0; i < len; i++) {
        c = (unsigned char) value[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
            || c == '~')
        {
            *p++ = (char) c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }

    req->args_len = (size_t) (p - req->args);
}


static void
fin_request_date_arg(fin_request_t *req, const char *name, fin_date_t date)
{
    char  text[11];

    fin_date_format(date, text);
    fin_request_arg(req, name, text, strlen(text));
}


static void
fin_request_number_arg(fin_request_t *req, const char *name, double value)
{
    char  text[FIN_DTOA_MAX];

    fin_request_arg(req, name, text, fin_dtoa(value, text));
}


void
fin_request_bars(fin_request_t *req, const char *ticker, fin_date_t from,
    fin_date_t to)
{
    char  a[11], b[11];

    fin_date_format(from, a);
    fin_date_format(to, b);

    fin_request_set(req, FIN_REQUEST_BARS,
                    "adjusted=true&sort=asc&limit=50000",
                    "/v2/aggs/ticker/%s/range/1/day/%s/%s", ticker, a, b);
}


void
fin_request_chain(fin_request_t *req, const char *ticker,
    const fin_part_t *part, const char *cursor)
{
    fin_request_set(req, FIN_REQUEST_CHAIN, "limit=250",
                    "/v3/snapshot/options/%s", ticker);

    if (part) {
        fin_request_arg(req, "contract_type",
                        part->type == FIN_CALL ? "call" : "put",
                        part->type == FIN_CALL ? 4 : 3);
        fin_request_date_arg(req, "expiration_date.gte", part->from);
        fin_request_date_arg(req, "expiration_date.lte", part->to);
        fin_request_number_arg(req, "strike_price.gte", part->strike_min);
        fin_request_number_arg(req, "strike_price.lte", part->strike_max);
    }

    if (cursor[0] != '\0') {
        fin_request_arg(req, "cursor", cursor, strlen(cursor));
    }
}


void
fin_request_contract(fin_request_t *req, const char *ticker,
    const char *contract)
{
    fin_request_set(req, FIN_REQUEST_CONTRACT, "",
                    "/v3/snapshot/options/%s/%s", ticker, contract);
}


void
fin_request_prev(fin_request_t *req, const char *ticker)
{
    fin_request_set(req, FIN_REQUEST_PREV, "adjusted=true",
                    "/v2/aggs/ticker/%s/prev", ticker);
}


void
fin_request_reference(fin_request_t *req, const char *ticker)
{
    fin_request_set(req, FIN_REQUEST_REFERENCE, "",
                    "/v3/reference/tickers/%s", ticker);
}


void
fin_request_market(fin_request_t *req)
{
    fin_request_set(req, FIN_REQUEST_MARKET, "", "/v1/marketstatus/now");
}


void
fin_request_earnings(fin_request_t *req, const char *ticker, fin_date_t today)
{
    fin_request_set(req, FIN_REQUEST_EARNINGS, "sort=date.asc",
                    "/benzinga/v1/earnings");
    fin_request_arg(req, "ticker", ticker, strlen(ticker));
    fin_request_date_arg(req, "date.gte", today);
}


void
fin_request_dividends(fin_request_t *req, const char *ticker,
    fin_date_t today)
{
    fin_request_set(req, FIN_REQUEST_DIVIDENDS, "limit=100",
                    "/v3/reference/dividends");
    fin_request_arg(req, "ticker", ticker, strlen(ticker));
    fin_request_date_arg(req, "ex_dividend_date.gte",
                         today - FIN_DIVIDEND_DAYS);
}

#include <string.h>

#include "fin_key.h"


#define FIN_CONTRACT_TAIL  15       /* yymmdd, C or P, 8 digits */


/* The locale must not decide what a ticker is: no <ctype.h>. */
static int
fin_is_digit(char c)
{
    return c >= '0' && c <= '9';
}


static int
fin_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}


static int
fin_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}


static int
fin_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}


int
fin_ticker_valid(const char *s, size_t len)
{
    size_t  i;

    if (len == 0 || len > FIN_TICKER_MAX || !fin_is_upper(s[0])) {
        return 0;
    }

    for (i = 1; i < len; i++) {
        if (!fin_is_upper(s[i]) && !fin_is_digit(s[i])
            && s[i] != '.' && s[i] != '-')
        {
            return 0;
        }
    }

    return 1;
}


fin_status_t
fin_ticker_parse(const char *s, size_t len, char out[FIN_TICKER_MAX + 1])
{
    size_t  i;

    out[0] = '\0';

    while (len > 0 && fin_is_space(s[0])) {
        s++;
        len--;
    }

    while (len > 0 && fin_is_space(s[len - 1])) {
        len--;
    }

    if (len == 0 || len > FIN_TICKER_MAX) {
        return FIN_E_VALUE;
    }

    for (i = 0; i < len; i++) {
        out[i] = fin_is_lower(s[i]) ? (char) (s[i] - 'a' + 'A') : s[i];
    }

    out[len] = '\0';

    if (!fin_ticker_valid(out, len)) {
        out[0] = '\0';
        return FIN_E_VALUE;
    }

    return FIN_OK;
}


int
fin_contract_valid(const char *s, size_t len)
{
    size_t       i;
    const char  *tail;

    if (len < 2 + 1 + FIN_CONTRACT_TAIL || len > FIN_CONTRACT_MAX
        || s[0] != 'O' || s[1] != ':'
        || !fin_ticker_valid(s + 2, len - 2 - FIN_CONTRACT_TAIL))
    {
        return 0;
    }

    tail = s + len - FIN_CONTRACT_TAIL;

    for (i = 0; i < FIN_CONTRACT_TAIL; i++) {
        if (i == 6) {
            if (tail[i] != 'C' && tail[i] != 'P') {
                return 0;
            }

        } else if (!fin_is_digit(tail[i])) {
            return 0;
        }
    }

    return 1;
}


static int
fin_owner_plain(char c)
{
    return fin_is_digit(c) || fin_is_upper(c) || fin_is_lower(c)
           || c == '_' || c == '@' || c == '.' || c == '-';
}


size_t
fin_key_owner(char *out, const char *owner, size_t len, const char *suffix)
{
    static const char  hex[] = "0123456789ABCDEF";

    char    *p;
    size_t   i, n;

    out[0] = '\0';

    if (len == 0 || len > FIN_OWNER_MAX) {
        return 0;
    }

    memcpy(out, "finance:{", 9);
    p = out + 9;

    for (i = 0; i < len; i++) {
        if (fin_owner_plain(owner[i])) {
            *p++ = owner[i];
            continue;
        }

        *p++ = '%';
        *p++ = hex[(unsigned char) owner[i] >> 4];
        *p++ = hex[(unsigned char) owner[i] & 15];
    }

    n = strlen(suffix);
    *p++ = '}';
    memcpy(p, suffix, n + 1);

    return (size_t) (p - out) + n;
}


size_t
fin_key_watchlist(char *out, const char *owner, size_t len)
{
    return fin_key_owner(out, owner, len, ":watchlist");
}


size_t
fin_key_positions(char *out, const char *owner, size_t len)
{
    return fin_key_owner(out, owner, len, ":positions");
}


size_t
fin_key_owner_user(char *out, const char *owner, size_t len)
{
    return fin_key_owner(out, owner, len, ":user");
}


/* Appends within FIN_KEY_MAX; 0 when it does not fit. */
static size_t
fin_key_append(char *out, size_t n, const char *text)
{
    size_t  len;

    len = strlen(text);

    if (n == 0 || len >= FIN_KEY_MAX - n) {
        out[0] = '\0';
        return 0;
    }

    memcpy(out + n, text, len + 1);

    return n + len;
}


size_t
fin_key_cache(char *out, const char *kind, const char *ticker)
{
    size_t  n;

    memcpy(out, "finance:cache:", sizeof("finance:cache:"));

    n = fin_key_append(out, sizeof("finance:cache:") - 1, kind);
    n = fin_key_append(out, n, ":{");
    n = fin_key_append(out, n, ticker);

    return fin_key_append(out, n, "}");
}


size_t
fin_key_iv(char *out, const char *ticker)
{
    size_t  n;

    memcpy(out, "finance:iv:{", sizeof("finance:iv:{"));

    n = fin_key_append(out, sizeof("finance:iv:{") - 1, ticker);

    return fin_key_append(out, n, "}");
}


size_t
fin_key_contract(char *out, const char *ticker, const char *name)
{
    size_t  n;

    n = fin_key_cache(out, "contract", ticker);
    n = fin_key_append(out, n, ":");

    return fin_key_append(out, n, name);
}


size_t
fin_key_user(char *out, const char *id)
{
    size_t  n;

    memcpy(out, "finance:user:{", sizeof("finance:user:{"));

    n = fin_key_append(out, sizeof("finance:user:{") - 1, id);

    return fin_key_append(out, n, "}");
}

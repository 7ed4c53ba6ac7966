#include <stdlib.h>
#include <string.h>

#include "fin_lax.h"


/* Longer texts are no number; pydantic's own limit is 4300 digits. */
#define FIN_LAX_DOUBLE_MAX  400


static int
fin_lax_digit(char c)
{
    return c >= '0' && c <= '9';
}


static int
fin_lax_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}


void
fin_lax_trim(const char **s, size_t *len)
{
    while (*len > 0 && fin_lax_space(**s)) {
        (*s)++;
        (*len)--;
    }

    while (*len > 0 && fin_lax_space((*s)[*len - 1])) {
        (*len)--;
    }
}


/* word is in lower case; the comparison folds ASCII letters only. */
static int
fin_lax_word(const char *s, size_t len, const char *word)
{
    char    c;
    size_t  i;

    for (i = 0; i < len; i++) {
        c = s[i] >= 'A' && s[i] <= 'Z' ? (char) (s[i] - 'A' + 'a') : s[i];

        if (word[i] == '\0' || c != word[i]) {
            return 0;
        }
    }

    return word[len] == '\0';
}


fin_lax_t
fin_lax_bool(const char *s, size_t len, int *out)
{
    size_t  i;

    static const char  *const  words[] = {
        "false", "true", "0", "1", "no", "yes", "off", "on", "f", "t",
        "n", "y"
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (fin_lax_word(s, len, words[i])) {
            *out = (int) (i % 2);
            return FIN_LAX_OK;
        }
    }

    return FIN_LAX_BAD;
}


/* 1 when s is nothing, or a point and one or more zeros. */
static int
fin_lax_zero_fraction(const char *s, size_t len)
{
    size_t  i;

    if (len == 0) {
        return 1;
    }

    if (len == 1 || s[0] != '.') {
        return 0;
    }

    for (i = 1; i < len; i++) {
        if (s[i] != '0') {
            return 0;
        }
    }

    return 1;
}


/* A digit at the end of value, saturating; 0 when it did not fit. */
static int
fin_lax_append(int64_t *value, int negative, int digit)
{
    int64_t  next;

    if (__builtin_mul_overflow(*value, 10, &next)
        || __builtin_add_overflow(next, negative ? -digit : digit, &next))
    {
        *value = negative ? INT64_MIN : INT64_MAX;
        return 0;
    }

    *value = next;

    return 1;
}


fin_lax_t
fin_lax_int(const char *s, size_t len, int64_t *out)
{
    int        negative;
    size_t     i;
    int64_t    value;
    fin_lax_t  rc;

    fin_lax_trim(&s, &len);
    negative = 0;

    if (len > 0 && (s[0] == '+' || s[0] == '-')) {
        negative = s[0] == '-';
        s++;
        len--;
    }

    value = 0;
    rc = FIN_LAX_OK;

    for (i = 0; i < len; i++) {
        if (s[i] == '_' && i > 0 && fin_lax_digit(s[i - 1]) && i + 1 < len
            && fin_lax_digit(s[i + 1]))
        {
            continue;
        }

        if (!fin_lax_digit(s[i])) {
            break;
        }

        if (rc == FIN_LAX_OK && !fin_lax_append(&value, negative, s[i] - '0'))
        {
            rc = FIN_LAX_SIZE;
        }
    }

    if (i == 0 || !fin_lax_zero_fraction(s + i, len - i)) {
        return FIN_LAX_BAD;
    }

    *out = value;

    return rc;
}


/* Skips digits; how many there were. */
static size_t
fin_lax_digits(const char **p)
{
    const char  *start;

    start = *p;

    while (fin_lax_digit(**p)) {
        (*p)++;
    }

    return (size_t) (*p - start);
}


/* What strtod is given: no hexadecimal, no white space, no more after it. */
static int
fin_lax_decimal(const char *p)
{
    size_t  n;

    if (*p == '+' || *p == '-') {
        p++;
    }

    if (fin_lax_word(p, strlen(p), "inf") || fin_lax_word(p, strlen(p), "nan")
        || fin_lax_word(p, strlen(p), "infinity"))
    {
        return 1;
    }

    n = fin_lax_digits(&p);

    if (*p == '.') {
        p++;
        n += fin_lax_digits(&p);
    }

    if (n == 0) {
        return 0;
    }

    if (*p == 'e' || *p == 'E') {
        p++;

        if (*p == '+' || *p == '-') {
            p++;
        }

        if (fin_lax_digits(&p) == 0) {
            return 0;
        }
    }

    return *p == '\0';
}


fin_lax_t
fin_lax_double(const char *s, size_t len, double *out)
{
    char    buf[FIN_LAX_DOUBLE_MAX + 1];
    size_t  i, n, whole;

    whole = len;
    fin_lax_trim(&s, &len);

    if (len == 0 || len > FIN_LAX_DOUBLE_MAX || s[0] == '_'
        || s[len - 1] == '_')
    {
        return FIN_LAX_BAD;
    }

    for (i = 0, n = 0; i < len; i++) {
        if (s[i] != '_') {
            buf[n++] = s[i];

        } else if (s[i - 1] == '_' || whole != len) {
            return FIN_LAX_BAD;         /* pydantic: not both liberties */
        }
    }

    buf[n] = '\0';

    if (strlen(buf) != n || !fin_lax_decimal(buf)) {
        return FIN_LAX_BAD;
    }

    *out = strtod(buf, NULL);

    return FIN_LAX_OK;
}

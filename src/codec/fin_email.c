#include <string.h>

#include "fin_email.h"
#include "fin_lax.h"


static int
fin_email_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


static int
fin_email_alnum(char c)
{
    return fin_email_letter(c) || (c >= '0' && c <= '9');
}


/* atext of RFC 5322 */
static int
fin_email_atom(char c)
{
    return fin_email_alnum(c)
           || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}


static char
fin_email_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}


/* Atoms with one dot in between. */
static int
fin_email_local(const char *s, size_t len)
{
    size_t  i;

    if (len == 0 || len > FIN_EMAIL_LOCAL_MAX || s[len - 1] == '.') {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (s[i] == '.' ? (i == 0 || s[i - 1] == '.')
                        : !fin_email_atom(s[i]))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Letters, digits and inner hyphens; two hyphens in the third and fourth place
 * are kept for encodings (RFC 5890), of which "xn--" is the one there is.
 */
static int
fin_email_label(const char *s, size_t len)
{
    size_t  i;

    if (len == 0 || len > FIN_EMAIL_LABEL_MAX
        || s[0] == '-' || s[len - 1] == '-')
    {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (!fin_email_alnum(s[i]) && s[i] != '-') {
            return 0;
        }
    }

    return len < 4 || s[2] != '-' || s[3] != '-'
           || (fin_email_lower(s[0]) == 'x' && fin_email_lower(s[1]) == 'n');
}


/* A last label under which no mail is delivered, in lower case. */
static int
fin_email_special(const char *label, size_t len)
{
    size_t  i;

    static const char *const  special[] = {
        "arpa", "invalid", "local", "localhost", "onion", "test"
    };

    for (i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (strlen(special[i]) == len && memcmp(special[i], label, len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* s is in lower case. */
static int
fin_email_domain(const char *s, size_t len)
{
    size_t  i, from;

    from = 0;

    for (i = 0; i < len; i++) {
        if (s[i] == '.') {
            if (!fin_email_label(s + from, i - from)) {
                return 0;
            }

            from = i + 1;
        }
    }

    return from > 0 && fin_email_label(s + from, len - from)
           && fin_email_letter(s[len - 1])
           && !fin_email_special(s + from, len - from);
}


fin_status_t
fin_email_parse(const char *s, size_t len, fin_email_t *out)
{
    size_t       i, local;
    const char  *at;

    memset(out, 0, sizeof(*out));
    fin_lax_trim(&s, &len);

    /* the first of several: another one is in no domain */
    at = len == 0 || len > FIN_EMAIL_MAX ? NULL : memchr(s, '@', len);

    if (at == NULL) {
        return FIN_E_VALUE;
    }

    local = (size_t) (at - s);

    for (i = 0; i < len; i++) {
        out->key[i] = fin_email_lower(s[i]);
        out->text[i] = i < local ? s[i] : out->key[i];
    }

    if (!fin_email_local(s, local)
        || !fin_email_domain(out->key + local + 1, len - local - 1))
    {
        memset(out, 0, sizeof(*out));
        return FIN_E_VALUE;
    }

    out->len = len;

    return FIN_OK;
}

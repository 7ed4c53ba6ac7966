/*
 * E-mail addresses as Python's email-validator judges them, which is behind
 * pydantic's EmailStr: the syntax, not whether there is such a mailbox.  What is
 * not ASCII (SMTPUTF8, IDN) is refused, and "xn--..." is taken undecoded.
 */

#ifndef FIN_EMAIL_H
#define FIN_EMAIL_H

#include "../core/fin_types.h"


#define FIN_EMAIL_MAX        254
#define FIN_EMAIL_LOCAL_MAX  64
#define FIN_EMAIL_LABEL_MAX  63


/* Both are NUL-terminated and of the same length. */
typedef struct {
    char    text[FIN_EMAIL_MAX + 1];    /* the domain in lower case */
    char    key[FIN_EMAIL_MAX + 1];     /* all of it: what is unique */
    size_t  len;
} fin_email_t;


/*
 * Trims ASCII white space and checks: atoms of RFC 5322 with single dots in
 * between, '@', a host name of two labels or more whose last one ends with a
 * letter and which is none of those kept for other uses (.local, .test ...).
 * Quoted local parts and address literals are refused.  FIN_OK, or FIN_E_VALUE
 * and out is empty.
 */
fin_status_t fin_email_parse(const char *s, size_t len, fin_email_t *out);


#endif

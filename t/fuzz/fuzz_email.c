#include <stdlib.h>
#include <string.h>

#include "fin_user.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* What was taken is plain, of one '@', and its own normal form. */
static void
taken(const fin_email_t *email)
{
    size_t       i;
    fin_email_t  again;

    if (email->len == 0 || email->len > FIN_EMAIL_MAX
        || strlen(email->text) != email->len
        || strlen(email->key) != email->len
        || strchr(email->text, '@') != strrchr(email->text, '@')
        || strstr(email->text, "..") != NULL)
    {
        abort();
    }

    for (i = 0; i < email->len; i++) {
        if (email->text[i] <= ' ' || email->text[i] > '~'
            || (email->key[i] >= 'A' && email->key[i] <= 'Z'))
        {
            abort();
        }
    }

    if (fin_email_parse(email->text, email->len, &again) != FIN_OK
        || memcmp(&again, email, sizeof(again)) != 0)
    {
        abort();
    }

    if (fin_email_parse(email->key, email->len, &again) != FIN_OK
        || strcmp(again.text, email->key) != 0
        || strcmp(again.key, email->key) != 0)
    {
        abort();
    }
}


/* The same bytes as a whole body. */
static void
body(const char *json, size_t len)
{
    fin_status_t     status;
    fin_problems_t   problems;
    fin_user_body_t  user;

    fin_problems_init(&problems);
    status = fin_in_user(json, len, &user, &problems);

    if ((status == FIN_OK) == (problems.n > 0)) {
        abort();
    }

    if (status == FIN_OK) {
        taken(&user.email);

        if (user.name_len == 0 || user.given_len == 0) {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fin_email_t  email;

    if (fin_email_parse((const char *) data, size, &email) == FIN_OK) {
        taken(&email);

    } else if (email.len != 0 || email.text[0] != '\0') {
        abort();
    }

    body((const char *) data, size);

    return 0;
}

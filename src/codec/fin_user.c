#include <string.h>

#include "fin_in_body.h"
#include "fin_key.h"
#include "fin_lax.h"
#include "fin_user.h"


/* Years 0..9999, which an answer can show; ms. */
#define FIN_USER_CREATED_MIN  (-62167219200000)
#define FIN_USER_CREATED_MAX  253402300799999


void
fin_user_email_problem(fin_problems_t *problems, const char *given,
    size_t len)
{
    fin_problem_t  *problem;

    problem = fin_problem_add(problems, "value_error", "Invalid email");
    fin_problem_at(problem, "body");
    fin_problem_at(problem, "email");
    fin_problem_input_text(problem, given, len);
}


static fin_status_t
fin_in_user_email(const fin_body_t *body, fin_user_body_t *out)
{
    size_t        len;
    const char   *text;
    fin_status_t  status;

    status = fin_body_string(body, "email", FIN_BODY_REQUIRED, NULL, &text,
                             &len);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_email_parse(text, len, &out->email);
    if (status != FIN_OK) {
        fin_user_email_problem(body->problems, text, len);
        return status;
    }

    out->given_len = len > FIN_PROBLEM_INPUT_MAX ? FIN_PROBLEM_INPUT_MAX : len;
    memcpy(out->given, text, out->given_len);

    return FIN_OK;
}


static fin_status_t
fin_in_user_name(const fin_body_t *body, fin_user_body_t *out)
{
    size_t        len;
    const char   *text;
    fin_status_t  status;

    static const fin_string_limits_t  limits = { 1, FIN_USER_NAME_MAX };

    status = fin_body_trimmed(body, "name", FIN_BODY_REQUIRED, &limits, &text,
                              &len);
    if (status != FIN_OK) {
        return status;
    }

    /* bodies are UTF-8: so many characters are no more bytes than this */

    if (len > FIN_USER_NAME_BYTES) {
        return FIN_E_INTERNAL;
    }

    out->name_len = len;
    memcpy(out->name, text, len);

    return FIN_OK;
}


fin_status_t
fin_in_user(const char *json, size_t len, fin_user_body_t *out,
    fin_problems_t *problems)
{
    fin_body_t    body;
    fin_status_t  status, email, name;

    memset(out, 0, sizeof(*out));

    status = fin_body_open(&body, json, len, problems);
    if (status != FIN_OK) {
        return status;
    }

    email = fin_in_user_email(&body, out);
    name = fin_in_user_name(&body, out);

    fin_body_close(&body);

    return email == FIN_OK && name == FIN_OK ? FIN_OK : FIN_E_SHAPE;
}


fin_status_t
fin_user_id(const char *s, size_t len, char out[FIN_UUID_LEN + 1])
{
    size_t  i;

    out[0] = '\0';

    if (!fin_uuid_valid(s, len)) {
        return FIN_E_VALUE;
    }

    for (i = 0; i < FIN_UUID_LEN; i++) {
        out[i] = s[i] >= 'A' && s[i] <= 'F' ? (char) (s[i] - 'A' + 'a')
                                            : s[i];
    }

    out[FIN_UUID_LEN] = '\0';

    return FIN_OK;
}


/* At the end, unless it is there already. */
static void
fin_user_ids_add(fin_user_ids_t *out, const char *s, size_t len)
{
    size_t  i;

    if (fin_user_id(s, len, out->id[out->n]) != FIN_OK) {
        return;
    }

    for (i = 0; i < out->n; i++) {
        if (memcmp(out->id[i], out->id[out->n], FIN_UUID_LEN) == 0) {
            return;
        }
    }

    out->n++;
}


fin_status_t
fin_user_ids(const char *s, size_t len, fin_user_ids_t *out)
{
    size_t       n, given;
    const char  *comma;

    out->n = 0;
    given = 0;

    for ( ;; ) {
        comma = len == 0 ? NULL : memchr(s, ',', len);
        n = comma == NULL ? len : (size_t) (comma - s);

        if (n > 0) {
            if (given == FIN_USER_IDS_MAX) {
                out->n = 0;
                return FIN_E_TOO_BIG;
            }

            given++;
            fin_user_ids_add(out, s, n);
        }

        if (comma == NULL) {
            return FIN_OK;
        }

        s = comma + 1;
        len -= n + 1;
    }
}


const char *
fin_user_field_name(fin_user_field_e field)
{
    static const char *const  names[FIN_USER_FIELDS] = {
        "id", "email", "name", "created_at", "owner"
    };

    return names[field];
}


/* There, and of a length that was once written. */
static int
fin_user_text_good(const fin_user_text_t *text, size_t max)
{
    return text->data != NULL && text->len > 0 && text->len <= max;
}


static int
fin_user_created(const fin_user_text_t *text, int64_t *ms)
{
    return fin_user_text_good(text, 20)
           && fin_lax_int(text->data, text->len, ms) == FIN_LAX_OK
           && *ms >= FIN_USER_CREATED_MIN && *ms <= FIN_USER_CREATED_MAX;
}


fin_status_t
fin_user_read(const fin_user_text_t field[FIN_USER_FIELDS], const char *id,
    fin_user_t *user)
{
    size_t   i;
    int64_t  created;

    memset(user, 0, sizeof(*user));

    for (i = 0; i < FIN_USER_FIELDS && field[i].data == NULL; i++) {
        /* void */
    }

    if (i == FIN_USER_FIELDS) {
        return FIN_E_NOT_FOUND;
    }

    if (field[FIN_USER_OWNER].data == NULL
        || field[FIN_USER_OWNER].len > FIN_OWNER_MAX)
    {
        return FIN_E_VALUE;
    }

    user->owner = field[FIN_USER_OWNER];

    if (field[FIN_USER_ID].data == NULL
        || field[FIN_USER_ID].len != strlen(id)
        || memcmp(field[FIN_USER_ID].data, id, strlen(id)) != 0
        || !fin_user_text_good(&field[FIN_USER_EMAIL], FIN_EMAIL_MAX)
        || !fin_user_text_good(&field[FIN_USER_NAME], FIN_USER_NAME_BYTES)
        || !fin_user_created(&field[FIN_USER_CREATED_AT], &created))
    {
        return FIN_E_VALUE;
    }

    user->id = field[FIN_USER_ID];
    user->email = field[FIN_USER_EMAIL];
    user->name = field[FIN_USER_NAME];
    user->created_at = created;

    return FIN_OK;
}


void
fin_out_user(fin_out_t *out, const fin_user_t *user)
{
    fin_out_object(out);
    fin_out_key(out, "id");
    fin_out_string(out, user->id.data, user->id.len);
    fin_out_key(out, "email");
    fin_out_string(out, user->email.data, user->email.len);
    fin_out_key(out, "name");
    fin_out_string(out, user->name.data, user->name.len);
    fin_out_kinstant(out, "created_at", user->created_at);
    fin_out_object_end(out);
}

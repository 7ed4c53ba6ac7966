/*
 * Users: the body that makes one, the fields of their hash in the store, and
 * the JSON of an answer.
 */

#ifndef FIN_USER_H
#define FIN_USER_H

#include "fin_email.h"
#include "fin_out.h"
#include "fin_problem.h"
#include "../core/fin_uuid.h"


#define FIN_USER_NAME_MAX    200                    /* characters */
#define FIN_USER_NAME_BYTES  (4 * FIN_USER_NAME_MAX)


/* Borrowed bytes; data is NULL for what is not there. */
typedef struct {
    const char  *data;
    size_t       len;
} fin_user_text_t;

typedef struct {
    fin_user_text_t  id;
    fin_user_text_t  email;
    fin_user_text_t  name;
    int64_t          created_at;                    /* ms UTC */
    fin_user_text_t  owner;                         /* empty: nobody's */
} fin_user_t;

typedef struct {
    fin_email_t  email;
    char         given[FIN_PROBLEM_INPUT_MAX + 1];  /* the e-mail as it came */
    size_t       given_len;
    char         name[FIN_USER_NAME_BYTES];
    size_t       name_len;
} fin_user_body_t;


/*
 * The body of POST user, {"email","name"}: FIN_OK; FIN_E_SHAPE: see problems,
 * which lists all that is wrong; FIN_E_NOMEM.
 */
fin_status_t fin_in_user(const char *json, size_t len, fin_user_body_t *out,
    fin_problems_t *problems);

/* "Invalid email", with the address as it was given. */
void fin_user_email_problem(fin_problems_t *problems, const char *given,
    size_t len);


/* A UUID, in lower case: FIN_OK or FIN_E_VALUE (then out is empty). */
fin_status_t fin_user_id(const char *s, size_t len,
    char out[FIN_UUID_LEN + 1]);

#define FIN_USER_IDS_MAX  100

typedef struct {
    char    id[FIN_USER_IDS_MAX][FIN_UUID_LEN + 1];
    size_t  n;
} fin_user_ids_t;

/*
 * "id,id,...": in order, each once; what is no UUID is passed over.  FIN_OK, or
 * FIN_E_TOO_BIG: more than FIN_USER_IDS_MAX were given, those and repeated
 * ones included.
 */
fin_status_t fin_user_ids(const char *s, size_t len, fin_user_ids_t *out);


/* The hash's fields, in the order in which they are asked for. */
typedef enum {
    FIN_USER_ID = 0,
    FIN_USER_EMAIL,
    FIN_USER_NAME,
    FIN_USER_CREATED_AT,
    FIN_USER_OWNER,
    FIN_USER_FIELDS
} fin_user_field_e;

/* "id", "email", ... */
const char *fin_user_field_name(fin_user_field_e field);

/*
 * The user of that id, whose texts are borrowed from field.  FIN_OK;
 * FIN_E_NOT_FOUND: no field is there; FIN_E_VALUE: damaged, with only owner
 * filled in.
 */
fin_status_t fin_user_read(const fin_user_text_t field[FIN_USER_FIELDS],
    const char *id, fin_user_t *user);

/* {"id","email","name","created_at"} */
void fin_out_user(fin_out_t *out, const fin_user_t *user);


#endif

#include <stdio.h>

#include "fin_in_body.h"
#include "fin_field.h"
#include "fin_json.h"
#include "fin_json_check.h"


static fin_problem_t *
fin_body_problem(fin_problems_t *problems, const char *type, const char *msg)
{
    fin_problem_t  *problem;

    problem = fin_problem_add(problems, type, "%s", msg);
    fin_problem_at(problem, "body");

    return problem;
}


static fin_status_t
fin_body_not_object(fin_body_t *body)
{
    fin_field_t  field;

    memset(&field, 0, sizeof(field));
    field.problems = body->problems;
    field.in = "body";
    field.json = body->root;

    if (cJSON_IsNull(body->root)) {
        (void) fin_body_problem(body->problems, "missing", "Field required");

    } else {
        field.text = fin_json_text(body->root);
        field.len = field.text == NULL ? 0 : strlen(field.text);

        (void) fin_field_problem(&field, "model_attributes_type",
                                 "Input should be a valid dictionary or "
                                 "object to extract fields from");
    }

    fin_body_close(body);

    return FIN_E_SHAPE;
}


fin_status_t
fin_body_open(fin_body_t *body, const char *json, size_t len,
    fin_problems_t *problems)
{
    size_t          pos;
    const char     *error, *end;
    fin_problem_t  *problem;

    body->root = NULL;
    body->problems = problems;

    if (len == 0) {
        (void) fin_body_problem(problems, "missing", "Field required");
        return FIN_E_SHAPE;
    }

    error = fin_json_check(json, len, &pos);
    if (error != NULL) {
        problem = fin_body_problem(problems, "json_invalid",
                                   "JSON decode error");
        fin_problem_at_index(problem, (int64_t) pos);
        fin_problem_input_json(problem, "{}", 2);
        fin_problem_ctx_text(problem, "error", error);
        return FIN_E_SHAPE;
    }

    body->root = cJSON_ParseWithLengthOpts(json, len, &end, 0);
    if (body->root == NULL) {
        return FIN_E_NOMEM;
    }

    return cJSON_IsObject(body->root) ? FIN_OK : fin_body_not_object(body);
}


void
fin_body_close(fin_body_t *body)
{
    cJSON_Delete(body->root);
    body->root = NULL;
}


/* A field that is missing is a problem whose input is the whole body. */
static fin_status_t
fin_body_field(const fin_body_t *body, const char *name, int required,
    fin_field_t *field)
{
    const cJSON  *item;

    field->problems = body->problems;
    field->in = "body";
    field->name = name;
    field->text = NULL;
    field->len = 0;
    field->json = NULL;

    cJSON_ArrayForEach(item, body->root) {
        if (fin_json_is(item, name)) {
            field->json = item;
        }
    }

    if (field->json == NULL && required) {
        field->json = body->root;
        (void) fin_field_problem(field, "missing", "Field required");
        return FIN_E_VALUE;
    }

    if (field->json == NULL || (cJSON_IsNull(field->json) && !required)) {
        return FIN_E_NO_DATA;
    }

    field->text = fin_json_text(field->json);
    field->len = field->text == NULL ? 0 : strlen(field->text);

    return FIN_OK;
}


fin_status_t
fin_body_string(const fin_body_t *body, const char *name, int required,
    const fin_string_limits_t *limits, const char **out, size_t *len)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_string(&field, limits, out, len)
                            : status;
}


fin_status_t
fin_body_trimmed(const fin_body_t *body, const char *name, int required,
    const fin_string_limits_t *limits, const char **out, size_t *len)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_trimmed(&field, limits, out, len)
                            : status;
}


fin_status_t
fin_body_bool(const fin_body_t *body, const char *name, int required,
    int *out)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_bool(&field, out) : status;
}


fin_status_t
fin_body_int(const fin_body_t *body, const char *name, int required,
    const fin_int_limits_t *limits, int64_t *out)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_int(&field, limits, out) : status;
}


fin_status_t
fin_body_double(const fin_body_t *body, const char *name, int required,
    const fin_double_limits_t *limits, double *out)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_double(&field, limits, out) : status;
}


fin_status_t
fin_body_date(const fin_body_t *body, const char *name, int required,
    fin_date_t *out)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_date(&field, out) : status;
}


fin_status_t
fin_body_choice(const fin_body_t *body, const char *name, int required,
    const char *const *choices, size_t *out)
{
    fin_field_t   field;
    fin_status_t  status;

    status = fin_body_field(body, name, required, &field);

    return status == FIN_OK ? fin_field_choice(&field, choices, out)
                            : status;
}


int
fin_body_given(const fin_body_t *body, const char *name)
{
    fin_field_t  field;

    return fin_body_field(body, name, FIN_BODY_OPTIONAL, &field) == FIN_OK;
}


void
fin_body_value_error(const fin_body_t *body, const char *name,
    const char *msg)
{
    char         text[FIN_PROBLEM_MSG_MAX + 1];
    fin_field_t  field;

    (void) snprintf(text, sizeof(text), "Value error, %s", msg);
    (void) fin_body_field(body, name, FIN_BODY_OPTIONAL, &field);
    (void) fin_field_problem(&field, "value_error", text);
}


fin_status_t
fin_in_watchlist(const char *json, size_t len,
    char ticker[FIN_TICKER_MAX + 1], fin_problems_t *problems)
{
    size_t         n;
    const char    *text;
    fin_body_t     body;
    fin_status_t   status;

    ticker[0] = '\0';

    status = fin_body_open(&body, json, len, problems);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_body_string(&body, "ticker", FIN_BODY_REQUIRED, NULL, &text,
                             &n);

    status = status == FIN_OK ? fin_ticker_parse(text, n, ticker)
                              : FIN_E_SHAPE;

    fin_body_close(&body);

    return status;
}

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "fin_field.h"
#include "fin_lax.h"


static void
fin_field_input(fin_problem_t *problem, const fin_field_t *field)
{
    char  buf[FIN_PROBLEM_INPUT_MAX + 1];

    if (field->text != NULL) {
        fin_problem_input_text(problem, field->text, field->len);
        return;
    }

    /* cJSON only reads it */
    if (field->json != NULL
        && cJSON_PrintPreallocated((cJSON *) (uintptr_t) field->json, buf,
                                   (int) sizeof(buf), 0))
    {
        fin_problem_input_json(problem, buf, strlen(buf));
    }
}


fin_problem_t *
fin_field_problem(const fin_field_t *field, const char *type,
    const char *msg)
{
    fin_problem_t  *problem;

    problem = fin_problem_add(field->problems, type, "%s", msg);

    if (problem != NULL) {
        fin_problem_at(problem, field->in);

        if (field->name != NULL) {
            fin_problem_at(problem, field->name);
        }

        fin_field_input(problem, field);
    }

    return problem;
}


static fin_status_t
fin_field_refuse(const fin_field_t *field, const char *type, const char *msg)
{
    (void) fin_field_problem(field, type, msg);

    return FIN_E_VALUE;
}


/* A limit that is not kept: "<what> <limit>", ctx {key: limit}. */
static fin_status_t
fin_field_limit(const fin_field_t *field, const char *type, const char *what,
    const char *key, double limit)
{
    char            msg[FIN_PROBLEM_MSG_MAX + 1], number[FIN_DTOA_MAX + 1];
    size_t          n;
    fin_problem_t  *problem;

    n = fin_dtoa(limit, number);
    number[n] = '\0';

    (void) snprintf(msg, sizeof(msg), "Input should be %s %s", what, number);

    problem = fin_field_problem(field, type, msg);
    fin_problem_ctx_number(problem, key, limit);

    return FIN_E_VALUE;
}


fin_status_t
fin_field_bool(const fin_field_t *field, int *out)
{
    double  value;

    static const char  bad[] = "Input should be a valid boolean, "
                               "unable to interpret input";

    if (field->text != NULL) {
        if (fin_lax_bool(field->text, field->len, out) == FIN_LAX_OK) {
            return FIN_OK;
        }

        return fin_field_refuse(field, "bool_parsing", bad);
    }

    if (cJSON_IsBool(field->json)) {
        *out = cJSON_IsTrue(field->json) != 0;
        return FIN_OK;
    }

    value = cJSON_IsNumber(field->json) ? field->json->valuedouble : NAN;

    if (value >= 0 && value <= 1 && trunc(value) >= value) {
        *out = value > 0;
        return FIN_OK;
    }

    if (fabs(value) < 0x1p63 && trunc(value) >= value
        && trunc(value) <= value)
    {
        return fin_field_refuse(field, "bool_parsing", bad);
    }

    return fin_field_refuse(field, "bool_type",
                            "Input should be a valid boolean");
}


/* What is whole, of a JSON number; saturates like fin_lax_int(). */
static fin_lax_t
fin_field_whole(double value, int64_t *out)
{
    if (value >= 0x1p63) {
        *out = INT64_MAX;
        return FIN_LAX_SIZE;
    }

    if (value < -0x1p63) {
        *out = INT64_MIN;
        return FIN_LAX_SIZE;
    }

    *out = (int64_t) value;

    return (double) *out < value || (double) *out > value ? FIN_LAX_INEXACT
                                                          : FIN_LAX_OK;
}


static fin_status_t
fin_field_whole_value(const fin_field_t *field, int64_t *value,
    fin_lax_t *rc)
{
    *rc = FIN_LAX_OK;

    if (field->text != NULL) {
        *rc = fin_lax_int(field->text, field->len, value);

        if (*rc == FIN_LAX_BAD) {
            return fin_field_refuse(field, "int_parsing",
                                    "Input should be a valid integer, unable"
                                    " to parse string as an integer");
        }

        return FIN_OK;
    }

    if (cJSON_IsBool(field->json)) {
        *value = cJSON_IsTrue(field->json) != 0;
        return FIN_OK;
    }

    if (!cJSON_IsNumber(field->json)) {
        return fin_field_refuse(field, "int_type",
                                "Input should be a valid integer");
    }

    if (!isfinite(field->json->valuedouble)) {
        return fin_field_refuse(field, "finite_number",
                                "Input should be a finite number");
    }

    *rc = fin_field_whole(field->json->valuedouble, value);

    if (*rc == FIN_LAX_INEXACT) {
        return fin_field_refuse(field, "int_from_float",
                                "Input should be a valid integer, got a "
                                "number with a fractional part");
    }

    return FIN_OK;
}


fin_status_t
fin_field_int(const fin_field_t *field, const fin_int_limits_t *limits,
    int64_t *out)
{
    int64_t       value;
    fin_lax_t     rc;
    fin_status_t  status;

    value = 0;

    status = fin_field_whole_value(field, &value, &rc);
    if (status != FIN_OK) {
        return status;
    }

    if (limits != NULL && value < limits->ge) {
        return fin_field_limit(field, "greater_than_equal",
                               "greater than or equal to", "ge",
                               (double) limits->ge);
    }

    if (limits != NULL && value > limits->le) {
        return fin_field_limit(field, "less_than_equal",
                               "less than or equal to", "le",
                               (double) limits->le);
    }

    if (rc == FIN_LAX_SIZE) {
        return fin_field_refuse(field, "int_parsing_size",
                                "Unable to parse input string as an integer,"
                                " exceeded maximum size");
    }

    *out = value;

    return FIN_OK;
}


static fin_status_t
fin_field_double_value(const fin_field_t *field, double *value)
{
    if (field->text != NULL) {
        if (fin_lax_double(field->text, field->len, value) != FIN_LAX_OK) {
            return fin_field_refuse(field, "float_parsing",
                                    "Input should be a valid number, unable"
                                    " to parse string as a number");
        }

    } else if (cJSON_IsNumber(field->json)) {
        *value = field->json->valuedouble;

    } else if (cJSON_IsBool(field->json)) {
        *value = cJSON_IsTrue(field->json) ? 1 : 0;

    } else {
        return fin_field_refuse(field, "float_type",
                                "Input should be a valid number");
    }

    if (!isfinite(*value)) {
        return fin_field_refuse(field, "finite_number",
                                "Input should be a finite number");
    }

    return FIN_OK;
}


fin_status_t
fin_field_double(const fin_field_t *field, const fin_double_limits_t *limits,
    double *out)
{
    double        value;
    fin_status_t  status;

    value = NAN;

    status = fin_field_double_value(field, &value);
    if (status != FIN_OK) {
        return status;
    }

    if (limits != NULL && value <= limits->gt) {
        return fin_field_limit(field, "greater_than", "greater than", "gt",
                               limits->gt);
    }

    if (limits != NULL && value < limits->ge) {
        return fin_field_limit(field, "greater_than_equal",
                               "greater than or equal to", "ge", limits->ge);
    }

    if (limits != NULL && value > limits->le) {
        return fin_field_limit(field, "less_than_equal",
                               "less than or equal to", "le", limits->le);
    }

    *out = value;

    return FIN_OK;
}


static fin_status_t
fin_field_date_refuse(const fin_field_t *field, fin_lax_t rc,
    const char *error)
{
    char            msg[FIN_PROBLEM_MSG_MAX + 1];
    fin_problem_t  *problem;

    if (rc == FIN_LAX_INEXACT) {
        return fin_field_refuse(field, "date_from_datetime_inexact",
                                "Datetimes provided to dates should have "
                                "zero time - e.g. be exact dates");
    }

    if (rc == FIN_LAX_YEAR) {
        error = "year 0 is out of range";
        problem = fin_field_problem(field, "date_parsing",
                                    "Input should be a valid date in the "
                                    "format YYYY-MM-DD, year 0 is out of "
                                    "range");

    } else {
        (void) snprintf(msg, sizeof(msg),
                        "Input should be a valid date or datetime, %s",
                        error);
        problem = fin_field_problem(field, "date_from_datetime_parsing", msg);
    }

    fin_problem_ctx_text(problem, "error", error);

    return FIN_E_VALUE;
}


fin_status_t
fin_field_date(const fin_field_t *field, fin_date_t *out)
{
    fin_lax_t    rc;
    fin_date_t   date;
    const char  *error;

    date = FIN_NO_DATE;
    error = NULL;

    if (field->text != NULL) {
        rc = fin_lax_date(field->text, field->len, &date, &error);

    } else if (cJSON_IsNumber(field->json)) {
        rc = fin_lax_date_number(field->json->valuedouble, &date, &error);

    } else {
        return fin_field_refuse(field, "date_type",
                                "Input should be a valid date");
    }

    if (rc != FIN_LAX_OK) {
        return fin_field_date_refuse(field, rc, error);
    }

    *out = date;

    return FIN_OK;
}


/* "'a', 'b' or 'c'", cut where it does not fit. */
static void
fin_field_expected(const char *const *choices, char *buf, size_t size)
{
    int     n;
    size_t  i, len;

    buf[0] = '\0';
    len = 0;

    for (i = 0; choices[i] != NULL; i++) {
        n = snprintf(buf + len, size - len, "%s'%s'",
                     i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ",
                     choices[i]);

        if (n < 0 || (size_t) n >= size - len) {
            return;
        }

        len += (size_t) n;
    }
}


fin_status_t
fin_field_choice(const fin_field_t *field, const char *const *choices,
    size_t *out)
{
    char            expected[FIN_PROBLEM_CTX_MAX + 1];
    char            msg[FIN_PROBLEM_MSG_MAX + 1];
    size_t          i;
    fin_problem_t  *problem;

    for (i = 0; field->text != NULL && choices[i] != NULL; i++) {
        if (strlen(choices[i]) == field->len
            && memcmp(choices[i], field->text, field->len) == 0)
        {
            *out = i;
            return FIN_OK;
        }
    }

    fin_field_expected(choices, expected, sizeof(expected));
    (void) snprintf(msg, sizeof(msg), "Input should be %s", expected);

    problem = fin_field_problem(field, "literal_error", msg);
    fin_problem_ctx_text(problem, "expected", expected);

    return FIN_E_VALUE;
}


static size_t
fin_field_chars(const char *s, size_t len)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < len; i++) {
        n += ((unsigned char) s[i] & 0xc0) != 0x80;
    }

    return n;
}


static fin_status_t
fin_field_length(const fin_field_t *field, const char *type,
    const char *what, const char *key, size_t limit)
{
    char            msg[FIN_PROBLEM_MSG_MAX + 1];
    fin_problem_t  *problem;

    (void) snprintf(msg, sizeof(msg),
                    "String should have at %s %zu character%s", what, limit,
                    limit == 1 ? "" : "s");

    problem = fin_field_problem(field, type, msg);
    fin_problem_ctx_number(problem, key, (double) limit);

    return FIN_E_VALUE;
}


fin_status_t
fin_field_too_long(const fin_field_t *field, size_t limit)
{
    return fin_field_length(field, "string_too_long", "most", "max_length",
                            limit);
}


/* The text's length in characters is within the limits. */
static fin_status_t
fin_field_within(const fin_field_t *field, const fin_string_limits_t *limits,
    const char *text, size_t len)
{
    size_t  n;

    n = fin_field_chars(text, len);

    if (limits != NULL && n < limits->min) {
        return fin_field_length(field, "string_too_short", "least",
                                "min_length", limits->min);
    }

    if (limits != NULL && n > limits->max) {
        return fin_field_too_long(field, limits->max);
    }

    return FIN_OK;
}


fin_status_t
fin_field_string(const fin_field_t *field, const fin_string_limits_t *limits,
    const char **out, size_t *len)
{
    if (field->text == NULL) {
        return fin_field_refuse(field, "string_type",
                                "Input should be a valid string");
    }

    if (fin_field_within(field, limits, field->text, field->len) != FIN_OK) {
        return FIN_E_VALUE;
    }

    *out = field->text;
    *len = field->len;

    return FIN_OK;
}


fin_status_t
fin_field_trimmed(const fin_field_t *field, const fin_string_limits_t *limits,
    const char **out, size_t *len)
{
    size_t        n;
    const char   *text;
    fin_status_t  status;

    status = fin_field_string(field, NULL, &text, &n);
    if (status != FIN_OK) {
        return status;
    }

    fin_lax_trim(&text, &n);

    if (fin_field_within(field, limits, text, n) != FIN_OK) {
        return FIN_E_VALUE;
    }

    *out = text;
    *len = n;

    return FIN_OK;
}

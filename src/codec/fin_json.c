#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fin_json.h"


fin_status_t
fin_json_refuse(fin_in_error_t *err, fin_status_t status, const char *text,
    const char *field, ...)
{
    va_list  args;

    if (err != NULL) {
        va_start(args, field);
        (void) vsnprintf(err->field, sizeof(err->field), field, args);
        va_end(args);

        (void) snprintf(err->text, sizeof(err->text), "%s", text);
    }

    return status;
}


static int
fin_json_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}


/* A NUL as a byte, or as the escape that cJSON would make one of. */
static int
fin_json_has_nul(const char *json, size_t len)
{
    const char  *p, *end;

    if (memchr(json, '\0', len) != NULL) {
        return 1;
    }

    end = json + len;

    for (p = json; (p = memchr(p, '\\', (size_t) (end - p))) != NULL; p += 2) {
        if (end - p < 6) {
            return 0;
        }

        if (memcmp(p, "\\u0000", 6) == 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * That the last byte is '}' also keeps a cJSON before 1.7.18 without Debian's
 * patch from reading one byte past the end, after a comma that ends its input.
 */
static fin_status_t
fin_json_ends(const char *json, size_t len, fin_in_error_t *err)
{
    char  first;

    if (len == 0) {
        return fin_json_refuse(err, FIN_E_SYNTAX, "empty", "body");
    }

    first = json[0];

    if (first == '[' || first == '"' || first == '-' || first == 't'
        || first == 'f' || first == 'n' || (first >= '0' && first <= '9'))
    {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object", "body");
    }

    if (first != '{') {
        return fin_json_refuse(err, FIN_E_SYNTAX, "not JSON", "body");
    }

    if (json[len - 1] != '}') {
        return fin_json_refuse(err, FIN_E_SYNTAX, "ends early", "byte %zu",
                               len);
    }

    return FIN_OK;
}


/* Cuts white space off both ends; what is left is long enough and braced. */
static fin_status_t
fin_json_trim(const char **json, size_t *len, fin_in_error_t *err)
{
    if (*len > FIN_JSON_MAX) {
        return fin_json_refuse(err, FIN_E_TOO_BIG, "too long", "body");
    }

    while (*len > 0 && fin_json_space((*json)[0])) {
        (*json)++;
        (*len)--;
    }

    while (*len > 0 && fin_json_space((*json)[*len - 1])) {
        (*len)--;
    }

    return fin_json_ends(*json, *len, err);
}


fin_status_t
fin_json_scan(fin_scan_t *scan, const char *json, size_t len,
    fin_in_error_t *err)
{
    fin_status_t  status;

    status = fin_json_trim(&json, &len, err);
    if (status != FIN_OK) {
        return status;
    }

    fin_scan_init(scan, json, len);
    (void) fin_scan_object(scan);

    return FIN_OK;
}


fin_status_t
fin_json_scan_end(fin_scan_t *scan, fin_in_error_t *err)
{
    if (fin_scan_end(scan)) {
        return FIN_OK;
    }

    if (strcmp(scan->error, "holds a NUL") == 0) {
        return fin_json_refuse(err, FIN_E_SYNTAX, scan->error, "body");
    }

    return fin_json_refuse(err, FIN_E_SYNTAX, scan->error, "byte %zu",
                           scan->at);
}


void
fin_json_scan_status(fin_scan_t *scan, char status[FIN_JSON_STATUS_MAX + 1])
{
    fin_scan_text_t  text;

    status[0] = '\0';

    if (fin_scan_text(scan, &text)) {
        (void) fin_scan_copy(&text, status, FIN_JSON_STATUS_MAX + 1);
    }
}


fin_status_t
fin_json_parse(const char *json, size_t len, cJSON **root,
    fin_in_error_t *err)
{
    const char    *end;
    fin_status_t   status;

    *root = NULL;

    status = fin_json_trim(&json, &len, err);
    if (status != FIN_OK) {
        return status;
    }

    if (fin_json_has_nul(json, len)) {
        return fin_json_refuse(err, FIN_E_SYNTAX, "holds a NUL", "body");
    }

    end = json;
    *root = cJSON_ParseWithLengthOpts(json, len, &end, 0);

    if (*root == NULL) {
        return fin_json_refuse(err, FIN_E_SYNTAX, "not JSON", "byte %zu",
                               (size_t) (end - json));
    }

    if (end != json + len) {
        cJSON_Delete(*root);
        *root = NULL;
        return fin_json_refuse(err, FIN_E_SYNTAX, "more after the object",
                               "byte %zu", (size_t) (end - json));
    }

    return FIN_OK;
}


const cJSON *
fin_json_get(const cJSON *object, const char *name)
{
    const cJSON  *item, *found;

    found = NULL;

    if (!cJSON_IsObject(object)) {
        return NULL;
    }

    cJSON_ArrayForEach(item, object) {
        if (fin_json_is(item, name)) {
            found = item;
        }
    }

    return cJSON_IsNull(found) ? NULL : found;
}


double
fin_json_number(const cJSON *item)
{
    if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble)) {
        return NAN;
    }

    return item->valuedouble;
}


double
fin_json_positive(const cJSON *item)
{
    return fin_json_above_zero(fin_json_number(item));
}


int64_t
fin_json_instant(double value, double per_ms)
{
    double  ms;

    ms = value / per_ms;

    if (!(ms >= 1 && ms < (double) FIN_JSON_MS_END)) {
        return 0;
    }

    return (int64_t) ms;
}


const char *
fin_json_text(const cJSON *item)
{
    return cJSON_IsString(item) ? item->valuestring : NULL;
}


fin_status_t
fin_json_status_text(const char *text, fin_in_error_t *err)
{
    if (text == NULL) {
        return FIN_OK;
    }

    if (strcmp(text, "ERROR") == 0) {
        return fin_json_refuse(err, FIN_E_UPSTREAM, "is ERROR", "status");
    }

    if (strcmp(text, "NOT_AUTHORIZED") == 0) {
        return fin_json_refuse(err, FIN_E_NOT_ENTITLED, "is NOT_AUTHORIZED",
                               "status");
    }

    if (strcmp(text, "NOT_FOUND") == 0) {
        return fin_json_refuse(err, FIN_E_NOT_FOUND, "is NOT_FOUND",
                               "status");
    }

    return FIN_OK;
}


fin_status_t
fin_json_status(const cJSON *root, fin_in_error_t *err)
{
    return fin_json_status_text(fin_json_text(fin_json_get(root, "status")),
                                err);
}

/* Upstream's lists of dates: earnings and dividends. */

#include "fin_json.h"
#include "../core/fin_time.h"


static fin_date_t
fin_in_event_date(const cJSON *item, const char *name)
{
    const char  *text;

    text = fin_json_text(fin_json_get(item, name));

    return text == NULL ? FIN_NO_DATE : fin_date_parse(text, strlen(text));
}


/*
 * A list answer and its results; absent is empty (NULL).  FIN_OK: *root is the
 * caller's, to delete.
 */

static fin_status_t
fin_in_event_list(const char *json, size_t len, cJSON **root,
    const cJSON **results, fin_in_error_t *err)
{
    fin_status_t  status;

    status = fin_json_parse(json, len, root, err);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_json_status(*root, err);
    *results = fin_json_get(*root, "results");

    if (status == FIN_OK && *results != NULL && !cJSON_IsArray(*results)) {
        status = fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results");
    }

    if (status != FIN_OK) {
        cJSON_Delete(*root);
    }

    return status;
}


fin_status_t
fin_in_earnings(const char *json, size_t len, fin_date_t today,
    fin_date_t *earliest, fin_in_error_t *err)
{
    cJSON         *root;
    fin_date_t     date;
    const cJSON   *results, *item;
    fin_status_t   status;

    *earliest = FIN_NO_DATE;

    status = fin_in_event_list(json, len, &root, &results, err);
    if (status != FIN_OK) {
        return status;
    }

    cJSON_ArrayForEach(item, results) {
        date = fin_in_event_date(item, "date");

        if (date != FIN_NO_DATE && date >= today
            && (*earliest == FIN_NO_DATE || date < *earliest))
        {
            *earliest = date;
        }
    }

    cJSON_Delete(root);

    return FIN_OK;
}


fin_status_t
fin_in_dividends(const char *json, size_t len, fin_date_t today,
    double *amount, fin_in_error_t *err)
{
    double         cash;
    cJSON         *root;
    fin_date_t     date;
    const cJSON   *results, *item;
    fin_status_t   status;

    *amount = 0;

    status = fin_in_event_list(json, len, &root, &results, err);
    if (status != FIN_OK) {
        return status;
    }

    cJSON_ArrayForEach(item, results) {
        date = fin_in_event_date(item, "ex_dividend_date");
        cash = fin_json_positive(fin_json_get(item, "cash_amount"));

        if (date != FIN_NO_DATE && date <= today
            && date >= today - FIN_DIVIDEND_DAYS && isfinite(cash))
        {
            *amount += cash;
        }
    }

    cJSON_Delete(root);

    if (!isfinite(*amount)) {
        *amount = 0;
        return fin_json_refuse(err, FIN_E_VALUE, "too large", "cash_amount");
    }

    return status;
}

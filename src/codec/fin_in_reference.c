#include "fin_json.h"


static fin_status_t
fin_in_reference_answer(const cJSON *root, fin_in_error_t *err)
{
    const cJSON   *results, *active;
    fin_status_t   status;

    status = fin_json_status(root, err);
    if (status != FIN_OK) {
        return status;
    }

    results = fin_json_get(root, "results");

    if (!cJSON_IsObject(results)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object", "results");
    }

    active = fin_json_get(results, "active");

    if (active != NULL && !cJSON_IsBool(active)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not a boolean",
                               "results.active");
    }

    if (cJSON_IsFalse(active)) {
        return fin_json_refuse(err, FIN_E_NOT_FOUND, "is false",
                               "results.active");
    }

    return FIN_OK;
}


fin_status_t
fin_in_reference(const char *json, size_t len, fin_in_error_t *err)
{
    cJSON         *root;
    fin_status_t   status;

    status = fin_json_parse(json, len, &root, err);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_in_reference_answer(root, err);
    cJSON_Delete(root);

    return status;
}

#include <stdlib.h>

#include "fin_json.h"
#include "../core/fin_series.h"


#define FIN_IN_BARS_MAX  20000


void
fin_bars_free(fin_bars_t *bars)
{
    free(bars->bar);
    bars->bar = NULL;
    bars->n = 0;
}


/* A member of a bar; names of one letter, but for "vw". */
static void
fin_in_bar_member(fin_bar_t *bar, const cJSON *item)
{
    const char  *name;

    name = item->string;

    if (name[0] == 'v' && name[1] == 'w' && name[2] == '\0') {
        bar->vw = fin_json_positive(item);
        return;
    }

    if (name[0] == '\0' || name[1] != '\0') {
        return;
    }

    switch (name[0]) {
    case 't': bar->t = fin_json_instant(item, 1); break;
    case 'o': bar->o = fin_json_number(item); break;
    case 'h': bar->h = fin_json_number(item); break;
    case 'l': bar->l = fin_json_number(item); break;
    case 'c': bar->c = fin_json_number(item); break;
    case 'v': bar->v = fin_json_not_negative(item); break;
    default: break;
    }
}


static fin_status_t
fin_in_bar(fin_bar_t *bar, const cJSON *object, size_t index,
    fin_in_error_t *err)
{
    const cJSON  *item;

    if (!cJSON_IsObject(object)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object",
                               "results[%zu]", index);
    }

    bar->t = 0;
    bar->o = bar->h = bar->l = bar->c = bar->v = bar->vw = NAN;

    cJSON_ArrayForEach(item, object) {
        fin_in_bar_member(bar, item);
    }

    if (bar->t == 0) {
        return fin_json_refuse(err, FIN_E_VALUE, "not a time in ms",
                               "results[%zu].t", index);
    }

    return FIN_OK;
}


static fin_status_t
fin_in_bars_check(const fin_bars_t *bars, fin_in_error_t *err)
{
    size_t         index;
    const char    *field, *text;
    fin_series_t   series;
    fin_status_t   status;

    index = 0;
    field = "";
    series.bar = bars->bar;
    series.n = bars->n;

    status = fin_series_check(series, &index, &field);
    if (status != FIN_E_VALUE) {
        return status;
    }

    if (strcmp(field, "t") == 0) {
        text = "not after the one before";

    } else if (strcmp(field, "h") == 0 && bars->bar[index].h > 0
               && bars->bar[index].h < bars->bar[index].l)
    {
        text = "h is below l";

    } else {
        text = "not a positive number";
    }

    return fin_json_refuse(err, status, text, "results[%zu].%s", index,
                           field);
}


static fin_status_t
fin_in_bars_read(const cJSON *results, fin_bars_t *bars, fin_in_error_t *err)
{
    size_t         n;
    const cJSON   *item;
    fin_status_t   status;

    n = 0;

    cJSON_ArrayForEach(item, results) {
        if (++n > FIN_IN_BARS_MAX) {
            return fin_json_refuse(err, FIN_E_TOO_BIG, "too many", "results");
        }
    }

    if (n == 0) {
        return fin_json_refuse(err, FIN_E_NO_DATA, "empty", "results");
    }

    bars->bar = malloc(n * sizeof(fin_bar_t));
    if (bars->bar == NULL) {
        return fin_json_refuse(err, FIN_E_NOMEM, "no memory", "results");
    }

    cJSON_ArrayForEach(item, results) {
        status = fin_in_bar(&bars->bar[bars->n], item, bars->n, err);
        if (status != FIN_OK) {
            return status;
        }

        bars->n++;
    }

    return fin_in_bars_check(bars, err);
}


static fin_status_t
fin_in_bars_answer(const cJSON *root, fin_bars_t *bars, fin_in_error_t *err)
{
    const cJSON   *results;
    fin_status_t   status;

    status = fin_json_status(root, err);
    if (status != FIN_OK) {
        return status;
    }

    results = fin_json_get(root, "results");

    if (results == NULL) {
        return fin_json_refuse(err, FIN_E_NO_DATA, "absent", "results");
    }

    if (!cJSON_IsArray(results)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results");
    }

    return fin_in_bars_read(results, bars, err);
}


fin_status_t
fin_in_bars(const char *json, size_t len, fin_bars_t *out,
    fin_in_error_t *err)
{
    cJSON         *root;
    fin_status_t   status;

    out->bar = NULL;
    out->n = 0;

    status = fin_json_parse(json, len, &root, err);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_in_bars_answer(root, out, err);
    fin_json_free(root);

    if (status != FIN_OK) {
        fin_bars_free(out);
    }

    return status;
}

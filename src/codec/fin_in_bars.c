#include <stdlib.h>

#include "fin_json.h"
#include "../core/fin_series.h"


#define FIN_IN_BARS_MAX    20000
#define FIN_IN_BARS_FIRST  512      /* slots of the first allocation */


typedef struct {
    fin_bars_t  *bars;
    size_t       cap;
} fin_in_bars_t;


void
fin_bars_free(fin_bars_t *bars)
{
    free(bars->bar);
    bars->bar = NULL;
    bars->n = 0;
}


/* The next slot, or NULL: no memory. */
static fin_bar_t *
fin_in_bars_push(fin_in_bars_t *in)
{
    size_t      cap;
    fin_bar_t  *bar;

    if (in->bars->n == in->cap) {
        cap = in->cap == 0 ? FIN_IN_BARS_FIRST : in->cap * 2;

        bar = realloc(in->bars->bar, cap * sizeof(fin_bar_t));
        if (bar == NULL) {
            return NULL;
        }

        in->bars->bar = bar;
        in->cap = cap;
    }

    return &in->bars->bar[in->bars->n++];
}


/* A member of a bar; names of one letter, but for "vw". */
static void
fin_in_bar_member(fin_bar_t *bar, fin_scan_t *scan,
    const fin_scan_text_t *name)
{
    if (fin_scan_is(name, "vw")) {
        bar->vw = fin_json_above_zero(fin_scan_number(scan));
        return;
    }

    switch (name->len == 1 ? name->data[0] : '\0') {
    case 't': bar->t = fin_json_instant(fin_scan_number(scan), 1); break;
    case 'o': bar->o = fin_scan_number(scan); break;
    case 'h': bar->h = fin_scan_number(scan); break;
    case 'l': bar->l = fin_scan_number(scan); break;
    case 'c': bar->c = fin_scan_number(scan); break;
    case 'v': bar->v = fin_json_not_below_zero(fin_scan_number(scan)); break;
    default: fin_scan_skip(scan); break;
    }
}


static fin_status_t
fin_in_bar(fin_in_bars_t *in, fin_scan_t *scan, fin_in_error_t *err)
{
    size_t            index;
    fin_bar_t        *bar;
    fin_scan_text_t   name;

    index = in->bars->n;

    bar = fin_in_bars_push(in);
    if (bar == NULL) {
        fin_scan_skip(scan);
        return fin_json_refuse(err, FIN_E_NOMEM, "no memory", "results");
    }

    if (!fin_scan_object(scan)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object",
                               "results[%zu]", index);
    }

    bar->t = 0;
    bar->o = bar->h = bar->l = bar->c = bar->v = bar->vw = NAN;

    while (fin_scan_member(scan, &name)) {
        fin_in_bar_member(bar, scan, &name);
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


/* What is behind a bar that is refused is still read: it has to be JSON. */
static fin_status_t
fin_in_bars_results(fin_in_bars_t *in, fin_scan_t *scan, fin_in_error_t *err)
{
    size_t        n;
    fin_status_t  status;

    in->bars->n = 0;                    /* results that came before */

    if (fin_scan_peek(scan) == 'n') {
        fin_scan_skip(scan);
        return fin_json_refuse(err, FIN_E_NO_DATA, "absent", "results");
    }

    if (!fin_scan_array(scan)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results");
    }

    status = FIN_OK;

    for (n = 0; fin_scan_element(scan); n++) {
        if (status == FIN_OK && n < FIN_IN_BARS_MAX) {
            status = fin_in_bar(in, scan, err);

        } else {
            fin_scan_skip(scan);
        }
    }

    if (n > FIN_IN_BARS_MAX) {
        return fin_json_refuse(err, FIN_E_TOO_BIG, "too many", "results");
    }

    if (n == 0) {
        return fin_json_refuse(err, FIN_E_NO_DATA, "empty", "results");
    }

    return status == FIN_OK ? fin_in_bars_check(in->bars, err) : status;
}


/*
 * In the order in which they count: syntax, status, results.  Of what err was
 * filled with the last is left, which is the first of these.
 */
static fin_status_t
fin_in_bars_answer(fin_in_bars_t *in, fin_scan_t *scan, fin_in_error_t *err)
{
    char             word[FIN_JSON_STATUS_MAX + 1];
    fin_status_t     status, results;
    fin_scan_text_t  name;

    word[0] = '\0';
    results = fin_json_refuse(err, FIN_E_NO_DATA, "absent", "results");

    while (fin_scan_member(scan, &name)) {
        if (fin_scan_is(&name, "results")) {
            results = fin_in_bars_results(in, scan, err);

        } else if (fin_scan_is(&name, "status")) {
            fin_json_scan_status(scan, word);

        } else {
            fin_scan_skip(scan);
        }
    }

    status = fin_json_scan_end(scan, err);

    if (status == FIN_OK) {
        status = fin_json_status_text(word, err);
    }

    return status == FIN_OK ? results : status;
}


fin_status_t
fin_in_bars(const char *json, size_t len, fin_bars_t *out,
    fin_in_error_t *err)
{
    fin_scan_t     scan;
    fin_status_t   status;
    fin_in_bars_t  in;

    out->bar = NULL;
    out->n = 0;

    status = fin_json_scan(&scan, json, len, err);
    if (status != FIN_OK) {
        return status;
    }

    in.bars = out;
    in.cap = 0;
    status = fin_in_bars_answer(&in, &scan, err);

    if (status != FIN_OK) {
        fin_bars_free(out);
    }

    return status;
}

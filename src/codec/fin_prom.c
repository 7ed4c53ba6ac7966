/* Prometheus' text format: see the header. */

#include <string.h>

#include "fin_prom.h"


static void fin_prom_escaped(fin_out_t *out, const char *text, int quotes);
static void fin_prom_name(fin_out_t *out, const char *name,
    const char *suffix, const fin_prom_label_t *labels, size_t n);
static void fin_prom_labels(fin_out_t *out,
    const fin_prom_label_t *labels, size_t n);
static void fin_prom_seconds(fin_out_t *out, uint64_t usec);
static void fin_prom_number(fin_out_t *out, int64_t value);
static size_t fin_prom_decimal(char *to, uint64_t usec);


void
fin_prom_family(fin_out_t *out, const char *name, const char *help,
    fin_prom_type_e type)
{
    static const char *const  types[] = {
        " counter\n", " gauge\n", " histogram\n"
    };

    fin_out_text(out, "# HELP ");
    fin_out_text(out, name);
    fin_out_raw(out, " ", 1);
    fin_prom_escaped(out, help, 0);
    fin_out_text(out, "\n# TYPE ");
    fin_out_text(out, name);
    fin_out_text(out, types[type]);
}


void
fin_prom_int(fin_out_t *out, const char *name,
    const fin_prom_label_t *labels, size_t n, int64_t value)
{
    fin_prom_name(out, name, "", labels, n);
    fin_prom_number(out, value);
}


void
fin_prom_usec(fin_out_t *out, const char *name,
    const fin_prom_label_t *labels, size_t n, uint64_t usec)
{
    fin_prom_name(out, name, "", labels, n);
    fin_prom_seconds(out, usec);
}


void
fin_prom_times(fin_out_t *out, const char *name,
    const fin_prom_label_t *labels, size_t n,
    const fin_prom_times_t *times)
{
    char                 bound[FIN_DTOA_MAX + 1];
    size_t               i;
    uint64_t             count;
    fin_prom_label_t  all[FIN_PROM_LABELS + 1];

    if (n > FIN_PROM_LABELS) {
        n = FIN_PROM_LABELS;
    }

    for (i = 0; i < n; i++) {
        all[i] = labels[i];
    }

    all[n].name = "le";
    count = 0;

    for (i = 0; i <= times->n; i++) {
        count += times->buckets[i];

        if (i < times->n) {
            bound[fin_prom_decimal(bound, times->bounds[i])] = '\0';
        }

        all[n].value = i < times->n ? bound : "+Inf";

        fin_prom_name(out, name, "_bucket", all, n + 1);
        fin_prom_number(out, (int64_t) count);
    }

    fin_prom_name(out, name, "_sum", labels, n);
    fin_prom_seconds(out, times->usec);

    fin_prom_name(out, name, "_count", labels, n);
    fin_prom_number(out, (int64_t) count);
}


static void
fin_prom_name(fin_out_t *out, const char *name, const char *suffix,
    const fin_prom_label_t *labels, size_t n)
{
    fin_out_text(out, name);
    fin_out_text(out, suffix);

    if (n > 0) {
        fin_prom_labels(out, labels, n);
    }

    fin_out_raw(out, " ", 1);
}


static void
fin_prom_labels(fin_out_t *out, const fin_prom_label_t *labels,
    size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        fin_out_text(out, i == 0 ? "{" : ",");
        fin_out_text(out, labels[i].name);
        fin_out_text(out, "=\"");
        fin_prom_escaped(out, labels[i].value, 1);
        fin_out_raw(out, "\"", 1);
    }

    fin_out_raw(out, "}", 1);
}


/* a help's quotes stay as they are */

static void
fin_prom_escaped(fin_out_t *out, const char *text, int quotes)
{
    size_t       n;
    const char  *stop;

    stop = quotes ? "\\\n\"" : "\\\n";

    for ( ;; ) {
        n = strcspn(text, stop);
        fin_out_raw(out, text, n);
        text += n;

        if (*text == '\0') {
            return;
        }

        fin_out_text(out, *text == '\n' ? "\\n"
                          : *text == '"' ? "\\\"" : "\\\\");
        text++;
    }
}


static void
fin_prom_number(fin_out_t *out, int64_t value)
{
    out->comma = 0;     /* no JSON */
    fin_out_int(out, value);
    fin_out_raw(out, "\n", 1);
}


static void
fin_prom_seconds(fin_out_t *out, uint64_t usec)
{
    char  text[FIN_DTOA_MAX];

    fin_out_raw(out, text, fin_prom_decimal(text, usec));
    fin_out_raw(out, "\n", 1);
}


/* seconds with as many digits as they need: at most 20 + 1 + 6 */

static size_t
fin_prom_decimal(char *to, uint64_t usec)
{
    size_t    len;
    uint64_t  unit, rest;

    len = fin_utoa(usec / 1000000, to);
    rest = usec % 1000000;

    if (rest == 0) {
        return len;
    }

    to[len++] = '.';

    for (unit = 100000; rest > 0; unit /= 10) {
        to[len++] = (char) ('0' + rest / unit);
        rest %= unit;
    }

    return len;
}

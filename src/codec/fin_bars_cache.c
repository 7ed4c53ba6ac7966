/*
 * Bars in packed form.  Head (40 bytes): "FINB", version, fetched_at,
 * fetched_ms, fresh_ms, n, 0; then per bar t and the doubles o h l c v vw, 8
 * bytes each.  All little-endian.
 */

#include <stdlib.h>

#include "../core/fin_series.h"
#include "fin_bars_cache.h"
#include "fin_le.h"


#define FIN_BARS_MAGIC    0x424e4946u       /* "FINB" */
#define FIN_BARS_VERSION  1
#define FIN_BARS_HEAD     40
#define FIN_BARS_RECORD   56
#define FIN_BARS_MAX      20000


fin_status_t
fin_bars_pack(fin_out_t *out, fin_series_t s, int64_t fetched_at,
    int64_t fetched_ms, int64_t fresh_ms)
{
    char             *p;
    size_t            i, len;
    const fin_bar_t  *bar;

    if (s.n == 0) {
        return FIN_E_NO_DATA;
    }

    if (s.n > FIN_BARS_MAX) {
        return FIN_E_TOO_BIG;
    }

    len = FIN_BARS_HEAD + s.n * FIN_BARS_RECORD;

    p = fin_out_room(out, len);
    if (p == NULL) {
        return fin_out_status(out);
    }

    p = fin_le32_store(p, FIN_BARS_MAGIC);
    p = fin_le32_store(p, FIN_BARS_VERSION);
    p = fin_le64_store(p, (uint64_t) fetched_at);
    p = fin_le64_store(p, (uint64_t) fetched_ms);
    p = fin_le64_store(p, (uint64_t) fresh_ms);
    p = fin_le32_store(p, (uint32_t) s.n);
    p = fin_le32_store(p, 0);

    for (i = 0; i < s.n; i++) {
        bar = &s.bar[i];
        p = fin_le64_store(p, (uint64_t) bar->t);
        p = fin_le_double_store(p, bar->o);
        p = fin_le_double_store(p, bar->h);
        p = fin_le_double_store(p, bar->l);
        p = fin_le_double_store(p, bar->c);
        p = fin_le_double_store(p, bar->v);
        p = fin_le_double_store(p, bar->vw);
    }

    out->len += len;

    return FIN_OK;
}


static void
fin_bar_load(const char *p, fin_bar_t *bar)
{
    bar->t = (int64_t) fin_le64_load(p);
    bar->o = fin_le_double_load(p + 8);
    bar->h = fin_le_double_load(p + 16);
    bar->l = fin_le_double_load(p + 24);
    bar->c = fin_le_double_load(p + 32);
    bar->v = fin_le_double_load(p + 40);
    bar->vw = fin_le_double_load(p + 48);
}


/* The head and how many bars follow; 0 when the length does not agree. */
static size_t
fin_bars_head(const char *data, size_t len, fin_bars_head_t *head)
{
    size_t  n;

    if (len < FIN_BARS_HEAD
        || fin_le32_load(data) != FIN_BARS_MAGIC
        || fin_le32_load(data + 4) != FIN_BARS_VERSION
        || fin_le32_load(data + 36) != 0)
    {
        return 0;
    }

    head->fetched_at = (int64_t) fin_le64_load(data + 8);
    head->fetched_ms = (int64_t) fin_le64_load(data + 16);
    head->fresh_ms = (int64_t) fin_le64_load(data + 24);

    n = fin_le32_load(data + 32);

    if (n > FIN_BARS_MAX || len != FIN_BARS_HEAD + n * FIN_BARS_RECORD) {
        return 0;
    }

    return n;
}


static int
fin_bars_good(fin_series_t s)
{
    size_t       i;
    const char  *field;

    if (fin_series_check(s, &i, &field) != FIN_OK) {
        return 0;
    }

    for (i = 0; i < s.n; i++) {
        if (isinf(s.bar[i].v) || isinf(s.bar[i].vw)) {
            return 0;
        }
    }

    return 1;
}


fin_status_t
fin_bars_unpack(const char *data, size_t len, fin_bars_head_t *head,
    fin_bars_t *bars)
{
    size_t        i, n;
    fin_series_t  s;

    if (bars != NULL) {
        bars->bar = NULL;
        bars->n = 0;
    }

    n = fin_bars_head(data, len, head);
    if (n == 0) {
        return FIN_E_SYNTAX;
    }

    if (bars == NULL) {
        return FIN_OK;
    }

    bars->bar = malloc(n * sizeof(fin_bar_t));
    if (bars->bar == NULL) {
        return FIN_E_NOMEM;
    }

    bars->n = n;

    for (i = 0; i < n; i++) {
        fin_bar_load(data + FIN_BARS_HEAD + i * FIN_BARS_RECORD,
                     &bars->bar[i]);
    }

    s.bar = bars->bar;
    s.n = n;

    if (!fin_bars_good(s)) {
        fin_bars_free(bars);
        return FIN_E_SYNTAX;
    }

    return FIN_OK;
}

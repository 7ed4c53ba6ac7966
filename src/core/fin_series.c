#include "fin_series.h"
#include "fin_time.h"


static int
fin_price_ok(double price)
{
    return isfinite(price) && price > 0;
}


/* The first field of the bar that is refused, or NULL. */
static const char *
fin_bar_bad(const fin_bar_t *bar, const fin_bar_t *before)
{
    if (!fin_price_ok(bar->o)) {
        return "o";
    }

    if (!fin_price_ok(bar->h)) {
        return "h";
    }

    if (!fin_price_ok(bar->l)) {
        return "l";
    }

    if (!fin_price_ok(bar->c)) {
        return "c";
    }

    if (bar->h < bar->l) {
        return "h";
    }

    if (before != NULL && bar->t <= before->t) {
        return "t";
    }

    return NULL;
}


fin_status_t
fin_series_check(fin_series_t s, size_t *index, const char **field)
{
    size_t       i;
    const char  *bad;

    if (s.n == 0) {
        return FIN_E_NO_DATA;
    }

    for (i = 0; i < s.n; i++) {
        bad = fin_bar_bad(&s.bar[i], i > 0 ? &s.bar[i - 1] : NULL);

        /* t ascends, so that its two ends decide about those between */
        if (bad == NULL && (i == 0 || i == s.n - 1)
            && fin_ny_date(s.bar[i].t) == FIN_NO_DATE)
        {
            bad = "t";
        }

        if (bad != NULL) {
            *index = i;
            *field = bad;
            return FIN_E_VALUE;
        }
    }

    return FIN_OK;
}

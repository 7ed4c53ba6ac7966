/*
 * Price paths.  Backwards from the last bar: the drawn level plus a deviation
 * that returns to it (an AR(1), which looks the same in both directions).
 */

#include <string.h>

#include "generate.h"

#include "../core/fin_time.h"


#define SAMPLE_DRAWS   20000
#define SAMPLE_RETURN  0.93         /* of the deviation left a day later */
#define SAMPLE_YEAR    252.0        /* trading days */


static double
sample_knot_at(const sample_knot_t *knot, double back)
{
    unsigned  i;
    double    part;

    for (i = 0; i + 1 < SAMPLE_KNOTS_MAX && knot[i].back > 0; i++) {
        if (back >= knot[i + 1].back) {
            part = (back - knot[i + 1].back)
                   / (knot[i].back - knot[i + 1].back);
            return knot[i + 1].value
                   + part * (knot[i].value - knot[i + 1].value);
        }
    }

    return knot[i].value;
}


static double
sample_cents(double price)
{
    return floor(price * 100.0 + 0.5) / 100.0;
}


/* Trading days of the window, oldest first; t is set. */
static size_t
sample_path_days(fin_bar_t *bar, fin_date_t today)
{
    int         weekday;
    size_t      n;
    fin_date_t  date;

    n = 0;

    for (date = today - SAMPLE_DAYS; date <= today; date++) {
        weekday = fin_date_weekday(date);

        if (weekday != 0 && weekday != 6) {
            bar[n++].t = fin_ny_midnight(date);
        }
    }

    return n;
}


static void
sample_path_closes(sample_path_t *path, sample_random_t *random)
{
    size_t                 back;
    double                 deviation, level, sigma;
    const sample_stock_t  *stock;

    stock = path->stock;
    deviation = 0;

    for (back = 0; back < path->n; back++) {
        level = sample_knot_at(stock->level, (double) back);
        path->bar[path->n - 1 - back].c = sample_cents(
            stock->price * (1.0 + level / 100.0) * exp(deviation));

        sigma = sample_knot_at(stock->sigma, (double) back)
                / sqrt(SAMPLE_YEAR);
        deviation = SAMPLE_RETURN * deviation + sigma * sample_normal(random);
    }
}


/* Open, high, low and volume around the closes. */
static void
sample_path_ranges(sample_path_t *path, sample_random_t *random)
{
    size_t      i;
    double      sigma, before, move;
    fin_bar_t  *bar;

    for (i = 0; i < path->n; i++) {
        bar = &path->bar[i];
        before = i > 0 ? bar[-1].c : bar->c;
        sigma = sample_knot_at(path->stock->sigma, (double) (path->n - 1 - i))
                / sqrt(SAMPLE_YEAR);
        move = log(bar->c / before) / sigma;

        bar->o = sample_cents(before * exp(0.4 * sigma
                                           * sample_normal(random)));
        bar->h = sample_cents(fmax(bar->o, bar->c)
                              * exp(0.5 * sigma
                                    * fabs(sample_normal(random))));
        bar->l = sample_cents(fmin(bar->o, bar->c)
                              * exp(-0.5 * sigma
                                    * fabs(sample_normal(random))));
        bar->vw = (bar->h + bar->l + 2.0 * bar->c) / 4.0;
        bar->v = floor(path->stock->shares * (1.0 + 0.12 * move * move)
                       * exp(0.25 * sample_normal(random)));
    }
}


static int
sample_score(const fin_stock_t *stock, fin_signal_kind_t kind)
{
    fin_rules_t   rules;
    fin_signal_t  signal;

    fin_rules_default(&rules);
    fin_signal_evaluate(kind, &rules, stock, NULL, FIN_OPTIONS_NONE, NULL,
                        &signal);

    return (int) signal.score;
}


/* Also for a service that does not know the date of the earnings. */
static int
sample_path_fits(const sample_path_t *path)
{
    int                kind, wanted;
    fin_stock_t        unknown;
    fin_signal_kind_t  signal;

    unknown = path->figures;
    unknown.earnings = FIN_NO_DATE;

    for (kind = 0; kind < FIN_SIGNAL_COUNT; kind++) {
        signal = (fin_signal_kind_t) kind;
        wanted = path->stock->score[kind];

        if (wanted != SAMPLE_ANY
            && (sample_score(&path->figures, signal) != wanted
                || sample_score(&unknown, signal) != wanted))
        {
            return 0;
        }
    }

    return 1;
}


/* The volatility's rank is that of a service that has no history of it yet. */
static fin_status_t
sample_path_figures(sample_path_t *path)
{
    fin_status_t  rc;
    fin_series_t  series;

    series.bar = path->bar;
    series.n = path->n;

    rc = fin_stock_from_bars(&path->figures, path->stock->ticker, series,
                             path->today);

    if (rc == FIN_OK) {
        rc = fin_stock_set_iv(&path->figures, series, NAN, NULL, 0);
    }

    path->figures.earnings = path->earnings;

    return rc;
}


/* Announced on a weekday. */
static fin_date_t
sample_path_earnings(const sample_stock_t *stock, fin_date_t today)
{
    fin_date_t  date;

    if (stock->earnings == 0) {
        return FIN_NO_DATE;
    }

    date = today + stock->earnings;

    while (fin_date_weekday(date) == 0 || fin_date_weekday(date) == 6) {
        date++;
    }

    return date;
}


fin_status_t
sample_path_make(sample_path_t *path, const sample_stock_t *stock,
    fin_date_t today, uint64_t seed)
{
    uint64_t         draw;
    fin_status_t     rc;
    sample_random_t  random;

    memset(path, 0, sizeof(*path));
    path->stock = stock;
    path->today = today;
    path->earnings = sample_path_earnings(stock, today);
    path->n = sample_path_days(path->bar, today);

    for (draw = 0; draw < SAMPLE_DRAWS; draw++) {
        sample_random_seed(&random, seed, stock->ticker, draw);
        sample_path_closes(path, &random);
        sample_path_ranges(path, &random);

        rc = sample_path_figures(path);

        if (rc != FIN_OK) {
            return rc;
        }

        if (sample_path_fits(path)) {
            return FIN_OK;
        }
    }

    return FIN_E_NO_DATA;
}

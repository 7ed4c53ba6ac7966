/*
 * One contract: the price that its quote, trade or day gives, and the greeks,
 * upstream's or the model's.
 */

#include "fin_option.h"
#include "fin_time.h"


void
fin_option_price(fin_option_t *o, fin_date_t today)
{
    double  mid;

    o->dte = (int32_t) ((int64_t) o->expiration - today);
    o->adjusted = (o->shares != 100);

    mid = (o->bid + o->ask) / 2;

    if (o->bid > 0 && o->ask >= o->bid && isfinite(mid)) {
        o->price = mid;
        o->price_source = FIN_PRICE_QUOTE;

    } else if (o->last > 0 && isfinite(o->last)) {
        o->price = o->last;
        o->price_source = FIN_PRICE_TRADE;

    } else if (o->day_close > 0 && isfinite(o->day_close)) {
        o->price = o->day_close;
        o->price_source = FIN_PRICE_DAY;

    } else {
        o->price = NAN;
        o->price_source = FIN_PRICE_NONE;
    }
}


void
fin_option_model_init(fin_option_model_t *model, const fin_market_t *m)
{
    if (m->last_bar == FIN_NO_DATE) {
        model->day_from = INT64_MAX;
        model->day_to = INT64_MIN;
        return;
    }

    model->day_from = fin_ny_midnight(m->last_bar);
    model->day_to = fin_ny_midnight(m->last_bar + 1);
}


void
fin_option_model_term(fin_option_model_t *model, const fin_market_t *m,
    int32_t dte, double q)
{
    if (!isfinite(q)) {
        q = isfinite(m->dividend_yield) ? m->dividend_yield : 0;
    }

    fin_bs_term(&model->term, m->price, fin_bs_years(dte), m->rate, q);
}


/* Whether the price is of the day that the underlying's price is of. */
static int
fin_option_current(const fin_option_t *o, const fin_option_model_t *model)
{
    int64_t  t;

    switch (o->price_source) {

    case FIN_PRICE_QUOTE:
        return 1;

    case FIN_PRICE_TRADE:
        t = o->last_t;
        break;

    case FIN_PRICE_DAY:
        t = o->day_t;
        break;

    default:
        return 0;
    }

    return t != 0 && t >= model->day_from && t < model->day_to;
}


static void
fin_option_greeks_model(fin_option_t *o, const fin_option_model_t *model)
{
    double        iv;
    fin_greeks_t  g;

    iv = fin_bs_term_iv(&model->term, o->type, o->strike, o->price);

    if (!(iv > 0 && iv < INFINITY)) {
        return;
    }

    fin_bs_term_greeks(&model->term, o->type, o->strike, iv, &g);

    if (!isfinite(g.delta) || !isfinite(g.gamma) || !isfinite(g.theta)
        || !isfinite(g.vega))
    {
        return;
    }

    o->iv = iv;
    o->delta = g.delta;
    o->gamma = g.gamma;
    o->theta = g.theta;
    o->vega = g.vega;
}


void
fin_option_greeks(fin_option_t *o, const fin_option_model_t *model)
{
    o->greeks_source = FIN_GREEKS_MODEL;
    o->iv = NAN;
    o->delta = NAN;
    o->gamma = NAN;
    o->theta = NAN;
    o->vega = NAN;

    if (o->dte < 0) {
        return;
    }

    if (o->up_iv > 0 && isfinite(o->up_iv) && isfinite(o->up_delta)
        && isfinite(o->up_gamma) && isfinite(o->up_theta)
        && isfinite(o->up_vega))
    {
        o->greeks_source = FIN_GREEKS_UPSTREAM;
        o->iv = o->up_iv;
        o->delta = o->up_delta;
        o->gamma = o->up_gamma;
        o->theta = o->up_theta;
        o->vega = o->up_vega;
        return;
    }

    if (fin_option_current(o, model)) {
        fin_option_greeks_model(o, model);
    }
}


void
fin_option_value(fin_option_t *o, const fin_market_t *m, double q)
{
    fin_option_model_t  model;

    fin_option_price(o, m->today);
    fin_option_model_init(&model, m);
    fin_option_model_term(&model, m, o->dte, q);
    fin_option_greeks(o, &model);
}

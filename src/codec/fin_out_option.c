/* One contract of GET options. */

#include "fin_out_stock.h"


static void
fin_out_option_market(fin_out_t *out, const fin_option_t *o)
{
    fin_out_kdouble(out, "bid", o->bid);
    fin_out_kdouble(out, "ask", o->ask);
    fin_out_kdouble(out, "mid_price", o->price);
    fin_out_kdouble(out, "last_price", o->last);
    fin_out_kdouble(out, "volume", o->volume);
    fin_out_kdouble(out, "open_interest", o->open_interest);
    fin_out_kstring(out, "price_source",
                    fin_price_source_name(o->price_source));
}


static void
fin_out_option_greeks(fin_out_t *out, const fin_option_t *o)
{
    fin_out_kdouble(out, "implied_volatility", o->iv);
    fin_out_kdouble(out, "delta", o->delta);
    fin_out_kdouble(out, "gamma", o->gamma);
    fin_out_kdouble(out, "theta", o->theta);
    fin_out_kdouble(out, "vega", o->vega);
    fin_out_kstring(out, "greeks_source",
                    o->greeks_source == FIN_GREEKS_UPSTREAM ? "upstream"
                                                            : "model");
}


void
fin_out_option(fin_out_t *out, const fin_option_t *option)
{
    fin_out_object(out);
    fin_out_kstring(out, "ticker", option->ticker);
    fin_out_kstring(out, "option_type",
                    option->type == FIN_PUT ? "put" : "call");
    fin_out_kdouble(out, "strike", option->strike);
    fin_out_kdate(out, "expiration", option->expiration);
    fin_out_kint(out, "dte", option->dte);

    fin_out_option_market(out, option);

    fin_out_kdouble(out, "shares_per_contract", option->shares);
    fin_out_kbool(out, "adjusted", option->adjusted);

    fin_out_option_greeks(out, option);
    fin_out_object_end(out);
}

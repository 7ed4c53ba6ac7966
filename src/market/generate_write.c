/* Massive's answers as text. */

#include <inttypes.h>
#include <string.h>

#include "generate.h"

#include "../core/fin_time.h"


#define SAMPLE_TAIL  "\"status\":\"OK\",\"request_id\":\"sample\"}\n"


void
sample_bars_write(FILE *out, const sample_path_t *path)
{
    size_t            i;
    const fin_bar_t  *bar;

    (void) fprintf(out, "{\"ticker\":\"%s\",\"queryCount\":%zu,"
                   "\"resultsCount\":%zu,\"adjusted\":true,\"results\":[",
                   path->stock->ticker, path->n, path->n);

    for (i = 0; i < path->n; i++) {
        bar = &path->bar[i];
        (void) fprintf(out, "%s\n{\"v\":%.0f,\"vw\":%.4f,\"o\":%.2f,"
                       "\"c\":%.2f,\"h\":%.2f,\"l\":%.2f,\"t\":%" PRId64
                       ",\"n\":%.0f}", i > 0 ? "," : "", bar->v, bar->vw,
                       bar->o, bar->c, bar->h, bar->l, bar->t,
                       floor(bar->v / 110.0));
    }

    (void) fprintf(out, "],\"count\":%zu," SAMPLE_TAIL, path->n);
}


static void
sample_trades_write(FILE *out, const sample_contract_t *c)
{
    double  high, low;

    if (c->volume == 0) {
        (void) fputs("\"day\":{},", out);
        return;
    }

    high = fmax(c->last, c->before);
    low = fmin(c->last, c->before);

    (void) fprintf(out, "\"day\":{\"change\":%.2f,\"change_percent\":%.4f,"
                   "\"close\":%.2f,\"high\":%.2f,\"last_updated\":%" PRId64
                   ",\"low\":%.2f,\"open\":%.2f,\"previous_close\":%.2f,"
                   "\"volume\":%.0f,\"vwap\":%.4f},",
                   c->last - c->before, 100 * (c->last / c->before - 1),
                   c->last, high, c->quote_ns, low, c->before, c->before,
                   c->volume, (high + low + 2 * c->last) / 4);

    (void) fprintf(out, "\"last_trade\":{\"sip_timestamp\":%" PRId64
                   ",\"price\":%.2f,\"size\":%.0f,\"conditions\":[209],"
                   "\"exchange\":302,\"timeframe\":\"REAL-TIME\"},",
                   c->trade_ns, c->last, fmin(c->volume, 10));
}


static void
sample_quote_write(FILE *out, const sample_contract_t *c)
{
    if (!c->quoted) {
        return;
    }

    (void) fprintf(out, "\"last_quote\":{\"ask\":%.2f,\"ask_size\":%d,"
                   "\"bid\":%.2f,\"bid_size\":%d,\"last_updated\":%" PRId64
                   ",\"midpoint\":%.3f,\"timeframe\":\"REAL-TIME\"},",
                   c->ask, 12, c->bid, c->bid > 0 ? 9 : 0, c->quote_ns,
                   (c->bid + c->ask) / 2);
}


static void
sample_greeks_write(FILE *out, const sample_contract_t *c)
{
    if (!c->greeks_told) {
        (void) fputs("\"greeks\":{},", out);
        return;
    }

    (void) fprintf(out, "\"greeks\":{\"delta\":%.12f,\"gamma\":%.12f,"
                   "\"theta\":%.12f,\"vega\":%.12f},"
                   "\"implied_volatility\":%.12f,", c->greeks.delta,
                   c->greeks.gamma, c->greeks.theta, c->greeks.vega,
                   c->sigma);
}


void
sample_contract_write(FILE *out, const sample_contract_t *c,
    const sample_path_t *path)
{
    char    date[11];
    double  even, price;

    price = path->figures.price;
    even = c->type == FIN_CALL ? c->strike + c->last : c->strike - c->last;
    fin_date_format(c->expiration, date);

    (void) fprintf(out, "{\"break_even_price\":%.2f,", even);
    sample_trades_write(out, c);
    (void) fprintf(out, "\"details\":{\"contract_type\":\"%s\","
                   "\"exercise_style\":\"american\",\"expiration_date\":"
                   "\"%s\",\"shares_per_contract\":100,\"strike_price\":%g,"
                   "\"ticker\":\"%s\"},",
                   c->type == FIN_CALL ? "call" : "put", date, c->strike,
                   c->ticker);
    sample_greeks_write(out, c);
    sample_quote_write(out, c);
    (void) fprintf(out, "\"open_interest\":%.0f,\"underlying_asset\":{"
                   "\"change_to_break_even\":%.2f,\"last_updated\":%" PRId64
                   ",\"price\":%.2f,\"ticker\":\"%s\","
                   "\"timeframe\":\"REAL-TIME\"}}", c->open_interest,
                   even - price, c->quote_ns, price, path->stock->ticker);
}


void
sample_reference_write(FILE *out, const sample_path_t *path)
{
    const sample_stock_t  *stock;

    stock = path->stock;

    (void) fprintf(out, "{\"results\":{\"ticker\":\"%s\",\"name\":\"%s "
                   "(sample, made-up prices)\",\"market\":\"stocks\","
                   "\"locale\":\"us\",\"primary_exchange\":\"%s\","
                   "\"type\":\"%s\",\"active\":true,"
                   "\"currency_name\":\"usd\"}," SAMPLE_TAIL,
                   stock->ticker, stock->name, stock->exchange, stock->type);
}


void
sample_earnings_write(FILE *out, const sample_path_t *path)
{
    char  date[11];

    (void) fputs("{\"results\":[", out);

    if (path->earnings != FIN_NO_DATE) {
        fin_date_format(path->earnings, date);
        (void) fprintf(out, "{\"ticker\":\"%s\",\"company_name\":\"%s\","
                       "\"currency\":\"USD\",\"importance\":3,"
                       "\"date_status\":\"projected\",\"time\":\"16:30:00\","
                       "\"date\":\"%s\"}", path->stock->ticker,
                       path->stock->name, date);
    }

    (void) fputs("]," SAMPLE_TAIL, out);
}


/* Paid quarterly, the last one some weeks ago. */
void
sample_dividends_write(FILE *out, const sample_path_t *path)
{
    int     i;
    char    date[11];
    double  cash;

    cash = path->figures.price * path->stock->yield / 4;

    (void) fputs("{\"results\":[", out);

    for (i = 0; i < 8 && cash > 0; i++) {
        fin_date_format(path->today - 40 - 91 * i, date);
        (void) fprintf(out, "%s{\"ticker\":\"%s\",\"cash_amount\":%.4f,"
                       "\"currency\":\"USD\",\"dividend_type\":\"CD\","
                       "\"frequency\":4,\"ex_dividend_date\":\"%s\"}",
                       i > 0 ? ",\n" : "", path->stock->ticker, cash, date);
    }

    (void) fputs("]," SAMPLE_TAIL, out);
}

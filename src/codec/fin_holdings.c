/* An owner's positions in one ticker: see the header. */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_stock.h"
#include "fin_holdings_inside.h"
#include "fin_out_position.h"
#include "fin_out_stock.h"


#define FIN_HOLDINGS_CALL  0            /* index of the covered-call signal */
#define FIN_HOLDINGS_PMCC  1


/* What a run works with.  Owns dated, extra, roll and lot. */
typedef struct {
    fin_holdings_t       *h;
    fin_stock_t           stock;        /* of today */
    const fin_chain_t    *chain;        /* the book's, or dated; NULL: none */
    fin_chain_t           dated;
    fin_chain_t           extra;        /* valued and sorted */
    fin_chain_t           roll;         /* targets of one LEAPS */
    fin_lot_t            *lot;          /* [n] */
    fin_options_status_t  options;
    fin_holding_t         holding;
    double                leaps_strike;
    fin_signal_t          signal[2];
} fin_holdings_run_t;


static int
fin_holdings_option_valid(const fin_position_t *p)
{
    return (unsigned) p->option_type <= FIN_PUT
           && p->strike > 0 && isfinite(p->strike)
           && isfinite(p->premium) && p->expiration != FIN_NO_DATE;
}


/* As those who write positions see to it; a mistake is ours. */
static int
fin_holdings_valid(const fin_holdings_t *h)
{
    size_t                 i;
    const char            *ticker;
    const fin_position_t  *p;

    ticker = fin_holdings_ticker(h);

    for (i = 0; i < h->n; i++) {

        p = &h->position[i];

        if (strcmp(p->ticker, ticker) != 0 || p->quantity == 0
            || p->transaction_date == FIN_NO_DATE)
        {
            return 0;
        }

        if (p->type == FIN_POSITION_STOCK ? !isfinite(p->purchase_price)
            : p->type != FIN_POSITION_OPTION
              || !fin_holdings_option_valid(p))
        {
            return 0;
        }
    }

    return h->today != FIN_NO_DATE;
}


/*
 * The book's chain counts days from its own today.  A copy where that has
 * passed, as that of a stale stock.
 */
static fin_status_t
fin_holdings_date_chain(fin_holdings_run_t *r)
{
    size_t              i;
    const fin_chain_t  *from = &r->h->book->chain;

    if (from->n == 0) {
        return FIN_OK;
    }

    r->chain = from;

    if (r->h->book->stock.today == r->h->today) {
        return FIN_OK;
    }

    r->dated.opt = malloc(from->n * sizeof(fin_option_t));
    if (r->dated.opt == NULL) {
        return FIN_E_NOMEM;
    }

    memcpy(r->dated.opt, from->opt, from->n * sizeof(fin_option_t));
    r->dated.n = from->n;
    r->dated.cap = from->n;

    for (i = 0; i < from->n; i++) {
        r->dated.opt[i].dte = fin_days_between(r->h->today,
                                               from->opt[i].expiration);
    }

    r->chain = &r->dated;

    return FIN_OK;
}


static fin_status_t
fin_holdings_value_extra(fin_holdings_run_t *r)
{
    size_t               i;
    fin_option_t        *o;
    fin_status_t         status;
    const fin_chain_t   *extra = r->h->extra;

    if (extra == NULL) {
        return FIN_OK;
    }

    for (i = 0; i < extra->n; i++) {

        o = fin_chain_push(&r->extra);
        if (o == NULL) {
            return FIN_E_NOMEM;
        }

        *o = extra->opt[i];
    }

    status = fin_chain_unique(&r->extra);
    if (status != FIN_OK) {
        return status;
    }

    for (i = 0; i < r->extra.n; i++) {
        fin_holdings_value(r->h, &r->extra.opt[i]);
    }

    return FIN_OK;
}


static fin_status_t
fin_holdings_market(fin_holdings_run_t *r)
{
    fin_status_t  status;

    if (r->h->book == NULL) {
        fin_stock_bare(&r->stock, fin_holdings_ticker(r->h), r->h->price,
                       r->h->today);
        r->options = FIN_OPTIONS_UNAVAILABLE;
        return FIN_OK;
    }

    r->stock = r->h->book->stock;
    r->stock.today = r->h->today;
    r->options = r->h->book->options;

    status = fin_holdings_date_chain(r);
    if (status != FIN_OK) {
        return status;
    }

    return fin_holdings_value_extra(r);
}


/* Contracts and metrics, and what they hold together. */
static fin_status_t
fin_holdings_lots(fin_holdings_run_t *r)
{
    size_t                i;
    fin_lot_t            *lot;
    fin_holding_lot_t    *out;
    const fin_holdings_t *h = r->h;

    r->lot = malloc((h->n + 1) * sizeof(fin_lot_t));
    if (r->lot == NULL) {
        return FIN_E_NOMEM;
    }

    for (i = 0; i < h->n; i++) {

        lot = &r->lot[i];
        out = &h->lot[i];

        lot->position = &h->position[i];
        lot->contract = fin_position_contract(lot->position, r->chain);

        if (lot->contract == NULL) {
            lot->contract = fin_position_contract(lot->position, &r->extra);
        }

        fin_position_metrics(lot->position, r->stock.price, lot->contract,
                             h->today, &lot->metrics);

        memset(out, 0, sizeof(fin_holding_lot_t));
        out->metrics = lot->metrics;
        out->class = fin_position_class(lot->position);
        out->valued = !isnan(lot->metrics.current_value)
                      && !isnan(lot->metrics.unrealized_pnl);
    }

    fin_portfolio_holding(r->lot, h->n, r->stock.ticker, h->rules, h->today,
                          &r->holding);
    r->leaps_strike = fin_portfolio_leaps_strike(r->lot, h->n,
                                                 r->stock.ticker, h->today,
                                                 &r->holding);

    return FIN_OK;
}


static void
fin_holdings_signals(fin_out_t *out, fin_holdings_run_t *r)
{
    size_t  i;

    static const struct {
        fin_signal_kind_t  kind;
        const char        *key;
    } order[] = {
        { FIN_SIGNAL_COVERED_CALL, "covered_call_signal" },
        { FIN_SIGNAL_PMCC, "pmcc_signal" }
    };

    for (i = 0; i < 2; i++) {
        fin_signal_evaluate(order[i].kind, r->h->rules, &r->stock, r->chain,
                            r->options, &r->holding, &r->signal[i]);
        fin_out_key(out, order[i].key);
        fin_out_signal(out, &r->signal[i], r->h->computed_at);
    }

    r->h->signals_len = out->len;
}


/*
 * What a LEAPS may be rolled to: what was asked for of its strike, and not
 * what other positions had asked for, so that they do not decide about the
 * expiration.  The contract itself is there so that options count as had.
 */
static fin_status_t
fin_holdings_targets(fin_holdings_run_t *r, const fin_lot_t *lot)
{
    size_t               i;
    fin_option_t        *o;
    const fin_option_t  *from;

    r->roll.n = 0;

    for (i = 0; i <= r->extra.n; i++) {

        from = i < r->extra.n ? &r->extra.opt[i] : lot->contract;

        if (from == NULL || from->type != lot->position->option_type
            || !fin_strike_same(from->strike, lot->position->strike))
        {
            continue;
        }

        o = fin_chain_push(&r->roll);
        if (o == NULL) {
            return FIN_E_NOMEM;
        }

        *o = *from;
    }

    return FIN_OK;
}


static fin_status_t
fin_holdings_position(fin_out_t *out, fin_holdings_run_t *r, size_t i)
{
    fin_status_t           status;
    fin_advice_t           advice;
    fin_advice_in_t        in;
    fin_holding_lot_t     *seen = &r->h->lot[i];
    const fin_position_t  *p = r->lot[i].position;

    in.position = p;
    in.metrics = &r->lot[i].metrics;
    in.contract = r->lot[i].contract;
    in.stock = &r->stock;
    in.chain = r->chain;
    in.shares = r->holding.shares;
    in.leaps_strike = r->leaps_strike;
    in.trade_price = fin_holdings_close_on(r->h, p->transaction_date);
    in.covered_call = &r->signal[FIN_HOLDINGS_CALL];

    if (seen->class == FIN_CLASS_LEAPS) {
        status = fin_holdings_targets(r, &r->lot[i]);
        if (status != FIN_OK) {
            return status;
        }

        in.chain = r->roll.n > 0 ? &r->roll : NULL;
    }

    fin_advice_make(&in, &advice);

    seen->action = advice.action;
    seen->priority = advice.priority;
    seen->from = out->len + out->comma;
    fin_out_position(out, p, in.metrics, &advice, r->h->computed_at);
    seen->len = out->len - seen->from;

    return FIN_OK;
}


static fin_status_t
fin_holdings_lists(fin_out_t *out, fin_holdings_run_t *r)
{
    int           class;
    size_t        i;
    fin_status_t  status;

    for (class = 0; class < FIN_CLASS_COUNT; class++) {

        fin_out_key(out, fin_position_class_list((fin_position_class_t)
                                                 class));
        fin_out_array(out);

        for (i = 0; i < r->h->n; i++) {
            if (r->h->lot[i].class != (fin_position_class_t) class) {
                continue;
            }

            status = fin_holdings_position(out, r, i);
            if (status != FIN_OK) {
                return status;
            }
        }

        fin_out_array_end(out);
    }

    return fin_out_status(out);
}


static fin_status_t
fin_holdings_run(fin_out_t *out, fin_holdings_run_t *r)
{
    fin_status_t  status;

    status = fin_holdings_market(r);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_holdings_lots(r);
    if (status != FIN_OK) {
        return status;
    }

    fin_holdings_signals(out, r);

    return fin_holdings_lists(out, r);
}


fin_status_t
fin_holdings_write(fin_out_t *out, fin_holdings_t *h)
{
    fin_status_t         status;
    fin_holdings_run_t  *r;

    if (out->len != 0 || !fin_holdings_valid(h)) {
        return FIN_E_INTERNAL;
    }

    r = calloc(1, sizeof(fin_holdings_run_t));
    if (r == NULL) {
        return FIN_E_NOMEM;
    }

    r->h = h;
    status = fin_holdings_run(out, r);

    fin_chain_free(&r->dated);
    fin_chain_free(&r->extra);
    fin_chain_free(&r->roll);
    free(r->lot);
    free(r);

    return status;
}

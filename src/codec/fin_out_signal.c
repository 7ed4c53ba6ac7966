/* A signal: conditions, reasons, strikes. */

#include <string.h>

#include "fin_out_stock.h"


/* A text in a fixed array, with or without its NUL. */
static void
fin_out_bounded(fin_out_t *out, const char *text, size_t size)
{
    fin_out_string(out, text, strnlen(text, size));
}


static const char *
fin_score_name(fin_score_t score)
{
    switch (score) {
    case FIN_SCORE_GREEN:
        return "green";
    case FIN_SCORE_YELLOW:
        return "yellow";
    case FIN_SCORE_RED:
        break;
    }

    return "red";
}


static unsigned
fin_out_limit(unsigned n, unsigned max)
{
    return n < max ? n : max;
}


static void
fin_out_conditions(fin_out_t *out, const fin_signal_t *signal)
{
    unsigned                i, n;
    const fin_condition_t  *c;

    fin_out_key(out, "conditions");
    fin_out_object(out);

    n = fin_out_limit(signal->n, FIN_CONDITIONS_MAX);

    for (i = 0; i < n; i++) {
        c = &signal->condition[i];

        fin_out_key(out, c->name);
        fin_out_object(out);
        fin_out_kbool(out, "met", c->met);
        fin_out_kdouble(out, "value", c->value);
        fin_out_key(out, "rule");
        fin_out_bounded(out, c->rule, sizeof(c->rule));
        fin_out_object_end(out);
    }

    fin_out_object_end(out);
}


static void
fin_out_reasoning(fin_out_t *out, const fin_signal_t *signal)
{
    unsigned  i, n;

    fin_out_key(out, "reasoning");
    fin_out_array(out);

    n = fin_out_limit(signal->n, FIN_CONDITIONS_MAX);

    for (i = 0; i < n; i++) {
        fin_out_bounded(out, signal->condition[i].reason,
                        sizeof(signal->condition[i].reason));
    }

    n = fin_out_limit(signal->n_notes, FIN_NOTES_MAX);

    for (i = 0; i < n; i++) {
        fin_out_bounded(out, signal->note[i], sizeof(signal->note[i]));
    }

    fin_out_array_end(out);
}


static void
fin_out_strike(fin_out_t *out, fin_signal_kind_t kind,
    const fin_strike_t *strike)
{
    const fin_option_t  *o = strike->option;

    fin_out_object(out);
    fin_out_kstring(out, "ticker", o->ticker);
    fin_out_kdouble(out, "strike", o->strike);
    fin_out_kdate(out, "expiration", o->expiration);
    fin_out_kint(out, "dte", o->dte);
    fin_out_kdouble(out, "premium", o->price);
    fin_out_kstring(out, "price_source",
                    fin_price_source_name(o->price_source));
    fin_out_kdouble(out, "delta", o->delta);
    fin_out_kdouble(out, "break_even", strike->break_even);
    fin_out_kdouble(out, "return_on_capital", strike->return_on_capital);
    fin_out_kdouble(out, "annualized_return", strike->annualized_return);
    fin_out_kdouble(out, "open_interest", o->open_interest);
    fin_out_kdouble(out, "spread_pct", strike->spread_pct);

    if (kind == FIN_SIGNAL_COVERED_CALL) {
        fin_out_kdouble(out, "effective_sale_price", strike->extra);

    } else if (kind == FIN_SIGNAL_LEAPS) {
        fin_out_kdouble(out, "leverage_ratio", strike->extra);
    }

    fin_out_object_end(out);
}


void
fin_out_signal(fin_out_t *out, const fin_signal_t *signal, int64_t computed_at)
{
    unsigned  i, n;

    fin_out_object(out);
    fin_out_kstring(out, "score", fin_score_name(signal->score));
    fin_out_conditions(out, signal);
    fin_out_kint(out, "conditions_met", signal->met);
    fin_out_kint(out, "conditions_total", signal->n);
    fin_out_reasoning(out, signal);

    fin_out_key(out, "recommended_strikes");
    fin_out_array(out);

    n = fin_out_limit(signal->n_strikes, FIN_STRIKES_MAX);

    for (i = 0; i < n; i++) {
        fin_out_strike(out, signal->kind, &signal->strike[i]);
    }

    fin_out_array_end(out);

    /* last: fin_snapshot.c leaves its bytes out of the etag */
    fin_out_kinstant(out, "timestamp", computed_at);
    fin_out_object_end(out);
}

/*
 * What the four signals have in common: the score, what the plan lacks, and
 * when strikes are looked for.
 */

#include <stdio.h>
#include <string.h>

#include "fin_conditions.h"


typedef struct {
    void   (*conditions)(const fin_evaluation_t *e);
    void   (*strikes)(const fin_evaluation_t *e, fin_strike_filter_t *filter);
    size_t   green, yellow;             /* rules */
} fin_signal_def_t;


static const fin_signal_def_t  fin_signal_defs[FIN_SIGNAL_COUNT] = {
    { fin_signal_csp, fin_signal_csp_strikes,
      FIN_RULE_CSP_GREEN, FIN_RULE_CSP_YELLOW },
    { fin_signal_covered_call, fin_signal_covered_call_strikes,
      FIN_RULE_COVERED_CALL_GREEN, FIN_RULE_COVERED_CALL_YELLOW },
    { fin_signal_leaps, fin_signal_leaps_strikes,
      FIN_RULE_LEAPS_GREEN, FIN_RULE_LEAPS_YELLOW },
    { fin_signal_pmcc, fin_signal_pmcc_strikes,
      FIN_RULE_PMCC_GREEN, FIN_RULE_PMCC_YELLOW }
};


static void
fin_signal_score(const fin_evaluation_t *e)
{
    unsigned                 i;
    fin_signal_t            *out = e->out;
    const fin_signal_def_t  *def = &fin_signal_defs[out->kind];

    for (i = 0; i < out->n; i++) {
        out->met += out->condition[i].met;
    }

    if (out->met >= e->rule[def->green]) {
        out->score = FIN_SCORE_GREEN;

    } else if (out->met >= e->rule[def->yellow]) {
        out->score = FIN_SCORE_YELLOW;
    }

    /* a short call needs something to be covered by */

    if (out->kind == FIN_SIGNAL_PMCC
        && (e->holding == NULL || !e->holding->has_leaps))
    {
        out->score = FIN_SCORE_RED;
    }
}


static void
fin_signal_note(fin_signal_t *out, const char *text)
{
    char  *note;

    note = out->note[out->n_notes++];
    (void) snprintf(note, sizeof(out->note[0]), "\xe2\x9a\xa0\xef\xb8\x8f %s",
                    text);
}


static int
fin_signal_has_quotes(const fin_chain_t *chain)
{
    size_t  i;

    for (i = 0; i < chain->n; i++) {
        if (!isnan(chain->opt[i].bid) || !isnan(chain->opt[i].ask)) {
            return 1;
        }
    }

    return 0;
}


/* One line for each thing that the plan lacks. */
static void
fin_signal_notes(const fin_evaluation_t *e, fin_options_status_t options)
{
    fin_signal_t  *out = e->out;

    switch (options) {

    case FIN_OPTIONS_NOT_ENTITLED:
        fin_signal_note(out, "The market plan does not include options: no "
                        "strikes, and no implied volatility");
        return;

    case FIN_OPTIONS_NONE:
        fin_signal_note(out, "The market lists no options on this stock");
        return;

    case FIN_OPTIONS_UNAVAILABLE:
        fin_signal_note(out, e->chain == NULL
                        ? "Options are not available at the moment"
                        : "Options are not available at the moment: those "
                          "of before are used");
        break;

    case FIN_OPTIONS_OK:
        break;
    }

    if (e->chain != NULL && !fin_signal_has_quotes(e->chain)) {
        fin_signal_note(out, "The market plan has no quotes: premiums are "
                        "last trades or the day's closes");
    }

    if (!isfinite(e->stock->iv) && e->chain != NULL) {
        fin_signal_note(out, "No implied volatility can be had from these "
                        "options");
    }
}


static void
fin_signal_strikes(const fin_evaluation_t *e, const fin_rules_t *rules)
{
    fin_strike_filter_t  filter;

    memset(&filter, 0, sizeof(fin_strike_filter_t));

    filter.strike_from = NAN;
    filter.strike_over = NAN;
    filter.last_bar = e->stock->last_bar;
    fin_liquidity_of(&filter.liquidity, rules, e->out->kind);

    fin_signal_defs[e->out->kind].strikes(e, &filter);
}


void
fin_signal_evaluate(fin_signal_kind_t kind, const fin_rules_t *rules,
    const fin_stock_t *stock, const fin_chain_t *chain,
    fin_options_status_t options, const fin_holding_t *holding,
    fin_signal_t *out)
{
    fin_evaluation_t  e;

    memset(out, 0, sizeof(fin_signal_t));
    out->kind = kind;
    out->score = FIN_SCORE_RED;

    e.rule = rules->value;
    e.stock = stock;
    e.chain = (chain != NULL && chain->n != 0) ? chain : NULL;
    e.holding = holding;
    e.out = out;

    fin_signal_defs[kind].conditions(&e);
    fin_signal_score(&e);
    fin_signal_notes(&e, options);

    if (out->score != FIN_SCORE_RED && e.chain != NULL) {
        fin_signal_strikes(&e, rules);
    }
}

/*
 * What the recommendations have in common: reasons, the checks that short
 * options share, stocks, and the order of it all.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fin_advice_checks.h"
#include "fin_conditions.h"
#include "fin_time.h"


#define FIN_ADVICE_MARK  "\xe2\x9a\xa0\xef\xb8\x8f "    /* U+26A0 U+FE0F */


static void
fin_advice_reason_va(fin_adviser_t *a, fin_reason_kind_t kind,
    const char *format, va_list args)
{
    char    *line;
    size_t   mark, size;

    if (a->out->n == FIN_ADVICE_REASONS) {
        return;
    }

    a->kind[a->out->n] = kind;
    line = a->out->reason[a->out->n++];
    size = sizeof(a->out->reason[0]);
    mark = 0;

    if (kind == FIN_REASON_MISSING) {
        mark = strlen(FIN_ADVICE_MARK);
        memcpy(line, FIN_ADVICE_MARK, mark);
    }

    (void) vsnprintf(line + mark, size - mark, format, args);
}


void
fin_advice_reason(fin_adviser_t *a, fin_reason_kind_t kind,
    const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    fin_advice_reason_va(a, kind, format, args);
    va_end(args);
}


int
fin_advice_check(fin_adviser_t *a, int fired, fin_action_t action,
    unsigned priority, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    fin_advice_reason_va(a, fired ? FIN_REASON_FIRED : FIN_REASON_CALM,
                         format, args);
    va_end(args);

    if (fired) {
        a->out->action = action;
        a->out->priority = priority;
    }

    return fired;
}


int
fin_advice_missing(fin_adviser_t *a, const char *what)
{
    fin_advice_reason(a, FIN_REASON_MISSING, "%s", what);

    return 0;
}


int
fin_advice_earnings(fin_adviser_t *a)
{
    char                date[11];
    int32_t             days;
    const fin_stock_t  *stock = a->in->stock;

    days = fin_days_between(stock->today, stock->earnings);

    /* one that has passed says nothing of the next */

    if (days == FIN_NO_DAYS || days < 0) {
        return fin_advice_missing(a, "No earnings date is known");
    }

    fin_date_format(stock->earnings, date);

    return fin_advice_check(a, days <= FIN_ADVICE_EARNINGS_DAYS,
                            FIN_ACTION_CLOSE, 1,
                            "Earnings on %s, in %d days, are %s %d days",
                            date, (int) days,
                            days <= FIN_ADVICE_EARNINGS_DAYS ? "within"
                                                             : "not within",
                            FIN_ADVICE_EARNINGS_DAYS);
}


int
fin_advice_profit(fin_adviser_t *a)
{
    int     fired;
    double  profit;

    profit = a->in->metrics->unrealized_pnl_pct;

    if (isnan(profit)) {
        return fin_advice_missing(a, "The profit is not known: the contract "
                                  "has no price, or brought no premium");
    }

    fired = profit >= FIN_ADVICE_PROFIT - FIN_PCT_SLACK;

    return fin_advice_check(a, fired, FIN_ACTION_CLOSE, 2,
                            "Profit %.2f %% of the premium received is %s "
                            "%g %%", profit,
                            fired ? "at least" : "less than",
                            FIN_ADVICE_PROFIT);
}


/* A line of the signal, mark and all. */
static void
fin_advice_quote(fin_adviser_t *a, const char *text)
{
    fin_advice_reason(a, FIN_REASON_CALM, "%s", text);
}


/* Stock and other options: what the covered-call signal says. */
static void
fin_advice_covered_call(fin_adviser_t *a)
{
    char                 date[11];
    unsigned             i;
    const fin_signal_t  *s = a->in->covered_call;
    const fin_strike_t  *best;

    static const char *const  score[] = { "red", "yellow", "green" };

    if (s == NULL) {
        (void) fin_advice_missing(a, "The covered-call signal is not "
                                  "available");
        return;
    }

    fin_advice_reason(a, FIN_REASON_CALM, "The covered-call signal is %s: "
                      "%u of %u conditions are met", score[s->score], s->met,
                      s->n);

    for (i = 0; i < s->n; i++) {
        fin_advice_quote(a, s->condition[i].reason);
    }

    for (i = 0; i < s->n_notes; i++) {
        fin_advice_quote(a, s->note[i]);
    }

    if (s->n_strikes > 0) {
        best = &s->strike[0];
        fin_date_format(best->option->expiration, date);
        fin_advice_reason(a, FIN_REASON_CALM, "The best call to sell is "
                          "strike %.2f of %s for %.2f", best->option->strike,
                          date, best->option->price);
    }
}


/* The contract is past its expiration: said first, whatever is recommended. */
static void
fin_advice_expired(fin_adviser_t *a)
{
    char                   date[11];
    const fin_position_t  *p = a->in->position;
    const fin_stock_t     *stock = a->in->stock;

    if (p->type != FIN_POSITION_OPTION
        || p->expiration == FIN_NO_DATE || stock->today == FIN_NO_DATE
        || p->expiration >= stock->today)
    {
        return;
    }

    fin_date_format(p->expiration, date);
    fin_advice_reason(a, FIN_REASON_MISSING, "The contract expired on %s",
                      date);
}


/* What fired comes first; what did not counts only where nothing did. */
static void
fin_advice_order(fin_adviser_t *a)
{
    unsigned       i, n, kind;
    fin_advice_t  *out = a->out;
    char           line[FIN_ADVICE_REASONS][sizeof(out->reason[0])];

    n = 0;

    for (kind = FIN_REASON_FIRED; kind <= FIN_REASON_MISSING; kind++) {

        if (kind == FIN_REASON_CALM && out->action != FIN_ACTION_MAINTAIN) {
            continue;
        }

        for (i = 0; i < out->n; i++) {
            if (a->kind[i] == kind) {
                memcpy(line[n++], out->reason[i], sizeof(line[0]));
            }
        }
    }

    memcpy(out->reason, line, n * sizeof(line[0]));
    out->n = n;
}


void
fin_advice_make(const fin_advice_in_t *in, fin_advice_t *out)
{
    fin_adviser_t  a;

    memset(out, 0, sizeof(fin_advice_t));
    out->action = FIN_ACTION_MAINTAIN;
    out->priority = 3;

    a.in = in;
    a.out = out;

    fin_advice_expired(&a);

    switch (fin_position_class(in->position)) {

    case FIN_CLASS_LEAPS:
        fin_advice_leaps(&a);
        break;

    case FIN_CLASS_SHORT_CALL:
        fin_advice_short_call(&a);
        break;

    case FIN_CLASS_SHORT_PUT:
        fin_advice_short_put(&a);
        break;

    case FIN_CLASS_STOCK:
    case FIN_CLASS_OTHER:
    case FIN_CLASS_COUNT:
        fin_advice_covered_call(&a);
        break;
    }

    fin_advice_order(&a);
}

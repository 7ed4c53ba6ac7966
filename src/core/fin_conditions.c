#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fin_conditions.h"
#include "fin_time.h"


#define FIN_MARK_MET      "\xe2\x9c\x85"                /* U+2705 */
#define FIN_MARK_NOT_MET  "\xe2\x9d\x8c"                /* U+274C */
#define FIN_MARK_WARNING  "\xe2\x9a\xa0\xef\xb8\x8f"    /* U+26A0 U+FE0F */


double
fin_percent_under(double price, double top)
{
    if (!isfinite(price) || !isfinite(top) || top <= 0) {
        return NAN;
    }

    return 100 * (top - price) / top;
}


int
fin_percent_within(double pct, double from, double to)
{
    return pct >= from - FIN_PCT_SLACK && pct <= to + FIN_PCT_SLACK;
}


fin_condition_t *
fin_condition_add(const fin_evaluation_t *e, const char *name, double value)
{
    fin_condition_t  *c;

    c = &e->out->condition[e->out->n++];

    memset(c, 0, sizeof(fin_condition_t));
    c->name = name;
    c->value = isfinite(value) ? value : NAN;
    c->unknown = (isfinite(value) == 0);

    return c;
}


void
fin_condition_rule(fin_condition_t *c, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(c->rule, sizeof(c->rule), format, args);
    va_end(args);
}


void
fin_condition_reason(fin_condition_t *c, const char *format, ...)
{
    int          n;
    va_list      args;
    const char  *mark;

    mark = c->unknown ? FIN_MARK_WARNING
                      : c->met ? FIN_MARK_MET : FIN_MARK_NOT_MET;
    n = snprintf(c->reason, sizeof(c->reason), "%s ", mark);

    va_start(args, format);
    (void) vsnprintf(c->reason + n, sizeof(c->reason) - (size_t) n, format,
                     args);
    va_end(args);
}


void
fin_condition_range(const fin_evaluation_t *e, const char *name,
    const char *label, double value, double from, double to)
{
    fin_condition_t  *c;

    c = fin_condition_add(e, name, value);
    c->met = (value >= from && value <= to);
    fin_condition_rule(c, "%g..%g", from, to);

    if (c->unknown) {
        fin_condition_reason(c, "%s is not known", label);
        return;
    }

    fin_condition_reason(c, "%s %.2f is %s %g..%g", label, value,
                         c->met ? "within" : "outside", from, to);
}


void
fin_condition_over(const fin_evaluation_t *e, const char *name,
    const char *label, double value, double limit)
{
    fin_condition_t  *c;

    c = fin_condition_add(e, name, value);
    c->met = (value > limit);
    fin_condition_rule(c, "> %g", limit);

    if (c->unknown) {
        fin_condition_reason(c, "%s is not known", label);
        return;
    }

    fin_condition_reason(c, "%s %.2f is %s %g", label, value,
                         c->met ? "above" : "not above", limit);
}


void
fin_condition_less(const fin_evaluation_t *e, const char *name,
    const char *label, double value, double limit)
{
    fin_condition_t  *c;

    c = fin_condition_add(e, name, value);
    c->met = (value < limit);
    fin_condition_rule(c, "< %g", limit);

    if (c->unknown) {
        fin_condition_reason(c, "%s is not known", label);
        return;
    }

    fin_condition_reason(c, "%s %.2f is %s %g", label, value,
                         c->met ? "below" : "not below", limit);
}


void
fin_condition_trend(const fin_evaluation_t *e, const char *name,
    const char *label_a, double a, const char *label_b, double b)
{
    fin_condition_t  *c;

    c = fin_condition_add(e, name, -fin_percent_under(a, b));
    c->met = (a > b);
    fin_condition_rule(c, "%s > %s", label_a, label_b);

    if (c->unknown) {
        c->met = 0;
        fin_condition_reason(c, "%s is not known",
                             isfinite(a) ? label_b : label_a);
        return;
    }

    fin_condition_reason(c, "%s %.2f is %s %s %.2f (%+.2f %%)", label_a, a,
                         c->met ? "above" : "not above", label_b, b,
                         c->value);
}


void
fin_condition_earnings(const fin_evaluation_t *e, double days)
{
    char                date[11];
    double              left;
    fin_condition_t    *c;
    const fin_stock_t  *stock;

    stock = e->stock;

    /* one that has passed says nothing of the next */

    left = (stock->earnings == FIN_NO_DATE || stock->earnings < stock->today)
           ? NAN : (double) stock->earnings - stock->today;

    c = fin_condition_add(e, "earnings", left);
    fin_condition_rule(c, "none within %g days", days);

    if (c->unknown) {
        c->met = 1;
        fin_condition_reason(c, "No earnings date is known");
        return;
    }

    c->met = !(left <= days);
    fin_date_format(stock->earnings, date);
    fin_condition_reason(c, "Earnings on %s, in %g days, are %s %g days",
                         date, left, c->met ? "not within" : "within", days);
}


const char *
fin_condition_iv_label(const fin_stock_t *stock)
{
    return (stock->iv_source == FIN_IV_SOURCE_HISTORICAL)
           ? "IV percentile (of historical volatility)" : "IV percentile";
}

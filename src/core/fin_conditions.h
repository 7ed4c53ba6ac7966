/*
 * Inside of the signals' files: conditions that several of them share.
 */

#ifndef FIN_CONDITIONS_H
#define FIN_CONDITIONS_H

#include "fin_rules.h"
#include "fin_strikes.h"


#define FIN_PCT_SLACK  1e-9             /* so that 10.30 is 3 % over 10.00 */

typedef struct {
    const double         *rule;         /* by FIN_RULE_... */
    const fin_stock_t    *stock;
    const fin_chain_t    *chain;        /* NULL: none */
    const fin_holding_t  *holding;      /* NULL: none */
    fin_signal_t         *out;
} fin_evaluation_t;


/* How far price is under top, in per cent of top; NAN where either is. */
double fin_percent_under(double price, double top);

/* from <= pct <= to; false for NAN. */
int fin_percent_within(double pct, double from, double to);

/* The next condition, not met, value absent and therefore unknown. */
fin_condition_t *fin_condition_add(const fin_evaluation_t *e,
    const char *name, double value);

void fin_condition_rule(fin_condition_t *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The reason, after the mark that met and unknown ask for. */
void fin_condition_reason(fin_condition_t *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* label is within from..to */
void fin_condition_range(const fin_evaluation_t *e, const char *name,
    const char *label, double value, double from, double to);

/* label > limit, label < limit; both strict */
void fin_condition_over(const fin_evaluation_t *e, const char *name,
    const char *label, double value, double limit);
void fin_condition_less(const fin_evaluation_t *e, const char *name,
    const char *label, double value, double limit);

/* a > b, strict; the value is a's distance over b in per cent of b */
void fin_condition_trend(const fin_evaluation_t *e, const char *name,
    const char *label_a, double a, const char *label_b, double b);

/* none within days; met when none is known */
void fin_condition_earnings(const fin_evaluation_t *e, double days);

/* The label of the percentile that "iv" looks at. */
const char *fin_condition_iv_label(const fin_stock_t *stock);


/* The four signals: conditions, and the strikes for what is not red. */
void fin_signal_csp(const fin_evaluation_t *e);
void fin_signal_csp_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter);
void fin_signal_covered_call(const fin_evaluation_t *e);
void fin_signal_covered_call_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter);
void fin_signal_leaps(const fin_evaluation_t *e);
void fin_signal_leaps_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter);
void fin_signal_pmcc(const fin_evaluation_t *e);
void fin_signal_pmcc_strikes(const fin_evaluation_t *e,
    fin_strike_filter_t *filter);


#endif

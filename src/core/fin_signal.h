/*
 * Signals: named conditions over a stock, a score, reasons and strikes
 * (domain.md, "Signals").  Thresholds are data, so that a deployment can
 * override them; every rule text is made from the thresholds in force.
 */

#ifndef FIN_SIGNAL_H
#define FIN_SIGNAL_H

#include "fin_types.h"


typedef enum {
    FIN_SIGNAL_CSP = 0,
    FIN_SIGNAL_COVERED_CALL,
    FIN_SIGNAL_LEAPS,
    FIN_SIGNAL_PMCC,
    FIN_SIGNAL_COUNT
} fin_signal_kind_t;


typedef enum {
    FIN_SCORE_RED = 0,
    FIN_SCORE_YELLOW,
    FIN_SCORE_GREEN
} fin_score_t;


/* One threshold: the table is fin_rule_table[]. */
typedef struct {
    fin_signal_kind_t  signal;
    const char        *key;             /* "rsi_min", "delta_max", ... */
    double             value;           /* domain.md's default */
    double             min, max;        /* what an override may be */
} fin_rule_t;

/* All thresholds, indexed like fin_rule_table. */
#define FIN_RULES_MAX  64

typedef struct {
    double  value[FIN_RULES_MAX];
} fin_rules_t;

extern const fin_rule_t  fin_rule_table[];
extern const size_t      fin_rule_count;    /* <= FIN_RULES_MAX */

/* "csp", "covered_call", "leaps", "pmcc": as in finance_signal NAME. */
const char *fin_signal_name(fin_signal_kind_t kind);

void fin_rules_default(fin_rules_t *rules);

/*
 * Overrides one threshold.  FIN_OK; FIN_E_NOT_FOUND: no such name or key;
 * FIN_E_VALUE: out of the range the table allows.
 */
fin_status_t fin_rules_set(fin_rules_t *rules, const char *name,
    size_t name_len, const char *key, size_t key_len, double value);

/* min <= max of every pair; FIN_E_VALUE, and *key names the first bad one. */
fin_status_t fin_rules_check(const fin_rules_t *rules, const char **key);


#define FIN_CONDITIONS_MAX  6
#define FIN_NOTES_MAX       4
#define FIN_STRIKES_MAX     3

typedef struct {
    const char  *name;                  /* static */
    unsigned     met:1;
    unsigned     unknown:1;             /* input absent: the reason is a warning */
    double       value;                 /* NAN: null */
    char         rule[80];              /* "30..45", "> 50", "5..15 % under" */
    char         reason[192];           /* UTF-8, begins with the mark */
} fin_condition_t;


typedef struct {
    const fin_option_t  *option;        /* borrowed from the chain */
    double               break_even;            /* NAN: null (PMCC) */
    double               return_on_capital;     /* per cent; NAN: null */
    double               annualized_return;     /* per cent; NAN: null */
    double               spread_pct;            /* NAN: no quote */
    double               extra;         /* effective_sale_price (covered call),
                                           leverage_ratio (LEAPS), else NAN */
} fin_strike_t;


typedef struct {
    fin_signal_kind_t  kind;
    fin_score_t        score;
    unsigned           n;               /* conditions_total */
    unsigned           met;             /* conditions_met */
    fin_condition_t    condition[FIN_CONDITIONS_MAX];
    unsigned           n_notes;         /* what the plan lacks, one line each */
    char               note[FIN_NOTES_MAX][160];
    unsigned           n_strikes;
    fin_strike_t       strike[FIN_STRIKES_MAX];
} fin_signal_t;


/*
 * What an owner holds in a ticker, as far as signals need it.  The qualifying
 * LEAPS is the one of fin_leaps_qualifies() that expires last, then with the
 * lowest strike.
 */
typedef struct {
    double      shares;                 /* held, 0 for none */
    double      cost_basis;             /* per share, weighted; NAN */
    unsigned    has_leaps:1;            /* the qualifying one: */
    double      leaps_strike;
    double      leaps_cost;             /* per share, paid */
} fin_holding_t;


/* Whether a long call (dte days left, delta NAN: not known) is a PMCC's LEAPS. */
int fin_leaps_qualifies(const fin_rules_t *rules, int32_t dte, double delta);


/*
 * One signal.  chain is valued (fin_chain_value) and must outlive the result;
 * NULL or empty when there are no options, options says why.  holding is
 * NULL for none.
 */
void fin_signal_evaluate(fin_signal_kind_t kind, const fin_rules_t *rules,
    const fin_stock_t *stock, const fin_chain_t *chain,
    fin_options_status_t options, const fin_holding_t *holding,
    fin_signal_t *out);


#endif

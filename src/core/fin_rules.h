/*
 * The table of thresholds (domain.md, "Signals"): one line each, from which
 * the enumeration and fin_rule_table[] are both made.
 */

#ifndef FIN_RULES_H
#define FIN_RULES_H

#include "fin_signal.h"


#define FIN_DTE_MOST     3650
#define FIN_COUNT_MOST   1e9

/*
 * X(signal, name, key, default, least, most).  Percentages are 0..100, days
 * are calendar days.  A *_min and a *_max of one stem must be in order, and so
 * must yellow and green.
 */
#define FIN_RULES(X)                                                          \
    X(CSP, PULLBACK_MIN, "pullback_min", 5, 0, 100)                           \
    X(CSP, PULLBACK_MAX, "pullback_max", 15, 0, 100)                          \
    X(CSP, SUPPORT_PCT, "support_pct", 3, 0, 100)                             \
    X(CSP, RSI_MIN, "rsi_min", 30, 0, 100)                                    \
    X(CSP, RSI_MAX, "rsi_max", 45, 0, 100)                                    \
    X(CSP, IV_MIN, "iv_min", 50, 0, 100)                                      \
    X(CSP, EARNINGS_DAYS, "earnings_days", 10, 0, 365)                        \
    X(CSP, GREEN, "green", 4, 1, 4)                                           \
    X(CSP, YELLOW, "yellow", 2, 1, 4)                                         \
    X(CSP, DELTA_MIN, "delta_min", -0.30, -1, 0)                              \
    X(CSP, DELTA_MAX, "delta_max", -0.20, -1, 0)                              \
    FIN_RULES_STRIKES(X, CSP, 21, 45)                                         \
    X(COVERED_CALL, RSI_MIN, "rsi_min", 60, 0, 100)                           \
    X(COVERED_CALL, RESISTANCE_PCT, "resistance_pct", 3, 0, 100)              \
    X(COVERED_CALL, IV_MIN, "iv_min", 40, 0, 100)                             \
    X(COVERED_CALL, EARNINGS_DAYS, "earnings_days", 10, 0, 365)               \
    X(COVERED_CALL, GREEN, "green", 5, 1, 5)                                  \
    X(COVERED_CALL, YELLOW, "yellow", 3, 1, 5)                                \
    X(COVERED_CALL, DELTA_MIN, "delta_min", 0.20, 0, 1)                       \
    X(COVERED_CALL, DELTA_MAX, "delta_max", 0.30, 0, 1)                       \
    FIN_RULES_STRIKES(X, COVERED_CALL, 14, 30)                                \
    X(LEAPS, PULLBACK_MIN, "pullback_min", 10, 0, 100)                        \
    X(LEAPS, PULLBACK_MAX, "pullback_max", 25, 0, 100)                        \
    X(LEAPS, IV_MAX, "iv_max", 50, 0, 100)                                    \
    X(LEAPS, GREEN, "green", 4, 1, 4)                                         \
    X(LEAPS, YELLOW, "yellow", 2, 1, 4)                                       \
    X(LEAPS, DELTA_MIN, "delta_min", 0.70, 0, 1)                              \
    X(LEAPS, DELTA_MAX, "delta_max", 0.85, 0, 1)                              \
    FIN_RULES_STRIKES(X, LEAPS, 540, 900)                                     \
    X(PMCC, LEAPS_DTE, "leaps_dte", 180, 1, FIN_DTE_MOST)                     \
    X(PMCC, LEAPS_DELTA, "leaps_delta", 0.70, 0, 1)                           \
    X(PMCC, RSI_MIN, "rsi_min", 60, 0, 100)                                   \
    X(PMCC, IV_MIN, "iv_min", 40, 0, 100)                                     \
    X(PMCC, EARNINGS_DAYS, "earnings_days", 10, 0, 365)                       \
    X(PMCC, GREEN, "green", 5, 1, 5)                                          \
    X(PMCC, YELLOW, "yellow", 3, 1, 5)                                        \
    X(PMCC, DELTA_MIN, "delta_min", 0.20, 0, 1)                               \
    X(PMCC, DELTA_MAX, "delta_max", 0.30, 0, 1)                               \
    FIN_RULES_STRIKES(X, PMCC, 21, 45)

/* What every signal asks of the strikes that it recommends. */
#define FIN_RULES_STRIKES(X, signal, from, to)                                \
    X(signal, DTE_MIN, "dte_min", from, 1, FIN_DTE_MOST)                      \
    X(signal, DTE_MAX, "dte_max", to, 1, FIN_DTE_MOST)                        \
    X(signal, OPEN_INTEREST_MIN, "open_interest_min", 10, 0, FIN_COUNT_MOST)  \
    X(signal, SPREAD_MAX, "spread_max", 25, 0, 200)                           \
    X(signal, VOLUME_MIN, "volume_min", 1, 0, FIN_COUNT_MOST)


#define FIN_RULE_ENUM(signal, name, key, value, least, most)                  \
    FIN_RULE_##signal##_##name,

enum {
    FIN_RULES(FIN_RULE_ENUM)
    FIN_RULE_COUNT
};


#endif

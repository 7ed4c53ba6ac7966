/* The table of thresholds and its overrides. */

#include "fin_assert.h"

#include <string.h>

#include "../../src/core/fin_rules.h"


static fin_status_t
set(fin_rules_t *rules, const char *name, const char *key, double value)
{
    return fin_rules_set(rules, name, strlen(name), key, strlen(key), value);
}


static void
test_table(void **state)
{
    size_t             i, j;
    const char        *key;
    fin_rules_t        rules;
    const fin_rule_t  *a, *b;

    (void) state;
    assert_in_range(fin_rule_count, 1, FIN_RULES_MAX);
    fin_rules_default(&rules);
    assert_int_equal(fin_rules_check(&rules, &key), FIN_OK);

    for (i = 0; i < fin_rule_count; i++) {
        a = &fin_rule_table[i];
        assert_true(a->min < a->max);
        assert_true(a->value >= a->min && a->value <= a->max);
        fin_assert_same(rules.value[i], a->value);

        for (j = 0; j < i; j++) {
            b = &fin_rule_table[j];
            assert_false(a->signal == b->signal && !strcmp(a->key, b->key));
        }
    }
}


/* each can be set to both ends of its range and no further */
static void
test_set(void **state)
{
    size_t             i, j;
    const char        *name;
    fin_rules_t        rules, before;
    const fin_rule_t  *r;

    (void) state;
    fin_rules_default(&rules);

    for (i = 0; i < fin_rule_count; i++) {
        r = &fin_rule_table[i];
        name = fin_signal_name(r->signal);
        before = rules;

        assert_int_equal(set(&rules, name, r->key, r->min - 0.001),
                         FIN_E_VALUE);
        assert_int_equal(set(&rules, name, r->key, r->max * 1.01 + 0.001),
                         FIN_E_VALUE);
        assert_int_equal(set(&rules, name, r->key, NAN), FIN_E_VALUE);
        assert_int_equal(set(&rules, name, r->key, INFINITY), FIN_E_VALUE);
        assert_memory_equal(&rules, &before, sizeof(rules));

        assert_int_equal(set(&rules, name, r->key, r->max), FIN_OK);
        fin_assert_same(rules.value[i], r->max);
        assert_int_equal(set(&rules, name, r->key, r->min), FIN_OK);
        fin_assert_same(rules.value[i], r->min);

        for (j = 0; j < fin_rule_count; j++) {
            if (j != i) {
                fin_assert_same(rules.value[j], before.value[j]);
            }
        }

        rules = before;
    }
}


static void
test_unknown(void **state)
{
    fin_rules_t  rules;

    (void) state;
    fin_rules_default(&rules);

    assert_int_equal(set(&rules, "csp", "rsi_mid", 5), FIN_E_NOT_FOUND);
    assert_int_equal(set(&rules, "cs", "rsi_min", 5), FIN_E_NOT_FOUND);
    assert_int_equal(set(&rules, "cspx", "rsi_min", 5), FIN_E_NOT_FOUND);
    assert_int_equal(set(&rules, "", "", 5), FIN_E_NOT_FOUND);
    assert_int_equal(set(&rules, "covered_call", "rsi_max", 5),
                     FIN_E_NOT_FOUND);

    /* not NUL-terminated */

    assert_int_equal(fin_rules_set(&rules, "cspX", 3, "rsi_minX", 7, 31),
                     FIN_OK);
    fin_assert_same(rules.value[FIN_RULE_CSP_RSI_MIN], 31);
}


static void
test_check(void **state)
{
    size_t       i;
    const char  *key;
    fin_rules_t  rules;

    static const struct {
        const char  *name, *key;
        double       value;
        const char  *bad;               /* NULL: in order */
    }  rows[] = {
        { "csp", "rsi_min", 45, NULL },
        { "csp", "rsi_min", 45.1, "rsi_min" },
        { "csp", "rsi_max", 29, "rsi_min" },
        { "csp", "pullback_min", 16, "pullback_min" },
        { "csp", "delta_min", -0.19, "delta_min" },
        { "csp", "yellow", 4, NULL },
        { "csp", "green", 1, "yellow" },
        { "covered_call", "dte_max", 13, "dte_min" },
        { "covered_call", "rsi_min", 100, NULL },
        { "covered_call", "green", 2, "yellow" },
        { "leaps", "iv_max", 0, NULL },
        { "leaps", "pullback_max", 9, "pullback_min" },
        { "pmcc", "leaps_dte", 3650, NULL },
        { "pmcc", "delta_max", 0.1, "delta_min" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fin_rules_default(&rules);
        key = NULL;
        assert_int_equal(set(&rules, rows[i].name, rows[i].key,
                             rows[i].value), FIN_OK);
        assert_int_equal(fin_rules_check(&rules, &key),
                         rows[i].bad ? FIN_E_VALUE : FIN_OK);

        if (rows[i].bad) {
            assert_string_equal(key, rows[i].bad);
        }
    }
}


static void
test_leaps_qualifies(void **state)
{
    fin_rules_t  rules;

    (void) state;
    fin_rules_default(&rules);

    assert_true(fin_leaps_qualifies(&rules, 180, 0.70));
    assert_false(fin_leaps_qualifies(&rules, 179, 0.70));
    assert_false(fin_leaps_qualifies(&rules, 180, 0.6999));
    assert_false(fin_leaps_qualifies(&rules, 180, NAN));
    assert_int_equal(set(&rules, "pmcc", "leaps_dte", 90), FIN_OK);
    assert_true(fin_leaps_qualifies(&rules, 90, 0.9));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_leaps_qualifies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

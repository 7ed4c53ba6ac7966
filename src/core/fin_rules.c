/*
 * Thresholds by name.
 */

#include <string.h>

#include "fin_rules.h"


#define FIN_RULE_ROW(signal, name, key, value, least, most)                   \
    { FIN_SIGNAL_##signal, key, value, least, most },

const fin_rule_t  fin_rule_table[] = {
    FIN_RULES(FIN_RULE_ROW)
};

const size_t  fin_rule_count = FIN_RULE_COUNT;

_Static_assert(FIN_RULE_COUNT <= FIN_RULES_MAX, "fin_rules_t is too small");


const char *
fin_signal_name(fin_signal_kind_t kind)
{
    switch (kind) {
    case FIN_SIGNAL_CSP:
        return "csp";
    case FIN_SIGNAL_COVERED_CALL:
        return "covered_call";
    case FIN_SIGNAL_LEAPS:
        return "leaps";
    case FIN_SIGNAL_PMCC:
        return "pmcc";
    case FIN_SIGNAL_COUNT:
        break;
    }

    return "";
}


void
fin_rules_default(fin_rules_t *rules)
{
    size_t  i;

    memset(rules, 0, sizeof(fin_rules_t));

    for (i = 0; i < fin_rule_count; i++) {
        rules->value[i] = fin_rule_table[i].value;
    }
}


static int
fin_rules_same(const char *known, const char *s, size_t len)
{
    return strlen(known) == len && memcmp(known, s, len) == 0;
}


fin_status_t
fin_rules_set(fin_rules_t *rules, const char *name, size_t name_len,
    const char *key, size_t key_len, double value)
{
    size_t             i;
    const fin_rule_t  *rule;

    for (i = 0; i < fin_rule_count; i++) {

        rule = &fin_rule_table[i];

        if (!fin_rules_same(fin_signal_name(rule->signal), name, name_len)
            || !fin_rules_same(rule->key, key, key_len))
        {
            continue;
        }

        if (!(value >= rule->min && value <= rule->max)) {
            return FIN_E_VALUE;
        }

        rules->value[i] = value;

        return FIN_OK;
    }

    return FIN_E_NOT_FOUND;
}


/* Whether low's value must not pass high's: yellow and green, x_min and x_max. */
static int
fin_rules_pair(const fin_rule_t *low, const fin_rule_t *high)
{
    size_t  stem;

    if (low->signal != high->signal) {
        return 0;
    }

    if (strcmp(low->key, "yellow") == 0) {
        return strcmp(high->key, "green") == 0;
    }

    stem = strlen(low->key);

    if (stem < 4 || strcmp(low->key + stem - 4, "_min") != 0) {
        return 0;
    }

    stem -= 3;

    return strncmp(low->key, high->key, stem) == 0
           && strcmp(high->key + stem, "max") == 0;
}


fin_status_t
fin_rules_check(const fin_rules_t *rules, const char **key)
{
    size_t  i, j;

    for (i = 0; i < fin_rule_count; i++) {
        for (j = 0; j < fin_rule_count; j++) {

            if (fin_rules_pair(&fin_rule_table[i], &fin_rule_table[j])
                && rules->value[i] > rules->value[j])
            {
                *key = fin_rule_table[i].key;
                return FIN_E_VALUE;
            }
        }
    }

    return FIN_OK;
}

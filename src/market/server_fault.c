#include <stdlib.h>
#include <string.h>

#include "market_fault.h"
#include "market_text.h"


#define MAX_MS     3600000
#define MAX_BYTES  (4LL << 30)


static const struct {
    const char  *name;
    long long    ms;
} kinds[] = {
    [MARKET_FAULT_DELAY] = { "delay", 1000 },
    [MARKET_FAULT_HANG] = { "hang", 0 },
    [MARKET_FAULT_RESET] = { "reset", 0 },
    [MARKET_FAULT_CLOSE] = { "close", 0 },
    [MARKET_FAULT_STATUS] = { "status", 0 },
    [MARKET_FAULT_HTML] = { "html", 0 },
    [MARKET_FAULT_TRUNCATE] = { "truncate", 0 },
    [MARKET_FAULT_SHORT_CHUNK] = { "short_chunk", 0 },
    [MARKET_FAULT_EMPTY] = { "empty", 0 },
    [MARKET_FAULT_NO_RESULTS] = { "no_results", 0 },
    [MARKET_FAULT_GZIP] = { "gzip", 0 },
    [MARKET_FAULT_BIG] = { "big", 0 },
    [MARKET_FAULT_BIG_CHUNKED] = { "big_chunked", 0 },
    [MARKET_FAULT_DRIP] = { "drip", 20 },
    [MARKET_FAULT_PAGE_LOOP] = { "page_loop", 0 },
    [MARKET_FAULT_FOREIGN_NEXT] = { "foreign_next", 0 },
    [MARKET_FAULT_GARBAGE_JSON] = { "garbage_json", 0 },
    [MARKET_FAULT_NAN] = { "nan", 0 },
    [MARKET_FAULT_INF] = { "inf", 0 },
    [MARKET_FAULT_CHUNKED] = { "chunked", 0 },
    [MARKET_FAULT_STATUS_LINE] = { "status_line", 0 },
    [MARKET_FAULT_SLOW_HEADERS] = { "slow_headers", 200 },
    [MARKET_FAULT_RESET_BODY] = { "reset_body", 20 },
    [MARKET_FAULT_BODY] = { "body", 0 }
};


static bool
arg_int(const char *query, size_t len, const char *name, long long min,
    long long max, long long *value, const char **why)
{
    int   rc;
    char  text[32];

    rc = market_arg(query, len, name, text, sizeof(text));

    if (rc == 0) {
        return true;
    }

    *why = name;

    return rc > 0 && market_parse_int(text, min, max, value);
}


static bool
rule_kind(market_fault_t *rule, const char *query, size_t len)
{
    char    text[32];
    size_t  i;

    if (market_arg(query, len, "kind", text, sizeof(text)) != 1) {
        return false;
    }

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(text, kinds[i].name) == 0) {
            rule->kind = (market_fault_kind_e) i;
            rule->ms = kinds[i].ms;
            return true;
        }
    }

    return false;
}


/* What the arguments are where the query does not name them. */

static void
rule_usual(market_fault_t *rule)
{
    rule->times = -1;
    rule->status = 500;
    rule->retry_after = -1;

    switch (rule->kind) {

    case MARKET_FAULT_CHUNKED:
        rule->bytes = 1000;
        break;

    case MARKET_FAULT_DRIP:
        rule->bytes = 100;
        break;

    default:
        rule->bytes = 64LL << 20;
        break;
    }

    switch (rule->kind) {

    case MARKET_FAULT_INF:
        strcpy(rule->value, "1e999");
        break;

    case MARKET_FAULT_BODY:
        strcpy(rule->value, "{}");
        break;

    default:
        strcpy(rule->value, "NaN");
        break;
    }
}


static bool
rule_read(market_fault_t *rule, const char *query, size_t len, char *match,
    size_t size, const char **why)
{
    *why = "match";

    if (market_arg(query, len, "match", match, size) != 1) {
        return false;
    }

    *why = "kind";

    if (!rule_kind(rule, query, len)) {
        return false;
    }

    rule_usual(rule);
    *why = "field";

    if (market_arg(query, len, "field", rule->field, sizeof(rule->field)) < 0)
    {
        return false;
    }

    *why = "value";

    if (market_arg(query, len, "value", rule->value, sizeof(rule->value)) < 0)
    {
        return false;
    }

    return arg_int(query, len, "times", 1, 1LL << 40, &rule->times, why)
           && arg_int(query, len, "after", 0, 1LL << 40, &rule->after, why)
           && arg_int(query, len, "ms", 0, MAX_MS, &rule->ms, why)
           && arg_int(query, len, "status", 200, 599, &rule->status, why)
           && arg_int(query, len, "retry_after", 0, 1LL << 40,
                      &rule->retry_after, why)
           && arg_int(query, len, "bytes", 1, MAX_BYTES, &rule->bytes, why);
}


bool
market_fault_add(market_faults_t *faults, const char *query, size_t len,
    const char **why)
{
    char            match[1024];
    market_fault_t  rule;

    memset(&rule, 0, sizeof(rule));

    if (!rule_read(&rule, query, len, match, sizeof(match), why)) {
        return false;
    }

    rule.match_len = strlen(match);
    rule.match = market_copy(match, rule.match_len);

    faults->rules = market_resize(faults->rules, faults->n + 1,
                                  sizeof(*faults->rules));
    faults->rules[faults->n++] = rule;

    return true;
}


static bool
begins_with(const market_fault_t *rule, const char *text, size_t len)
{
    return len >= rule->match_len
           && memcmp(text, rule->match, rule->match_len) == 0;
}


const market_fault_t *
market_fault_take(market_faults_t *faults, const market_request_t *request)
{
    int              decoded;
    char             path[1024];
    size_t           i;
    market_fault_t  *rule;

    if (faults->n == 0) {
        return NULL;
    }

    decoded = market_decode(request->target, request->path_len, false, path,
                            sizeof(path));

    for (i = 0; i < faults->n; i++) {
        rule = &faults->rules[i];

        if (rule->times == 0
            || !(begins_with(rule, request->target, request->target_len)
                 || (decoded > 0
                     && begins_with(rule, path, (size_t) decoded))))
        {
            continue;
        }

        if (rule->after > 0) {
            rule->after--;
            continue;
        }

        if (rule->times > 0) {
            rule->times--;
        }

        rule->hits++;

        return rule;
    }

    return NULL;
}


const char *
market_fault_name(const market_fault_t *fault)
{
    return kinds[fault->kind].name;
}


void
market_fault_clear(market_faults_t *faults)
{
    size_t  i;

    for (i = 0; i < faults->n; i++) {
        free(faults->rules[i].match);
    }

    free(faults->rules);
    memset(faults, 0, sizeof(*faults));
}

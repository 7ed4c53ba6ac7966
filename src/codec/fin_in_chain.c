#include "fin_json.h"
#include "../core/fin_chain.h"
#include "../core/fin_time.h"


#define FIN_IN_CHAIN_MAX  50000     /* contracts of one chain */

#define FIN_NS_PER_MS     1e6


/* The parts of one contract that are read; NULL where absent. */
typedef struct {
    const cJSON  *details;
    const cJSON  *quote;
    const cJSON  *trade;
    const cJSON  *day;
    const cJSON  *greeks;
    const cJSON  *iv;
    const cJSON  *open_interest;
} fin_in_parts_t;


static void
fin_in_parts(fin_in_parts_t *parts, const cJSON *object)
{
    const cJSON  *item;

    memset(parts, 0, sizeof(*parts));

    cJSON_ArrayForEach(item, object) {
        switch (item->string[0]) {

        case 'd':
            if (fin_json_is(item, "details")) {
                parts->details = item;

            } else if (fin_json_is(item, "day")) {
                parts->day = item;
            }

            break;

        case 'l':
            if (fin_json_is(item, "last_quote")) {
                parts->quote = item;

            } else if (fin_json_is(item, "last_trade")) {
                parts->trade = item;
            }

            break;

        case 'g':
            if (fin_json_is(item, "greeks")) {
                parts->greeks = item;
            }

            break;

        case 'i':
            if (fin_json_is(item, "implied_volatility")) {
                parts->iv = item;
            }

            break;

        case 'o':
            if (fin_json_is(item, "open_interest")) {
                parts->open_interest = item;
            }

            break;

        default:
            break;
        }
    }
}


/* A name that is safe in a URI, a key, HTML and JSON alike. */
static int
fin_in_contract_ticker(fin_option_t *o, const char *s)
{
    size_t  i;

    if (s == NULL || s[0] == '\0') {
        return 0;
    }

    for (i = 0; s[i] != '\0'; i++) {
        if (i == FIN_CONTRACT_MAX
            || !((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z')
                 || (s[i] >= '0' && s[i] <= '9')
                 || s[i] == ':' || s[i] == '.' || s[i] == '-'))
        {
            return 0;
        }
    }

    memcpy(o->ticker, s, i + 1);

    return 1;
}


static void
fin_in_shares(fin_option_t *o, const cJSON *item)
{
    if (cJSON_IsNull(item)) {
        return;
    }

    /* there, but nonsense: NAN, which makes it an adjusted contract */
    o->shares = fin_json_positive(item);
}


/* The members of details as they come; *type and *ticker borrow, or NULL. */
static void
fin_in_details(fin_option_t *o, const cJSON *details, const char **type,
    const char **ticker)
{
    const char   *text;
    const cJSON  *item;

    *type = NULL;
    *ticker = NULL;

    cJSON_ArrayForEach(item, details) {
        if (fin_json_is(item, "contract_type")) {
            *type = fin_json_text(item);

        } else if (fin_json_is(item, "expiration_date")) {
            text = fin_json_text(item);
            o->expiration = text == NULL ? FIN_NO_DATE
                                         : fin_date_parse(text, strlen(text));

        } else if (fin_json_is(item, "strike_price")) {
            o->strike = fin_json_positive(item);

        } else if (fin_json_is(item, "shares_per_contract")) {
            fin_in_shares(o, item);

        } else if (fin_json_is(item, "ticker")) {
            *ticker = fin_json_text(item);
        }
    }
}


/* 0: neither a call nor a put, or it does not say. */
static int
fin_in_right(fin_option_t *o, const char *type)
{
    if (type == NULL) {
        return 0;
    }

    if (strcmp(type, "call") == 0) {
        o->type = FIN_CALL;
        return 1;
    }

    if (strcmp(type, "put") == 0) {
        o->type = FIN_PUT;
        return 1;
    }

    return 0;
}


/* The member for which the contract is refused, or NULL. */
static const char *
fin_in_contract_bad(fin_option_t *o, const char *ticker)
{
    if (o->expiration == FIN_NO_DATE) {
        return "expiration_date";
    }

    if (isnan(o->strike)) {
        return "strike_price";
    }

    if (!fin_in_contract_ticker(o, ticker)) {
        return "ticker";
    }

    return NULL;
}


static void
fin_in_quote(fin_option_t *o, const cJSON *quote)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, quote) {
        if (fin_json_is(item, "bid")) {
            o->bid = fin_json_not_negative(item);

        } else if (fin_json_is(item, "ask")) {
            o->ask = fin_json_not_negative(item);
        }
    }
}


static void
fin_in_trade(fin_option_t *o, const cJSON *trade)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, trade) {
        if (fin_json_is(item, "price")) {
            o->last = fin_json_positive(item);

        } else if (fin_json_is(item, "sip_timestamp")) {
            o->last_t = fin_json_instant(item, FIN_NS_PER_MS);
        }
    }
}


static void
fin_in_day(fin_option_t *o, const cJSON *day)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, day) {
        if (fin_json_is(item, "close")) {
            o->day_close = fin_json_positive(item);

        } else if (fin_json_is(item, "last_updated")) {
            o->day_t = fin_json_instant(item, FIN_NS_PER_MS);

        } else if (fin_json_is(item, "volume")) {
            o->volume = fin_json_not_negative(item);
        }
    }
}


static void
fin_in_greeks(fin_option_t *o, const cJSON *greeks)
{
    const cJSON  *item;

    cJSON_ArrayForEach(item, greeks) {
        if (fin_json_is(item, "delta")) {
            o->up_delta = fin_json_number(item);

        } else if (fin_json_is(item, "gamma")) {
            o->up_gamma = fin_json_number(item);

        } else if (fin_json_is(item, "theta")) {
            o->up_theta = fin_json_number(item);

        } else if (fin_json_is(item, "vega")) {
            o->up_vega = fin_json_number(item);
        }
    }
}


/* Optional parts count only when they are objects. */
static void
fin_in_market_parts(fin_option_t *o, const fin_in_parts_t *parts)
{
    if (cJSON_IsObject(parts->quote)) {
        fin_in_quote(o, parts->quote);
    }

    if (cJSON_IsObject(parts->trade)) {
        fin_in_trade(o, parts->trade);
    }

    if (cJSON_IsObject(parts->day)) {
        fin_in_day(o, parts->day);
    }

    if (cJSON_IsObject(parts->greeks)) {
        fin_in_greeks(o, parts->greeks);
    }

    o->up_iv = fin_json_positive(parts->iv);
    o->open_interest = fin_json_not_negative(parts->open_interest);
}


static fin_status_t
fin_in_contract(fin_chain_t *chain, const cJSON *object, size_t index,
    fin_in_error_t *err)
{
    const char      *bad, *type, *ticker;
    fin_option_t    *o;
    fin_in_parts_t   parts;

    if (!cJSON_IsObject(object)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object",
                               "results[%zu]", index);
    }

    fin_in_parts(&parts, object);

    if (!cJSON_IsObject(parts.details)) {
        return fin_json_refuse(err, FIN_E_VALUE, "absent",
                               "results[%zu].details", index);
    }

    o = fin_chain_push(chain);
    if (o == NULL) {
        return fin_json_refuse(err, FIN_E_NOMEM, "no memory", "results");
    }

    fin_in_details(o, parts.details, &type, &ticker);

    if (!fin_in_right(o, type)) {
        chain->n--;
        return FIN_OK;
    }

    bad = fin_in_contract_bad(o, ticker);
    if (bad != NULL) {
        return fin_json_refuse(err, FIN_E_VALUE, "absent or malformed",
                               "results[%zu].details.%s", index, bad);
    }

    fin_in_market_parts(o, &parts);

    return FIN_OK;
}


/* results: an array, or the one object of a single contract's answer. */
static fin_status_t
fin_in_chain_results(const cJSON *results, fin_chain_t *chain,
    fin_in_error_t *err)
{
    size_t         index;
    const cJSON   *item;
    fin_status_t   status;

    if (results == NULL) {
        return FIN_OK;
    }

    if (cJSON_IsObject(results)) {
        return fin_in_contract(chain, results, 0, err);
    }

    if (!cJSON_IsArray(results)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results");
    }

    index = 0;

    cJSON_ArrayForEach(item, results) {
        if (chain->n >= FIN_IN_CHAIN_MAX) {
            return fin_json_refuse(err, FIN_E_TOO_BIG, "too many", "results");
        }

        status = fin_in_contract(chain, item, index, err);
        if (status != FIN_OK) {
            return status;
        }

        index++;
    }

    return FIN_OK;
}


static fin_status_t
fin_in_chain_next(const cJSON *item, char *cursor, fin_in_error_t *err)
{
    const char    *url;
    fin_status_t   status;

    if (item == NULL) {
        return FIN_OK;
    }

    url = fin_json_text(item);

    if (url != NULL && url[0] == '\0') {
        return FIN_OK;
    }

    status = url == NULL ? FIN_E_VALUE
                         : fin_in_cursor(url, strlen(url), cursor);

    if (status != FIN_OK) {
        return fin_json_refuse(err, status, "has no usable cursor",
                               "next_url");
    }

    return FIN_OK;
}


fin_status_t
fin_in_chain(const char *json, size_t len, fin_chain_t *chain,
    char cursor[FIN_CURSOR_MAX + 1], fin_in_error_t *err)
{
    cJSON         *root;
    size_t         n;
    fin_status_t   status;

    n = chain->n;
    cursor[0] = '\0';

    status = fin_json_parse(json, len, &root, err);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_json_status(root, err);

    if (status == FIN_OK) {
        status = fin_in_chain_results(fin_json_get(root, "results"), chain,
                                      err);
    }

    if (status == FIN_OK) {
        status = fin_in_chain_next(fin_json_get(root, "next_url"), cursor,
                                   err);
    }

    fin_json_free(root);

    if (status != FIN_OK) {
        chain->n = n;
        cursor[0] = '\0';
    }

    return status;
}

/*
 * Another way to read bars and pages of chains, to compare with: by the tree
 * of cJSON, which the readers of src/codec do without.  fin_tree_bars() and
 * fin_tree_chain() give the first difference in words, or NULL.
 *
 * cJSON takes more than JSON: control characters, "01", "1.", a \u without
 * digits, any byte below 0x20 as white space, nesting to 1000.  So what is
 * refused as no JSON has to be refused by fin_json_check() too, and what that
 * one refuses must be.  It looks for two things more, invalid UTF-8 and long
 * numbers; these are hidden from it.
 */

#ifndef FIN_IN_TREE_H
#define FIN_IN_TREE_H

#include <stdio.h>
#include <stdlib.h>

#include "fin_chain.h"
#include "fin_json.h"
#include "fin_json_check.h"
#include "fin_series.h"
#include "fin_time.h"


/*
 * Why the text is no JSON, or NULL.  Bytes over 0x7f become an 'x', as which
 * they are right and wrong in the same places, and of many digits in a row ten
 * are left: neither a number nor an escape is another for it.
 */
static inline const char *
fin_tree_strict(const char *json, size_t len)
{
    char        *copy;
    size_t       i, n, digits;
    const char  *error;

    copy = malloc(len + 1);
    if (copy == NULL) {
        abort();
    }

    for (i = 0, n = 0, digits = 0; i < len; i++) {
        digits = json[i] >= '0' && json[i] <= '9' ? digits + 1 : 0;

        if (digits <= 10) {
            copy[n++] = (unsigned char) json[i] >= 0x80 ? 'x' : json[i];
        }
    }

    error = fin_json_check(copy, n, &i);
    free(copy);

    return error;
}


/* A difference of what both say about the text as a whole, or NULL. */
static inline const char *
fin_tree_verdict(const char *json, size_t len, fin_status_t mine,
    fin_status_t tree, const fin_in_error_t *e, const fin_in_error_t *f)
{
    const char  *error;

    error = fin_tree_strict(json, len);

    if (mine == FIN_E_SYNTAX) {
        return tree == FIN_E_SYNTAX || error != NULL ? NULL
                                                     : "JSON that is refused";
    }

    if (error != NULL && strcmp(e->field, "body") != 0) {
        return "no JSON, but taken";
    }

    if (mine != tree) {
        return "another status";
    }

    if (mine != FIN_OK
        && (strcmp(e->field, f->field) != 0 || strcmp(e->text, f->text) != 0))
    {
        return "another error";
    }

    return NULL;
}


static inline double
fin_tree_positive(const cJSON *item)
{
    return fin_json_above_zero(fin_json_number(item));
}


static inline double
fin_tree_not_negative(const cJSON *item)
{
    return fin_json_not_below_zero(fin_json_number(item));
}


static inline fin_status_t
fin_tree_bar(fin_bar_t *b, const cJSON *item, size_t i, fin_in_error_t *err)
{
    if (!cJSON_IsObject(item)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object",
                               "results[%zu]", i);
    }

    b->t = fin_json_instant(fin_json_number(fin_json_get(item, "t")), 1);
    b->o = fin_json_number(fin_json_get(item, "o"));
    b->h = fin_json_number(fin_json_get(item, "h"));
    b->l = fin_json_number(fin_json_get(item, "l"));
    b->c = fin_json_number(fin_json_get(item, "c"));
    b->v = fin_tree_not_negative(fin_json_get(item, "v"));
    b->vw = fin_tree_positive(fin_json_get(item, "vw"));

    if (b->t == 0) {
        return fin_json_refuse(err, FIN_E_VALUE, "not a time in ms",
                               "results[%zu].t", i);
    }

    return FIN_OK;
}


static inline fin_status_t
fin_tree_series(fin_bars_t *bars, fin_in_error_t *err)
{
    size_t         i = 0;
    const char    *field = "", *text;
    fin_series_t   series = { bars->bar, bars->n };
    fin_status_t   status;

    status = fin_series_check(series, &i, &field);
    if (status != FIN_E_VALUE) {
        return status;
    }

    text = strcmp(field, "t") == 0 ? "not after the one before"
           : strcmp(field, "h") == 0 && bars->bar[i].h > 0
             && bars->bar[i].h < bars->bar[i].l ? "h is below l"
           : "not a positive number";

    return fin_json_refuse(err, status, text, "results[%zu].%s", i, field);
}


static inline fin_status_t
fin_tree_read_bars(const cJSON *root, fin_bars_t *bars, fin_in_error_t *err)
{
    int            n;
    const cJSON   *results, *item;
    fin_status_t   status;

    status = fin_json_status(root, err);
    if (status != FIN_OK) {
        return status;
    }

    results = fin_json_get(root, "results");
    n = cJSON_GetArraySize(results);

    if (results == NULL || !cJSON_IsArray(results) || n == 0 || n > 20000) {
        return results == NULL
               ? fin_json_refuse(err, FIN_E_NO_DATA, "absent", "results")
               : !cJSON_IsArray(results)
               ? fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results")
               : n == 0
               ? fin_json_refuse(err, FIN_E_NO_DATA, "empty", "results")
               : fin_json_refuse(err, FIN_E_TOO_BIG, "too many", "results");
    }

    bars->bar = malloc((size_t) n * sizeof(fin_bar_t));
    if (bars->bar == NULL) {
        abort();
    }

    cJSON_ArrayForEach(item, results) {
        status = fin_tree_bar(&bars->bar[bars->n], item, bars->n, err);
        if (status != FIN_OK) {
            return status;
        }

        bars->n++;
    }

    return fin_tree_series(bars, err);
}


static inline const char *
fin_tree_bars(const char *json, size_t len, fin_status_t *status)
{
    cJSON           *root;
    fin_bars_t       mine, tree = { NULL, 0 };
    const char      *difference;
    fin_status_t     other;
    fin_in_error_t   e, f;

    other = fin_json_parse(json, len, &root, &f);

    if (other == FIN_OK) {
        other = fin_tree_read_bars(root, &tree, &f);
    }

    cJSON_Delete(root);

    *status = fin_in_bars(json, len, &mine, &e);
    difference = fin_tree_verdict(json, len, *status, other, &e, &f);

    if (difference == NULL && *status == FIN_OK
        && (mine.n != tree.n
            || memcmp(mine.bar, tree.bar, mine.n * sizeof(fin_bar_t)) != 0))
    {
        difference = "another bar";
    }

    fin_bars_free(&mine);
    free(tree.bar);

    return difference;
}


static inline fin_date_t
fin_tree_date(const cJSON *item)
{
    const char  *text = fin_json_text(item);

    return text == NULL ? FIN_NO_DATE : fin_date_parse(text, strlen(text));
}


static inline int
fin_tree_ticker(fin_option_t *o, const char *s)
{
    if (s == NULL || s[0] == '\0' || strlen(s) > FIN_CONTRACT_MAX
        || s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                       "0123456789:.-")] != '\0')
    {
        return 0;
    }

    memcpy(o->ticker, s, strlen(s));

    return 1;
}


static inline void
fin_tree_market(fin_option_t *o, const cJSON *item)
{
    const cJSON  *part;

    part = fin_json_get(item, "last_quote");
    o->bid = fin_tree_not_negative(fin_json_get(part, "bid"));
    o->ask = fin_tree_not_negative(fin_json_get(part, "ask"));

    part = fin_json_get(item, "last_trade");
    o->last = fin_tree_positive(fin_json_get(part, "price"));
    o->last_t = fin_json_instant(
                    fin_json_number(fin_json_get(part, "sip_timestamp")), 1e6);

    part = fin_json_get(item, "day");
    o->day_close = fin_tree_positive(fin_json_get(part, "close"));
    o->day_t = fin_json_instant(
                   fin_json_number(fin_json_get(part, "last_updated")), 1e6);
    o->volume = fin_tree_not_negative(fin_json_get(part, "volume"));

    part = fin_json_get(item, "greeks");
    o->up_delta = fin_json_number(fin_json_get(part, "delta"));
    o->up_gamma = fin_json_number(fin_json_get(part, "gamma"));
    o->up_theta = fin_json_number(fin_json_get(part, "theta"));
    o->up_vega = fin_json_number(fin_json_get(part, "vega"));

    o->up_iv = fin_tree_positive(fin_json_get(item, "implied_volatility"));
    o->open_interest = fin_tree_not_negative(fin_json_get(item,
                                                          "open_interest"));
}


static inline fin_status_t
fin_tree_contract(fin_chain_t *chain, const cJSON *item, size_t i,
    fin_in_error_t *err)
{
    const char    *type, *bad;
    const cJSON   *details, *shares;
    fin_option_t  *o;

    if (!cJSON_IsObject(item)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object",
                               "results[%zu]", i);
    }

    details = fin_json_get(item, "details");

    if (!cJSON_IsObject(details)) {
        return fin_json_refuse(err, FIN_E_VALUE, "absent",
                               "results[%zu].details", i);
    }

    type = fin_json_text(fin_json_get(details, "contract_type"));

    if (type == NULL || (strcmp(type, "call") != 0
                         && strcmp(type, "put") != 0))
    {
        return FIN_OK;
    }

    o = fin_chain_push(chain);
    if (o == NULL) {
        abort();
    }

    o->type = type[0] == 'c' ? FIN_CALL : FIN_PUT;
    o->expiration = fin_tree_date(fin_json_get(details, "expiration_date"));
    o->strike = fin_tree_positive(fin_json_get(details, "strike_price"));
    shares = fin_json_get(details, "shares_per_contract");
    o->shares = shares == NULL ? 100 : fin_tree_positive(shares);

    bad = o->expiration == FIN_NO_DATE ? "expiration_date"
          : isnan(o->strike) ? "strike_price"
          : !fin_tree_ticker(o, fin_json_text(fin_json_get(details,
                                                           "ticker")))
          ? "ticker" : NULL;

    if (bad != NULL) {
        return fin_json_refuse(err, FIN_E_VALUE, "absent or malformed",
                               "results[%zu].details.%s", i, bad);
    }

    fin_tree_market(o, item);

    return FIN_OK;
}


static inline fin_status_t
fin_tree_read_chain(const cJSON *root, fin_chain_t *chain, char *cursor,
    fin_in_error_t *err)
{
    size_t         i = 0;
    const char    *url;
    const cJSON   *results, *item;
    fin_status_t   status;

    status = fin_json_status(root, err);
    results = fin_json_get(root, "results");

    if (status == FIN_OK && cJSON_IsObject(results)) {
        status = fin_tree_contract(chain, results, 0, err);

    } else if (status == FIN_OK && cJSON_IsArray(results)) {
        cJSON_ArrayForEach(item, results) {
            status = fin_tree_contract(chain, item, i++, err);
            if (status != FIN_OK) {
                break;
            }
        }

    } else if (status == FIN_OK && results != NULL) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results");
    }

    item = fin_json_get(root, "next_url");

    if (status != FIN_OK || item == NULL) {
        return status;
    }

    url = fin_json_text(item);

    if (url == NULL || (url[0] != '\0'
                        && fin_in_cursor(url, strlen(url), cursor) != FIN_OK))
    {
        return fin_json_refuse(err, FIN_E_VALUE, "has no usable cursor",
                               "next_url");
    }

    return FIN_OK;
}


static inline const char *
fin_tree_chain(const char *json, size_t len, fin_status_t *status)
{
    char             cursor[2][FIN_CURSOR_MAX + 1] = { "", "x" };
    cJSON           *root;
    const char      *difference;
    fin_chain_t      mine, tree;
    fin_status_t     other;
    fin_in_error_t   e, f;

    fin_chain_init(&mine);
    fin_chain_init(&tree);

    other = fin_json_parse(json, len, &root, &f);

    if (other == FIN_OK) {
        other = fin_tree_read_chain(root, &tree, cursor[0], &f);
    }

    cJSON_Delete(root);

    *status = fin_in_chain(json, len, &mine, cursor[1], &e);
    difference = fin_tree_verdict(json, len, *status, other, &e, &f);

    if (difference == NULL && *status != FIN_OK
        && (mine.n != 0 || cursor[1][0] != '\0'))
    {
        difference = "something is left";
    }

    if (difference == NULL && *status == FIN_OK
        && (mine.n != tree.n || strcmp(cursor[0], cursor[1]) != 0
            || (mine.n != 0
                && memcmp(mine.opt, tree.opt,
                          mine.n * sizeof(fin_option_t)) != 0)))
    {
        difference = "another contract";
    }

    fin_chain_free(&mine);
    fin_chain_free(&tree);

    return difference;
}


#endif

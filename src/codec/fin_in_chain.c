#include <stdlib.h>

#include "fin_contract.h"
#include "fin_json.h"
#include "../core/fin_chain.h"
#include "../core/fin_time.h"


#define FIN_IN_CHAIN_MAX  50000     /* contracts of one chain */

#define FIN_NS_PER_MS     1e6


/*
 * A contract as its members come.  Of members that occur twice the last counts,
 * as a whole: each part begins with what absent means.
 */
typedef struct {
    fin_option_t  *o;
    unsigned       details:1;       /* there, and an object */
    unsigned       right:1;         /* a call or a put */
    unsigned       ticker:1;        /* there, and safe */
} fin_in_contract_t;


/* One answer. */
typedef struct {
    fin_chain_t      *chain;
    size_t            before;       /* contracts of pages before */
    fin_status_t      results;
    fin_scan_text_t   next;         /* empty: absent */
    unsigned          next_bad:1;   /* no string */
    char              status[FIN_JSON_STATUS_MAX + 1];
} fin_in_page_t;


static int
fin_in_contract_ticker(char *ticker, fin_scan_t *scan)
{
    fin_scan_text_t  text;

    memset(ticker, 0, FIN_CONTRACT_MAX + 1);

    if (!fin_scan_text(scan, &text)) {
        return 0;
    }

    (void) fin_scan_copy(&text, ticker, FIN_CONTRACT_MAX + 1);

    return fin_contract_safe(ticker);
}


/* 0: neither a call nor a put, or it does not say. */
static int
fin_in_right(fin_option_t *o, fin_scan_t *scan)
{
    char             type[sizeof("call")];
    fin_scan_text_t  text;

    if (!fin_scan_text(scan, &text)) {
        return 0;
    }

    (void) fin_scan_copy(&text, type, sizeof(type));

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


static fin_date_t
fin_in_date(fin_scan_t *scan)
{
    char             date[sizeof("2026-01-16")];
    size_t           len;
    fin_scan_text_t  text;

    if (!fin_scan_text(scan, &text)) {
        return FIN_NO_DATE;
    }

    len = fin_scan_copy(&text, date, sizeof(date));

    return len < sizeof(date) ? fin_date_parse(date, len) : FIN_NO_DATE;
}


/* There, but nonsense: NAN, which makes it an adjusted contract. */
static double
fin_in_shares(fin_scan_t *scan)
{
    if (fin_scan_peek(scan) == 'n') {
        fin_scan_skip(scan);
        return 100;
    }

    return fin_json_above_zero(fin_scan_number(scan));
}


static void
fin_in_details(fin_in_contract_t *c, fin_scan_t *scan)
{
    fin_option_t     *o;
    fin_scan_text_t   name;

    o = c->o;
    o->expiration = FIN_NO_DATE;
    o->strike = NAN;
    o->shares = 100;
    c->right = 0;
    c->ticker = 0;
    c->details = fin_scan_object(scan) != 0;

    while (c->details && fin_scan_member(scan, &name)) {
        if (fin_scan_is(&name, "contract_type")) {
            c->right = fin_in_right(o, scan) != 0;

        } else if (fin_scan_is(&name, "expiration_date")) {
            o->expiration = fin_in_date(scan);

        } else if (fin_scan_is(&name, "strike_price")) {
            o->strike = fin_json_above_zero(fin_scan_number(scan));

        } else if (fin_scan_is(&name, "shares_per_contract")) {
            o->shares = fin_in_shares(scan);

        } else if (fin_scan_is(&name, "ticker")) {
            c->ticker = fin_in_contract_ticker(o->ticker, scan) != 0;

        } else {
            fin_scan_skip(scan);
        }
    }
}


static void
fin_in_quote(fin_option_t *o, fin_scan_t *scan)
{
    int              object;
    fin_scan_text_t  name;

    o->bid = NAN;
    o->ask = NAN;
    object = fin_scan_object(scan);

    while (object && fin_scan_member(scan, &name)) {
        if (fin_scan_is(&name, "bid")) {
            o->bid = fin_json_not_below_zero(fin_scan_number(scan));

        } else if (fin_scan_is(&name, "ask")) {
            o->ask = fin_json_not_below_zero(fin_scan_number(scan));

        } else {
            fin_scan_skip(scan);
        }
    }
}


static void
fin_in_trade(fin_option_t *o, fin_scan_t *scan)
{
    int              object;
    fin_scan_text_t  name;

    o->last = NAN;
    o->last_t = 0;
    object = fin_scan_object(scan);

    while (object && fin_scan_member(scan, &name)) {
        if (fin_scan_is(&name, "price")) {
            o->last = fin_json_above_zero(fin_scan_number(scan));

        } else if (fin_scan_is(&name, "sip_timestamp")) {
            o->last_t = fin_json_instant(fin_scan_number(scan),
                                         FIN_NS_PER_MS);

        } else {
            fin_scan_skip(scan);
        }
    }
}


static void
fin_in_day(fin_option_t *o, fin_scan_t *scan)
{
    int              object;
    fin_scan_text_t  name;

    o->day_close = NAN;
    o->day_t = 0;
    o->volume = NAN;
    object = fin_scan_object(scan);

    while (object && fin_scan_member(scan, &name)) {
        if (fin_scan_is(&name, "close")) {
            o->day_close = fin_json_above_zero(fin_scan_number(scan));

        } else if (fin_scan_is(&name, "last_updated")) {
            o->day_t = fin_json_instant(fin_scan_number(scan), FIN_NS_PER_MS);

        } else if (fin_scan_is(&name, "volume")) {
            o->volume = fin_json_not_below_zero(fin_scan_number(scan));

        } else {
            fin_scan_skip(scan);
        }
    }
}


static void
fin_in_greeks(fin_option_t *o, fin_scan_t *scan)
{
    int              object;
    fin_scan_text_t  name;

    o->up_delta = NAN;
    o->up_gamma = NAN;
    o->up_theta = NAN;
    o->up_vega = NAN;
    object = fin_scan_object(scan);

    while (object && fin_scan_member(scan, &name)) {
        if (fin_scan_is(&name, "delta")) {
            o->up_delta = fin_scan_number(scan);

        } else if (fin_scan_is(&name, "gamma")) {
            o->up_gamma = fin_scan_number(scan);

        } else if (fin_scan_is(&name, "theta")) {
            o->up_theta = fin_scan_number(scan);

        } else if (fin_scan_is(&name, "vega")) {
            o->up_vega = fin_scan_number(scan);

        } else {
            fin_scan_skip(scan);
        }
    }
}


static void
fin_in_contract_member(fin_in_contract_t *c, fin_scan_t *scan,
    const fin_scan_text_t *name)
{
    if (fin_scan_is(name, "details")) {
        fin_in_details(c, scan);

    } else if (fin_scan_is(name, "last_quote")) {
        fin_in_quote(c->o, scan);

    } else if (fin_scan_is(name, "last_trade")) {
        fin_in_trade(c->o, scan);

    } else if (fin_scan_is(name, "day")) {
        fin_in_day(c->o, scan);

    } else if (fin_scan_is(name, "greeks")) {
        fin_in_greeks(c->o, scan);

    } else if (fin_scan_is(name, "implied_volatility")) {
        c->o->up_iv = fin_json_above_zero(fin_scan_number(scan));

    } else if (fin_scan_is(name, "open_interest")) {
        c->o->open_interest = fin_json_not_below_zero(fin_scan_number(scan));

    } else {
        fin_scan_skip(scan);
    }
}


/* The member for which the contract is refused, or NULL. */
static const char *
fin_in_contract_bad(const fin_in_contract_t *c)
{
    if (c->o->expiration == FIN_NO_DATE) {
        return "expiration_date";
    }

    if (isnan(c->o->strike)) {
        return "strike_price";
    }

    return c->ticker ? NULL : "ticker";
}


/* One that is refused may be left in the chain: the whole page goes. */
static fin_status_t
fin_in_contract(fin_chain_t *chain, fin_scan_t *scan, size_t index,
    fin_in_error_t *err)
{
    const char         *bad;
    fin_scan_text_t     name;
    fin_in_contract_t   c;

    memset(&c, 0, sizeof(c));

    c.o = fin_chain_push(chain);
    if (c.o == NULL) {
        fin_scan_skip(scan);
        return fin_json_refuse(err, FIN_E_NOMEM, "no memory", "results");
    }

    if (!fin_scan_object(scan)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an object",
                               "results[%zu]", index);
    }

    while (fin_scan_member(scan, &name)) {
        fin_in_contract_member(&c, scan, &name);
    }

    if (!c.details) {
        return fin_json_refuse(err, FIN_E_VALUE, "absent",
                               "results[%zu].details", index);
    }

    if (!c.right) {
        chain->n--;
        return FIN_OK;
    }

    bad = fin_in_contract_bad(&c);
    if (bad != NULL) {
        return fin_json_refuse(err, FIN_E_VALUE, "absent or malformed",
                               "results[%zu].details.%s", index, bad);
    }

    return FIN_OK;
}


/*
 * results: an array, or the one object of a single contract's answer.  What is
 * behind a contract that is refused is still read: it has to be JSON.
 */
static fin_status_t
fin_in_chain_results(fin_chain_t *chain, fin_scan_t *scan,
    fin_in_error_t *err)
{
    size_t        index;
    fin_status_t  status;

    switch (fin_scan_peek(scan)) {
    case '{':
        return fin_in_contract(chain, scan, 0, err);
    case 'n':
        fin_scan_skip(scan);
        return FIN_OK;
    }

    if (!fin_scan_array(scan)) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not an array", "results");
    }

    status = FIN_OK;

    for (index = 0; fin_scan_element(scan); index++) {
        if (status != FIN_OK) {
            fin_scan_skip(scan);

        } else if (chain->n >= FIN_IN_CHAIN_MAX) {
            fin_scan_skip(scan);
            status = fin_json_refuse(err, FIN_E_TOO_BIG, "too many",
                                     "results");

        } else {
            status = fin_in_contract(chain, scan, index, err);
        }
    }

    return status;
}


static void
fin_in_chain_member(fin_in_page_t *page, fin_scan_t *scan,
    const fin_scan_text_t *name, fin_in_error_t *err)
{
    int  null;

    if (fin_scan_is(name, "results")) {
        page->chain->n = page->before;
        page->results = fin_in_chain_results(page->chain, scan, err);

    } else if (fin_scan_is(name, "status")) {
        fin_json_scan_status(scan, page->status);

    } else if (fin_scan_is(name, "next_url")) {
        null = fin_scan_peek(scan) == 'n';
        page->next.len = 0;
        page->next_bad = !fin_scan_text(scan, &page->next) && !null;

    } else {
        fin_scan_skip(scan);
    }
}


static fin_status_t
fin_in_chain_next(const fin_in_page_t *page, char *cursor,
    fin_in_error_t *err)
{
    char          *url;
    size_t         len;
    fin_status_t   status;

    if (page->next.len == 0 && !page->next_bad) {
        return FIN_OK;
    }

    status = FIN_E_VALUE;

    if (!page->next_bad) {
        url = malloc(page->next.len + 1);
        if (url == NULL) {
            return fin_json_refuse(err, FIN_E_NOMEM, "no memory", "next_url");
        }

        len = fin_scan_copy(&page->next, url, page->next.len + 1);
        status = fin_in_cursor(url, len, cursor);
        free(url);
    }

    if (status != FIN_OK) {
        return fin_json_refuse(err, status, "has no usable cursor",
                               "next_url");
    }

    return FIN_OK;
}


/* In the order in which they count: syntax, status, results, next_url. */
static fin_status_t
fin_in_chain_answer(fin_in_page_t *page, fin_scan_t *scan, char *cursor,
    fin_in_error_t *err)
{
    fin_status_t     status;
    fin_scan_text_t  name;

    while (fin_scan_member(scan, &name)) {
        fin_in_chain_member(page, scan, &name, err);
    }

    status = fin_json_scan_end(scan, err);

    if (status == FIN_OK) {
        status = fin_json_status_text(page->status, err);
    }

    if (status == FIN_OK) {
        status = page->results;
    }

    return status == FIN_OK ? fin_in_chain_next(page, cursor, err) : status;
}


fin_status_t
fin_in_chain(const char *json, size_t len, fin_chain_t *chain,
    char cursor[FIN_CURSOR_MAX + 1], fin_in_error_t *err)
{
    fin_scan_t     scan;
    fin_status_t   status;
    fin_in_page_t  page;

    cursor[0] = '\0';

    status = fin_json_scan(&scan, json, len, err);
    if (status != FIN_OK) {
        return status;
    }

    memset(&page, 0, sizeof(page));
    page.chain = chain;
    page.before = chain->n;
    page.results = FIN_OK;

    status = fin_in_chain_answer(&page, &scan, cursor, err);

    if (status != FIN_OK) {
        chain->n = page.before;
        cursor[0] = '\0';
    }

    return status;
}

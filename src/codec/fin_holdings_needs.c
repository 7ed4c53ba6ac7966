/* What of an owner's positions has to be asked for one by one. */

#include <string.h>

#include "../core/fin_time.h"
#include "fin_contract.h"
#include "fin_holdings_inside.h"


typedef struct {
    fin_need_t  *need;
    size_t       n, max;
} fin_needs_t;


/* What has been asked for is not asked for again; without a name nothing is. */
static void
fin_needs_add(fin_needs_t *needs, const fin_need_t *need)
{
    size_t  i;

    if (needs->n == needs->max || need->name[0] == '\0') {
        return;
    }

    for (i = 0; i < needs->n; i++) {
        if (strcmp(needs->need[i].name, need->name) == 0) {
            return;
        }
    }

    needs->need[needs->n++] = *need;
}


/* An option of this ticker that has not expired. */
static int
fin_needs_position(const fin_holdings_t *h, const fin_position_t *p)
{
    return p->type == FIN_POSITION_OPTION
           && strcmp(p->ticker, h->book->stock.ticker) == 0
           && fin_days_between(h->today, p->expiration) >= 0;
}


/* Raw contracts are in no order: as fin_position_contract() chooses. */
static const fin_option_t *
fin_needs_extra(const fin_holdings_t *h, const fin_position_t *p)
{
    size_t               i;
    const fin_option_t  *o, *found;

    found = NULL;

    for (i = 0; h->extra != NULL && i < h->extra->n; i++) {

        o = &h->extra->opt[i];

        if (o->expiration != p->expiration || o->type != p->option_type
            || !fin_strike_same(o->strike, p->strike))
        {
            continue;
        }

        if (o->shares == 100) {
            return o;
        }

        if (found == NULL) {
            found = o;
        }
    }

    return found;
}


/* Whether the book would have the contract if the market had. */
static int
fin_needs_covered(const fin_book_t *book, const fin_position_t *p)
{
    fin_option_t  o;

    if (book->truncated || book->n_parts == 0) {
        return 0;
    }

    memset(&o, 0, sizeof(fin_option_t));
    o.type = p->option_type;
    o.expiration = p->expiration;
    o.strike = p->strike;

    return fin_parts_match(book->part, book->n_parts, &o);
}


static void
fin_needs_contract(fin_needs_t *needs, const fin_holdings_t *h,
    const fin_position_t *p)
{
    fin_need_t  need;

    if (fin_position_contract(p, &h->book->chain) != NULL
        || fin_needs_extra(h, p) != NULL || fin_needs_covered(h->book, p))
    {
        return;
    }

    memset(&need, 0, sizeof(fin_need_t));
    need.type = p->option_type;
    need.from = p->expiration;
    need.to = p->expiration;
    need.strike = p->strike;
    (void) fin_contract_name(need.name, h->book->stock.ticker, p->expiration,
                             p->option_type, p->strike);

    fin_needs_add(needs, &need);
}


/* Whether the rules roll it, as far as its delta is known by now. */
static int
fin_needs_rolls(const fin_holdings_t *h, const fin_position_t *p)
{
    fin_stock_t          stock;
    fin_option_t         valued;
    fin_advice_t         advice;
    fin_metrics_t        metrics;
    fin_advice_in_t      in;
    const fin_option_t  *o;

    stock = h->book->stock;
    stock.today = h->today;

    o = fin_position_contract(p, &h->book->chain);

    if (o == NULL) {
        o = fin_needs_extra(h, p);

        if (o != NULL) {
            valued = *o;
            fin_holdings_value(h, &valued);
            o = &valued;
        }
    }

    fin_position_metrics(p, stock.price, o, h->today, &metrics);

    memset(&in, 0, sizeof(fin_advice_in_t));
    in.position = p;
    in.metrics = &metrics;
    in.contract = o;
    in.stock = &stock;
    in.leaps_strike = NAN;
    in.trade_price = NAN;

    fin_advice_make(&in, &advice);

    return advice.action == FIN_ACTION_ROLL;
}


static int
fin_needs_has_target(const fin_holdings_t *h, const fin_need_t *need)
{
    size_t               i;
    const fin_option_t  *o;

    for (i = 0; h->extra != NULL && i < h->extra->n; i++) {

        o = &h->extra->opt[i];

        if (o->type == need->type && o->expiration >= need->from
            && o->expiration <= need->to
            && fin_strike_same(o->strike, need->strike))
        {
            return 1;
        }
    }

    return 0;
}


/* The name is that of a contract from its type on, and the dates. */
static void
fin_needs_roll(fin_needs_t *needs, const fin_holdings_t *h,
    const fin_position_t *p)
{
    char        contract[FIN_CONTRACT_MAX + 1], *name;
    size_t      len;
    fin_need_t  need;

    if (fin_position_class(p) != FIN_CLASS_LEAPS || !fin_needs_rolls(h, p)) {
        return;
    }

    memset(&need, 0, sizeof(fin_need_t));
    need.type = p->option_type;
    need.from = h->today + FIN_ADVICE_LEAPS_DTE_MIN;
    need.to = h->today + FIN_ADVICE_LEAPS_DTE_MAX;
    need.strike = p->strike;
    need.roll = 1;

    len = fin_contract_name(contract, h->book->stock.ticker, p->expiration,
                            p->option_type, p->strike);

    if (len == 0 || fin_needs_has_target(h, &need)) {
        return;
    }

    name = need.name;
    memcpy(name, contract + len - FIN_CONTRACT_STRIKE, FIN_CONTRACT_STRIKE);
    name += FIN_CONTRACT_STRIKE;
    *name++ = ':';
    fin_date_format(need.from, name);
    name += strlen(name);
    *name++ = ':';
    fin_date_format(need.to, name);

    fin_needs_add(needs, &need);
}


size_t
fin_holdings_needs(const fin_holdings_t *h, fin_need_t *need, size_t max)
{
    size_t       i;
    fin_needs_t  needs = { need, 0, max };

    if (h->book == NULL || h->today == FIN_NO_DATE
        || (h->book->options != FIN_OPTIONS_OK
            && h->book->options != FIN_OPTIONS_NONE))
    {
        return 0;
    }

    for (i = 0; i < h->n; i++) {
        if (fin_needs_position(h, &h->position[i])) {
            fin_needs_contract(&needs, h, &h->position[i]);
        }
    }

    for (i = 0; i < h->n; i++) {
        if (fin_needs_position(h, &h->position[i])) {
            fin_needs_roll(&needs, h, &h->position[i]);
        }
    }

    return needs.n;
}


/* "C00150000:2027-01-01:2027-06-25" */
fin_status_t
fin_need_read(const char *name, fin_need_t *need)
{
    size_t  i;
    double  strike;

    strike = 0;

    if (strlen(name) != FIN_CONTRACT_STRIKE + 1 + 10 + 1 + 10
        || (name[0] != 'C' && name[0] != 'P')
        || name[FIN_CONTRACT_STRIKE] != ':'
        || name[FIN_CONTRACT_STRIKE + 11] != ':')
    {
        return FIN_E_VALUE;
    }

    for (i = 1; i < FIN_CONTRACT_STRIKE; i++) {
        if (name[i] < '0' || name[i] > '9') {
            return FIN_E_VALUE;
        }

        strike = strike * 10 + (name[i] - '0');
    }

    memset(need, 0, sizeof(fin_need_t));
    memcpy(need->name, name, strlen(name));

    need->roll = 1;
    need->type = name[0] == 'P' ? FIN_PUT : FIN_CALL;
    need->strike = strike / 1000;
    need->from = fin_date_parse(name + FIN_CONTRACT_STRIKE + 1, 10);
    need->to = fin_date_parse(name + FIN_CONTRACT_STRIKE + 12, 10);

    return need->from != FIN_NO_DATE && need->to != FIN_NO_DATE
           && need->strike > 0 ? FIN_OK : FIN_E_VALUE;
}

#include <string.h>

#include "fin_indicators.h"
#include "fin_position.h"
#include "fin_time.h"


#define FIN_LEAPS_DAYS      180         /* at the trade date, or more */
#define FIN_STRIKE_HALF     0.0005      /* of the unit of strikes */


void
fin_position_init(fin_position_t *p)
{
    memset(p, 0, sizeof(fin_position_t));

    p->type = FIN_POSITION_STOCK;
    p->transaction_date = FIN_NO_DATE;
    p->purchase_price = NAN;
    p->option_type = FIN_CALL;
    p->strike = NAN;
    p->expiration = FIN_NO_DATE;
    p->premium = NAN;
}


int
fin_position_date_possible(fin_date_t date)
{
    int  year, month, day;

    fin_date_split(date, &year, &month, &day);

    return year >= FIN_POSITION_YEAR_MIN && year <= FIN_POSITION_YEAR_MAX;
}


/* NAN, which is absent, is none. */
static int
fin_position_price_possible(double price)
{
    return price >= 0 && price <= FIN_POSITION_PRICE_MAX;
}


int
fin_position_possible(const fin_position_t *p)
{
    if (p->quantity == 0 || p->quantity > FIN_POSITION_QUANTITY_MAX
        || p->quantity < -FIN_POSITION_QUANTITY_MAX
        || !fin_position_date_possible(p->transaction_date))
    {
        return 0;
    }

    if (p->type == FIN_POSITION_STOCK) {
        return fin_position_price_possible(p->purchase_price);
    }

    return p->strike > 0 && p->strike <= FIN_POSITION_STRIKE_MAX
           && fin_position_price_possible(p->premium)
           && fin_position_date_possible(p->expiration)
           && p->expiration >= p->transaction_date;
}


int32_t
fin_days_between(fin_date_t from, fin_date_t to)
{
    int64_t  days;

    if (from == FIN_NO_DATE || to == FIN_NO_DATE) {
        return FIN_NO_DAYS;
    }

    days = (int64_t) to - from;

    return (days > INT32_MIN && days <= INT32_MAX) ? (int32_t) days
                                                   : FIN_NO_DAYS;
}


int
fin_strike_same(double a, double b)
{
    return fabs(a - b) < FIN_STRIKE_HALF;
}


fin_position_class_t
fin_position_class(const fin_position_t *p)
{
    if (p->type == FIN_POSITION_STOCK) {
        return FIN_CLASS_STOCK;
    }

    if (p->quantity < 0) {
        return p->option_type == FIN_CALL ? FIN_CLASS_SHORT_CALL
                                          : FIN_CLASS_SHORT_PUT;
    }

    if (p->option_type == FIN_CALL
        && fin_days_between(p->transaction_date, p->expiration)
           >= FIN_LEAPS_DAYS)
    {
        return FIN_CLASS_LEAPS;
    }

    return FIN_CLASS_OTHER;
}


/* The first contract that is not before that expiration and strike. */
static size_t
fin_position_search(const fin_position_t *p, const fin_chain_t *chain)
{
    size_t               low, high, mid;
    const fin_option_t  *o;

    low = 0;
    high = chain->n;

    while (low < high) {
        mid = low + (high - low) / 2;
        o = &chain->opt[mid];

        if (o->expiration < p->expiration
            || (o->expiration == p->expiration
                && o->strike < p->strike
                && !fin_strike_same(o->strike, p->strike)))
        {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    return low;
}


const fin_option_t *
fin_position_contract(const fin_position_t *p, const fin_chain_t *chain)
{
    size_t               i;
    const fin_option_t  *o, *found;

    if (p->type != FIN_POSITION_OPTION || chain == NULL) {
        return NULL;
    }

    found = NULL;

    for (i = fin_position_search(p, chain); i < chain->n; i++) {

        o = &chain->opt[i];

        if (o->expiration != p->expiration
            || !fin_strike_same(o->strike, p->strike))
        {
            break;
        }

        if (o->type != p->option_type) {
            continue;
        }

        if (!o->adjusted) {
            return o;
        }

        if (found == NULL) {
            found = o;
        }
    }

    return found;
}


double
fin_position_option_price(const fin_position_t *p,
    const fin_option_t *contract, fin_date_t today)
{
    if (contract == NULL || p->expiration == FIN_NO_DATE
        || (today != FIN_NO_DATE && p->expiration < today))
    {
        return NAN;
    }

    return fin_finite(contract->price);
}


void
fin_position_metrics(const fin_position_t *p, double price,
    const fin_option_t *contract, fin_date_t today, fin_metrics_t *out)
{
    double  units, paid;

    units = (double) p->quantity;

    if (p->type == FIN_POSITION_STOCK) {
        paid = p->purchase_price;
        out->days_to_expiration = FIN_NO_DAYS;

    } else {
        units *= contract != NULL ? contract->shares : (double) NAN;
        price = fin_position_option_price(p, contract, today);
        paid = p->premium;
        out->days_to_expiration = fin_days_between(today, p->expiration);
    }

    out->days_held = fin_days_between(p->transaction_date, today);
    out->current_value = fin_finite(units * price);
    out->cost = fin_finite(units * paid);
    out->unrealized_pnl = fin_finite(out->current_value - out->cost);
    out->unrealized_pnl_pct = fin_finite(100 * out->unrealized_pnl
                                         / fabs(out->cost));
}


double
fin_series_close_on(fin_series_t s, fin_date_t date)
{
    size_t   low, high, mid;
    int64_t  end;

    if (date == FIN_NO_DATE) {
        return NAN;
    }

    end = fin_ny_midnight(date + 1);
    low = 0;
    high = s.n;

    while (low < high) {
        mid = low + (high - low) / 2;

        if (s.bar[mid].t < end) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    return low == 0 ? (double) NAN : fin_finite(s.bar[low - 1].c);
}

/* Which parts of a chain a dashboard needs: see the header. */

#include "fin_parts.h"


#define FIN_PARTS_NEAR_DTE       65     /* beyond 30 + a cycle of 35 days */
#define FIN_PARTS_LEAPS_MIN_DTE  540
#define FIN_PARTS_LEAPS_MAX_DTE  900
#define FIN_PARTS_YIELD          0.10   /* domain.md: strikes of the yield */

/* delta 0.20 lies 0.84 deviations out; the smile may double a volatility */
#define FIN_PARTS_DEVIATIONS     1.8
#define FIN_PARTS_HV_MIN         0.25
#define FIN_PARTS_HV_MAX         2.5


/* Strikes in whole cents: shorter addresses, and the same for one price. */

static double
fin_parts_cents(double value)
{
    return floor(value * 100.0 + 0.5) / 100.0;
}


static double
fin_parts_width(double hv)
{
    if (!isfinite(hv) || hv < FIN_PARTS_HV_MIN) {
        hv = FIN_PARTS_HV_MIN;
    }

    if (hv > FIN_PARTS_HV_MAX) {
        hv = FIN_PARTS_HV_MAX;
    }

    return FIN_PARTS_DEVIATIONS * hv * sqrt(45.0 / 365.0);
}


static fin_part_t
fin_parts_make(fin_right_t type, fin_date_t from, fin_date_t to, double min,
    double max)
{
    fin_part_t  p;

    p.type = type;
    p.from = from;
    p.to = to;
    p.strike_min = fin_parts_cents(min);
    p.strike_max = fin_parts_cents(max);

    return p;
}


unsigned
fin_parts_plan(double price, double hv, fin_date_t today,
    fin_part_t part[FIN_PARTS_MAX])
{
    double      width, below, above, low, high;
    fin_date_t  near_to, leaps_from, leaps_to;

    width = fin_parts_width(hv);
    low = price * (1.0 - FIN_PARTS_YIELD);
    high = price * (1.0 + FIN_PARTS_YIELD);
    below = fmin(price * exp(-width), low);
    above = fmax(price * exp(width), high);

    near_to = today + FIN_PARTS_NEAR_DTE;
    leaps_from = today + FIN_PARTS_LEAPS_MIN_DTE;
    leaps_to = today + FIN_PARTS_LEAPS_MAX_DTE;

    part[0] = fin_parts_make(FIN_PUT, today, near_to, below, high);
    part[1] = fin_parts_make(FIN_CALL, today, near_to, low, above);
    part[2] = fin_parts_make(FIN_CALL, leaps_from, leaps_to, price * 0.4,
                             high);
    part[3] = fin_parts_make(FIN_PUT, leaps_from, leaps_to, low, high);

    return 4;
}


int
fin_parts_match(const fin_part_t *part, unsigned n, const fin_option_t *o)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        if (o->type == part[i].type
            && o->expiration >= part[i].from
            && o->expiration <= part[i].to
            && o->strike >= part[i].strike_min
            && o->strike <= part[i].strike_max)
        {
            return 1;
        }
    }

    return 0;
}

/*
 * Price and greeks; the inverse is in fin_iv.c.  A price is the discounted
 * intrinsic value of the forward plus the out-of-the-money side's value, which
 * keeps its digits where the whole price would drown them.
 */

#include "fin_bs.h"
#include "fin_mills.h"


#define FIN_DAYS_A_YEAR  365.0


/* N(d), with phi(d) given. */
static double
fin_bs_cdf(double d, double phi)
{
    if (d < 0) {
        return phi * fin_mills(-d);
    }

    return 1 - phi * fin_mills(d);
}


double
fin_bs_years(int32_t dte)
{
    return (dte > 0 ? (double) dte : 0.5) / FIN_DAYS_A_YEAR;
}


void
fin_bs_term(fin_bs_term_t *e, double s, double t, double r, double q)
{
    e->s = s;
    e->t = t;
    e->r = r;
    e->q = q;
    e->sqrt_t = sqrt(t);
    e->dr = exp(-r * t);
    e->dq = exp(-q * t);
    e->f = s * e->dq / e->dr;
}


double
fin_bs_term_price(const fin_bs_term_t *e, fin_right_t type, double k,
    double sigma)
{
    double  h, v, d1, d2, low, high, phi1, phi2, otm, intrinsic;

    if (!(sigma > 0 && e->f > 0 && k > 0)) {
        return NAN;
    }

    low = fmin(e->f, k);
    high = fmax(e->f, k);
    v = sigma * e->sqrt_t;
    h = log(low / high) / v;
    d1 = h + v / 2;
    d2 = h - v / 2;

    /* the out-of-the-money side, as a call of forward low on strike high */

    phi1 = exp(-d1 * d1 / 2) / FIN_SQRT_2PI;
    phi2 = exp(-d2 * d2 / 2) / FIN_SQRT_2PI;

    if (d1 <= 0) {
        otm = low * phi1 * (fin_mills(-d1) - fin_mills(-d2));

    } else {
        otm = low * (1 - phi1 * fin_mills(d1)) - high * phi2 * fin_mills(-d2);
    }

    intrinsic = (type == FIN_CALL) ? e->f - k : k - e->f;

    return e->dr * (fmax(intrinsic, 0) + fmax(otm, 0));
}


void
fin_bs_term_greeks(const fin_bs_term_t *e, fin_right_t type, double k,
    double sigma, fin_greeks_t *g)
{
    double  v, d1, d2, phi, sign, n1, n2, decay, carry;

    v = sigma * e->sqrt_t;
    d1 = log(e->f / k) / v + v / 2;
    d2 = d1 - v;
    phi = exp(-d1 * d1 / 2) / FIN_SQRT_2PI;

    /* F phi(d1) = K phi(d2) */

    sign = (type == FIN_CALL) ? 1 : -1;
    n1 = fin_bs_cdf(sign * d1, phi);
    n2 = fin_bs_cdf(sign * d2, phi * (e->f / k));

    decay = -e->s * e->dq * phi * sigma / (2 * e->sqrt_t);
    carry = e->q * e->s * e->dq * n1 - e->r * k * e->dr * n2;

    g->delta = sign * e->dq * n1;
    g->gamma = e->dq * phi / (e->s * v);
    g->theta = (decay + sign * carry) / FIN_DAYS_A_YEAR;
    g->vega = e->s * e->dq * phi * e->sqrt_t / 100;
}


double
fin_bs_price(const fin_bs_t *o, double sigma)
{
    fin_bs_term_t  e;

    fin_bs_term(&e, o->s, o->t, o->r, o->q);

    return fin_bs_term_price(&e, o->type, o->k, sigma);
}


void
fin_bs_greeks(const fin_bs_t *o, double sigma, fin_greeks_t *g)
{
    fin_bs_term_t  e;

    fin_bs_term(&e, o->s, o->t, o->r, o->q);
    fin_bs_term_greeks(&e, o->type, o->k, sigma, g);
}


double
fin_bs_iv(const fin_bs_t *o, double price)
{
    fin_bs_term_t  e;

    fin_bs_term(&e, o->s, o->t, o->r, o->q);

    return fin_bs_term_iv(&e, o->type, o->k, price);
}

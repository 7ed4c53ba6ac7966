/*
 * Implied volatility.
 *
 * The price is reduced to that of the out-of-the-money side, undiscounted and
 * over sqrt(F K): b(v) with v = sigma sqrt(t) and x = -|ln(F/K)|.  b has one
 * inflection, at vc = sqrt(2|x|), and b''' = -b' there (P. Jaeckel, "By
 * implication", 2006), which gives the guess on both sides of it.  Below it
 * (-ln b)^(-1/2) is nearly linear in v, above it ln(bmax - b) is concave; on
 * these, Householder steps of the third order converge in two or three rounds.
 * A bracket catches what they might miss.
 */

#include <float.h>

#include "fin_bs.h"
#include "fin_mills.h"


#define FIN_IV_ROUNDS    32
#define FIN_IV_TOP       1000.0     /* of sigma sqrt(t) */
#define FIN_IV_ENOUGH    1e-4       /* relative step; its fourth power is left */


typedef struct {
    double  x;                  /* -|ln(F/K)| */
    double  b;                  /* the price */
    double  bmax;               /* what it tends to: e^(x/2) */
    double  vc;                 /* where b bends */
    double  bc;                 /* b there */
    double  dc;                 /* b / b' there */
} fin_iv_t;


/* A step of Householder's third order method from Newton's step nu. */
static double
fin_iv_step(double nu, double h2, double h3)
{
    return nu * (1 + h2 * nu / 2) / (1 + h2 * nu + h3 * nu * nu / 6);
}


/* b < bc: the step from v on (-ln b)^(-1/2); goal is -ln b of the price. */
static double
fin_iv_step_low(double x, double v, double goal, double *newton)
{
    double  h, t, d, p, a, l, k, h2, h3;

    h = x / v;
    t = v / 2;
    d = fin_mills(-h - t) - fin_mills(t - h);           /* b / b' */
    l = (h * h + t * t) / 2 + FIN_LOG_SQRT_2PI - log(d);

    p = 1 / d;
    a = (h * h - t * t) / v;                            /* b'' / b' */
    k = p / l;
    h2 = a - p;
    h3 = a * a - (3 * h * h) / (v * v) - 0.25 - 3 * a * p + 2 * p * p;

    *newton = 2 * (sqrt(l / goal) - 1) / k;

    return fin_iv_step(*newton, h2 + 1.5 * k,
                       h3 + 4.5 * k * h2 + 3.75 * k * k);
}


/* b >= bc: the step on ln(bmax - b); goal is that of the price. */
static double
fin_iv_step_high(double x, double v, double goal, double *newton)
{
    double  h, t, d, p, a, f, h2, h3;

    h = x / v;
    t = v / 2;
    d = fin_mills(h + t) + fin_mills(t - h);            /* (bmax - b) / b' */
    f = log(d) - (h * h + t * t) / 2 - FIN_LOG_SQRT_2PI - goal;

    p = -1 / d;
    a = (h * h - t * t) / v;
    h2 = a - p;
    h3 = a * a - (3 * h * h) / (v * v) - 0.25 - 3 * a * p + 2 * p * p;

    *newton = -f / p;

    return fin_iv_step(*newton, h2, h3);
}


/*
 * A hyperbola through v = 0 and v = vc in u, (-ln b)^(-1/2) over that at vc,
 * with the right slopes at both ends.
 */
static double
fin_iv_guess_far(const fin_iv_t *iv, double goal)
{
    double  lc, u, m0, m1, n;

    lc = -log(iv->bc);
    u = sqrt(lc / goal);
    m0 = -iv->x / (sqrt(2 * lc) * iv->vc);
    m1 = 2 * iv->dc * lc / iv->vc;
    n = (2 - m0 - m1) / (m1 - 1);

    return iv->vc * u * (m0 + (1 + n - m0) * u) / (1 + n * u);
}


static double
fin_iv_guess(const fin_iv_t *iv, double goal)
{
    double  w, v;

    w = (iv->b - iv->bc) * FIN_SQRT_2PI / iv->bmax;

    if (w > -0.4 * iv->dc) {
        return iv->vc + w + w * w * w / 6;
    }

    v = fin_iv_guess_far(iv, goal);

    return (v > 0 && v < iv->vc) ? v : iv->vc / 2;
}


static double
fin_iv_solve(const fin_iv_t *iv)
{
    int       i, low;
    double    v, goal, from, to, step, newton;

    low = iv->b < iv->bc;
    goal = low ? -log(iv->b) : log(iv->bmax - iv->b);
    from = low ? 0 : iv->vc;
    to = low ? iv->vc : FIN_IV_TOP;
    v = fin_iv_guess(iv, goal);

    for (i = 0; i < FIN_IV_ROUNDS; i++) {

        step = low ? fin_iv_step_low(iv->x, v, goal, &newton)
                   : fin_iv_step_high(iv->x, v, goal, &newton);

        if (fabs(step) <= FIN_IV_ENOUGH * v) {
            return v + step;
        }

        if (newton > 0) {
            from = v;

        } else {
            to = v;
        }

        v += step;

        if (!(v > from && v < to)) {
            v = (from + to) / 2;
        }
    }

    return v;
}


double
fin_bs_term_iv(const fin_bs_term_t *e, fin_right_t type, double k,
    double price)
{
    double    low, high, root, intrinsic, value;
    fin_iv_t  iv;

    low = fmin(e->f, k);
    high = fmax(e->f, k);
    intrinsic = fmax((type == FIN_CALL) ? e->f - k : k - e->f, 0);
    value = price / e->dr - intrinsic;

    if (!(e->f > 0 && k > 0 && high < INFINITY && value < low)) {
        return NAN;
    }

    /* what is left over an intrinsic value may be rounding alone */

    if (intrinsic > 0 && value <= 4 * DBL_EPSILON * high) {
        return NAN;
    }

    root = sqrt(low) * sqrt(high);

    iv.x = log(low / high);
    iv.b = value / root;
    iv.bmax = low / root;
    iv.vc = sqrt(-2 * iv.x);
    iv.dc = FIN_SQRT_2PI / 2 - fin_mills(iv.vc);
    iv.bc = iv.bmax / FIN_SQRT_2PI * iv.dc;

    if (!(iv.b > 0 && iv.b < iv.bmax)) {
        return NAN;
    }

    return fin_iv_solve(&iv) / e->sqrt_t;
}

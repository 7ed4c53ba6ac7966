/* An option chain on a surface that leans as real ones do. */

#include <string.h>

#include "generate.h"

#include "../core/fin_chain.h"
#include "../core/fin_time.h"


#define SAMPLE_LEAN     0.055       /* of the volatility, a deviation */
#define SAMPLE_CURVE    0.014
#define SAMPLE_FADE     0.35        /* years: from 30 days to far */
#define SAMPLE_SPREAD   2.5         /* deviations that the smile goes on for */

#define SAMPLE_NS       INT64_C(1000000)
#define SAMPLE_CLOSE    (16 * INT64_C(3600000))     /* ms after midnight */

#define SAMPLE_NO_QUOTE   0.02      /* shares of the contracts */
#define SAMPLE_NO_GREEKS  0.08


double
sample_at_30d(const sample_path_t *path)
{
    return 1.08 * path->figures.hv + 0.01;
}


double
sample_surface(const fin_bs_term_t *term, double strike, double at_30d,
    double usual)
{
    double  level, x;

    level = usual + (at_30d - usual)
                    * exp(-(term->t - 30.0 / 365.0) / SAMPLE_FADE);
    x = log(strike / term->f) / (level * fmax(term->sqrt_t, 0.15));
    x = fmin(fmax(x, -SAMPLE_SPREAD), SAMPLE_SPREAD);

    return level * (1.0 - SAMPLE_LEAN * x + SAMPLE_CURVE * x * x);
}


/* Prices are in cents, those from 3 up in steps of 5. */
static double
sample_tick(double price, int up)
{
    double  tick;

    tick = price < 3 ? 0.01 : 0.05;
    price = up ? ceil(price / tick - 1e-9) : floor(price / tick + 1e-9);

    return price * tick;
}


/* No contract is worth less than what exercise gives at once. */
static double
sample_value(const fin_bs_term_t *term, fin_right_t type, double strike,
    double sigma)
{
    double  exercise;

    exercise = type == FIN_CALL ? term->s - strike : strike - term->s;

    return fmax(fin_bs_term_price(term, type, strike, sigma), exercise);
}


static void
sample_contract_quote(sample_contract_t *c, double value,
    const fin_bs_term_t *term, sample_random_t *random)
{
    double  half;

    half = 0.01 + value * (0.008 + 0.012 * sample_random(random))
           + 0.002 * term->s * c->sigma * term->sqrt_t;
    half = fmin(half, 0.01 + 0.09 * value);

    c->bid = fmax(sample_tick(value - half, 0), 0);
    c->ask = fmax(sample_tick(value + half, 1), c->bid + 0.01);
    c->quoted = sample_random(random) >= SAMPLE_NO_QUOTE;
}


/* The nearer to the price and to expiration, the busier; round strikes more. */
static void
sample_contract_trading(sample_contract_t *c, const sample_path_t *path,
    const fin_bs_term_t *term, sample_random_t *random)
{
    double  far, busy;

    far = log(c->strike / term->s) / (c->sigma * fmax(term->sqrt_t, 0.1));
    busy = 40.0 * sqrt(path->stock->shares / 1e7)
           * exp(-0.45 * far * far) / (0.15 + term->t)
           * exp(0.9 * sample_normal(random));

    if (fmod(c->strike, 10) == 0) {
        busy *= 2;
    }

    c->volume = floor(busy);
    c->open_interest = floor(busy * (3.0 + 9.0 * sample_random(random))
                             + 12.0 * sample_random(random));
}


static void
sample_contract_trade(sample_contract_t *c, const sample_path_t *path,
    double value, sample_random_t *random)
{
    double            gap;
    int64_t           midnight;
    const fin_bar_t  *bar;

    bar = &path->bar[path->n - 1];
    midnight = bar->t;

    gap = (c->ask - c->bid) / 2 * (2 * sample_random(random) - 1);
    c->last = fmax(sample_tick(value + gap, 0), 0.01);

    gap = c->greeks.delta * (bar->c - bar[-1].c);
    c->before = fmax(sample_tick(value - gap, 0), 0.01);

    c->quote_ns = (midnight + SAMPLE_CLOSE) * SAMPLE_NS;
    c->trade_ns = c->quote_ns
                  - (int64_t) (sample_random(random) * 21600.0) * 1000
                    * SAMPLE_NS;
}


static void
sample_contract_name(sample_contract_t *c, const char *stock)
{
    int  year, month, day;

    fin_date_split(c->expiration, &year, &month, &day);
    (void) snprintf(c->ticker, sizeof(c->ticker), "O:%.6s%02d%02d%02d%c%08ld",
                    stock, year % 100, month, day,
                    c->type == FIN_CALL ? 'C' : 'P',
                    lround(c->strike * 1000.0) % 100000000L);
}


void
sample_contract_make(sample_contract_t *contract, const sample_path_t *path,
    const fin_bs_term_t *term, fin_right_t type, double strike,
    fin_date_t expiration, sample_random_t *random)
{
    double  value;

    memset(contract, 0, sizeof(*contract));
    contract->type = type;
    contract->strike = strike;
    contract->expiration = expiration;
    contract->sigma = sample_surface(term, strike, sample_at_30d(path),
                                     path->stock->usual_iv);

    sample_contract_name(contract, path->stock->ticker);
    fin_bs_term_greeks(term, type, strike, contract->sigma,
                       &contract->greeks);

    value = sample_value(term, type, strike, contract->sigma);

    sample_contract_quote(contract, value, term, random);
    sample_contract_trading(contract, path, term, random);
    sample_contract_trade(contract, path, value, random);
    contract->greeks_told = sample_random(random) >= SAMPLE_NO_GREEKS;
}


static void
sample_chain_term(FILE *out, const sample_path_t *path, fin_date_t expiration,
    int first, sample_random_t *random)
{
    int                type;
    double             price, strike[SAMPLE_STRIKES_MAX];
    unsigned           i, n;
    fin_bs_term_t      term;
    sample_contract_t  contract;

    price = path->figures.price;
    fin_bs_term(&term, price, fin_bs_years(expiration - path->today),
                SAMPLE_RATE, path->stock->yield);
    n = sample_strikes(price, path->stock->usual_iv, term.t, strike);

    for (type = FIN_CALL; type <= FIN_PUT; type++) {
        for (i = 0; i < n; i++) {
            sample_contract_make(&contract, path, &term, (fin_right_t) type,
                                 strike[i], expiration, random);

            (void) fputs(first ? "\n" : ",\n", out);
            sample_contract_write(out, &contract, path);
            first = 0;
        }
    }
}


void
sample_chain_write(FILE *out, const sample_path_t *path, uint64_t seed)
{
    unsigned         i, n;
    fin_date_t       expiration[SAMPLE_EXPIRY_MAX];
    sample_random_t  random;

    sample_random_seed(&random, seed, path->stock->ticker, UINT64_MAX);
    n = path->stock->options ? sample_expirations(path->today, expiration)
                             : 0;

    (void) fputs("{\"results\":[", out);

    for (i = 0; i < n; i++) {
        sample_chain_term(out, path, expiration[i], i == 0, &random);
    }

    (void) fputs("],\"status\":\"OK\",\"request_id\":\"sample\"}\n", out);
}

/* Expirations as they are listed: weekly, monthly, LEAPS; and strikes. */

#include "generate.h"

#include "../core/fin_time.h"


#define SAMPLE_WEEKLY_DAYS   63
#define SAMPLE_MONTHLY_DAYS  184
#define SAMPLE_AUTUMN_DAYS   540        /* one to roll LEAPS to, on any day */
#define SAMPLE_LEAPS_DAYS    913        /* two years and a half */
#define SAMPLE_FRIDAY        5


/* The third Friday of a month. */
static int
sample_is_monthly(fin_date_t date)
{
    int  year, month, day;

    fin_date_split(date, &year, &month, &day);

    return day >= 15 && day <= 21;
}


/* January and June; between them, of the nearer ones, September. */
static int
sample_is_leaps(fin_date_t date, fin_date_t days)
{
    int  year, month, day;

    fin_date_split(date, &year, &month, &day);

    return (month == 1 || month == 6
            || (month == 9 && days < SAMPLE_AUTUMN_DAYS))
           && sample_is_monthly(date);
}


unsigned
sample_expirations(fin_date_t today, fin_date_t expiration[SAMPLE_EXPIRY_MAX])
{
    unsigned    n;
    fin_date_t  date, days;

    n = 0;
    date = today + (SAMPLE_FRIDAY - fin_date_weekday(today) + 7) % 7;

    for ( /* void */ ; n < SAMPLE_EXPIRY_MAX; date += 7) {
        days = date - today;

        if (days > SAMPLE_LEAPS_DAYS) {
            break;
        }

        if (days <= SAMPLE_WEEKLY_DAYS
            || (days <= SAMPLE_MONTHLY_DAYS && sample_is_monthly(date))
            || sample_is_leaps(date, days))
        {
            expiration[n++] = date;
        }
    }

    return n;
}


static double
sample_strike_step(double price)
{
    if (price < 25) {
        return 0.5;
    }

    if (price < 100) {
        return 1;
    }

    return price < 250 ? 2.5 : 5;
}


/* 0.5, 1, 2.5, 5, 10, 25 ... */
static double
sample_strike_next(double step)
{
    double  scale;

    scale = pow(10.0, floor(log10(step) + 1e-9));

    if (step / scale < 1.5) {
        return 2.5 * scale;
    }

    return step / scale < 3.5 ? 5 * scale : 10 * scale;
}


unsigned
sample_strikes(double price, double sigma, double years,
    double strike[SAMPLE_STRIKES_MAX])
{
    double    width, low, high, step;
    unsigned  i, n;

    width = fmax(2.6 * sigma * sqrt(years), 0.08);
    low = price * fmax(exp(-width), 0.3);
    high = price * fmin(exp(width), 2.2);
    step = sample_strike_step(price);

    while ((high - low) / step > SAMPLE_STRIKES_MAX - 8) {
        step = sample_strike_next(step);
    }

    low = ceil(low / step) * step;
    n = 0;

    for (i = 0; i < SAMPLE_STRIKES_MAX && low + i * step <= high; i++) {
        strike[n++] = low + i * step;
    }

    return n;
}

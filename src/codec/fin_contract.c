/* The name of a contract: see the header. */

#include <string.h>

#include "../core/fin_time.h"
#include "fin_contract.h"
#include "fin_key.h"


#define FIN_STRIKE_UNITS  1000
#define FIN_STRIKE_MOST   99999999      /* eight digits */
#define FIN_STRIKE_SLACK  1e-5          /* of a unit: what computing leaves */


static char *
fin_contract_digits(char *p, uint32_t value, int n)
{
    int  i;

    for (i = n - 1; i >= 0; i--) {
        p[i] = (char) ('0' + value % 10);
        value /= 10;
    }

    return p + n;
}


int
fin_contract_safe(const char *name)
{
    size_t  i;

    for (i = 0; name[i] != '\0'; i++) {
        if (!((name[i] >= 'A' && name[i] <= 'Z')
              || (name[i] >= 'a' && name[i] <= 'z')
              || (name[i] >= '0' && name[i] <= '9')
              || name[i] == ':' || name[i] == '.' || name[i] == '-'))
        {
            return 0;
        }
    }

    return i > 0;
}


uint32_t
fin_contract_strike(double strike)
{
    double  units, whole;

    units = strike * FIN_STRIKE_UNITS;
    whole = round(units);

    if (!(whole >= 1 && whole <= FIN_STRIKE_MOST)
        || fabs(units - whole) > FIN_STRIKE_SLACK)
    {
        return 0;
    }

    return (uint32_t) whole;
}


size_t
fin_contract_name(char out[FIN_CONTRACT_MAX + 1], const char *ticker,
    fin_date_t expiration, fin_right_t type, double strike)
{
    int        year, month, day;
    char      *p;
    uint32_t   units;

    out[0] = '\0';

    units = fin_contract_strike(strike);
    fin_date_split(expiration, &year, &month, &day);

    if (units == 0 || year < 2000 || year > 2099
        || !fin_ticker_valid(ticker, strnlen(ticker, FIN_TICKER_MAX + 1)))
    {
        return 0;
    }

    p = out;
    *p++ = 'O';
    *p++ = ':';

    for ( /* void */ ; *ticker != '\0'; ticker++) {
        if (*ticker != '.' && *ticker != '-') {
            *p++ = *ticker;
        }
    }

    p = fin_contract_digits(p, (uint32_t) year % 100, 2);
    p = fin_contract_digits(p, (uint32_t) month, 2);
    p = fin_contract_digits(p, (uint32_t) day, 2);
    *p++ = type == FIN_PUT ? 'P' : 'C';
    p = fin_contract_digits(p, units, 8);
    *p = '\0';

    return (size_t) (p - out);
}

#include "fin_session.h"
#include "fin_time.h"


#define FIN_SESSION_HOUR    3600000
#define FIN_SESSION_BEGINS  (4 * FIN_SESSION_HOUR)
#define FIN_SESSION_OPENS   (9 * FIN_SESSION_HOUR + FIN_SESSION_HOUR / 2)
#define FIN_SESSION_CLOSES  (16 * FIN_SESSION_HOUR)


static int
fin_session_weekday(fin_date_t date)
{
    int  day;

    day = fin_date_weekday(date);

    return day != 0 && day != 6;
}


/* The day of the last session that has ended, holidays not known. */
static fin_date_t
fin_session_last(fin_date_t today, int64_t of_day)
{
    fin_date_t  date;

    date = of_day >= FIN_SESSION_CLOSES ? today : today - 1;

    while (!fin_session_weekday(date)) {
        date--;
    }

    return date;
}


int64_t
fin_session_still(int64_t now, fin_date_t last_bar)
{
    int         holiday;
    int64_t     midnight, of_day;
    fin_date_t  today;

    today = fin_ny_date(now);

    if (today == FIN_NO_DATE || last_bar == FIN_NO_DATE) {
        return 0;
    }

    midnight = fin_ny_midnight(today);
    of_day = now - midnight;

    holiday = fin_session_weekday(today) && of_day >= FIN_SESSION_OPENS
              && of_day < FIN_SESSION_CLOSES;

    if (!holiday && last_bar < fin_session_last(today, of_day)) {
        return 0;
    }

    if (fin_session_weekday(today) && of_day < FIN_SESSION_BEGINS) {
        return midnight + FIN_SESSION_BEGINS;
    }

    if (fin_session_weekday(today) && of_day < FIN_SESSION_OPENS) {
        /* closed before the hours: a holiday, which shows when it should open */
        return midnight + FIN_SESSION_OPENS;
    }

    return fin_ny_midnight(today + 1);
}

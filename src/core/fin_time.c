#include "fin_time.h"


#define FIN_DATE_MIN    (-719528)       /* 0000-01-01 */
#define FIN_DATE_MAX    2932896         /* 9999-12-31 */
#define FIN_ERA_DAYS    146097          /* 400 years */
#define FIN_HOUR_MS     INT64_C(3600000)
#define FIN_NY_STANDARD (5 * FIN_HOUR_MS)       /* west of Greenwich */
#define FIN_NY_DAYLIGHT (4 * FIN_HOUR_MS)


static int64_t
fin_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}


static int
fin_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}


static int
fin_month_days(int year, int month)
{
    static const int  days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    return days[month - 1] + (month == 2 && fin_is_leap(year));
}


/*
 * Years are counted from March, so that the leap day ends one: 306 days lie
 * between the first of March and the new year, 153 in any five months.
 */
static int64_t
fin_days_from_civil(int year, int month, int day)
{
    int64_t  y, m, era, yoe, doy, doe;

    y = (int64_t) year - (month <= 2);
    m = month + (month > 2 ? -3 : 9);

    era = fin_floor_div(y, 400);
    yoe = y - era * 400;
    doy = (153 * m + 2) / 5 + day - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * FIN_ERA_DAYS + doe - 719468;
}


fin_date_t
fin_date_make(int year, int month, int day)
{
    if (year < 0 || year > 9999 || month < 1 || month > 12
        || day < 1 || day > fin_month_days(year, month))
    {
        return FIN_NO_DATE;
    }

    return (fin_date_t) fin_days_from_civil(year, month, day);
}


void
fin_date_split(fin_date_t date, int *year, int *month, int *day)
{
    int64_t  z, era, doe, yoe, doy, m;

    if (date == FIN_NO_DATE) {
        *year = *month = *day = 0;
        return;
    }

    z = (int64_t) date + 719468;
    era = fin_floor_div(z, FIN_ERA_DAYS);
    doe = z - era * FIN_ERA_DAYS;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    m = (5 * doy + 2) / 153;

    *day = (int) (doy - (153 * m + 2) / 5 + 1);
    *month = (int) (m < 10 ? m + 3 : m - 9);
    *year = (int) (yoe + era * 400 + (*month <= 2));
}


int
fin_date_weekday(fin_date_t date)
{
    int64_t  d;

    d = (int64_t) date + 4;             /* 1970-01-01 was a Thursday */

    return (int) (d - fin_floor_div(d, 7) * 7);
}


/* n digits at s, or -1. */
static int
fin_digits(const char *s, size_t n)
{
    int     value;
    size_t  i;

    value = 0;

    for (i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return -1;
        }

        value = value * 10 + (s[i] - '0');
    }

    return value;
}


fin_date_t
fin_date_parse(const char *s, size_t len)
{
    if (len != 10 || s[4] != '-' || s[7] != '-') {
        return FIN_NO_DATE;
    }

    return fin_date_make(fin_digits(s, 4), fin_digits(s + 5, 2),
                         fin_digits(s + 8, 2));
}


static void
fin_put(char *out, int value, size_t n)
{
    while (n-- > 0) {
        out[n] = (char) ('0' + value % 10);
        value /= 10;
    }
}


void
fin_date_format(fin_date_t date, char out[11])
{
    int  year, month, day;

    out[0] = '\0';

    if (date < FIN_DATE_MIN || date > FIN_DATE_MAX) {
        return;
    }

    fin_date_split(date, &year, &month, &day);

    fin_put(out, year, 4);
    out[4] = '-';
    fin_put(out + 5, month, 2);
    out[7] = '-';
    fin_put(out + 8, day, 2);
    out[10] = '\0';
}


/* The first Sunday on or after that day of that month. */
static fin_date_t
fin_sunday_from(int year, int month, int day)
{
    fin_date_t  date;

    date = (fin_date_t) fin_days_from_civil(year, month, day);

    return date + (7 - fin_date_weekday(date)) % 7;
}


/* The Sundays on which daylight saving begins and ends, at 2:00 each. */
static void
fin_ny_summer(int year, fin_date_t *first, fin_date_t *last)
{
    if (year >= 2007) {
        *first = fin_sunday_from(year, 3, 8);
        *last = fin_sunday_from(year, 11, 1);
        return;
    }

    *first = fin_sunday_from(year, 4, year >= 1987 ? 1 : 24);
    *last = fin_sunday_from(year, 10, 25);
}


fin_date_t
fin_ny_date(int64_t ms)
{
    int         year, month, day;
    int64_t     utc, offset, date;
    fin_date_t  first, last;

    utc = fin_floor_div(ms, FIN_DAY_MS);

    if (utc < FIN_DATE_MIN || utc > FIN_DATE_MAX) {
        return FIN_NO_DATE;
    }

    /* no change of the clocks lies near the turn of the year */
    fin_date_split((fin_date_t) utc, &year, &month, &day);
    fin_ny_summer(year, &first, &last);

    offset = FIN_NY_STANDARD;

    if (ms >= first * FIN_DAY_MS + 2 * FIN_HOUR_MS + FIN_NY_STANDARD
        && ms < last * FIN_DAY_MS + 2 * FIN_HOUR_MS + FIN_NY_DAYLIGHT)
    {
        offset = FIN_NY_DAYLIGHT;
    }

    date = fin_floor_div(ms - offset, FIN_DAY_MS);

    return date < FIN_DATE_MIN ? FIN_NO_DATE : (fin_date_t) date;
}


int64_t
fin_ny_midnight(fin_date_t date)
{
    int         year, month, day;
    int64_t     offset;
    fin_date_t  first, last;

    offset = FIN_NY_STANDARD;

    if (date >= FIN_DATE_MIN && date <= FIN_DATE_MAX) {
        fin_date_split(date, &year, &month, &day);
        fin_ny_summer(year, &first, &last);

        /* both changes come after the midnight of their day */
        if (date > first && date <= last) {
            offset = FIN_NY_DAYLIGHT;
        }
    }

    return date * FIN_DAY_MS + offset;
}


void
fin_instant_format(int64_t ms, char out[21])
{
    int      second;
    int64_t  date;

    out[0] = '\0';

    date = fin_floor_div(ms, FIN_DAY_MS);

    if (date < FIN_DATE_MIN || date > FIN_DATE_MAX) {
        return;
    }

    fin_date_format((fin_date_t) date, out);

    second = (int) ((ms - date * FIN_DAY_MS) / 1000);

    out[10] = 'T';
    fin_put(out + 11, second / 3600, 2);
    out[13] = ':';
    fin_put(out + 14, second / 60 % 60, 2);
    out[16] = ':';
    fin_put(out + 17, second % 60, 2);
    out[19] = 'Z';
    out[20] = '\0';
}


/* "hh:mm" within a day, in minutes, or -1. */
static int
fin_clock_parse(const char *s)
{
    int  hour, minute;

    hour = fin_digits(s, 2);
    minute = fin_digits(s + 3, 2);

    if (hour < 0 || hour > 23 || s[2] != ':' || minute < 0 || minute > 59) {
        return -1;
    }

    return hour * 60 + minute;
}


/* "Z" or "+hh:mm" and nothing more, in minutes. */
static fin_status_t
fin_offset_parse(const char *s, size_t len, int *minutes)
{
    if (len == 1 && (s[0] == 'Z' || s[0] == 'z')) {
        *minutes = 0;
        return FIN_OK;
    }

    if (len != 6 || (s[0] != '+' && s[0] != '-')) {
        return FIN_E_VALUE;
    }

    *minutes = fin_clock_parse(s + 1);

    if (*minutes < 0) {
        return FIN_E_VALUE;
    }

    if (s[0] == '-') {
        *minutes = -*minutes;
    }

    return FIN_OK;
}


/* Moves *p over ".ddd..." if there is one; its first three digits are ms. */
static fin_status_t
fin_fraction_parse(const char **p, const char *end, int *ms)
{
    int          unit;
    const char  *s, *digits;

    *ms = 0;
    s = *p;

    if (s == end || *s != '.') {
        return FIN_OK;
    }

    digits = ++s;

    for (unit = 100; s < end && *s >= '0' && *s <= '9'; s++) {
        *ms += (*s - '0') * unit;
        unit /= 10;
    }

    *p = s;

    return s > digits ? FIN_OK : FIN_E_VALUE;
}


fin_status_t
fin_instant_parse(const char *s, size_t len, int64_t *ms)
{
    int          minute, second, fraction, offset;
    const char  *p, *end;
    fin_date_t   date;

    if (len < sizeof("2026-01-02T15:04:05Z") - 1) {
        return FIN_E_VALUE;
    }

    date = fin_date_parse(s, 10);
    minute = fin_clock_parse(s + 11);
    second = fin_digits(s + 17, 2);

    if (date == FIN_NO_DATE || (s[10] != 'T' && s[10] != 't') || minute < 0
        || s[16] != ':' || second < 0 || second > 59)
    {
        return FIN_E_VALUE;
    }

    p = s + 19;
    end = s + len;

    if (fin_fraction_parse(&p, end, &fraction) != FIN_OK
        || fin_offset_parse(p, (size_t) (end - p), &offset) != FIN_OK)
    {
        return FIN_E_VALUE;
    }

    *ms = date * FIN_DAY_MS + (minute - offset) * INT64_C(60000)
          + second * INT64_C(1000) + fraction;

    return FIN_OK;
}

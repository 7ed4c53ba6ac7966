/* Dates as pydantic reads them; the errors are those of its parser, speedate. */

#include "fin_lax.h"
#include "../core/fin_time.h"


#define FIN_DAY_S            86400.0
#define FIN_UNIX_MS_OVER     2e10       /* larger Unix times are in ms */
#define FIN_UNIX_S_MAX       253402300799.0
#define FIN_UNIX_S_MIN       -62167219200.0
#define FIN_UNIX_YEAR_ONE    -62135596800.0


/* n digits, or -1. */
static int
fin_date_digits(const char *s, size_t n)
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


/* The error, or NULL. */
static const char *
fin_date_part(const char *s, size_t len, int *year, fin_date_t *out)
{
    int  month, day;

    if (len < 10) {
        return "input is too short";
    }

    *year = fin_date_digits(s, 4);
    if (*year < 0) {
        return "invalid character in year";
    }

    if (s[4] != '-') {
        return "invalid date separator, expected `-`";
    }

    month = fin_date_digits(s + 5, 2);
    if (month < 0) {
        return "invalid character in month";
    }

    if (s[7] != '-') {
        return "invalid date separator, expected `-`";
    }

    day = fin_date_digits(s + 8, 2);
    if (day < 0) {
        return "invalid character in day";
    }

    if (month < 1 || month > 12) {
        return "month value is outside expected range of 1-12";
    }

    *out = fin_date_make(*year, month, day);

    return *out == FIN_NO_DATE ? "day value is outside expected range" : NULL;
}


/* ":SS[.f...]" at *i, if it is there. */
static const char *
fin_date_second(const char *s, size_t len, size_t *i, int *zero)
{
    int     second;
    size_t  start;

    if (*i >= len || s[*i] != ':') {
        return NULL;
    }

    second = len - *i < 3 ? -1 : fin_date_digits(s + *i + 1, 2);
    if (second < 0) {
        return "invalid character in second";
    }

    if (second > 59) {
        return "second value is outside expected range of 0-59";
    }

    *zero = *zero && second == 0;
    *i += 3;

    if (*i >= len || s[*i] != '.') {
        return NULL;
    }

    start = ++*i;

    while (*i < len && s[*i] >= '0' && s[*i] <= '9') {
        /* microseconds; what is finer is cut */
        *zero = *zero && (s[*i] == '0' || *i - start >= 6);
        (*i)++;
    }

    return *i == start ? "second fraction digits missing after `.`" : NULL;
}


/* "Z", "+HH:MM", "+HHMM" or nothing at *i. */
static const char *
fin_date_zone(const char *s, size_t len, size_t *i)
{
    int     hour, minute;
    size_t  at;

    if (*i >= len) {
        return NULL;
    }

    if (s[*i] == 'Z' || s[*i] == 'z') {
        (*i)++;
        return NULL;
    }

    if (s[*i] != '+' && s[*i] != '-') {
        return "invalid timezone sign";
    }

    hour = len - *i < 3 ? -1 : fin_date_digits(s + *i + 1, 2);
    if (hour < 0) {
        return "invalid timezone hour";
    }

    at = *i + 3;
    at += at < len && s[at] == ':';

    minute = at + 2 > len ? -1 : fin_date_digits(s + at, 2);
    if (minute < 0) {
        return "invalid timezone minute";
    }

    if (minute > 59) {
        return "timezone minute value is outside expected range of 0-59";
    }

    if (hour > 23) {
        return "timezone offset must be less than 24 hours";
    }

    *i = at + 2;

    return NULL;
}


/* What follows the date. */
static const char *
fin_date_time(const char *s, size_t len, int *zero)
{
    int          hour, minute;
    size_t       i;
    const char  *error;

    if (s[0] != 'T' && s[0] != 't' && s[0] != '_' && s[0] != ' ') {
        return "invalid datetime separator, expected `T`, `t`, `_` or space";
    }

    if (len < 6) {
        return "input is too short";
    }

    hour = fin_date_digits(s + 1, 2);
    if (hour < 0) {
        return "invalid character in hour";
    }

    if (s[3] != ':') {
        return "invalid time separator, expected `:`";
    }

    minute = fin_date_digits(s + 4, 2);
    if (minute < 0) {
        return "invalid character in minute";
    }

    if (hour > 23) {
        return "hour value is outside expected range of 0-23";
    }

    if (minute > 59) {
        return "minute value is outside expected range of 0-59";
    }

    *zero = hour == 0 && minute == 0;
    i = 6;

    error = fin_date_second(s, len, &i, zero);

    if (error == NULL) {
        error = fin_date_zone(s, len, &i);
    }

    if (error == NULL && i < len) {
        error = "unexpected extra characters at the end of the input";
    }

    return error;
}


fin_lax_t
fin_lax_date_number(double value, fin_date_t *out, const char **error)
{
    double  seconds, days;

    *error = NULL;

    if (isnan(value)) {
        *error = "NaN values not permitted";
        return FIN_LAX_BAD;
    }

    seconds = fabs(value) > FIN_UNIX_MS_OVER ? value / 1000 : value;

    if (seconds > FIN_UNIX_S_MAX) {
        *error = "dates after 9999 are not supported as unix timestamps";
        return FIN_LAX_BAD;
    }

    if (seconds < FIN_UNIX_S_MIN) {
        *error = "dates before 0000 are not supported as unix timestamps";
        return FIN_LAX_BAD;
    }

    days = floor(seconds / FIN_DAY_S);

    if (seconds > days * FIN_DAY_S) {
        return FIN_LAX_INEXACT;
    }

    if (seconds < FIN_UNIX_YEAR_ONE) {
        return FIN_LAX_YEAR;
    }

    *out = (fin_date_t) days;

    return FIN_LAX_OK;
}


/* [+-]digits[.[digits]], which is what counts as a Unix time. */
static int
fin_date_numeric(const char *s, size_t len)
{
    size_t  i, digits, points;

    digits = 0;
    points = 0;

    for (i = 0; i < len; i++) {
        if (s[i] >= '0' && s[i] <= '9') {
            digits++;

        } else if (s[i] == '.' && points == 0 && digits > 0) {
            points++;

        } else if (i > 0 || (s[i] != '+' && s[i] != '-')) {
            return 0;
        }
    }

    /* a whole number over 64 bits is no Unix time */
    return digits > 0 && digits < 19;
}


fin_lax_t
fin_lax_date(const char *s, size_t len, fin_date_t *out, const char **error)
{
    int     year, zero;
    double  value;

    year = 0;
    zero = 1;

    if (fin_date_numeric(s, len)
        && fin_lax_double(s, len, &value) == FIN_LAX_OK)
    {
        return fin_lax_date_number(value, out, error);
    }

    *error = fin_date_part(s, len, &year, out);

    if (*error == NULL && len > 10) {
        *error = fin_date_time(s + 10, len - 10, &zero);
    }

    if (*error != NULL) {
        return FIN_LAX_BAD;
    }

    if (year == 0) {
        return FIN_LAX_YEAR;
    }

    return zero ? FIN_LAX_OK : FIN_LAX_INEXACT;
}

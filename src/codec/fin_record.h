/*
 * A small thing in the cache, with its age: one JSON document whose head has
 * a fixed layout.
 *
 * {"v":1,"fetched_at":"2026-01-02T15:04:05Z","fetched_ms":1767366245000,
 *  "fresh_ms":1767366545000,"data":{...}}
 */

#ifndef FIN_RECORD_H
#define FIN_RECORD_H

#include "fin_out.h"


typedef struct {
    int64_t      fetched_at;        /* ms on finance_clock: shown */
    int64_t      fetched_ms;        /* ms of real time */
    int64_t      fresh_ms;
    const char  *data;              /* borrowed */
    size_t       len;
} fin_record_t;


/*
 * Appends the document; data is a finished JSON object.  FIN_E_VALUE sticks to
 * out when fetched_at is not within the years 0..9999, or either ms has not 13
 * digits.
 */
void fin_record_write(fin_out_t *out, const fin_record_t *record);

/* FIN_OK or FIN_E_SYNTAX (damaged, other version: a miss); parses no JSON. */
fin_status_t fin_record_read(const char *bytes, size_t len,
    fin_record_t *record);


/*
 * {"date":"2026-01-29"} and {"amount":3.2}: the next earnings and a year's
 * dividends; {"date":null}, {"amount":null}: the market does not tell.
 * Reading gives FIN_NO_DATE or NAN, also for a damaged record.
 */
void fin_record_date_write(fin_out_t *out, fin_date_t date);
fin_date_t fin_record_date(const fin_record_t *record);
void fin_record_amount_write(fin_out_t *out, double amount);
double fin_record_amount(const fin_record_t *record);

/* {"known":true}: whether the market knows a ticker. */
void fin_record_known_write(fin_out_t *out, int known);
int fin_record_known(const fin_record_t *record);


#endif

/* One fetch for the workers of one nginx: see the header. */


#include "ngx_http_finance_flight.h"

#include <ngx_sha1.h>


/* fin_flight_t's followed */
#define NGX_HTTP_FINANCE_FLIGHT_FOLLOWED  1
#define NGX_HTTP_FINANCE_FLIGHT_AWAITED   2     /* by a client */


static void ngx_http_finance_flight_key(u_char *digest, ngx_str_t *url,
    ngx_str_t *key);
static void ngx_http_finance_flight_join(fin_flights_t *flights,
    ngx_http_finance_flight_t *flight, ngx_msec_t time, ngx_uint_t waits,
    ngx_http_finance_flight_answer_t *answer);
static ngx_uint_t ngx_http_finance_flight_lives(const fin_flight_t *led,
    int64_t now);
static void ngx_http_finance_flight_copy(fin_flights_t *flights,
    fin_flight_t *led, ngx_str_t *value);
static ngx_uint_t ngx_http_finance_flight_down(ngx_http_finance_zone_t *zone,
    fin_flights_t *flights, fin_flight_t *led, ngx_str_t *value,
    ngx_uint_t keep);
static fin_flight_t *ngx_http_finance_flight_led(fin_flights_t *flights,
    ngx_http_finance_flight_t *flight);
static int64_t ngx_http_finance_flight_now(void);


void
ngx_http_finance_flight_init(ngx_http_finance_flight_t *flight,
    ngx_str_t *url, ngx_str_t *key, uint64_t seq)
{
    ngx_memzero(flight, sizeof(ngx_http_finance_flight_t));

    ngx_http_finance_flight_key(flight->key, url, key);
    flight->id = ((uint64_t) ngx_pid << 32) | (uint32_t) seq;
}


static void
ngx_http_finance_flight_key(u_char *digest, ngx_str_t *url, ngx_str_t *key)
{
    ngx_sha1_t  sha1;

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, url->data, url->len);
    ngx_sha1_update(&sha1, "", 1);
    ngx_sha1_update(&sha1, key->data, key->len);
    ngx_sha1_final(digest, &sha1);
}


void
ngx_http_finance_flight_ask(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight, ngx_msec_t time, ngx_uint_t waits,
    ngx_http_finance_flight_answer_t *answer)
{
    fin_flights_t  *flights;

    ngx_memzero(answer, sizeof(ngx_http_finance_flight_answer_t));
    answer->state = NGX_HTTP_FINANCE_FLIGHT_ALONE;

    flights = ngx_http_finance_zone_flights(zone);
    if (flights == NULL) {
        return;
    }

    ngx_http_finance_flight_join(flights, flight, time, waits, answer);

    ngx_http_finance_zone_flights_done(zone);

    if (answer->state == NGX_HTTP_FINANCE_FLIGHT_ALONE) {
        ngx_http_finance_zone_full(zone, "every worker asks for itself");
    }
}


static void
ngx_http_finance_flight_join(fin_flights_t *flights,
    ngx_http_finance_flight_t *flight, ngx_msec_t time, ngx_uint_t waits,
    ngx_http_finance_flight_answer_t *answer)
{
    int64_t        now;
    fin_flight_t  *led;

    now = ngx_http_finance_flight_now();
    led = fin_flights_find(flights, flight->key);

    if (led && ngx_http_finance_flight_lives(led, now)) {
        led->followed |= waits ? NGX_HTTP_FINANCE_FLIGHT_AWAITED
                               : NGX_HTTP_FINANCE_FLIGHT_FOLLOWED;

        flight->leader = led->leader;
        answer->state = NGX_HTTP_FINANCE_FLIGHT_FOLLOWS;
        return;
    }

    if (led && led->state == FIN_FLIGHT_DOWN && flight->leader
        && led->leader == flight->leader)
    {
        answer->state = NGX_HTTP_FINANCE_FLIGHT_ENDED;
        answer->status = led->status;
        answer->retry_after = (time_t) led->retry_after;

    } else {
        led = fin_flights_lead(flights, flight->key, flight->id, now,
                               now + (int64_t) time);
        if (led == NULL) {
            return;
        }

        flight->leads = 1;
        answer->state = NGX_HTTP_FINANCE_FLIGHT_LEADS;
    }

    flight->leader = 0;
    ngx_http_finance_flight_copy(flights, led, &answer->value);
}


/* up, and so is its process */

static ngx_uint_t
ngx_http_finance_flight_lives(const fin_flight_t *led, int64_t now)
{
    pid_t  pid;

    if (led->state != FIN_FLIGHT_UP || led->until <= now) {
        return 0;
    }

    pid = (pid_t) (led->leader >> 32);

    return pid == ngx_pid || kill(pid, 0) == 0 || ngx_errno != ESRCH;
}


static void
ngx_http_finance_flight_copy(fin_flights_t *flights, fin_flight_t *led,
    ngx_str_t *value)
{
    if (led->len == 0) {
        return;
    }

    value->data = malloc(led->len);

    if (value->data) {
        value->len = led->len;
        ngx_memcpy(value->data, fin_flights_kept(flights, led), led->len);
    }
}


void
ngx_http_finance_flight_renew(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight, ngx_msec_t time)
{
    fin_flight_t   *led;
    fin_flights_t  *flights;

    flights = ngx_http_finance_zone_flights(zone);
    if (flights == NULL) {
        return;
    }

    led = ngx_http_finance_flight_led(flights, flight);

    if (led) {
        led->until = ngx_http_finance_flight_now() + (int64_t) time;
    }

    ngx_http_finance_zone_flights_done(zone);
}


ngx_uint_t
ngx_http_finance_flight_awaited(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight)
{
    ngx_uint_t      awaited;
    fin_flight_t   *led;
    fin_flights_t  *flights;

    flights = ngx_http_finance_zone_flights(zone);
    if (flights == NULL) {
        return 0;
    }

    led = ngx_http_finance_flight_led(flights, flight);
    awaited = led && (led->followed & NGX_HTTP_FINANCE_FLIGHT_AWAITED);

    ngx_http_finance_zone_flights_done(zone);

    return awaited;
}


void
ngx_http_finance_flight_end(ngx_http_finance_zone_t *zone,
    ngx_http_finance_flight_t *flight, int status, time_t retry_after,
    ngx_str_t *value, ngx_uint_t keep)
{
    ngx_uint_t      full;
    fin_flight_t   *led;
    fin_flights_t  *flights;

    flight->leads = 0;

    flights = ngx_http_finance_zone_flights(zone);
    if (flights == NULL) {
        return;
    }

    full = 0;
    led = ngx_http_finance_flight_led(flights, flight);

    if (led) {
        led->state = FIN_FLIGHT_DOWN;
        led->status = status;
        led->retry_after = retry_after;

        full = ngx_http_finance_flight_down(zone, flights, led, value, keep);
    }

    ngx_http_finance_zone_flights_done(zone);

    if (full) {
        ngx_http_finance_zone_full(zone, "an answer is too large for it");
    }
}


/* true: there was no room for what it brought */

static ngx_uint_t
ngx_http_finance_flight_down(ngx_http_finance_zone_t *zone,
    fin_flights_t *flights, fin_flight_t *led, ngx_str_t *value,
    ngx_uint_t keep)
{
    ngx_uint_t  full;

    full = 0;

    if (value && (keep || led->followed)) {
        full = !fin_flights_keep(flights, led, value->data, value->len);
    }

    if (led->followed) {
        zone->sh->flights_ended++;

    } else if (led->len == 0 || (value && !keep)) {
        fin_flights_drop(flights, led);
    }

    return full;
}


void
ngx_http_finance_flight_value(ngx_http_finance_zone_t *zone, ngx_str_t *url,
    ngx_str_t *key, ngx_str_t *value)
{
    u_char          digest[FIN_FLIGHT_KEY];
    fin_flight_t   *led;
    fin_flights_t  *flights;

    ngx_str_null(value);
    ngx_http_finance_flight_key(digest, url, key);

    flights = ngx_http_finance_zone_flights(zone);
    if (flights == NULL) {
        return;
    }

    led = fin_flights_find(flights, digest);

    if (led) {
        ngx_http_finance_flight_copy(flights, led, value);
    }

    ngx_http_finance_zone_flights_done(zone);
}


/* NULL: it was followed by another, or the flights were begun anew */

static fin_flight_t *
ngx_http_finance_flight_led(fin_flights_t *flights,
    ngx_http_finance_flight_t *flight)
{
    fin_flight_t  *led;

    led = fin_flights_find(flights, flight->key);

    return led && led->state == FIN_FLIGHT_UP && led->leader == flight->id
           ? led : NULL;
}


static int64_t
ngx_http_finance_flight_now(void)
{
    return ngx_http_finance_zone_now() / 1000000;
}

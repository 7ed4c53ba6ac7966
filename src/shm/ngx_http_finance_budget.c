/* The budget of calls, as this nginx counts it: see the header. */


#include "ngx_http_finance_budget.h"


#define NGX_HTTP_FINANCE_BUDGET_TELL  60    /* seconds */


static ngx_uint_t ngx_http_finance_budget_reserve(
    ngx_http_finance_budget_t *b, ngx_uint_t background, ngx_uint_t want,
    int64_t now);
static ngx_uint_t ngx_http_finance_budget_old(ngx_http_finance_budget_t *b,
    int64_t now);
static void ngx_http_finance_budget_give_back(ngx_http_finance_budget_t *b);
static int64_t ngx_http_finance_budget_next(ngx_http_finance_budget_t *b,
    ngx_uint_t background);
static void ngx_http_finance_budget_arm(ngx_http_finance_budget_t *b,
    int64_t wait);
static void ngx_http_finance_budget_timer(ngx_event_t *ev);
static void ngx_http_finance_budget_tell(ngx_http_finance_budget_t *b);
static fin_window_t *ngx_http_finance_budget_window(
    ngx_http_finance_budget_t *b, int64_t now);
static int64_t ngx_http_finance_budget_now(void);


void
ngx_http_finance_budget_start(ngx_http_finance_budget_t *b, ngx_event_t *wake)
{
    b->wake = wake;

    b->timer.handler = ngx_http_finance_budget_timer;
    b->timer.data = b;
    b->timer.log = ngx_cycle->log;

    /* those who wait have timers of their own */
    b->timer.cancelable = 1;
}


void
ngx_http_finance_budget_stop(ngx_http_finance_budget_t *b)
{
    if (b->timer.timer_set) {
        ngx_del_timer(&b->timer);
    }

    if (b->asking) {
        ngx_http_finance_task_end(&b->task);

        if (b->pool) {
            ngx_destroy_pool(b->pool);
            b->pool = NULL;
        }

        b->asking = 0;
        b->asked = 0;
    }

    if (b->held) {
        /* Redis forgets them in time */
        b->local = 1;
        ngx_http_finance_budget_give_back(b);
    }

    b->wake = NULL;
}


ngx_int_t
ngx_http_finance_budget_take(ngx_http_finance_budget_t *b,
    const ngx_http_finance_claim_t *claim)
{
    int64_t  now, next;

    now = ngx_http_finance_budget_now();

    if (ngx_http_finance_budget_old(b, now)
        || (b->held && claim->background && !b->claim.background))
    {
        ngx_http_finance_budget_give_back(b);
    }

    if (b->held) {
        b->held--;
        return NGX_OK;
    }

    if (b->asking) {
        return NGX_AGAIN;
    }

    next = ngx_http_finance_budget_next(b, claim->background);

    if (now < next) {
        b->denials++;
        ngx_http_finance_budget_arm(b, next - now);
        return NGX_AGAIN;
    }

    b->asked = ngx_http_finance_budget_reserve(b, claim->background,
                           ngx_min(claim->want, NGX_HTTP_FINANCE_BUDGET_ASK),
                           now);

    if (b->asked == 0) {
        b->denials++;
        ngx_http_finance_budget_tell(b);
        ngx_http_finance_budget_arm(b,
                      ngx_http_finance_budget_wait(b, claim->background, 1));

        if (claim->seq == b->claim.seq) {
            return NGX_AGAIN;
        }

        /* a new one: younger ones are to wait for it */
    }

    b->claim = *claim;
    b->asked_at = now;
    b->asking = 1;

    ngx_http_finance_budget_ask(b);

    return NGX_AGAIN;
}


/* in the zone, so that no other worker asks for the same */

static ngx_uint_t
ngx_http_finance_budget_reserve(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t want, int64_t now)
{
    ngx_uint_t     n;
    fin_window_t  *window;

    window = ngx_http_finance_budget_window(b, now);

    n = fin_window_left(window, ngx_http_finance_budget_share(b, background),
                        ngx_http_finance_budget_span(b), now);
    n = ngx_min(n, want);

    b->stamp = fin_window_add(window, now, n);

    ngx_http_finance_zone_window_done(b->zone);

    return n;
}


/* what was reserved becomes what is granted, from now on */

void
ngx_http_finance_budget_granted(ngx_http_finance_budget_t *b, ngx_uint_t got,
    int64_t wait, int64_t last)
{
    int64_t        now;
    fin_window_t  *window;

    now = ngx_http_finance_budget_now();

    window = ngx_http_finance_budget_window(b, now);
    fin_window_drop(window, b->stamp, b->asked);
    b->stamp = fin_window_add(window, now, got);
    ngx_http_finance_zone_window_done(b->zone);

    b->next_at[b->claim.background] = (got && got == b->asked) ? 0
                                                               : now + wait;
    b->last_at = now + last;
    b->asking = 0;
    b->asked = 0;
    b->got = got;
    b->held = got;
    b->held_at = now;

    if (got) {
        ngx_http_finance_budget_arm(b, ngx_http_finance_budget_slack(b));

    } else {
        b->denials++;
        ngx_http_finance_budget_tell(b);
    }

    if (b->wake) {
        ngx_post_event(b->wake, &ngx_posted_events);
    }
}


/* made so late, a start would not be where it is counted */

static ngx_uint_t
ngx_http_finance_budget_old(ngx_http_finance_budget_t *b, int64_t now)
{
    return b->held
           && now - b->held_at > ngx_http_finance_budget_slack(b) / 4;
}


static void
ngx_http_finance_budget_give_back(ngx_http_finance_budget_t *b)
{
    fin_window_t  *window;

    window = ngx_http_finance_budget_window(b, ngx_http_finance_budget_now());
    fin_window_drop(window, b->stamp, b->held);
    ngx_http_finance_zone_window_done(b->zone);

    if (!b->local) {
        ngx_http_finance_budget_unask(b);
    }

    b->held = 0;
}


ngx_msec_t
ngx_http_finance_budget_wait(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t k)
{
    int64_t        now, wait, next;
    ngx_uint_t     ours;
    fin_window_t  *window;

    ours = b->asked + b->held;

    if (k <= ours) {
        return 0;
    }

    now = ngx_http_finance_budget_now();
    next = ngx_http_finance_budget_next(b, background);
    k -= ours;

    if (now < next) {
        k += b->ahead;
    }

    window = ngx_http_finance_budget_window(b, now);
    wait = fin_window_wait(window,
                           ngx_http_finance_budget_share(b, background),
                           ngx_http_finance_budget_span(b), now, k);
    ngx_http_finance_zone_window_done(b->zone);

    return (ngx_msec_t) ngx_max(wait, next - now);
}


ngx_msec_t
ngx_http_finance_budget_wait_last(ngx_http_finance_budget_t *b,
    ngx_uint_t background, ngx_uint_t k, uint64_t seq)
{
    int64_t  wait, last;

    wait = (int64_t) ngx_http_finance_budget_wait(b, background, k);

    if (!b->asking && seq == b->claim.seq && k > b->held) {
        /* Redis said when */
        last = b->last_at - ngx_http_finance_budget_now();
        wait = ngx_max(wait, last);
    }

    return (ngx_msec_t) wait;
}


ngx_msec_t
ngx_http_finance_budget_at_best(ngx_http_finance_budget_t *b, ngx_uint_t need)
{
    if (need == 0) {
        return 0;
    }

    return (need - 1) / ngx_http_finance_budget_cap(b)
           * (ngx_msec_t) ngx_http_finance_budget_span(b);
}


ngx_uint_t
ngx_http_finance_budget_left(ngx_http_finance_budget_t *b)
{
    int64_t        now;
    ngx_uint_t     left;
    fin_window_t  *window;

    now = ngx_http_finance_budget_now();

    window = ngx_http_finance_budget_window(b, now);
    left = fin_window_left(window, ngx_http_finance_budget_cap(b),
                           ngx_http_finance_budget_span(b), now);
    ngx_http_finance_zone_window_done(b->zone);

    return left;
}


/* what is too early for a client is too early for all */

static int64_t
ngx_http_finance_budget_next(ngx_http_finance_budget_t *b,
    ngx_uint_t background)
{
    return background ? ngx_max(b->next_at[0], b->next_at[1])
                      : b->next_at[0];
}


/* at most so many in a span: background leaves a reserve */

ngx_uint_t
ngx_http_finance_budget_share(ngx_http_finance_budget_t *b,
    ngx_uint_t background)
{
    ngx_uint_t  reserve;

    reserve = 0;

    if (background && b->rate > 1) {
        reserve = ngx_max(b->rate / 4, 1);
    }

    return ngx_http_finance_budget_cap(b) - reserve;
}


/*
 * For the way to the market, which is not always of the same length: 1 % of a
 * minute, 5 % of a second.
 */

int64_t
ngx_http_finance_budget_slack(ngx_http_finance_budget_t *b)
{
    return b->minute ? 600 : 50;
}


int64_t
ngx_http_finance_budget_span(ngx_http_finance_budget_t *b)
{
    return (b->minute ? 60000 : 1000) + ngx_http_finance_budget_slack(b);
}


static void
ngx_http_finance_budget_arm(ngx_http_finance_budget_t *b, int64_t wait)
{
    ngx_msec_t  at;

    wait = ngx_max(wait, 1);
    at = ngx_current_msec + (ngx_msec_t) wait;

    if (b->timer.timer_set) {

        if ((ngx_msec_int_t) (b->timer.timer.key - at) <= 0) {
            return;
        }

        ngx_del_timer(&b->timer);
    }

    ngx_add_timer(&b->timer, (ngx_msec_t) wait);
}


static void
ngx_http_finance_budget_timer(ngx_event_t *ev)
{
    ngx_http_finance_budget_t  *b = ev->data;

    if (ngx_http_finance_budget_old(b, ngx_http_finance_budget_now())) {
        ngx_http_finance_budget_give_back(b);
    }

    ngx_post_event(b->wake, &ngx_posted_events);
}


static void
ngx_http_finance_budget_tell(ngx_http_finance_budget_t *b)
{
    if (b->spent_told
        && ngx_time() - b->spent_told < NGX_HTTP_FINANCE_BUDGET_TELL)
    {
        return;
    }

    b->spent_told = ngx_time();

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "finance_budget of %ui calls a %s is spent: others wait",
                  ngx_http_finance_budget_cap(b),
                  b->minute ? "minute" : "second");
}


static fin_window_t *
ngx_http_finance_budget_window(ngx_http_finance_budget_t *b, int64_t now)
{
    fin_window_t  *window;

    window = ngx_http_finance_zone_window(b->zone);
    fin_window_clock(window, now, ngx_http_finance_budget_slack(b));

    return window;
}


static int64_t
ngx_http_finance_budget_now(void)
{
    return ngx_http_finance_zone_now() / 1000000;
}

/* Who of those in the queue may start when calls are counted: see fetch.h. */


#include "ngx_http_finance_fetch_slot.h"


static ngx_int_t ngx_http_finance_fetch_line_cmp(const ngx_queue_t *one,
    const ngx_queue_t *two);
static const ngx_http_finance_turn_t *ngx_http_finance_fetch_line_turn(
    const ngx_queue_t *q);
static ngx_uint_t ngx_http_finance_fetch_line_want(ngx_queue_t *queue,
    ngx_uint_t background);
static void ngx_http_finance_fetch_line_hopeless(
    ngx_http_finance_budget_t *budget, ngx_queue_t *queue);
static ngx_msec_int_t ngx_http_finance_fetch_line_left(
    ngx_http_finance_op_t *op);


/* of a fetch that has no turn: as if it had always been there */
static const ngx_http_finance_turn_t  ngx_http_finance_fetch_line_first;


ngx_int_t
ngx_http_finance_fetch_line(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue)
{
    ngx_uint_t                      background;
    ngx_http_finance_turn_t        *turn;
    ngx_http_finance_fetch_slot_t  *s;

    /* in order but for newcomers: one step for each */

    ngx_queue_sort(queue, ngx_http_finance_fetch_line_cmp);

    s = ngx_queue_data(ngx_queue_head(queue), ngx_http_finance_fetch_slot_t,
                       queue);

    if (s->probe) {
        return NGX_OK;
    }

    turn = s->fetch->turn;
    background = turn ? turn->background : 0;

    if (ngx_http_finance_budget_take(budget, background,
                        ngx_http_finance_fetch_line_want(queue, background))
        != NGX_OK)
    {
        ngx_http_finance_fetch_line_hopeless(budget, queue);
        return NGX_AGAIN;
    }

    if (turn && turn->expected) {
        turn->expected--;
    }

    return NGX_OK;
}


/* who does not ask the market need not wait for those who do */

static ngx_int_t
ngx_http_finance_fetch_line_cmp(const ngx_queue_t *one,
    const ngx_queue_t *two)
{
    ngx_http_finance_fetch_slot_t  *s, *t;
    const ngx_http_finance_turn_t  *a, *b;

    s = ngx_queue_data(one, ngx_http_finance_fetch_slot_t, queue);
    t = ngx_queue_data(two, ngx_http_finance_fetch_slot_t, queue);

    if (s->probe || t->probe) {
        return (ngx_int_t) t->probe - (ngx_int_t) s->probe;
    }

    a = ngx_http_finance_fetch_line_turn(one);
    b = ngx_http_finance_fetch_line_turn(two);

    if (a->background != b->background) {
        return a->background ? 1 : -1;
    }

    return (a->seq > b->seq) - (a->seq < b->seq);
}


/* who waits in the queue has a fetch */

static const ngx_http_finance_turn_t *
ngx_http_finance_fetch_line_turn(const ngx_queue_t *q)
{
    ngx_http_finance_fetch_slot_t  *s;

    s = ngx_queue_data(q, ngx_http_finance_fetch_slot_t, queue);

    return s->fetch->turn ? s->fetch->turn
                          : &ngx_http_finance_fetch_line_first;
}


/* how many are alike, from the head on */

static ngx_uint_t
ngx_http_finance_fetch_line_want(ngx_queue_t *queue, ngx_uint_t background)
{
    ngx_uint_t    n;
    ngx_queue_t  *q;

    n = 0;

    for (q = ngx_queue_head(queue);
         q != ngx_queue_sentinel(queue) && n < NGX_HTTP_FINANCE_BUDGET_ASK;
         q = ngx_queue_next(q))
    {
        if (ngx_http_finance_fetch_line_turn(q)->background != background) {
            break;
        }

        n++;
    }

    return n;
}


/* those whose turn cannot come in time need not wait for it */

static void
ngx_http_finance_fetch_line_hopeless(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue)
{
    ngx_uint_t                      k;
    ngx_msec_t                      wait;
    ngx_queue_t                    *q, *next;
    ngx_http_finance_fetch_slot_t  *s;

    k = 1;

    for (q = ngx_queue_head(queue);
         q != ngx_queue_sentinel(queue);
         q = next)
    {
        next = ngx_queue_next(q);
        s = ngx_queue_data(q, ngx_http_finance_fetch_slot_t, queue);

        wait = ngx_http_finance_budget_wait(budget,
                           ngx_http_finance_fetch_line_turn(q)->background,
                           k);

        if (ngx_http_finance_fetch_line_left(&s->fetch->op)
            > (ngx_msec_int_t) wait)
        {
            k++;
            continue;
        }

        s->fetch->retry_after = ngx_max((time_t) (wait + 999) / 1000, 1);
        ngx_http_finance_fetch_end(s, FIN_E_BUDGET);
    }
}


/* ms that an op has, of its own and of its task's time */

static ngx_msec_int_t
ngx_http_finance_fetch_line_left(ngx_http_finance_op_t *op)
{
    ngx_msec_int_t  left, all;

    left = (ngx_msec_int_t) (op->timer.timer.key - ngx_current_msec);

    if (op->task->deadline.timer_set) {
        all = (ngx_msec_int_t) (op->task->deadline.timer.key
                                - ngx_current_msec);
        left = ngx_min(left, all);
    }

    return left;
}

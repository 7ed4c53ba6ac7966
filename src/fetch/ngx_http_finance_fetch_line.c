/* Who of those in the queue may start when calls are counted: see fetch.h. */


#include "ngx_http_finance_fetch_slot.h"


static ngx_int_t ngx_http_finance_fetch_line_cmp(const ngx_queue_t *one,
    const ngx_queue_t *two);
static const ngx_http_finance_turn_t *ngx_http_finance_fetch_line_turn(
    const ngx_queue_t *q);
static void ngx_http_finance_fetch_line_claim(ngx_queue_t *queue,
    ngx_http_finance_fetch_t *fetch, ngx_http_finance_claim_t *claim);
static void ngx_http_finance_fetch_line_hopeless(
    ngx_http_finance_budget_t *budget, ngx_queue_t *queue);
static ngx_http_finance_fetch_slot_t *ngx_http_finance_fetch_line_head(
    ngx_http_finance_budget_t *budget, ngx_queue_t *queue,
    ngx_http_finance_claim_t *claim);
static void ngx_http_finance_fetch_line_refuse(
    ngx_http_finance_fetch_slot_t *s, ngx_msec_t wait);
static ngx_uint_t ngx_http_finance_fetch_line_gone(
    ngx_http_finance_budget_t *budget, ngx_http_finance_op_t *op,
    const ngx_http_finance_turn_t *turn, ngx_uint_t before, ngx_uint_t need);
static ngx_msec_int_t ngx_http_finance_fetch_line_left(
    ngx_http_finance_op_t *op);


/* of a fetch that has no turn: as if it had always been there */
static const ngx_http_finance_turn_t  ngx_http_finance_fetch_line_first;


ngx_int_t
ngx_http_finance_fetch_line(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue)
{
    ngx_http_finance_turn_t        *turn;
    ngx_http_finance_claim_t        claim;
    ngx_http_finance_fetch_slot_t  *s;

    /* in order but for newcomers: one step for each */

    ngx_queue_sort(queue, ngx_http_finance_fetch_line_cmp);

    s = ngx_http_finance_fetch_line_head(budget, queue, &claim);

    if (s == NULL) {
        return NGX_AGAIN;
    }

    if (s->probe) {
        return NGX_OK;
    }

    turn = s->fetch->turn;

    if (turn) {
        turn->claimed = 1;
    }

    if (ngx_http_finance_budget_take(budget, &claim) != NGX_OK) {
        ngx_http_finance_fetch_line_hopeless(budget, queue);
        return NGX_AGAIN;
    }

    if (turn && turn->expected) {
        turn->expected--;
    }

    return NGX_OK;
}


/* the first whose job has a chance; NULL: the queue is empty now */

static ngx_http_finance_fetch_slot_t *
ngx_http_finance_fetch_line_head(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue, ngx_http_finance_claim_t *claim)
{
    ngx_msec_t                      wait;
    ngx_http_finance_fetch_slot_t  *s;

    while (!ngx_queue_empty(queue)) {

        s = ngx_queue_data(ngx_queue_head(queue),
                           ngx_http_finance_fetch_slot_t, queue);

        if (s->probe) {
            return s;
        }

        ngx_http_finance_fetch_line_claim(queue, s->fetch, claim);

        if (!ngx_http_finance_fetch_line_gone(budget, &s->fetch->op,
                      ngx_http_finance_fetch_line_turn(&s->queue), 0,
                      claim->need))
        {
            return s;
        }

        wait = ngx_http_finance_budget_wait(budget, claim->background, 1);
        ngx_http_finance_fetch_line_refuse(s, wait);
    }

    return NULL;
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


/* what the job at the head wants, and needs */

static void
ngx_http_finance_fetch_line_claim(ngx_queue_t *queue,
    ngx_http_finance_fetch_t *fetch, ngx_http_finance_claim_t *claim)
{
    ngx_queue_t                    *q;
    const ngx_http_finance_turn_t  *turn;

    q = ngx_queue_head(queue);
    turn = ngx_http_finance_fetch_line_turn(q);

    ngx_memzero(claim, sizeof(ngx_http_finance_claim_t));

    claim->seq = turn->seq;
    claim->background = turn->background;

    while (q != ngx_queue_sentinel(queue)
           && ngx_http_finance_fetch_line_turn(q) == turn)
    {
        claim->want++;
        q = ngx_queue_next(q);
    }

    claim->need = ngx_max(claim->want, turn->expected);
    claim->age = fetch->turn ? ngx_current_msec - turn->created : 0;
    claim->left = ngx_max(ngx_http_finance_fetch_line_left(&fetch->op), 0);
}


/*
 * Those whose turn cannot come in time need not wait for it; neither need the
 * calls of a job that cannot make all that it needs in time, unless it never
 * could: then what it gets will do.
 */

static void
ngx_http_finance_fetch_line_hopeless(ngx_http_finance_budget_t *budget,
    ngx_queue_t *queue)
{
    ngx_uint_t                      before, i, need, gone;
    ngx_msec_t                      wait;
    ngx_queue_t                    *q, *next;
    ngx_http_finance_fetch_slot_t  *s;
    const ngx_http_finance_turn_t  *turn, *last;

    before = 0;
    i = 0;
    need = 0;
    gone = 0;
    last = NULL;

    for (q = ngx_queue_head(queue);
         q != ngx_queue_sentinel(queue);
         q = next)
    {
        next = ngx_queue_next(q);
        s = ngx_queue_data(q, ngx_http_finance_fetch_slot_t, queue);
        turn = ngx_http_finance_fetch_line_turn(q);

        if (turn != last) {
            before += gone ? 0 : ngx_max(need, i);
            i = 0;
            need = ngx_max(turn->expected, 1);
            gone = ngx_http_finance_fetch_line_gone(budget, &s->fetch->op,
                                                    turn, before, need);
            last = turn;
        }

        wait = ngx_http_finance_budget_wait(budget, turn->background,
                                            before + i + 1);

        if (!gone
            && ngx_http_finance_fetch_line_left(&s->fetch->op)
               > (ngx_msec_int_t) wait)
        {
            i++;
            continue;
        }

        ngx_http_finance_fetch_line_refuse(s, wait);
    }
}


static void
ngx_http_finance_fetch_line_refuse(ngx_http_finance_fetch_slot_t *s,
    ngx_msec_t wait)
{
    s->fetch->retry_after = ngx_http_finance_budget_seconds(wait);

    ngx_http_finance_fetch_end(s, FIN_E_BUDGET);
}


static ngx_uint_t
ngx_http_finance_fetch_line_gone(ngx_http_finance_budget_t *budget,
    ngx_http_finance_op_t *op, const ngx_http_finance_turn_t *turn,
    ngx_uint_t before, ngx_uint_t need)
{
    ngx_uint_t  n;
    ngx_msec_t  last, all;

    n = turn->together ? need : turn->total;
    last = ngx_http_finance_budget_wait_last(budget, turn->background,
                                             before + need, turn->seq);
    all = op->timer.timer.key - op->started;

    return (ngx_msec_int_t) last >= ngx_http_finance_fetch_line_left(op)
           && ngx_http_finance_budget_at_best(budget, n) < all;
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

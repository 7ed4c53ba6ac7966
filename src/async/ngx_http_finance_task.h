/*
 * What waits: one task a client's request, one a background job.  It has one
 * resume function, called from the event loop after ops completed (many
 * completions in one turn give one resume) and never from inside an op.
 * resume may be called spuriously and looks at the ops' states; it may end
 * the task (finalize its request) at any time.
 */

#ifndef _NGX_HTTP_FINANCE_TASK_H_INCLUDED_
#define _NGX_HTTP_FINANCE_TASK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "../stat/ngx_http_finance_stat.h"
#include "ngx_http_finance_op.h"


typedef void (*ngx_http_finance_resume_pt)(ngx_http_finance_task_t *task);


struct ngx_http_finance_task_s {
    ngx_event_t                  wake;          /* posted, never on a timer */
    ngx_event_t                  deadline;
    ngx_queue_t                  live;          /* running ops */
    ngx_http_request_t          *request;       /* may be NULL (unit tests) */
    ngx_log_t                   *log;
    ngx_http_finance_resume_pt   resume;
    void                        *data;          /* the owner's state */
    ngx_http_finance_account_t  *account;       /* set after the init by who
                                                   has one */
    ngx_uint_t                   step;          /* the owner's */
    unsigned                     expired:1;     /* the deadline passed */
    unsigned                     ended:1;
};


/*
 * deadline is ms from now for the whole task, 0 for none: when it passes, every
 * running op is DONE with FIN_E_TIMEOUT, expired is set and the task is woken.
 */
void ngx_http_finance_task_init(ngx_http_finance_task_t *task,
    ngx_http_request_t *r, ngx_log_t *log, ngx_http_finance_resume_pt resume,
    void *data, ngx_msec_t deadline);

/* Posts a resume for this turn of the event loop; once is enough. */
void ngx_http_finance_task_wake(ngx_http_finance_task_t *task);

/* Cancels every running op; the task goes on. */
void ngx_http_finance_task_cancel(ngx_http_finance_task_t *task);

/*
 * Cancels every running op, takes the wake and the deadline away; idempotent.
 * Called from the request's cleanup: nothing reaches the task afterwards.
 */
void ngx_http_finance_task_end(ngx_http_finance_task_t *task);

#define ngx_http_finance_task_idle(task)  ngx_queue_empty(&(task)->live)


#endif /* _NGX_HTTP_FINANCE_TASK_H_INCLUDED_ */

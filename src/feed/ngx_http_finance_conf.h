/* The configuration as the services see it; src/http fills it. */

#ifndef _NGX_HTTP_FINANCE_CONF_H_INCLUDED_
#define _NGX_HTTP_FINANCE_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "../async/ngx_http_finance_work.h"
#include "../core/fin_backoff.h"
#include "../core/fin_signal.h"
#include "../redis/ngx_http_finance_redis.h"
#include "../shm/ngx_http_finance_budget.h"
#include "../shm/ngx_http_finance_callers.h"
#include "../stat/ngx_http_finance_stat_zone.h"


/* ngx_http_finance_watch.h */
typedef struct ngx_http_finance_watch_s  ngx_http_finance_watch_t;


typedef struct {
    ngx_flag_t                      clock_fixed;
    int64_t                         clock_ms;       /* when fixed */
    ngx_uint_t                      cors;           /* some location has it */
    ngx_http_finance_zone_t        *zone;           /* NULL: none */
    ngx_http_finance_stat_zone_t   *stat;           /* NULL: no finance_api */
    ngx_http_finance_budget_t      *budget;         /* NULL: off */
    ngx_uint_t                      limits;         /* finance_limit's, */
    u_char                         *limit_file;     /* and the first one */
    ngx_uint_t                      limit_line;
    ngx_array_t                    *watches;        /* of ..._watch_t *; NULL */
} ngx_http_finance_main_conf_t;


/* One threshold of finance_signal. */
typedef struct {
    ngx_str_t                       name;           /* of the signal */
    ngx_str_t                       key;
    double                          value;
} ngx_http_finance_signal_t;


/* finance_stream */
typedef struct {
    ngx_flag_t                      on;
    ngx_uint_t                      connections;    /* of a worker; 0: half of
                                                       what it may have */
    ngx_uint_t                      user;           /* of one, 0: any number */
    ngx_msec_t                      heartbeat;
} ngx_http_finance_stream_conf_t;


#define NGX_HTTP_FINANCE_SESSION_MAX  256


/* What a plan may or may not include. */
typedef enum {
    NGX_HTTP_FINANCE_PLAN_TODAY = 0,    /* bars up to today */
    NGX_HTTP_FINANCE_PLAN_OPTIONS,
    NGX_HTTP_FINANCE_PLAN_EARNINGS,
    NGX_HTTP_FINANCE_PLAN_DIVIDENDS,
    NGX_HTTP_FINANCE_PLAN_COUNT
} ngx_http_finance_plan_e;


typedef enum {
    NGX_HTTP_FINANCE_PLAN_UNKNOWN = 0,
    NGX_HTTP_FINANCE_PLAN_OK,
    NGX_HTTP_FINANCE_PLAN_DENIED
} ngx_http_finance_plan_state_e;


typedef struct {
    ngx_http_finance_plan_state_e   state;
    time_t                          until;          /* when denied */
} ngx_http_finance_capability_t;


typedef struct {
    ngx_flag_t                      api;            /* finance_api is here: */
    u_char                         *api_file;
    ngx_uint_t                      api_line;

    ngx_http_finance_redis_conf_t  *redis;
    ngx_str_t                       market;         /* "/_market"; empty: none */
    ngx_str_t                       email_validator;    /* "/_email/"; empty */

    ngx_msec_t                      timeout;
    fin_retry_t                     retry;          /* attempts 0: not set */
    time_t                          stock_fresh;    /* seconds */
    time_t                          options_fresh;
    time_t                          reference_fresh;
    time_t                          stale;

    ngx_http_finance_watch_t       *watch;          /* NULL: no refresh */
    ngx_http_complex_value_t       *user;           /* NULL: one owner */
    ngx_http_complex_value_t       *admin;          /* NULL: nobody is */
    ngx_array_t                    *cors;           /* of fin_origin_t; NULL */
    ngx_http_finance_limit_t       *limit;          /* of callers; NULL: none */
    double                          rate;
    ngx_array_t                    *signals;        /* finance_signal's */
    fin_rules_t                     rules;          /* with those applied */
    size_t                          max_body;
    ngx_flag_t                      page;           /* the web page, too */
    ngx_http_finance_stream_conf_t  stream;

    ngx_thread_pool_t              *threads;        /* NULL: on the loop */

    /* this worker's: found out while it runs */
    ngx_http_finance_capability_t   plan[NGX_HTTP_FINANCE_PLAN_COUNT];
    u_char                          session[NGX_HTTP_FINANCE_SESSION_MAX];
    size_t                          session_len;    /* a record; 0: none */
} ngx_http_finance_loc_conf_t;


extern ngx_module_t  ngx_http_finance_module;


/* Now on finance_clock, ms UTC: what answers show and dates are told from. */
int64_t ngx_http_finance_clock(ngx_http_request_t *r);

/* Real time, ms UTC: what ages are told from. */
int64_t ngx_http_finance_now(void);


#endif /* _NGX_HTTP_FINANCE_CONF_H_INCLUDED_ */

/* The setters of the directives that need more than a slot. */

#ifndef _NGX_HTTP_FINANCE_DIRECTIVES_H_INCLUDED_
#define _NGX_HTTP_FINANCE_DIRECTIVES_H_INCLUDED_


#include "../feed/ngx_http_finance_conf.h"


char *ngx_http_finance_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_finance_redis_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_market(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_finance_email_validator(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_timeout(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_retry(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_finance_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_finance_risk_free_rate(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_signal(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_finance_threads(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_clock_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_refresh(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_stream_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_cors_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* The level before's, where a level has no finance_stream, or the default. */
void ngx_http_finance_stream_merge(ngx_http_finance_stream_conf_t *stream,
    const ngx_http_finance_stream_conf_t *prev);

/* The level before's, where a level has no finance_retry, or the default. */
void ngx_http_finance_retry_merge(fin_retry_t *retry,
    const fin_retry_t *prev);

char *ngx_http_finance_zone_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_budget_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_finance_limit_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* What needs a zone has one, that is large enough. */
char *ngx_http_finance_zone_needs(ngx_conf_t *cf,
    ngx_http_finance_main_conf_t *fmcf);

/* Logs why an argument of finance_signal is refused, and what is known. */
char *ngx_http_finance_signal_refuse(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *arg, fin_status_t status);

/* A location with finance_refresh, when it is merged; refusals are logged. */
ngx_int_t ngx_http_finance_refresh_make(ngx_conf_t *cf,
    ngx_http_finance_loc_conf_t *conf);

/* The thresholds in force in a location, from the table and finance_signal. */
ngx_int_t ngx_http_finance_rules_make(ngx_conf_t *cf,
    ngx_http_finance_loc_conf_t *conf);


#endif /* _NGX_HTTP_FINANCE_DIRECTIVES_H_INCLUDED_ */

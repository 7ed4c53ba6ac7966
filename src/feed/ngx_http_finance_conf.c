/* The two clocks. */


#include "ngx_http_finance_conf.h"


int64_t
ngx_http_finance_clock(ngx_http_request_t *r)
{
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_finance_module);

    return fmcf->clock_fixed == 1 ? fmcf->clock_ms
                                  : ngx_http_finance_now();
}


int64_t
ngx_http_finance_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}

/* The steps of valuing a portfolio, for its files alone. */

#ifndef _NGX_HTTP_FINANCE_PORTFOLIO_WORK_H_INCLUDED_
#define _NGX_HTTP_FINANCE_PORTFOLIO_WORK_H_INCLUDED_


#include "ngx_http_finance_portfolio.h"


enum {
    NGX_HTTP_FINANCE_VALUE_STOCKS = 0,
    NGX_HTTP_FINANCE_VALUE_BOOKS,
    NGX_HTTP_FINANCE_VALUE_MISSING,
    NGX_HTTP_FINANCE_VALUE_WORK,
    NGX_HTTP_FINANCE_VALUE_NEEDS,
    NGX_HTTP_FINANCE_VALUE_DONE
};


/* A stock is there for it, and nothing that was kept will do. */
#define ngx_http_finance_value_due(h)  ((h)->stock && !(h)->has)


/* A pool cleanup: gives back what the portfolio holds outside the pool. */
void ngx_http_finance_portfolio_cleanup(void *data);

/* Asks for the books that nobody has. */
void ngx_http_finance_value_missing(ngx_http_finance_portfolio_t *p);

/* Books and prices are there: makes the work and starts it; NGX_ERROR: no
 * memory. */
ngx_int_t ngx_http_finance_value_work(ngx_http_finance_portfolio_t *p);

/* The work has ended: asks for what it lacks, or takes what it made. */
void ngx_http_finance_value_worked(ngx_http_finance_portfolio_t *p);

/* NGX_AGAIN while something that was asked for is under way; then the work is
 * started again. */
ngx_int_t ngx_http_finance_value_needed(ngx_http_finance_portfolio_t *p);


#endif /* _NGX_HTTP_FINANCE_PORTFOLIO_WORK_H_INCLUDED_ */

/* What is counted, by name: one table of families for all that is shown. */

#ifndef _NGX_HTTP_FINANCE_STAT_TABLE_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STAT_TABLE_H_INCLUDED_


#include "ngx_http_finance_stat.h"
#include "../codec/fin_prom.h"


/* A dimension: its name, and its values. */
typedef struct {
    const char          *name;
    const char *const   *values;    /* NULL: routes; those without a name are
                                       none */
    ngx_uint_t           n;
} ngx_http_finance_stat_label_t;

#define NGX_HTTP_FINANCE_STAT_LABELS  2

typedef struct {
    const char                     *name;       /* "finance_..." */
    const char                     *help;
    fin_prom_type_e              type;
    ngx_uint_t                      first;      /* of its enum, by type */
    ngx_http_finance_stat_label_t   label[NGX_HTTP_FINANCE_STAT_LABELS];
    ngx_uint_t                      sparse;     /* what never was is not
                                                   shown */
} ngx_http_finance_stat_family_t;


extern const ngx_http_finance_stat_family_t  ngx_http_finance_stat_families[];
extern const ngx_uint_t                      ngx_http_finance_stat_nfamilies;


/* Routes by their numbers; 0 and 1 are "none" and "page".  A name lives as
 * long as the module; one too many is "none". */
#define NGX_HTTP_FINANCE_STAT_NONE   0
#define NGX_HTTP_FINANCE_STAT_PAGE   1
#define NGX_HTTP_FINANCE_STAT_FIRST  2

void ngx_http_finance_stat_route_set(ngx_uint_t route, const char *name);
const char *ngx_http_finance_stat_route(ngx_uint_t route);

/* A sum of all names and their order. */
uint32_t ngx_http_finance_stat_layout(void);

/* All families as text. */
void ngx_http_finance_stat_out(fin_out_t *out);


#endif /* _NGX_HTTP_FINANCE_STAT_TABLE_H_INCLUDED_ */

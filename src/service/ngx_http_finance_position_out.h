/* What the endpoints of positions share. */

#ifndef _NGX_HTTP_FINANCE_POSITION_OUT_H_INCLUDED_
#define _NGX_HTTP_FINANCE_POSITION_OUT_H_INCLUDED_


#include "../codec/fin_out_position.h"
#include "../codec/fin_snapshot.h"
#include "../core/fin_uuid.h"
#include "ngx_http_finance_portfolio.h"


/* Of one owner: every read takes all of them. */
#define NGX_HTTP_FINANCE_POSITIONS_MAX  10000

/* bytes of an answer; a position has about a kilobyte */
#define NGX_HTTP_FINANCE_POSITIONS_OUT  (64 * 1024 * 1024)


/* One Position as a value: as it was valued, else without figures.  NGX_OK or
 * NGX_ERROR. */
ngx_int_t ngx_http_finance_position_out(fin_out_t *out,
    ngx_http_finance_lot_t *lot);

/* The id of the path; NGX_ERROR: the call was ended with a 404. */
ngx_int_t ngx_http_finance_position_id(ngx_http_finance_call_t *call,
    char id[FIN_UUID_LEN + 1]);

/* The body of a POST or PUT; NGX_ERROR: the call was ended with what is wrong
 * with it. */
ngx_int_t ngx_http_finance_position_body(ngx_http_finance_call_t *call,
    fin_position_t *position);

/* Whether reference, which was run, says that its ticker is one; NGX_ERROR:
 * the call was ended. */
ngx_int_t ngx_http_finance_position_known(ngx_http_finance_call_t *call,
    ngx_http_finance_datum_t *reference);


#endif /* _NGX_HTTP_FINANCE_POSITION_OUT_H_INCLUDED_ */

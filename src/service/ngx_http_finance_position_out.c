/* What the endpoints of positions share: see the header. */


#include "ngx_http_finance_position_out.h"
#include "../codec/fin_in_position.h"
#include "../codec/fin_record.h"


ngx_int_t
ngx_http_finance_position_out(fin_out_t *out, ngx_http_finance_lot_t *lot)
{
    if (lot->valued) {
        fin_out_json(out, (char *) lot->json.data, lot->json.len);

    } else {
        fin_out_position(out, &lot->position, NULL, NULL, 0);
    }

    return fin_out_status(out) == FIN_OK ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_finance_position_id(ngx_http_finance_call_t *call,
    char id[FIN_UUID_LEN + 1])
{
    if (!fin_uuid_valid((char *) call->arg.data, call->arg.len)) {
        ngx_http_finance_call_fail(call, NGX_HTTP_NOT_FOUND,
                                   "Position not found");
        return NGX_ERROR;
    }

    /* ours are in lower case */

    ngx_strlow((u_char *) id, call->arg.data, FIN_UUID_LEN);
    id[FIN_UUID_LEN] = '\0';

    return NGX_OK;
}


ngx_int_t
ngx_http_finance_position_body(ngx_http_finance_call_t *call,
    fin_position_t *position)
{
    fin_status_t    status;
    fin_problems_t  problems;

    fin_problems_init(&problems);

    status = fin_in_position((char *) call->body.data, call->body.len,
                             position, &problems);
    switch (status) {

    case FIN_OK:
        return NGX_OK;

    case FIN_E_SHAPE:
        ngx_http_finance_call_fail_problems(call, &problems);
        return NGX_ERROR;

    case FIN_E_VALUE:
        ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST,
                                   "Invalid ticker");
        return NGX_ERROR;

    default:
        ngx_http_finance_call_fail_status(call, status);
        return NGX_ERROR;
    }
}


ngx_int_t
ngx_http_finance_position_known(ngx_http_finance_call_t *call,
    ngx_http_finance_datum_t *reference)
{
    fin_record_t  record;

    if (!reference->has) {
        ngx_http_finance_call_fail_job(call, reference->status,
                                       reference->join.retry_after);
        return NGX_ERROR;
    }

    if (fin_record_read((char *) reference->data.data, reference->data.len,
                        &record)
        == FIN_OK
        && fin_record_known(&record))
    {
        return NGX_OK;
    }

    ngx_http_finance_call_fail(call, NGX_HTTP_BAD_REQUEST, "Invalid ticker");

    return NGX_ERROR;
}

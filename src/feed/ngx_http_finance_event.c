/* Entries of finance:events: see the header. */


#include "ngx_http_finance_event.h"


static ngx_int_t ngx_http_finance_event_add(
    ngx_http_finance_redis_batch_t *batch, const fin_event_t *event);


ngx_int_t
ngx_http_finance_event_stock(ngx_http_finance_redis_batch_t *batch,
    const char *ticker)
{
    fin_event_t  event;

    ngx_memzero(&event, sizeof(fin_event_t));

    event.kind = FIN_EVENT_STOCK;
    (void) ngx_cpystrn((u_char *) event.ticker, (u_char *) ticker,
                       sizeof(event.ticker));

    return ngx_http_finance_event_add(batch, &event);
}


ngx_int_t
ngx_http_finance_event_watchlist(ngx_http_finance_redis_batch_t *batch,
    ngx_str_t *owner)
{
    fin_event_t  event;

    ngx_memzero(&event, sizeof(fin_event_t));

    event.kind = FIN_EVENT_WATCHLIST;
    event.owner = (char *) owner->data;
    event.owner_len = owner->len;

    return ngx_http_finance_event_add(batch, &event);
}


ngx_int_t
ngx_http_finance_event_position(ngx_http_finance_redis_batch_t *batch,
    ngx_str_t *owner, fin_event_op_t op, const char *id)
{
    fin_event_t  event;

    ngx_memzero(&event, sizeof(fin_event_t));

    event.kind = FIN_EVENT_POSITION;
    event.op = op;
    (void) ngx_cpystrn((u_char *) event.position, (u_char *) id,
                       sizeof(event.position));
    event.owner = (char *) owner->data;
    event.owner_len = owner->len;

    return ngx_http_finance_event_add(batch, &event);
}


static ngx_int_t
ngx_http_finance_event_add(ngx_http_finance_redis_batch_t *batch,
    const fin_event_t *event)
{
    char       line[FIN_EVENT_MAX];
    u_char     kept[NGX_INT_T_LEN];
    ngx_str_t  argv[8];

    ngx_str_set(&argv[0], "XADD");
    ngx_str_set(&argv[1], FIN_EVENT_KEY);
    ngx_str_set(&argv[2], "MAXLEN");
    ngx_str_set(&argv[3], "~");
    argv[4].data = kept;
    argv[4].len = ngx_sprintf(kept, "%d", FIN_EVENT_KEPT) - kept;
    ngx_str_set(&argv[5], "*");
    ngx_str_set(&argv[6], "e");
    argv[7].data = (u_char *) line;
    argv[7].len = fin_event_write(event, line);

    return ngx_http_finance_redis_add(batch, 8, argv);
}

/*
 * The computation behind a portfolio as one work: heap memory that a thread
 * may use after its request is gone.
 */

#ifndef _NGX_HTTP_FINANCE_VALUATION_H_INCLUDED_
#define _NGX_HTTP_FINANCE_VALUATION_H_INCLUDED_


#include "../codec/fin_holdings.h"
#include "../feed/ngx_http_finance_shelf.h"


/* So many contracts of one ticker are asked for one by one in a round. */
#define NGX_HTTP_FINANCE_NEEDS_MAX   64

/* A member may be a kilobyte or two a position, and two signals. */
#define NGX_HTTP_FINANCE_MEMBERS_MAX  (16 * 1024 * 1024)


/* One ticker's. */
typedef struct {
    fin_holdings_t               in;
    fin_position_t              *position;      /* [in.n], owned */
    fin_holding_lot_t           *lot;           /* [in.n], owned */
    ngx_http_finance_shelved_t  *book;          /* referenced */
    u_char                      *packed;        /* owned; NULL: none */
    size_t                       packed_len;
    fin_book_t                  *unpacked;      /* owned, of packed */
    fin_chain_t                  extra;         /* owned */
    char                       (*tried)[sizeof(((fin_need_t *) 0)->name)];
    size_t                       n_tried;       /* owned; asked for already */
    fin_need_t                  *need;          /* owned, [n_needs] */
    size_t                       n_needs;       /* 0: out is written */
    fin_out_t                    out;
    uint64_t                     etag;
    fin_status_t                 status;
    unsigned                     unmet:1;       /* needs that nobody asked for */
} ngx_http_finance_valuation_t;


typedef struct {
    fin_rules_t                    rules;
    ngx_uint_t                     n;
    unsigned                       last:1;      /* round: without what lacks */
    ngx_http_finance_valuation_t  *ticker;      /* [n] */
} ngx_http_finance_valuations_t;


/* NULL: no memory. */
ngx_http_finance_valuations_t *ngx_http_finance_valuations_create(
    ngx_uint_t n, const fin_rules_t *rules);

/* A work's free_data; NULL is fine.  On the event loop. */
void ngx_http_finance_valuations_free(void *data);

/* A work's run.  Each ticker gets its needs, or its out. */
void ngx_http_finance_valuations_run(void *data);

/* Room for n positions, in.position and in.lot set.  NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_valuation_positions(
    ngx_http_finance_valuation_t *v, ngx_uint_t n);

/* Copies a packed book.  NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_valuation_packed(ngx_http_finance_valuation_t *v,
    ngx_str_t *packed);

/* Notes that a need was asked for, whatever came.  NGX_OK or NGX_ERROR. */
ngx_int_t ngx_http_finance_valuation_tried(ngx_http_finance_valuation_t *v,
    const char *name);


#endif /* _NGX_HTTP_FINANCE_VALUATION_H_INCLUDED_ */

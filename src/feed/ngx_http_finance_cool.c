/* What has just failed: see the header. */


#include "ngx_http_finance_cool.h"
#include "../codec/fin_snapshot.h"


#define NGX_HTTP_FINANCE_COOL_SLOTS  1024
#define NGX_HTTP_FINANCE_COOL_FIRST  1000       /* ms, then twice as long */
#define NGX_HTTP_FINANCE_COOL_MOST   30000
#define NGX_HTTP_FINANCE_COOL_ASKED  3600000    /* of a Retry-After */


typedef struct {
    uint64_t     hash;          /* of what it is; 0: free */
    int64_t      until_ms;      /* real time */
    ngx_uint_t   failures;      /* in a row */
} ngx_http_finance_cool_t;


static uint64_t ngx_http_finance_cool_hash(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name);


/* this worker's */

static ngx_http_finance_cool_t
    ngx_http_finance_cool_slots[NGX_HTTP_FINANCE_COOL_SLOTS];


void
ngx_http_finance_cool_note(ngx_http_finance_job_t *job, fin_status_t status)
{
    int64_t                   wait;
    uint64_t                  hash;
    ngx_http_finance_cool_t  *slot;

    hash = ngx_http_finance_cool_hash(job->conf, job->kind, job->ticker,
                                      (char *) job->name.data);
    slot = &ngx_http_finance_cool_slots[hash % NGX_HTTP_FINANCE_COOL_SLOTS];

    if (status == FIN_E_BUDGET) {
        /* the market was not asked: nothing is known of it */
        return;
    }

    if (status == FIN_OK || status == FIN_E_CANCELLED) {
        if (slot->hash == hash) {
            slot->hash = 0;
        }

        return;
    }

    if (slot->hash != hash) {
        slot->hash = hash;
        slot->failures = 0;
    }

    wait = (int64_t) NGX_HTTP_FINANCE_COOL_FIRST << ngx_min(slot->failures, 5);
    wait = ngx_min(wait, NGX_HTTP_FINANCE_COOL_MOST);

    if (job->retry_after > 0) {
        wait = ngx_max(wait, ngx_min((int64_t) job->retry_after * 1000,
                                     NGX_HTTP_FINANCE_COOL_ASKED));
    }

    slot->failures++;
    slot->until_ms = ngx_http_finance_now() + wait;
}


ngx_uint_t
ngx_http_finance_cool_is(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name)
{
    uint64_t                  hash;
    ngx_http_finance_cool_t  *slot;

    hash = ngx_http_finance_cool_hash(conf, kind, ticker, name);
    slot = &ngx_http_finance_cool_slots[hash % NGX_HTTP_FINANCE_COOL_SLOTS];

    return slot->hash == hash && slot->until_ms > ngx_http_finance_now();
}


static uint64_t
ngx_http_finance_cool_hash(ngx_http_finance_loc_conf_t *conf,
    ngx_http_finance_job_kind_e kind, const char *ticker, const char *name)
{
    uint64_t  hash;

    hash = fin_hash64(&conf, sizeof(conf), (uint64_t) kind);
    hash = fin_hash64(ticker, ngx_strlen(ticker) + 1, hash);

    /* "" is no name, too */

    if (name && *name) {
        hash = fin_hash64(name, ngx_strlen(name), hash);
    }

    return hash ? hash : 1;
}

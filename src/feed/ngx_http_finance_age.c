/* How old the values of the cache are: see the header. */


#include "ngx_http_finance_age.h"
#include "../codec/fin_bars_cache.h"
#include "../codec/fin_chain_cache.h"
#include "../codec/fin_contracts_cache.h"
#include "../codec/fin_key.h"
#include "../codec/fin_record.h"
#include "../codec/fin_snapshot.h"


#define ngx_http_finance_age_set(age, head)                                   \
    (age)->fetched_ms = (head).fetched_ms;                                    \
    (age)->fresh_ms = (head).fresh_ms


ngx_int_t
ngx_http_finance_age(ngx_http_finance_job_kind_e kind, ngx_str_t *value,
    ngx_http_finance_age_t *age)
{
    size_t                 len;
    const char            *data;
    fin_record_t           record;
    fin_status_t           status;
    fin_snapshot_t         snapshot;
    fin_bars_head_t        bars;
    fin_chain_head_t       chain;
    fin_contracts_head_t   contracts;

    data = (char *) value->data;
    len = value->len;

    ngx_memzero(age, sizeof(ngx_http_finance_age_t));

    switch (kind) {

    case NGX_HTTP_FINANCE_JOB_STOCK:
        status = fin_snapshot_read(data, len, &snapshot);

        if (status == FIN_OK) {
            ngx_http_finance_age_set(age, snapshot);
        }

        break;

    case NGX_HTTP_FINANCE_JOB_BARS:
        status = fin_bars_unpack(data, len, &bars, NULL);

        if (status == FIN_OK) {
            ngx_http_finance_age_set(age, bars);
        }

        break;

    case NGX_HTTP_FINANCE_JOB_CHAIN:
        status = fin_chain_head(data, len, &chain);

        if (status == FIN_OK) {
            ngx_http_finance_age_set(age, chain);
        }

        break;

    case NGX_HTTP_FINANCE_JOB_CONTRACT:
        status = fin_contracts_unpack(data, len, &contracts, NULL);

        if (status == FIN_OK) {
            ngx_http_finance_age_set(age, contracts);
        }

        break;

    default:
        status = fin_record_read(data, len, &record);

        if (status == FIN_OK) {
            ngx_http_finance_age_set(age, record);
        }

        break;
    }

    return status == FIN_OK ? NGX_OK : NGX_ERROR;
}


size_t
ngx_http_finance_value_key(ngx_http_finance_job_kind_e kind,
    const char *ticker, const char *name, char *key)
{
    switch (kind) {

    case NGX_HTTP_FINANCE_JOB_STOCK:
        return fin_key_cache(key, "stock", ticker);

    case NGX_HTTP_FINANCE_JOB_BARS:
        return fin_key_cache(key, "bars", ticker);

    case NGX_HTTP_FINANCE_JOB_CHAIN:
        return fin_key_cache(key, "options", ticker);

    case NGX_HTTP_FINANCE_JOB_CONTRACT:
        return fin_key_contract(key, ticker, name);

    case NGX_HTTP_FINANCE_JOB_PREV:
        return fin_key_cache(key, "prev", ticker);

    case NGX_HTTP_FINANCE_JOB_MARKET:
        return fin_key_cache(key, "ref", "market");

    default: /* NGX_HTTP_FINANCE_JOB_REFERENCE */
        return fin_key_cache(key, "ref", ticker);
    }
}

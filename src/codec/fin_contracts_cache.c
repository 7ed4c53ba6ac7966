/*
 * Raw contracts in packed form, all little-endian.  Head (40 bytes): "FINX",
 * version, fetched_at, fetched_ms, fresh_ms, n, 0.  Records (160 bytes):
 * ticker (32 bytes, zeroes behind it), type, expiration, then the doubles
 * strike, shares, bid, ask, last, the instant last_t, day_close, day_t, volume,
 * open_interest, iv, delta, gamma, theta, vega.
 */

#include <stdlib.h>
#include <string.h>

#include "../core/fin_time.h"
#include "fin_contracts_cache.h"
#include "fin_le.h"


#define FIN_CONTRACTS_MAGIC    0x584e4946u      /* "FINX" */
#define FIN_CONTRACTS_VERSION  1
#define FIN_CONTRACTS_HEAD     40
#define FIN_CONTRACTS_RECORD   160
#define FIN_CONTRACTS_MAX      50000

#define FIN_CONTRACTS_TICKER   (FIN_CONTRACT_MAX + 1)


/* Absent, or finite and above 0. */
static int
fin_contracts_price_ok(double value)
{
    return isnan(value) || (value > 0 && isfinite(value));
}


/* Absent, or finite and not below 0. */
static int
fin_contracts_amount_ok(double value)
{
    return value == 0 || fin_contracts_price_ok(value);
}


static int
fin_contracts_instant_ok(int64_t t)
{
    return t == 0 || fin_ny_date(t) != FIN_NO_DATE;
}


/* As fin_in_chain() leaves them. */
static int
fin_contracts_good(const fin_option_t *o)
{
    return memchr(o->ticker, '\0', sizeof(o->ticker)) != NULL
           && fin_contract_safe(o->ticker)
           && (unsigned) o->type <= FIN_PUT
           && o->expiration >= fin_date_make(0, 1, 1)
           && o->expiration <= fin_date_make(9999, 12, 31)
           && o->strike > 0 && isfinite(o->strike)
           && fin_contracts_price_ok(o->shares)
           && fin_contracts_amount_ok(o->bid)
           && fin_contracts_amount_ok(o->ask)
           && fin_contracts_price_ok(o->last)
           && fin_contracts_instant_ok(o->last_t)
           && fin_contracts_price_ok(o->day_close)
           && fin_contracts_instant_ok(o->day_t)
           && fin_contracts_amount_ok(o->volume)
           && fin_contracts_amount_ok(o->open_interest)
           && fin_contracts_price_ok(o->up_iv)
           && !isinf(o->up_delta) && !isinf(o->up_gamma)
           && !isinf(o->up_theta) && !isinf(o->up_vega);
}


static char *
fin_contracts_store(char *p, const fin_option_t *o)
{
    memset(p, 0, FIN_CONTRACTS_TICKER);
    memcpy(p, o->ticker, strlen(o->ticker));
    p += FIN_CONTRACTS_TICKER;

    p = fin_le32_store(p, (uint32_t) o->type);
    p = fin_le32_store(p, (uint32_t) o->expiration);
    p = fin_le_double_store(p, o->strike);
    p = fin_le_double_store(p, o->shares);
    p = fin_le_double_store(p, o->bid);
    p = fin_le_double_store(p, o->ask);
    p = fin_le_double_store(p, o->last);
    p = fin_le64_store(p, (uint64_t) o->last_t);
    p = fin_le_double_store(p, o->day_close);
    p = fin_le64_store(p, (uint64_t) o->day_t);
    p = fin_le_double_store(p, o->volume);
    p = fin_le_double_store(p, o->open_interest);
    p = fin_le_double_store(p, o->up_iv);
    p = fin_le_double_store(p, o->up_delta);
    p = fin_le_double_store(p, o->up_gamma);
    p = fin_le_double_store(p, o->up_theta);

    return fin_le_double_store(p, o->up_vega);
}


static void
fin_contracts_load(const char *p, fin_option_t *o)
{
    memcpy(o->ticker, p, FIN_CONTRACTS_TICKER);
    o->type = (fin_right_t) fin_le32_load(p + 32);
    o->expiration = (fin_date_t) fin_le32_load(p + 36);
    o->strike = fin_le_double_load(p + 40);
    o->shares = fin_le_double_load(p + 48);
    o->bid = fin_le_double_load(p + 56);
    o->ask = fin_le_double_load(p + 64);
    o->last = fin_le_double_load(p + 72);
    o->last_t = (int64_t) fin_le64_load(p + 80);
    o->day_close = fin_le_double_load(p + 88);
    o->day_t = (int64_t) fin_le64_load(p + 96);
    o->volume = fin_le_double_load(p + 104);
    o->open_interest = fin_le_double_load(p + 112);
    o->up_iv = fin_le_double_load(p + 120);
    o->up_delta = fin_le_double_load(p + 128);
    o->up_gamma = fin_le_double_load(p + 136);
    o->up_theta = fin_le_double_load(p + 144);
    o->up_vega = fin_le_double_load(p + 152);
}


fin_status_t
fin_contracts_pack(fin_out_t *out, const fin_contracts_head_t *head,
    const fin_chain_t *chain)
{
    char    *p;
    size_t   i, len;

    if (chain->n > FIN_CONTRACTS_MAX) {
        return FIN_E_TOO_BIG;
    }

    for (i = 0; i < chain->n; i++) {
        if (!fin_contracts_good(&chain->opt[i])) {
            return FIN_E_VALUE;
        }
    }

    len = FIN_CONTRACTS_HEAD + chain->n * FIN_CONTRACTS_RECORD;

    p = fin_out_room(out, len);
    if (p == NULL) {
        return fin_out_status(out);
    }

    p = fin_le32_store(p, FIN_CONTRACTS_MAGIC);
    p = fin_le32_store(p, FIN_CONTRACTS_VERSION);
    p = fin_le64_store(p, (uint64_t) head->fetched_at);
    p = fin_le64_store(p, (uint64_t) head->fetched_ms);
    p = fin_le64_store(p, (uint64_t) head->fresh_ms);
    p = fin_le32_store(p, (uint32_t) chain->n);
    p = fin_le32_store(p, 0);

    for (i = 0; i < chain->n; i++) {
        p = fin_contracts_store(p, &chain->opt[i]);
    }

    out->len += len;

    return FIN_OK;
}


/* 0: damaged. */
static int
fin_contracts_head(const char *data, size_t len, fin_contracts_head_t *head,
    size_t *n)
{
    if (len < FIN_CONTRACTS_HEAD
        || fin_le32_load(data) != FIN_CONTRACTS_MAGIC
        || fin_le32_load(data + 4) != FIN_CONTRACTS_VERSION
        || fin_le32_load(data + 36) != 0)
    {
        return 0;
    }

    head->fetched_at = (int64_t) fin_le64_load(data + 8);
    head->fetched_ms = (int64_t) fin_le64_load(data + 16);
    head->fresh_ms = (int64_t) fin_le64_load(data + 24);
    *n = fin_le32_load(data + 32);

    return *n <= FIN_CONTRACTS_MAX
           && len == FIN_CONTRACTS_HEAD + *n * FIN_CONTRACTS_RECORD;
}


fin_status_t
fin_contracts_unpack(const char *data, size_t len,
    fin_contracts_head_t *head, fin_chain_t *chain)
{
    size_t         i, n, before;
    fin_option_t  *o;

    if (!fin_contracts_head(data, len, head, &n)) {
        return FIN_E_SYNTAX;
    }

    if (chain == NULL) {
        return FIN_OK;
    }

    before = chain->n;
    data += FIN_CONTRACTS_HEAD;

    for (i = 0; i < n; i++) {

        o = fin_chain_push(chain);
        if (o == NULL) {
            chain->n = before;
            return FIN_E_NOMEM;
        }

        fin_contracts_load(data, o);

        if (!fin_contracts_good(o)) {
            chain->n = before;
            return FIN_E_SYNTAX;
        }

        data += FIN_CONTRACTS_RECORD;
    }

    return FIN_OK;
}

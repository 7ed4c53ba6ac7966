/* The stored form of a stock: writing. */

#include <string.h>

#include "../core/fin_time.h"
#include "fin_out_stock.h"
#include "fin_snapshot_layout.h"


/* a "timestamp" with its quotes */
#define FIN_STAMP_LEN  (FIN_INSTANT_LEN + 2)


static char *
fin_put(char *p, const char *text, size_t len)
{
    memcpy(p, text, len);
    return p + len;
}

#define FIN_PUT(p, literal)  fin_put(p, literal, FIN_LITERAL_LEN(literal))


/* Right-aligned in n bytes. */
static char *
fin_put_digits(char *p, uint64_t value, size_t n, char pad)
{
    char    buf[20];
    size_t  len;

    len = fin_utoa(value, buf);
    memset(p, pad, n - len);
    memcpy(p + n - len, buf, len);

    return p + n;
}


static char *
fin_put_hex(char *p, uint64_t value)
{
    int  i;

    for (i = 60; i >= 0; i -= 4) {
        *p++ = "0123456789abcdef"[(value >> i) & 15];
    }

    return p;
}


static void
fin_snapshot_head(char *p, const fin_snapshot_in_t *in, uint64_t etag,
    const size_t cut[FIN_CUT_COUNT])
{
    int   i;
    char  instant[FIN_INSTANT_LEN + 1];

    fin_instant_format(in->fetched_at, instant);

    p = FIN_PUT(p, FIN_HEAD_FETCHED_AT);
    p = fin_put(p, instant, FIN_INSTANT_LEN);
    p = FIN_PUT(p, FIN_HEAD_FETCHED_MS);
    p = fin_put_digits(p, (uint64_t) in->fetched_ms, FIN_MS_LEN, ' ');
    p = FIN_PUT(p, FIN_HEAD_FRESH_MS);
    p = fin_put_digits(p, (uint64_t) in->fresh_ms, FIN_MS_LEN, ' ');
    p = FIN_PUT(p, FIN_HEAD_ETAG);
    p = fin_put_hex(p, etag);
    p = FIN_PUT(p, FIN_HEAD_AT);

    for (i = 0; i < FIN_CUT_COUNT; i++) {
        if (i > 0) {
            p = FIN_PUT(p, FIN_HEAD_NEXT);
        }

        p = fin_put_digits(p, cut[i], FIN_OFFSET_LEN, '0');
    }

    (void) FIN_PUT(p, FIN_HEAD_STOCK);
}


/*
 * A signal, or null, as a member.  The etag goes over the bytes from *done to
 * its timestamp, which fin_out_signal() writes last; *done is then the byte
 * behind that.
 */
static void
fin_snapshot_signal(fin_out_t *out, const char *key,
    const fin_signal_t *signal, int64_t computed_at, size_t *done,
    uint64_t *etag)
{
    size_t  stamp;

    fin_out_key(out, key);

    if (signal == NULL) {
        fin_out_null(out);
        return;
    }

    fin_out_signal(out, signal, computed_at);

    if (fin_out_status(out) != FIN_OK) {
        return;
    }

    stamp = out->len - 1 - FIN_STAMP_LEN;
    *etag = fin_hash64(out->data + *done, stamp - *done, *etag);
    *done = stamp + FIN_STAMP_LEN;
}


/* Where the next member's quote will be. */
static size_t
fin_snapshot_here(const fin_out_t *out)
{
    return out->len + out->comma;
}


static void
fin_snapshot_positions(fin_out_t *out)
{
    size_t              i;
    static const char  *key[] = {
        "leaps_positions", "short_call_positions", "stock_positions",
        "short_put_positions", "other_positions"
    };

    for (i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
        fin_out_key(out, key[i]);
        fin_out_array(out);
        fin_out_array_end(out);
    }
}


/* The stock's object; fills the cuts and the etag. */
static void
fin_snapshot_stock(fin_out_t *out, const fin_snapshot_in_t *in,
    size_t cut[FIN_CUT_COUNT], uint64_t *etag)
{
    size_t         done, i;
    static const struct {
        fin_signal_kind_t  kind;
        const char        *key;
    }  order[FIN_SIGNAL_COUNT] = {
        { FIN_SIGNAL_CSP, "csp_signal" },
        { FIN_SIGNAL_LEAPS, "leaps_signal" },
        { FIN_SIGNAL_COVERED_CALL, "covered_call_signal" },
        { FIN_SIGNAL_PMCC, "pmcc_signal" }
    };

    done = out->len;
    cut[FIN_CUT_STOCK] = out->len;
    *etag = 0;

    fin_out_object(out);
    fin_out_kstring(out, "ticker", in->stock->ticker);
    fin_out_key(out, "stock_data");
    fin_out_stock_data(out, in->stock);
    fin_out_kstring(out, "options_status",
                    fin_options_status_name(in->options));

    fin_out_key(out, "strategy_data");
    fin_out_object(out);

    for (i = 0; i < FIN_SIGNAL_COUNT; i++) {
        if (order[i].kind == FIN_SIGNAL_CSP) {
            cut[FIN_CUT_SIGNALS] = fin_snapshot_here(out);

        } else if (order[i].kind == FIN_SIGNAL_COVERED_CALL) {
            cut[FIN_CUT_OWNER_SIGNALS] = fin_snapshot_here(out);
        }

        fin_snapshot_signal(out, order[i].key, in->signal[order[i].kind],
                            in->computed_at, &done, etag);
    }

    cut[FIN_CUT_POSITIONS] = fin_snapshot_here(out);
    fin_snapshot_positions(out);

    cut[FIN_CUT_STRATEGY_END] = out->len;
    fin_out_object_end(out);

    cut[FIN_CUT_END] = out->len;
    fin_out_object_end(out);

    if (fin_out_status(out) == FIN_OK) {
        *etag = fin_hash64(out->data + done, out->len - done, *etag);
    }
}


fin_status_t
fin_snapshot_write(fin_out_t *out, const fin_snapshot_in_t *in)
{
    size_t    cut[FIN_CUT_COUNT];
    uint64_t  etag;

    if (out->len != 0) {
        return FIN_E_INTERNAL;
    }

    if (!fin_within(in->fetched_ms, FIN_MS_MAX)
        || !fin_within(in->fresh_ms, FIN_MS_MAX)
        || !fin_within(in->fetched_at, FIN_INSTANT_MAX)
        || !fin_within(in->computed_at, FIN_INSTANT_MAX))
    {
        return FIN_E_VALUE;
    }

    if (fin_out_room(out, FIN_HEAD_LEN) == NULL) {
        return fin_out_status(out);
    }

    out->len = FIN_HEAD_LEN;
    out->comma = 0;

    fin_snapshot_stock(out, in, cut, &etag);
    fin_out_object_end(out);

    if (fin_out_status(out) != FIN_OK) {
        return fin_out_status(out);
    }

    if (cut[FIN_CUT_END] > FIN_OFFSET_MAX) {
        return FIN_E_TOO_BIG;
    }

    fin_snapshot_head(out->data, in, etag, cut);

    return FIN_OK;
}

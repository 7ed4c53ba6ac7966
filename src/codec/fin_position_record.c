/* A position in the store: see the header. */

#include <string.h>

#include "fin_json.h"
#include "fin_key.h"
#include "fin_position_record.h"
#include "../core/fin_time.h"
#include "../core/fin_uuid.h"


#define FIN_PR_VERSION  1
#define FIN_PR_DATE     10              /* characters */


/* The members, in the order they are written. */
typedef enum {
    FIN_PR_V = 0,
    FIN_PR_ID,
    FIN_PR_TICKER,
    FIN_PR_TYPE,
    FIN_PR_TRADED,
    FIN_PR_QUANTITY,
    FIN_PR_PRICE,
    FIN_PR_RIGHT,
    FIN_PR_STRIKE,
    FIN_PR_EXPIRES,
    FIN_PR_PREMIUM,
    FIN_PR_CREATED,
    FIN_PR_UPDATED,
    FIN_PR_CHANGE,
    FIN_PR_COUNT
} fin_pr_member_t;

#define fin_pr_bit(member)  (1u << (member))

#define FIN_PR_STOCK   fin_pr_bit(FIN_PR_PRICE)
#define FIN_PR_OPTION  (fin_pr_bit(FIN_PR_RIGHT) | fin_pr_bit(FIN_PR_STRIKE)  \
                        | fin_pr_bit(FIN_PR_EXPIRES)                          \
                        | fin_pr_bit(FIN_PR_PREMIUM))
#define FIN_PR_BOTH    ((fin_pr_bit(FIN_PR_COUNT) - 1)                        \
                        & ~FIN_PR_STOCK & ~FIN_PR_OPTION)


static const char *const  fin_pr_names[] = {
    "v", "id", "ticker", "position_type", "transaction_date", "quantity",
    "purchase_price", "option_type", "strike", "expiration", "premium",
    "created_at", "updated_at", "version"
};

static const char *const  fin_pr_types[] = { "stock", "option", NULL };
static const char *const  fin_pr_rights[] = { "call", "put", NULL };


static int
fin_pr_instant(int64_t ms)
{
    return ms >= 0 && ms < FIN_JSON_MS_END;
}


static int
fin_pr_possible(const fin_position_t *p)
{
    return fin_uuid_valid(p->id, strnlen(p->id, sizeof(p->id)))
           && fin_ticker_valid(p->ticker, strnlen(p->ticker,
                                                  sizeof(p->ticker)))
           && fin_pr_instant(p->created_at) && fin_pr_instant(p->updated_at)
           && p->version >= 1 && p->version <= FIN_POSITION_VERSION_MAX
           && fin_position_possible(p);
}


void
fin_position_record_write(fin_out_t *out, const fin_position_t *p)
{
    if (!fin_pr_possible(p)) {
        out->status = FIN_E_VALUE;
        return;
    }

    fin_out_object(out);
    fin_out_kint(out, "v", FIN_PR_VERSION);
    fin_out_kstring(out, "id", p->id);
    fin_out_kstring(out, "ticker", p->ticker);
    fin_out_kstring(out, "position_type",
                    fin_pr_types[p->type == FIN_POSITION_OPTION]);
    fin_out_kdate(out, "transaction_date", p->transaction_date);
    fin_out_kint(out, "quantity", p->quantity);

    if (p->type == FIN_POSITION_STOCK) {
        fin_out_kdouble(out, "purchase_price", p->purchase_price);

    } else {
        fin_out_kstring(out, "option_type",
                        fin_pr_rights[p->option_type == FIN_PUT]);
        fin_out_kdouble(out, "strike", p->strike);
        fin_out_kdate(out, "expiration", p->expiration);
        fin_out_kdouble(out, "premium", p->premium);
    }

    fin_out_kint(out, "created_at", p->created_at);
    fin_out_kint(out, "updated_at", p->updated_at);
    fin_out_kint(out, "version", p->version);
    fin_out_object_end(out);
}


/*
 * Each passes the value ahead, and returns what no check lets through where it
 * is no such: INT64_MIN, "", FIN_NO_DATE, -1.
 */

static int64_t
fin_pr_whole(fin_scan_t *scan)
{
    double   value;
    int64_t  whole;

    value = fin_scan_number(scan);

    if (!(fabs(value) <= (double) FIN_POSITION_VERSION_MAX)) {
        return INT64_MIN;
    }

    whole = (int64_t) value;

    return (double) whole < value || (double) whole > value ? INT64_MIN
                                                            : whole;
}


static void
fin_pr_text(fin_scan_t *scan, char *buf, size_t size)
{
    fin_scan_text_t  text;

    buf[0] = '\0';

    if (fin_scan_text(scan, &text)) {
        (void) fin_scan_copy(&text, buf, size);
    }
}


static fin_date_t
fin_pr_date(fin_scan_t *scan)
{
    char  text[FIN_PR_DATE + 1];

    fin_pr_text(scan, text, sizeof(text));

    return fin_date_parse(text, strlen(text));
}


static int
fin_pr_choice(fin_scan_t *scan, const char *const *choices)
{
    int   i;
    char  text[8];

    fin_pr_text(scan, text, sizeof(text));

    for (i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], text) == 0) {
            return i;
        }
    }

    return -1;
}


static fin_pr_member_t
fin_pr_member(const fin_scan_text_t *name)
{
    int  i;

    for (i = 0; i < FIN_PR_COUNT; i++) {
        if (fin_scan_is(name, fin_pr_names[i])) {
            break;
        }
    }

    return (fin_pr_member_t) i;
}


/* A member's value, into p; 0 for one that no later check would refuse. */
static int
fin_pr_value(fin_scan_t *scan, fin_pr_member_t member, fin_position_t *p)
{
    int  choice;

    switch (member) {
    case FIN_PR_V:
        return fin_pr_whole(scan) == FIN_PR_VERSION;
    case FIN_PR_ID:
        fin_pr_text(scan, p->id, sizeof(p->id));
        break;
    case FIN_PR_TICKER:
        fin_pr_text(scan, p->ticker, sizeof(p->ticker));
        break;
    case FIN_PR_TYPE:
        choice = fin_pr_choice(scan, fin_pr_types);
        p->type = choice == 1 ? FIN_POSITION_OPTION : FIN_POSITION_STOCK;
        return choice >= 0;
    case FIN_PR_TRADED:
        p->transaction_date = fin_pr_date(scan);
        break;
    case FIN_PR_QUANTITY:
        p->quantity = fin_pr_whole(scan);
        break;
    case FIN_PR_PRICE:
        p->purchase_price = fin_scan_number(scan);
        break;
    case FIN_PR_RIGHT:
        choice = fin_pr_choice(scan, fin_pr_rights);
        p->option_type = choice == 1 ? FIN_PUT : FIN_CALL;
        return choice >= 0;
    case FIN_PR_STRIKE:
        p->strike = fin_scan_number(scan);
        break;
    case FIN_PR_EXPIRES:
        p->expiration = fin_pr_date(scan);
        break;
    case FIN_PR_PREMIUM:
        p->premium = fin_scan_number(scan);
        break;
    case FIN_PR_CREATED:
        p->created_at = fin_pr_whole(scan);
        break;
    case FIN_PR_UPDATED:
        p->updated_at = fin_pr_whole(scan);
        break;
    case FIN_PR_CHANGE:
        p->version = fin_pr_whole(scan);
        break;
    case FIN_PR_COUNT:
        return 0;
    }

    return 1;
}


fin_status_t
fin_position_record_read(const char *json, size_t len, fin_position_t *out)
{
    int              good;
    unsigned         seen;
    fin_scan_t       scan;
    fin_scan_text_t  name;
    fin_pr_member_t  member;

    fin_position_init(out);
    fin_scan_init(&scan, json, len);

    seen = 0;
    good = fin_scan_object(&scan);

    while (good && fin_scan_member(&scan, &name)) {
        member = fin_pr_member(&name);

        if (member == FIN_PR_COUNT) {
            fin_scan_skip(&scan);
            continue;
        }

        good = !(seen & fin_pr_bit(member)) && fin_pr_value(&scan, member, out);
        seen |= fin_pr_bit(member);
    }

    if (!good || !fin_scan_end(&scan)
        || seen != (FIN_PR_BOTH | (out->type == FIN_POSITION_STOCK
                                   ? FIN_PR_STOCK : FIN_PR_OPTION))
        || !fin_pr_possible(out))
    {
        return FIN_E_SYNTAX;
    }

    return FIN_OK;
}

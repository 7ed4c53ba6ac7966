#include <string.h>

#include "fin_out_position.h"


const char *
fin_position_class_list(fin_position_class_t class)
{
    switch (class) {
    case FIN_CLASS_LEAPS:
        return "leaps_positions";
    case FIN_CLASS_SHORT_CALL:
        return "short_call_positions";
    case FIN_CLASS_STOCK:
        return "stock_positions";
    case FIN_CLASS_SHORT_PUT:
        return "short_put_positions";
    case FIN_CLASS_OTHER:
    case FIN_CLASS_COUNT:
        break;
    }

    return "other_positions";
}


const char *
fin_action_name(fin_action_t action)
{
    switch (action) {
    case FIN_ACTION_CLOSE:
        return "close";
    case FIN_ACTION_ROLL:
        return "roll";
    case FIN_ACTION_MAINTAIN:
        break;
    }

    return "maintain";
}


const char *
fin_roll_type_name(fin_roll_type_t type)
{
    switch (type) {
    case FIN_ROLL_UP_AND_OUT:
        return "up_and_out";
    case FIN_ROLL_DOWN_AND_OUT:
        return "down_and_out";
    case FIN_ROLL_OUT:
        break;
    }

    return "out";
}


static void
fin_out_days(fin_out_t *out, const char *key, int32_t days)
{
    fin_out_key(out, key);

    if (days == FIN_NO_DAYS) {
        fin_out_null(out);
        return;
    }

    fin_out_int(out, days);
}


static void
fin_out_metrics(fin_out_t *out, const fin_metrics_t *m)
{
    fin_out_key(out, "metrics");

    if (m == NULL) {
        fin_out_null(out);
        return;
    }

    fin_out_object(out);
    fin_out_kdouble(out, "current_value", m->current_value);
    fin_out_kdouble(out, "unrealized_pnl", m->unrealized_pnl);
    fin_out_kdouble(out, "unrealized_pnl_pct", m->unrealized_pnl_pct);
    fin_out_days(out, "days_held", m->days_held);
    fin_out_days(out, "days_to_expiration", m->days_to_expiration);
    fin_out_object_end(out);
}


static void
fin_out_roll(fin_out_t *out, const fin_advice_t *advice)
{
    const fin_roll_t  *roll = &advice->roll;

    fin_out_key(out, "roll_parameters");

    if (!advice->has_roll) {
        fin_out_null(out);
        return;
    }

    fin_out_object(out);
    fin_out_kstring(out, "roll_type", fin_roll_type_name(roll->type));
    fin_out_kstring(out, "ticker", roll->ticker);
    fin_out_kdouble(out, "strike", roll->strike);
    fin_out_kdate(out, "expiration", roll->expiration);
    fin_out_kint(out, "dte", roll->dte);
    fin_out_kdouble(out, "expected_credit", roll->expected_credit);
    fin_out_object_end(out);
}


static void
fin_out_advice(fin_out_t *out, const fin_advice_t *advice,
    int64_t computed_at)
{
    unsigned  i;

    fin_out_key(out, "recommendation");

    if (advice == NULL) {
        fin_out_null(out);
        return;
    }

    fin_out_object(out);
    fin_out_kstring(out, "action", fin_action_name(advice->action));
    fin_out_key(out, "reasoning");
    fin_out_array(out);

    for (i = 0; i < advice->n && i < FIN_ADVICE_REASONS; i++) {
        fin_out_string(out, advice->reason[i],
                       strnlen(advice->reason[i],
                               sizeof(advice->reason[i])));
    }

    fin_out_array_end(out);
    fin_out_kint(out, "priority", advice->priority);
    fin_out_roll(out, advice);
    fin_out_kinstant(out, "timestamp", computed_at);
    fin_out_object_end(out);
}


static void
fin_out_written(fin_out_t *out, const fin_position_t *p)
{
    int  option = (p->type == FIN_POSITION_OPTION);

    fin_out_kstring(out, "position_type", option ? "option" : "stock");
    fin_out_kstring(out, "ticker", p->ticker);
    fin_out_kdate(out, "transaction_date", p->transaction_date);
    fin_out_kint(out, "quantity", p->quantity);
    fin_out_kdouble(out, "purchase_price",
                    option ? (double) NAN : p->purchase_price);
    fin_out_kstring(out, "option_type",
                    !option ? NULL
                            : p->option_type == FIN_PUT ? "put" : "call");
    fin_out_kdouble(out, "strike", option ? p->strike : (double) NAN);
    fin_out_kdate(out, "expiration", option ? p->expiration : FIN_NO_DATE);
    fin_out_kdouble(out, "premium", option ? p->premium : (double) NAN);
}


void
fin_out_position(fin_out_t *out, const fin_position_t *p,
    const fin_metrics_t *metrics, const fin_advice_t *advice,
    int64_t computed_at)
{
    fin_out_object(out);
    fin_out_kstring(out, "id", p->id);
    fin_out_written(out, p);
    fin_out_kinstant(out, "created_at", p->created_at);
    fin_out_kinstant(out, "updated_at", p->updated_at);
    fin_out_kint(out, "version", p->version);
    fin_out_metrics(out, metrics);
    fin_out_advice(out, advice, computed_at);
    fin_out_object_end(out);
}


void
fin_out_summary(fin_out_t *out, const fin_summary_t *summary)
{
    fin_out_object(out);
    fin_out_kdouble(out, "market_value", summary->market_value);
    fin_out_kdouble(out, "unrealized_pnl", summary->unrealized_pnl);
    fin_out_kdouble(out, "unrealized_pnl_pct", summary->unrealized_pnl_pct);
    fin_out_kdouble(out, "cash_secured", summary->cash_secured);
    fin_out_kbool(out, "partial", summary->partial);
    fin_out_object_end(out);
}

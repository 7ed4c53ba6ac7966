#include <stdio.h>

#include "fin_in_body.h"
#include "fin_in_position.h"


/* Which fields a position has, by its position_type. */
typedef enum {
    FIN_PART_STOCK = 0,
    FIN_PART_OPTION,
    FIN_PART_UNKNOWN
} fin_part_t;

/* A body that is read, and which of its fields are there. */
typedef struct {
    fin_body_t       body;
    fin_position_t  *p;
    fin_part_t       type;
} fin_written_t;


static const fin_double_limits_t  fin_price_limits = {
    NAN, 0, FIN_POSITION_PRICE_MAX
};

static const fin_double_limits_t  fin_strike_limits = {
    0, NAN, FIN_POSITION_STRIKE_MAX
};


/*
 * Whether a field that only positions of the type part have is to be read, and
 * whether it must be there.  One that must not be is told.
 */
static int
fin_written_read(const fin_written_t *w, const char *name, fin_part_t part,
    int *required)
{
    char  msg[FIN_PROBLEM_MSG_MAX + 1];

    *required = w->type == part ? FIN_BODY_REQUIRED : FIN_BODY_OPTIONAL;

    if (w->type == part || w->type == FIN_PART_UNKNOWN) {
        return 1;
    }

    if (fin_body_given(&w->body, name)) {
        (void) snprintf(msg, sizeof(msg), "%s is for %s only", name,
                        part == FIN_PART_STOCK ? "stocks" : "options");
        fin_body_value_error(&w->body, name, msg);
    }

    return 0;
}


static void
fin_written_price(const fin_written_t *w, const char *name, fin_part_t part,
    const fin_double_limits_t *limits, double *out)
{
    int  required;

    if (fin_written_read(w, name, part, &required)) {
        (void) fin_body_double(&w->body, name, required, limits, out);
    }
}


static void
fin_written_type(fin_written_t *w)
{
    size_t  choice;

    static const char *const  types[] = { "stock", "option", NULL };

    w->type = FIN_PART_UNKNOWN;

    if (fin_body_choice(&w->body, "position_type", FIN_BODY_REQUIRED, types,
                        &choice) == FIN_OK)
    {
        w->type = choice == 0 ? FIN_PART_STOCK : FIN_PART_OPTION;
        w->p->type = choice == 0 ? FIN_POSITION_STOCK : FIN_POSITION_OPTION;
    }
}


/* FIN_E_VALUE for a string that is no ticker; FIN_OK for no string, too. */
static fin_status_t
fin_written_ticker(const fin_written_t *w)
{
    size_t       len;
    const char  *text;

    if (fin_body_string(&w->body, "ticker", FIN_BODY_REQUIRED, NULL, &text,
                        &len) != FIN_OK)
    {
        return FIN_OK;
    }

    return fin_ticker_parse(text, len, w->p->ticker);
}


/* FIN_NO_DATE when it is told, or optional and absent. */
static fin_date_t
fin_written_date(const fin_written_t *w, const char *name, int required)
{
    char        msg[FIN_PROBLEM_MSG_MAX + 1];
    fin_date_t  date;

    if (fin_body_date(&w->body, name, required, &date) != FIN_OK) {
        return FIN_NO_DATE;
    }

    if (!fin_position_date_possible(date)) {
        (void) snprintf(msg, sizeof(msg),
                        "%s must be in the years %d to %d", name,
                        FIN_POSITION_YEAR_MIN, FIN_POSITION_YEAR_MAX);
        fin_body_value_error(&w->body, name, msg);
        return FIN_NO_DATE;
    }

    return date;
}


static void
fin_written_quantity(const fin_written_t *w)
{
    static const fin_int_limits_t  limits = {
        -FIN_POSITION_QUANTITY_MAX, FIN_POSITION_QUANTITY_MAX
    };

    if (fin_body_int(&w->body, "quantity", FIN_BODY_REQUIRED, &limits,
                     &w->p->quantity) == FIN_OK
        && w->p->quantity == 0)
    {
        fin_body_value_error(&w->body, "quantity", "quantity must not be 0");
    }
}


static void
fin_written_right(const fin_written_t *w)
{
    int     required;
    size_t  choice;

    static const char *const  rights[] = { "call", "put", NULL };

    if (fin_written_read(w, "option_type", FIN_PART_OPTION, &required)
        && fin_body_choice(&w->body, "option_type", required, rights,
                           &choice) == FIN_OK)
    {
        w->p->option_type = choice == 0 ? FIN_CALL : FIN_PUT;
    }
}


static void
fin_written_expiration(const fin_written_t *w)
{
    int         required;
    fin_date_t  date;

    if (!fin_written_read(w, "expiration", FIN_PART_OPTION, &required)) {
        return;
    }

    date = fin_written_date(w, "expiration", required);

    if (date != FIN_NO_DATE && w->p->transaction_date != FIN_NO_DATE
        && date < w->p->transaction_date)
    {
        fin_body_value_error(&w->body, "expiration", "expiration must not be "
                             "before transaction_date");
        return;
    }

    w->p->expiration = date;
}


/* All fields, in the order of their problems. */
static fin_status_t
fin_written_fields(fin_written_t *w)
{
    fin_status_t  ticker;

    fin_written_type(w);
    ticker = fin_written_ticker(w);
    w->p->transaction_date = fin_written_date(w, "transaction_date",
                                              FIN_BODY_REQUIRED);
    fin_written_quantity(w);
    fin_written_price(w, "purchase_price", FIN_PART_STOCK, &fin_price_limits,
                      &w->p->purchase_price);
    fin_written_right(w);
    fin_written_price(w, "strike", FIN_PART_OPTION, &fin_strike_limits,
                      &w->p->strike);
    fin_written_expiration(w);
    fin_written_price(w, "premium", FIN_PART_OPTION, &fin_price_limits,
                      &w->p->premium);

    return ticker;
}


fin_status_t
fin_in_position(const char *json, size_t len, fin_position_t *out,
    fin_problems_t *problems)
{
    size_t         before;
    fin_status_t   status;
    fin_written_t  w;

    fin_position_init(out);

    status = fin_body_open(&w.body, json, len, problems);
    if (status != FIN_OK) {
        return status;
    }

    before = problems->n;
    w.p = out;
    status = fin_written_fields(&w);

    fin_body_close(&w.body);

    return problems->n > before ? FIN_E_SHAPE : status;
}

#include <stdlib.h>
#include <string.h>

#include "fin_in_position.h"
#include "fin_json_check.h"
#include "fin_key.h"
#include "fin_position_record.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* What is taken can be kept, and is the same when it is read back. */
static void
kept(fin_position_t *p)
{
    fin_out_t       out;
    fin_position_t  again;

    if (!fin_position_possible(p)
        || !fin_ticker_valid(p->ticker, strlen(p->ticker))
        || p->id[0] != '\0' || p->created_at != 0 || p->updated_at != 0
        || p->version != 0)
    {
        abort();
    }

    strcpy(p->id, "0f8fad5b-d9cb-469f-a165-70867728950e");
    p->version = 1;

    fin_out_init(&out, 4096);
    fin_position_record_write(&out, p);

    if (fin_out_status(&out) != FIN_OK
        || fin_position_record_read(out.data, out.len, &again) != FIN_OK
        || again.quantity != p->quantity || again.type != p->type
        || again.transaction_date != p->transaction_date
        || again.expiration != p->expiration
        || (p->type == FIN_POSITION_OPTION && again.strike != p->strike))
    {
        abort();
    }

    fin_out_free(&out);
}


/* What is told about it is JSON, once a field. */
static void
told(const fin_problems_t *problems)
{
    size_t     i, pos;
    fin_out_t  out;

    if (problems->n > 9 || problems->dropped > 0) {
        abort();
    }

    for (i = 1; i < problems->n; i++) {
        if (strcmp(problems->item[i].loc[1].name,
                   problems->item[i - 1].loc[1].name) == 0)
        {
            abort();
        }
    }

    fin_out_init(&out, 1 << 20);
    fin_out_problems(&out, problems);

    if (fin_out_status(&out) != FIN_OK
        || fin_json_check(out.data, out.len, &pos) != NULL)
    {
        abort();
    }

    fin_out_free(&out);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fin_status_t           status;
    fin_position_t         p;
    static fin_problems_t  problems;

    fin_problems_init(&problems);
    status = fin_in_position((const char *) data, size, &p, &problems);

    if ((status == FIN_E_SHAPE) != (problems.n > 0)) {
        abort();
    }

    switch (status) {
    case FIN_OK:
        kept(&p);
        break;
    case FIN_E_SHAPE:
        told(&problems);
        break;
    case FIN_E_VALUE:
        break;
    default:
        abort();
    }

    return 0;
}

#include <stdlib.h>
#include <string.h>

#include "fin_key.h"
#include "fin_position_record.h"
#include "fin_uuid.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* NAN is the same as NAN. */
static int
same(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0 || (a <= b && a >= b);
}


static int
same_position(const fin_position_t *a, const fin_position_t *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->ticker, b->ticker) == 0
           && a->type == b->type && a->transaction_date == b->transaction_date
           && a->quantity == b->quantity
           && same(a->purchase_price, b->purchase_price)
           && a->option_type == b->option_type && same(a->strike, b->strike)
           && a->expiration == b->expiration && same(a->premium, b->premium)
           && a->created_at == b->created_at && a->updated_at == b->updated_at
           && a->version == b->version;
}


/* What is read is possible, and written again reads as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fin_out_t       out;
    fin_position_t  p, again;

    if (fin_position_record_read((const char *) data, size, &p) != FIN_OK) {
        return 0;
    }

    if (!fin_uuid_valid(p.id, strlen(p.id))
        || !fin_ticker_valid(p.ticker, strlen(p.ticker))
        || !fin_position_possible(&p) || p.version < 1)
    {
        abort();
    }

    fin_out_init(&out, 4096);
    fin_position_record_write(&out, &p);

    if (fin_out_status(&out) != FIN_OK
        || fin_position_record_read(out.data, out.len, &again) != FIN_OK
        || !same_position(&p, &again))
    {
        abort();
    }

    fin_out_free(&out);

    return 0;
}

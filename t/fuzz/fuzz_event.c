#define _GNU_SOURCE

#include <stdlib.h>
#include <string.h>

#include "fin_event.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* What was read is written as it was; so is an id, what a client sends. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            text[FIN_EVENT_MAX], id_text[FIN_EVENT_ID_MAX];
    fin_out_t       out;
    fin_event_t     event;
    fin_event_id_t  id;

    if (fin_event_read((const char *) data, size, &event) == FIN_OK
        && (fin_event_write(&event, text) != size
            || memcmp(text, data, size) != 0))
    {
        abort();
    }

    if (fin_event_id_parse((const char *) data, size, &id) != FIN_OK) {
        id.ms = size;
        id.seq = 0;

    } else if (fin_event_id_format(&id, id_text) != size
               || memcmp(id_text, data, size) != 0)
    {
        abort();
    }

    /* no data ends an event before its end */

    fin_out_init(&out, 1024 * 1024);
    fin_event_begin(&out, &id, "stock");
    fin_event_data(&out, (const char *) data, size);

    if (fin_out_status(&out) == FIN_OK) {
        fin_out_raw(&out, "", 1);

        if (fin_out_status(&out) == FIN_OK
            && memmem(out.data, out.len, "\n\n", 2) != NULL)
        {
            abort();
        }
    }

    fin_out_free(&out);

    return 0;
}

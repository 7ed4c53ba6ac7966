#include <stdlib.h>
#include <string.h>

#include "fin_in.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char           cursor[FIN_CURSOR_MAX + 1];
    size_t         i;
    fin_status_t   status;

    memset(cursor, '\x01', sizeof(cursor));
    status = fin_in_cursor((const char *) data, size, cursor);

    if ((status == FIN_OK) != (cursor[0] != '\0')
        || memchr(cursor, '\0', sizeof(cursor)) == NULL)
    {
        abort();
    }

    for (i = 0; cursor[i] != '\0'; i++) {
        if (cursor[i] < 0x20 || cursor[i] > 0x7e) {
            abort();
        }
    }

    return 0;
}

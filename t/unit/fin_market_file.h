/* A file of the market data that tests may read, or NULL where it is absent. */

#ifndef FIN_MARKET_FILE_H
#define FIN_MARKET_FILE_H

#include <stdio.h>
#include <stdlib.h>


/* malloc'ed; FINANCE_MARKET_DATA names the folder. */
static inline char *
fin_market_file(const char *name, size_t *len)
{
    FILE        *f;
    long         size;
    char        *data, path[512];
    const char  *dir;

    dir = getenv("FINANCE_MARKET_DATA");

    (void) snprintf(path, sizeof(path), "%s/%s",
                    dir == NULL ? "../shared/market-data" : dir, name);

    f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }

    data = NULL;

    if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0
        && fseek(f, 0, SEEK_SET) == 0)
    {
        *len = (size_t) size;
        data = malloc(*len + 1);

        if (data != NULL && fread(data, 1, *len, f) != *len) {
            free(data);
            data = NULL;
        }
    }

    (void) fclose(f);

    return data;
}


#endif

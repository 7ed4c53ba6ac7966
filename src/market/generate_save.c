/* One stock's answers as the files that market-server reads. */

#include <errno.h>
#include <string.h>

#include "generate.h"


static FILE *
sample_open(const char *dir, const char *folder, const char *ticker,
    char path[4096])
{
    FILE  *file;

    if (snprintf(path, 4096, "%s/%s/%s.json", dir, folder, ticker) >= 4096) {
        (void) fprintf(stderr, "market-generate: %s: too long\n", dir);
        return NULL;
    }

    file = fopen(path, "w");

    if (file == NULL) {
        (void) fprintf(stderr, "market-generate: %s: %s\n", path,
                       strerror(errno));
    }

    return file;
}


static fin_status_t
sample_close(FILE *file, const char *path)
{
    int  failed;

    failed = ferror(file);

    if (fclose(file) != 0 || failed) {
        (void) fprintf(stderr, "market-generate: %s: cannot be written\n",
                       path);
        return FIN_E_VALUE;
    }

    return FIN_OK;
}


fin_status_t
sample_stock_save(const char *dir, const sample_path_t *path, uint64_t seed)
{
    char    name[4096];
    FILE   *file;
    size_t  i;

    static const struct {
        const char  *folder;
        void       (*write)(FILE *out, const sample_path_t *path);
    } files[] = {
        { "bars", sample_bars_write },
        { "reference", sample_reference_write },
        { "earnings", sample_earnings_write },
        { "dividends", sample_dividends_write },
        { "chain", NULL }
    };

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        file = sample_open(dir, files[i].folder, path->stock->ticker, name);

        if (file == NULL) {
            return FIN_E_VALUE;
        }

        if (files[i].write != NULL) {
            files[i].write(file, path);

        } else {
            sample_chain_write(file, path, seed);
        }

        if (sample_close(file, name) != FIN_OK) {
            return FIN_E_VALUE;
        }
    }

    return FIN_OK;
}

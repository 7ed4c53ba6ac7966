/*
 * market-generate: writes a sample market for market-server.
 */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "generate.h"

#include "../core/fin_time.h"


static const char  usage[] =
    "usage: market-generate --out DIR [--today YYYY-MM-DD | --now]\n"
    "           [--seed N]\n"
    "\n"
    "Writes a sample market of ten tickers with made-up prices, for\n"
    "market-server --data DIR. The same day and seed give the same market.\n"
    "\n"
    "  --today DATE  the day in New York (default, as --now: by the clock)\n"
    "  --seed N      another market (default 1)\n";


typedef struct {
    const char  *out;
    fin_date_t   today;
    uint64_t     seed;
} sample_options_t;


static int
sample_seed_parse(const char *text, uint64_t *seed)
{
    char  *end;

    errno = 0;
    *seed = strtoull(text, &end, 10);

    return errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9';
}


static int
sample_options_read(sample_options_t *options, int argc, char **argv)
{
    int  c, ok;

    static const struct option  known[] = {
        { "out", required_argument, NULL, 'o' },
        { "today", required_argument, NULL, 't' },
        { "now", no_argument, NULL, 'n' },
        { "seed", required_argument, NULL, 's' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };

    ok = 1;
    options->out = NULL;
    options->seed = 1;
    options->today = fin_ny_date((int64_t) time(NULL) * 1000);

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (c) {
        case 'o':
            options->out = optarg;
            break;
        case 't':
            options->today = fin_date_parse(optarg, strlen(optarg));
            break;
        case 'n':
            break;
        case 's':
            ok = ok && sample_seed_parse(optarg, &options->seed);
            break;
        case 'h':
            (void) fputs(usage, stdout);
            exit(0);
        default:
            ok = 0;
        }
    }

    /* room for two years before and LEAPS after */

    return ok && optind == argc && options->out != NULL
           && options->today >= fin_date_make(1970, 1, 1)
           && options->today <= fin_date_make(9990, 1, 1);
}


/* dir and those above it. */
static int
sample_mkdir(const char *dir)
{
    char   path[4096];
    char  *p;

    if (snprintf(path, sizeof(path), "%s", dir) >= (int) sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }

    for (p = path + 1; *p != '\0'; p++) {
        if (*p == '/') {
            *p = '\0';

            if (mkdir(path, 0777) != 0 && errno != EEXIST) {
                return -1;
            }

            *p = '/';
        }
    }

    return mkdir(path, 0777) != 0 && errno != EEXIST ? -1 : 0;
}


static int
sample_folders_make(const char *dir)
{
    char    path[4096];
    size_t  i;

    static const char *const  folders[] = {
        "bars", "chain", "reference", "earnings", "dividends"
    };

    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (snprintf(path, sizeof(path), "%s/%s", dir, folders[i])
            >= (int) sizeof(path))
        {
            errno = ENAMETOOLONG;
            return -1;
        }

        if (sample_mkdir(path) != 0) {
            return -1;
        }
    }

    return 0;
}


int
main(int argc, char **argv)
{
    char              date[11];
    size_t            i;
    sample_path_t    *path;
    sample_options_t  options;

    if (!sample_options_read(&options, argc, argv)) {
        (void) fputs(usage, stderr);
        return 2;
    }

    path = malloc(sizeof(*path));

    if (path == NULL || sample_folders_make(options.out) != 0) {
        (void) fprintf(stderr, "market-generate: %s: %s\n", options.out,
                       strerror(errno));
        free(path);
        return 1;
    }

    for (i = 0; i < SAMPLE_STOCKS; i++) {
        if (sample_path_make(path, &sample_stocks[i], options.today,
                             options.seed) != FIN_OK)
        {
            (void) fprintf(stderr, "market-generate: no path for %s\n",
                           sample_stocks[i].ticker);
            free(path);
            return 1;
        }

        if (sample_stock_save(options.out, path, options.seed) != FIN_OK) {
            free(path);
            return 1;
        }
    }

    free(path);
    fin_date_format(options.today, date);
    (void) printf("%d stocks with made-up prices as of %s in %s\n",
                  SAMPLE_STOCKS, date, options.out);

    return 0;
}

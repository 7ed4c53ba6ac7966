#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "market_store.h"


#define MAX_FILE  (512u << 20)


typedef bool (*file_handler_t)(market_store_t *store, const char *path,
    const char *ticker, int kind);


static bool
complain(const char *path, const char *why)
{
    fprintf(stderr, "market-server: %s: %s\n", path, why);

    return false;
}


static bool
file_read(const char *path, market_buf_t *out)
{
    FILE    *file;
    size_t   n;

    file = fopen(path, "rb");
    if (file == NULL) {
        return complain(path, strerror(errno));
    }

    do {
        market_buf_reserve(out, 65536);
        n = fread(out->data + out->len, 1, out->size - out->len, file);
        out->len += n;
    } while (n > 0 && out->len < MAX_FILE);

    if (ferror(file) || out->len >= MAX_FILE) {
        fclose(file);
        return complain(path, "cannot be read, or is too long");
    }

    fclose(file);

    return true;
}


static market_data_t *
store_data(market_store_t *store, const char *ticker)
{
    market_data_t   *data;
    market_entry_t  *entry;

    entry = market_map_insert(&store->names, ticker, strlen(ticker));

    if (entry->value == NULL) {
        data = market_alloc(sizeof(*data));
        data->name = market_copy(ticker, strlen(ticker));
        entry->value = data;

        store->data = market_resize(store->data, store->n + 1,
                                    sizeof(*store->data));
        store->data[store->n++] = data;
    }

    return entry->value;
}


static bool
load_list(market_store_t *store, const char *path, const char *ticker,
    int kind)
{
    bool           ok;
    const char    *why;
    market_buf_t   file;

    memset(&file, 0, sizeof(file));

    if (!file_read(path, &file)) {
        market_buf_free(&file);
        return false;
    }

    ok = market_list_add(&store_data(store, ticker)->lists[kind],
                         (market_kind_e) kind, &file, &why);
    market_buf_free(&file);

    return ok ? true : complain(path, why);
}


static bool
load_reference(market_store_t *store, const char *path, const char *ticker,
    int kind)
{
    (void) kind;

    return file_read(path, &store_data(store, ticker)->reference);
}


static bool
load_prev(market_store_t *store, const char *path, const char *ticker,
    int kind)
{
    (void) kind;

    return file_read(path, &store_data(store, ticker)->prev);
}


static int
visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}


/*
 * Calls the handler for each {name}.json of a directory, in natural order.
 * Folders are entered once, and their files belong to the ticker that the
 * folder is named after. A directory that is not there is an empty one.
 */

static bool
load_dir(market_store_t *store, const char *dir, const char *owner,
    file_handler_t handler, int kind)
{
    int              i, n;
    bool             ok;
    char             path[4096], name[256];
    size_t           len;
    struct stat      st;
    struct dirent  **entries;

    n = scandir(dir, &entries, visible, versionsort);

    if (n < 0) {
        return errno == ENOENT ? true : complain(dir, strerror(errno));
    }

    ok = true;

    for (i = 0; i < n; i++) {
        len = strlen(entries[i]->d_name);
        memcpy(name, entries[i]->d_name, len + 1);
        free(entries[i]);

        if (!ok) {
            continue;
        }

        if ((size_t) snprintf(path, sizeof(path), "%s/%s", dir, name)
            >= sizeof(path))
        {
            ok = complain(dir, "the path is too long");

        } else if (stat(path, &st) != 0) {
            ok = complain(path, strerror(errno));

        } else if (S_ISDIR(st.st_mode)) {
            ok = owner != NULL
                 || load_dir(store, path, name, handler, kind);

        } else if (len > 5 && strcmp(name + len - 5, ".json") == 0) {
            name[len - 5] = '\0';
            ok = handler(store, path, owner ? owner : name, kind);
        }
    }

    free(entries);

    return ok;
}


static int
compare_data(const void *one, const void *two)
{
    const market_data_t  *const *a = one, *const *b = two;

    return strcmp((*a)->name, (*b)->name);
}


bool
market_store_load(market_store_t *store, const char *dir)
{
    bool         ok;
    char         path[4096];
    size_t       i, k;
    struct stat  st;

    static const struct {
        const char      *folder;
        file_handler_t   handler;
        int              kind;
    } folders[] = {
        { "bars", load_list, MARKET_BARS },
        { "chain", load_list, MARKET_CHAIN },
        { "earnings", load_list, MARKET_EARNINGS },
        { "dividends", load_list, MARKET_DIVIDENDS },
        { "reference", load_reference, 0 },
        { "prev", load_prev, 0 },
    };

    if (stat(dir, &st) != 0) {
        return complain(dir, strerror(errno));
    }

    ok = true;

    for (i = 0; ok && i < sizeof(folders) / sizeof(folders[0]); i++) {
        if ((size_t) snprintf(path, sizeof(path), "%s/%s", dir,
                              folders[i].folder) >= sizeof(path))
        {
            return complain(dir, "the path is too long");
        }

        ok = load_dir(store, path, NULL, folders[i].handler, folders[i].kind);
    }

    if ((size_t) snprintf(path, sizeof(path), "%s/marketstatus.json", dir)
        >= sizeof(path))
    {
        return complain(dir, "the path is too long");
    }

    if (ok && stat(path, &st) == 0) {
        ok = file_read(path, &store->status);
    }

    for (i = 0; i < store->n; i++) {
        for (k = 0; k < MARKET_LISTS; k++) {
            market_list_ready(&store->data[i]->lists[k], (market_kind_e) k);
        }
    }

    if (store->n > 0) {
        qsort(store->data, store->n, sizeof(*store->data), compare_data);
    }

    return ok;
}


void
market_store_clone(market_store_t *store, long clones)
{
    int              len;
    long             i;
    char             name[32];
    size_t           k, n;
    market_data_t  **bases;
    market_entry_t  *entry;

    bases = market_alloc((store->n + 1) * sizeof(*bases));
    n = 0;

    for (k = 0; k < store->n; k++) {
        if (store->data[k]->lists[MARKET_BARS].n > 0) {
            bases[n++] = store->data[k];
        }
    }

    if (n == 0 && store->n > 0) {
        n = store->n;
        memcpy(bases, store->data, n * sizeof(*bases));
    }

    for (i = 1; n > 0 && i <= clones; i++) {
        len = snprintf(name, sizeof(name), "T%03ld", i);
        entry = market_map_insert(&store->names, name, (size_t) len);

        if (entry->value == NULL) {
            entry->value = bases[(size_t) (i - 1) % n];
        }
    }

    free(bases);
}


const market_data_t *
market_store_find(const market_store_t *store, const char *ticker)
{
    market_entry_t  *entry;

    entry = market_map_find(&store->names, ticker, strlen(ticker));

    return entry != NULL ? entry->value : NULL;
}


void
market_store_free(market_store_t *store)
{
    size_t          i, k;
    market_data_t  *data;

    for (i = 0; i < store->n; i++) {
        data = store->data[i];

        for (k = 0; k < MARKET_LISTS; k++) {
            market_list_free(&data->lists[k]);
        }

        market_buf_free(&data->reference);
        market_buf_free(&data->prev);
        free(data->name);
        free(data);
    }

    free(store->data);
    market_map_free(&store->names);
    market_buf_free(&store->status);
    memset(store, 0, sizeof(*store));
}

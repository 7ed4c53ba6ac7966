/*
 * libFuzzer: the pull reader, and what is read with it.  It has to take what
 * fin_json_check() takes, see in it what cJSON sees, and the readers of bars
 * and chains have to agree with those of t/unit/fin_in_tree.h.
 */

#include <stdint.h>

#include "../unit/fin_in_tree.h"
#include "../unit/fin_scan_match.h"


int  LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
text(const char *json, size_t len)
{
    int          taken;
    cJSON       *root;
    fin_scan_t   scan;

    fin_scan_init(&scan, json, len);
    fin_scan_skip(&scan);
    taken = fin_scan_end(&scan);

    if (taken != (scan.error == NULL) || scan.at > len) {
        abort();
    }

    if (taken != (fin_tree_strict(json, len) == NULL)) {
        abort();
    }

    if (!taken) {
        return;
    }

    root = cJSON_ParseWithLength(json, len);
    fin_scan_init(&scan, json, len);

    if (root == NULL || !fin_scan_match(&scan, root) || !fin_scan_end(&scan)) {
        abort();
    }

    cJSON_Delete(root);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fin_status_t  status;
    const char   *json = (const char *) data;

    text(json, size);

    if (fin_tree_bars(json, size, &status) != NULL
        || fin_tree_chain(json, size, &status) != NULL)
    {
        abort();
    }

    return 0;
}

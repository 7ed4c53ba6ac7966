/* Whether the pull reader sees in a text what cJSON's tree of it holds. */

#ifndef FIN_SCAN_MATCH_H
#define FIN_SCAN_MATCH_H

#include <math.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "fin_scan.h"


/* The same bytes without escapes. */
static inline int
fin_scan_match_text(const fin_scan_text_t *text, const char *expected)
{
    int      same;
    char    *buf;
    size_t   n;

    buf = malloc(text->len + 1);
    if (buf == NULL) {
        abort();
    }

    n = fin_scan_copy(text, buf, text->len + 1);
    same = n <= text->len && strcmp(buf, expected) == 0
           && n == strlen(expected);
    free(buf);

    return same;
}


static inline int
fin_scan_match_number(double actual, double expected)
{
    if (!isfinite(expected)) {
        return isnan(actual);
    }

    return memcmp(&actual, &expected, sizeof(double)) == 0;
}


/* At most FIN_SCAN_DEPTH_MAX calls deep: the text was taken before. */
static inline int
fin_scan_match(fin_scan_t *scan, const cJSON *item)
{
    char             c;
    const cJSON     *child;
    fin_scan_text_t  text;

    if (cJSON_IsNumber(item)) {
        return fin_scan_match_number(fin_scan_number(scan),
                                     item->valuedouble);
    }

    if (cJSON_IsString(item)) {
        return fin_scan_text(scan, &text)
               && fin_scan_match_text(&text, item->valuestring);
    }

    if (cJSON_IsObject(item)) {
        if (!fin_scan_object(scan)) {
            return 0;
        }

        cJSON_ArrayForEach(child, item) {
            if (!fin_scan_member(scan, &text)
                || !fin_scan_match_text(&text, child->string)
                || !fin_scan_match(scan, child))
            {
                return 0;
            }
        }

        return !fin_scan_member(scan, &text);
    }

    if (cJSON_IsArray(item)) {
        if (!fin_scan_array(scan)) {
            return 0;
        }

        cJSON_ArrayForEach(child, item) {
            if (!fin_scan_element(scan) || !fin_scan_match(scan, child)) {
                return 0;
            }
        }

        return !fin_scan_element(scan);
    }

    c = fin_scan_peek(scan);
    fin_scan_skip(scan);

    return c == (cJSON_IsNull(item) ? 'n' : cJSON_IsTrue(item) ? 't' : 'f');
}


#endif

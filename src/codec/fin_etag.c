#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fin_etag.h"


/* List of tags, and what is left of it. */
typedef struct {
    const char  *p;
    const char  *end;
} fin_tags_t;

/* With its quotes. */
typedef struct {
    const char  *data;
    size_t       len;
    int          weak;
} fin_tag_t;


/* Optional white space, and commas: a list may have empty elements. */
static int
fin_tags_gap(fin_tags_t *tags)
{
    int  commas;

    for (commas = 0; tags->p < tags->end; tags->p++) {
        if (*tags->p == ',') {
            commas = 1;

        } else if (*tags->p != ' ' && *tags->p != '\t') {
            break;
        }
    }

    return commas;
}


/* 1: the tag ahead, which is passed; 0: there is none. */
static int
fin_tags_next(fin_tags_t *tags, fin_tag_t *tag)
{
    const char  *p;

    p = tags->p;
    tag->weak = tags->end - p >= 2 && p[0] == 'W' && p[1] == '/';
    p += tag->weak ? 2 : 0;
    tag->data = p;

    if (p == tags->end || *p != '"') {
        return 0;
    }

    for (p++; p < tags->end && *p != '"'; p++) {
        if ((unsigned char) *p <= 0x20 || *p == 0x7f) {
            return 0;
        }
    }

    if (p == tags->end) {
        return 0;
    }

    tags->p = p + 1;
    tag->len = (size_t) (tags->p - tag->data);

    return 1;
}


int
fin_if_match(const char *value, size_t len, int64_t version)
{
    int         n, match;
    char        text[32];
    fin_tag_t   tag;
    fin_tags_t  tags = { value, value + len };

    (void) fin_tags_gap(&tags);

    if (tags.p < tags.end && *tags.p == '*') {
        tags.p++;
        (void) fin_tags_gap(&tags);
        return tags.p == tags.end;
    }

    n = snprintf(text, sizeof(text), "\"%" PRId64 "\"", version);
    match = 0;

    while (fin_tags_next(&tags, &tag)) {
        match |= !tag.weak && tag.len == (size_t) n
                 && memcmp(tag.data, text, tag.len) == 0;

        if (!fin_tags_gap(&tags)) {
            break;
        }
    }

    return match && tags.p == tags.end;
}

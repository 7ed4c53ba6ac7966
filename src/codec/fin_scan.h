/*
 * A pull reader of JSON, for answers that are too long for a tree: it takes
 * nothing from the heap, keeps no value, and hands out what is asked for as it
 * passes it.  The text is borrowed and needs no NUL at its end.
 *
 * All of RFC 8259 is checked, in values that are skipped too.  More is refused
 * than that: NUL, as a byte or as an escape, lone surrogates, nesting over
 * FIN_SCAN_DEPTH_MAX.  Invalid UTF-8 in strings is let through.  Numbers may be
 * of any length.
 *
 * After the first error the text is at its end for all functions: loops end,
 * values are absent, and fin_scan_end() tells.  So only that one is asked:
 *
 *     fin_scan_init(&scan, json, len);
 *
 *     if (fin_scan_object(&scan)) {
 *         while (fin_scan_member(&scan, &name)) {
 *             if (fin_scan_is(&name, "price")) {
 *                 price = fin_scan_number(&scan);
 *             } else {
 *                 fin_scan_skip(&scan);
 *             }
 *         }
 *     }
 *
 *     if (!fin_scan_end(&scan)) { scan.error, scan.at }
 */

#ifndef FIN_SCAN_H
#define FIN_SCAN_H

#include <stddef.h>
#include <string.h>


#define FIN_SCAN_DEPTH_MAX  64
#define FIN_SCAN_NAME_MAX   31


typedef struct {
    const char   *json;
    const char   *p;                /* what is read next */
    const char   *end;

    const char   *error;            /* constant text; NULL: none */
    size_t        at;               /* of the error, in bytes */

    unsigned      depth;            /* objects and arrays that are open */
    unsigned      first:1;          /* nothing was read of the innermost */

    char          name[FIN_SCAN_NAME_MAX + 1];
} fin_scan_t;


/* A string without its quotes; borrows the text. */
typedef struct {
    const char   *data;
    size_t        len;
    unsigned      escaped:1;        /* holds backslashes */
} fin_scan_text_t;


/* Stands before the root value then. */
void fin_scan_init(fin_scan_t *scan, const char *json, size_t len);

/* After the root value: 1 when it was all, and without an error. */
int fin_scan_end(fin_scan_t *scan);

/*
 * What the value ahead begins with: one of {["-0123456789tfn where it is one,
 * else anything; 0 at the end.
 */
static inline char
fin_scan_peek(const fin_scan_t *scan)
{
    return scan->p < scan->end ? *scan->p : '\0';
}


/*
 * 1: the value ahead is an object (an array), whose members (elements) come
 * next, to the last; 0: it was something else, and is passed.
 */
int fin_scan_object(fin_scan_t *scan);
int fin_scan_array(fin_scan_t *scan);

/*
 * 1: the next member's value (element) is ahead, and has to be taken by one of
 * these functions before the next call; 0: that was all.  A name with escapes
 * is given without, in the reader's own memory, until the next call; one that
 * is longer than FIN_SCAN_NAME_MAX then is given as it is written.
 */
int fin_scan_member(fin_scan_t *scan, fin_scan_text_t *name);
int fin_scan_element(fin_scan_t *scan);

/* Passes the value ahead, whatever it is. */
void fin_scan_skip(fin_scan_t *scan);

/*
 * Passes the value ahead: the double that is nearest to it, as strtod() in the
 * "C" locale; NAN when it is no number, or overflows.
 */
double fin_scan_number(fin_scan_t *scan);

/* 1: the value ahead was a string; 0: something else, and is passed. */
int fin_scan_text(fin_scan_t *scan, fin_scan_text_t *text);

/*
 * The string with its escapes undone, and a NUL, in buf of size bytes, 1 at
 * least; its length, or size when it does not fit, with "" in buf.
 */
size_t fin_scan_copy(const fin_scan_text_t *text, char *buf, size_t size);


/* Bytes only: for names, and texts that are not escaped. */
static inline int
fin_scan_is(const fin_scan_text_t *text, const char *s)
{
    size_t  len;

    len = strlen(s);

    return text->len == len && memcmp(text->data, s, len) == 0;
}


/*
 * Of the reader's, in fin_scan_number.c: where the number that begins at p
 * ends, or NULL where none does; *value may be infinite, and value NULL.
 */
const char *fin_scan_number_read(const char *p, const char *end,
    double *value);


#endif

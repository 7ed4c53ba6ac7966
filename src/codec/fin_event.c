#include <stdio.h>
#include <string.h>

#include "fin_event.h"


static const char *const  fin_event_ops[] = { "created", "replaced",
                                              "removed" };


/* What is left of a line. */
typedef struct {
    const char  *p;
    const char  *end;
} fin_event_line_t;


static const char *
fin_event_number(const char *p, const char *end, uint64_t *value)
{
    uint64_t     n, digit;
    const char  *start;

    n = 0;

    for (start = p; p < end && *p >= '0' && *p <= '9'; p++) {
        digit = (uint64_t) (*p - '0');

        if (n > (UINT64_MAX - digit) / 10) {
            return NULL;
        }

        n = n * 10 + digit;
    }

    if (p == start || (*start == '0' && p - start > 1)) {
        return NULL;
    }

    *value = n;

    return p;
}


fin_status_t
fin_event_id_parse(const char *s, size_t len, fin_event_id_t *id)
{
    const char  *p, *end;

    end = s + len;
    p = fin_event_number(s, end, &id->ms);

    if (p == NULL || p == end || *p != '-') {
        return FIN_E_VALUE;
    }

    p = fin_event_number(p + 1, end, &id->seq);

    return p == end ? FIN_OK : FIN_E_VALUE;
}


size_t
fin_event_id_format(const fin_event_id_t *id, char out[FIN_EVENT_ID_MAX])
{
    size_t  n;

    n = fin_utoa(id->ms, out);
    out[n++] = '-';

    return n + fin_utoa(id->seq, out + n);
}


int
fin_event_id_cmp(const fin_event_id_t *one, const fin_event_id_t *two)
{
    if (one->ms != two->ms) {
        return one->ms < two->ms ? -1 : 1;
    }

    return (one->seq > two->seq) - (one->seq < two->seq);
}


const char *
fin_event_op_name(fin_event_op_t op)
{
    return fin_event_ops[op];
}


size_t
fin_event_write(const fin_event_t *event, char out[FIN_EVENT_MAX])
{
    int  n;

    if (event->kind == FIN_EVENT_STOCK) {
        n = snprintf(out, FIN_EVENT_MAX, "stock %s", event->ticker);
        return (size_t) n;
    }

    if (event->owner_len == 0 || event->owner_len > FIN_OWNER_MAX) {
        return 0;
    }

    if (event->kind == FIN_EVENT_WATCHLIST) {
        n = snprintf(out, FIN_EVENT_MAX, "watchlist ");

    } else {
        n = snprintf(out, FIN_EVENT_MAX, "position %s %s ",
                     fin_event_ops[event->op], event->position);
    }

    memcpy(out + n, event->owner, event->owner_len);

    return (size_t) n + event->owner_len;
}


/* The line's next word, which is passed with the blank behind it. */
static size_t
fin_event_word(fin_event_line_t *line, const char **word)
{
    size_t       len;
    const char  *blank;

    *word = line->p;
    blank = memchr(line->p, ' ', (size_t) (line->end - line->p));

    if (blank == NULL) {
        len = (size_t) (line->end - line->p);
        line->p = line->end;
        return len;
    }

    len = (size_t) (blank - line->p);
    line->p = blank + 1;

    return len;
}


static int
fin_event_is(const char *word, size_t len, const char *name)
{
    return len == strlen(name) && memcmp(word, name, len) == 0;
}


static fin_status_t
fin_event_read_position(fin_event_line_t *line, fin_event_t *event)
{
    size_t       len;
    unsigned     op;
    const char  *word;

    len = fin_event_word(line, &word);

    for (op = 0; op <= FIN_EVENT_REMOVED; op++) {
        if (fin_event_is(word, len, fin_event_ops[op])) {
            break;
        }
    }

    if (op > FIN_EVENT_REMOVED) {
        return FIN_E_VALUE;
    }

    event->op = (fin_event_op_t) op;
    len = fin_event_word(line, &word);

    if (!fin_uuid_valid(word, len)) {
        return FIN_E_VALUE;
    }

    memcpy(event->position, word, FIN_UUID_LEN);

    return FIN_OK;
}


fin_status_t
fin_event_read(const char *s, size_t len, fin_event_t *event)
{
    size_t             n;
    const char        *word;
    fin_event_line_t   line = { s, s + len };

    memset(event, 0, sizeof(fin_event_t));
    n = fin_event_word(&line, &word);

    if (fin_event_is(word, n, "stock")) {
        n = (size_t) (line.end - line.p);

        if (!fin_ticker_valid(line.p, n)) {
            return FIN_E_VALUE;
        }

        memcpy(event->ticker, line.p, n);
        return FIN_OK;
    }

    if (fin_event_is(word, n, "watchlist")) {
        event->kind = FIN_EVENT_WATCHLIST;

    } else if (fin_event_is(word, n, "position")) {
        event->kind = FIN_EVENT_POSITION;

        if (fin_event_read_position(&line, event) != FIN_OK) {
            return FIN_E_VALUE;
        }

    } else {
        return FIN_E_VALUE;
    }

    event->owner = line.p;
    event->owner_len = (size_t) (line.end - line.p);

    return event->owner_len && event->owner_len <= FIN_OWNER_MAX
           ? FIN_OK : FIN_E_VALUE;
}


void
fin_event_begin(fin_out_t *out, const fin_event_id_t *id, const char *name)
{
    size_t  n;
    char    text[FIN_EVENT_ID_MAX];

    n = fin_event_id_format(id, text);

    fin_out_text(out, "id: ");
    fin_out_raw(out, text, n);
    fin_out_text(out, "\nevent: ");
    fin_out_text(out, name);
    fin_out_text(out, "\ndata: ");
}


void
fin_event_data(fin_out_t *out, const char *data, size_t len)
{
    size_t  i, from;

    from = 0;

    for (i = 0; i < len; i++) {
        if (data[i] == '\n' || data[i] == '\r') {
            fin_out_raw(out, data + from, i - from);
            fin_out_text(out, "\ndata: ");
            from = i + 1;
        }
    }

    fin_out_raw(out, data + from, len - from);
}


void
fin_event_end(fin_out_t *out)
{
    fin_out_text(out, "\n\n");
}

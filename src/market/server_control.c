/* The control API: counters, raw requests and faults. */

#include <inttypes.h>
#include <string.h>

#include "market_server.h"
#include "market_text.h"


static void
control_faults(const market_faults_t *faults, market_buf_t *out)
{
    size_t                 i;
    const market_fault_t  *rule;

    market_buf_puts(out, "[");

    for (i = 0; i < faults->n; i++) {
        rule = &faults->rules[i];

        market_buf_puts(out, i > 0 ? "," : "");
        market_buf_puts(out, "{\"match\":");
        market_buf_json(out, rule->match, rule->match_len);
        market_buf_printf(out, ",\"kind\":\"%s\",\"hits\":%" PRIu64 "}",
                          market_fault_name(rule), rule->hits);
    }

    market_buf_puts(out, "]");
}


static void
control_calls(market_server_t *server, const market_request_t *request,
    market_reply_t *reply)
{
    size_t  from;

    (void) request;

    from = reply->own.len;
    market_stats_print(&server->stats, &reply->own);
    market_buf_puts(&reply->own, ",\"faults\":");
    control_faults(&server->faults, &reply->own);
    market_buf_puts(&reply->own, "}\n");
    market_reply_own(reply, from);
}


static void
control_last(market_server_t *server, const market_request_t *request,
    market_reply_t *reply)
{
    char    prefix[1024];
    size_t  from;

    prefix[0] = '\0';

    if (market_arg(request->query, request->query_len, "path", prefix,
                   sizeof(prefix)) < 0)
    {
        market_reply_error(reply, 400, "The parameter 'path' is not valid.");
        return;
    }

    from = reply->own.len;
    market_stats_last(&server->stats, prefix, &reply->own);
    market_reply_own(reply, from);
}


static void
control_times(market_server_t *server, const market_request_t *request,
    market_reply_t *reply)
{
    size_t  from;

    (void) request;

    from = reply->own.len;
    market_stats_times(&server->stats, &reply->own);
    market_reply_own(reply, from);
}


static void
control_reset(market_server_t *server, const market_request_t *request,
    market_reply_t *reply)
{
    (void) request;

    market_stats_reset(&server->stats);
    market_fault_clear(&server->faults);
    market_reply_body(reply, "{\"status\":\"OK\"}\n", 16);
}


static void
control_fault(market_server_t *server, const market_request_t *request,
    market_reply_t *reply)
{
    size_t        from;
    const char   *why;
    market_buf_t  text;

    if (market_fault_add(&server->faults, request->query, request->query_len,
                         &why))
    {
        from = reply->own.len;
        market_buf_printf(&reply->own, "{\"status\":\"OK\",\"rules\":%zu}\n",
                          server->faults.n);
        market_reply_own(reply, from);
        return;
    }

    memset(&text, 0, sizeof(text));
    market_buf_printf(&text, "The parameter '%s' is not valid.%c", why, 0);
    market_reply_error(reply, 400, text.data);
    market_buf_free(&text);
}


void
market_control(market_server_t *server, const market_request_t *request,
    market_reply_t *reply)
{
    size_t  i;

    static const struct {
        const char  *name;
        void       (*handler)(market_server_t *server,
                              const market_request_t *request,
                              market_reply_t *reply);
    } handlers[] = {
        { "calls", control_calls },
        { "last", control_last },
        { "times", control_times },
        { "reset", control_reset },
        { "fault", control_fault }
    };

    if (!request->is_get && !request->is_post) {
        market_reply_error(reply, 405, NULL);
        return;
    }

    for (i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (request->nparts == 2
            && strcmp(request->part[1], handlers[i].name) == 0)
        {
            handlers[i].handler(server, request, reply);
            return;
        }
    }

    market_reply_error(reply, 404, NULL);
}

/* One request: counted, answered, spoilt, framed and logged. */

#include <string.h>
#include <strings.h>

#include "market_server.h"
#include "market_text.h"


static bool
authorized(const market_options_t *options, const market_request_t *request)
{
    char         text[512];
    size_t       len;
    const char  *value;

    if (options->key == NULL) {
        return true;
    }

    len = strlen(options->key);
    value = request->auth;

    if (value != NULL && request->auth_len == len + 7
        && strncasecmp(value, "Bearer ", 7) == 0
        && memcmp(value + 7, options->key, len) == 0)
    {
        return true;
    }

    return market_arg(request->query, request->query_len, "apiKey", text,
                      sizeof(text)) == 1
           && strcmp(text, options->key) == 0;
}


static void
serve_log(const market_server_t *server, const market_request_t *request,
    const market_reply_t *reply, const market_fault_t *fault)
{
    if (server->log != NULL) {
        fprintf(server->log, "%.*s %d %zu%s%s\n",
                (int) (request->target - request->head)
                + (int) request->target_len,
                request->head, reply->status, reply->length,
                fault != NULL ? " " : "",
                fault != NULL ? market_fault_name(fault) : "");
    }
}


long long
market_serve(market_conn_t *conn, market_request_t *request)
{
    char              key[512];
    long long         delay;
    market_ask_t      ask;
    market_reply_t   *reply;
    market_server_t  *server;

    server = conn->server;
    reply = &conn->reply;

    market_reply_reset(reply);
    reply->keepalive = request->keepalive;
    reply->bodiless = request->is_head;
    reply->sample = server->options.sample;

    if (request->nparts > 0 && strcmp(request->part[0], "_control") == 0) {
        market_control(server, request, reply);
        market_reply_finish(reply);
        return 0;
    }

    ask.store = &server->store;
    ask.request = request;
    ask.reply = reply;

    market_page_open(&ask);
    market_route_key(&ask, key, sizeof(key));
    market_stats_begin(&server->stats, key, request->head, request->head_len);
    conn->counted = true;

    ask.fault = market_fault_take(&server->faults, request);

    if (authorized(&server->options, request)) {
        market_route(&ask);

    } else {
        market_reply_error(reply, 401, NULL);
    }

    delay = server->options.delay;

    if (ask.fault != NULL) {
        market_fault_apply(ask.fault, request, reply, &delay);
    }

    serve_log(server, request, reply, ask.fault);
    market_reply_finish(reply);

    return delay;
}

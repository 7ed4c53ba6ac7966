/*
 * finance_cors: what lets a browser give answers to a page of another origin.
 * The headers are added where all answers pass, those that nginx makes
 * itself included; preflights are answered before a password is asked for,
 * which browsers do not send with them.
 */


#include "ngx_http_finance_cors.h"
#include "ngx_http_finance_response.h"


typedef struct {
    const char  *key;
    ngx_str_t    value;
} ngx_http_finance_cors_header_t;


static ngx_int_t ngx_http_finance_cors_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_finance_cors_vary(ngx_http_request_t *r);
static ngx_uint_t ngx_http_finance_cors_listed(ngx_str_t *list);
static ngx_int_t ngx_http_finance_cors_set(ngx_http_request_t *r,
    const char *key, ngx_str_t *value);
static ngx_int_t ngx_http_finance_cors_set_all(ngx_http_request_t *r,
    ngx_http_finance_cors_header_t *header);
static ngx_table_elt_t *ngx_http_finance_cors_next(ngx_http_request_t *r,
    const char *key, ngx_list_part_t **part, ngx_uint_t *i);
static ngx_int_t ngx_http_finance_cors_preflight(ngx_http_request_t *r);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


static ngx_http_finance_cors_header_t  ngx_http_finance_cors_headers[] = {
    { "Access-Control-Allow-Credentials", ngx_string("true") },
    { "Access-Control-Expose-Headers",
      ngx_string("ETag, Finance-Complete, Location, RateLimit, "
                 "RateLimit-Policy, Retry-After") },
    { NULL, ngx_null_string }
};

static ngx_http_finance_cors_header_t  ngx_http_finance_cors_preflights[] = {
    { "Access-Control-Allow-Methods",
      ngx_string("GET, HEAD, POST, PUT, DELETE") },
    { "Access-Control-Allow-Headers",
      ngx_string("Authorization, Content-Type, Idempotency-Key, If-Match, "
                 "If-None-Match") },
    { "Access-Control-Max-Age", ngx_string("600") },
    { NULL, ngx_null_string }
};


ngx_int_t
ngx_http_finance_cors_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt           *h;
    ngx_http_core_main_conf_t     *cmcf;
    ngx_http_finance_main_conf_t  *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_finance_module);

    if (!fmcf->cors) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_finance_cors_preflight;

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_finance_cors_header_filter;

    return NGX_OK;
}


/*
 * It may run twice for an answer, when a later filter refuses that: so there
 * is no state, what is there already is looked for.
 */

static ngx_int_t
ngx_http_finance_cors_header_filter(ngx_http_request_t *r)
{
    ngx_str_t                    *origin;
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);

    if (r != r->main || !conf->api || conf->cors == NULL) {
        return ngx_http_next_header_filter(r);
    }

    if (ngx_http_finance_cors_vary(r) != NGX_OK) {
        return NGX_ERROR;
    }

    origin = ngx_http_finance_cors_origin(r);

    if (origin
        && (ngx_http_finance_cors_set(r, "Access-Control-Allow-Origin",
                                      origin)
            != NGX_OK
            || ngx_http_finance_cors_set_all(r,
                                             ngx_http_finance_cors_headers)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/* caches are to keep the answers to each origin apart */

static ngx_int_t
ngx_http_finance_cors_vary(ngx_http_request_t *r)
{
    ngx_str_t         value;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_out.headers.part;
    i = 0;

    for ( ;; ) {
        h = ngx_http_finance_cors_next(r, "Vary", &part, &i);

        if (h == NULL) {
            break;
        }

        if (ngx_http_finance_cors_listed(&h->value)) {
            return NGX_OK;
        }
    }

    ngx_str_set(&value, "Origin");

    return ngx_http_finance_response_header(r, "Vary", &value);
}


/* whether a list of names has Origin in it, or is "*" */

static ngx_uint_t
ngx_http_finance_cors_listed(ngx_str_t *list)
{
    u_char  *p, *last, *name;

    p = list->data;
    last = p + list->len;

    while (p < last) {

        if (*p == ' ' || *p == ',' || *p == '\t') {
            p++;
            continue;
        }

        name = p;

        while (p < last && *p != ' ' && *p != ',' && *p != '\t') {
            p++;
        }

        if ((p - name == 6
             && ngx_strncasecmp(name, (u_char *) "Origin", 6) == 0)
            || (p - name == 1 && *name == '*'))
        {
            return 1;
        }
    }

    return 0;
}


/* in place of what was there: browsers refuse two */

static ngx_int_t
ngx_http_finance_cors_set(ngx_http_request_t *r, const char *key,
    ngx_str_t *value)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_out.headers.part;
    i = 0;

    for ( ;; ) {
        h = ngx_http_finance_cors_next(r, key, &part, &i);

        if (h == NULL) {
            break;
        }

        h->hash = 0;
    }

    return ngx_http_finance_response_header(r, key, value);
}


static ngx_int_t
ngx_http_finance_cors_set_all(ngx_http_request_t *r,
    ngx_http_finance_cors_header_t *header)
{
    for ( /* void */ ; header->key; header++) {
        if (ngx_http_finance_cors_set(r, header->key, &header->value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* the next header of the answer with this name, from part and i on */

static ngx_table_elt_t *
ngx_http_finance_cors_next(ngx_http_request_t *r, const char *key,
    ngx_list_part_t **part, ngx_uint_t *i)
{
    size_t            len;
    ngx_table_elt_t  *h;

    len = ngx_strlen(key);

    for ( /* void */ ; *part; *part = (*part)->next, *i = 0) {

        while (*i < (*part)->nelts) {
            h = (*part)->elts;
            h += (*i)++;

            if (h->hash && h->key.len == len
                && ngx_strncasecmp(h->key.data, (u_char *) key, len) == 0)
            {
                return h;
            }
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_finance_cors_preflight(ngx_http_request_t *r)
{
    ngx_uint_t                    n;
    ngx_http_finance_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_finance_module);

    if (r->method != NGX_HTTP_OPTIONS || r != r->main || !conf->api
        || ngx_http_finance_cors_origin(r) == NULL)
    {
        return NGX_DECLINED;
    }

    (void) ngx_http_finance_request_header(r, "Access-Control-Request-Method",
                                           &n);
    if (n == 0) {
        return NGX_DECLINED;
    }

    if (ngx_http_finance_cors_set_all(r, ngx_http_finance_cors_preflights)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* nginx discards a body, and sends 204 without one */

    return NGX_HTTP_NO_CONTENT;
}

/* finance_redis at configuration time: see ngx_http_finance_redis.h. */


#include "ngx_http_finance_redis_news_inside.h"
#include "ngx_http_finance_redis_pool.h"
#include "ngx_http_finance_redis_url.h"


#define NGX_HTTP_FINANCE_REDIS_CONNECTIONS_MAX  64
#define NGX_HTTP_FINANCE_REDIS_TIMEOUT_MAX      60000
#define NGX_HTTP_FINANCE_REDIS_PASSWORD_MAX     1024


/* A conf and the arguments that made it. */
typedef struct {
    ngx_str_t                        text;
    ngx_http_finance_redis_conf_t   *conf;
} ngx_http_finance_redis_known_t;


static char *ngx_http_finance_redis_conf(ngx_conf_t *cf, ngx_str_t *value,
    ngx_uint_t n, ngx_http_finance_redis_conf_t **out);
static ngx_http_finance_redis_conf_t *ngx_http_finance_redis_conf_make(
    ngx_conf_t *cf, ngx_str_t *value, ngx_uint_t n);
static ngx_array_t *ngx_http_finance_redis_conf_known(ngx_conf_t *cf);
static void ngx_http_finance_redis_conf_forget(void *data);
static void ngx_http_finance_redis_conf_close(void *data);
static ngx_int_t ngx_http_finance_redis_conf_text(ngx_conf_t *cf,
    ngx_str_t *value, ngx_uint_t n, ngx_str_t *text);
static ngx_int_t ngx_http_finance_redis_conf_url(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf);
static ngx_int_t ngx_http_finance_redis_conf_address(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_http_finance_redis_url_t *url);
static ngx_int_t ngx_http_finance_redis_conf_decode(ngx_conf_t *cf,
    ngx_http_finance_redis_span_t *span, ngx_str_t *out);
static ngx_int_t ngx_http_finance_redis_conf_option(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *value);
static ngx_int_t ngx_http_finance_redis_conf_time(ngx_conf_t *cf,
    ngx_str_t *value, size_t prefix, ngx_msec_t *out);
static ngx_int_t ngx_http_finance_redis_conf_password(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *value);
static ngx_int_t ngx_http_finance_redis_conf_check(ngx_conf_t *cf,
    ngx_str_t *name, ngx_fd_t fd);
static ngx_int_t ngx_http_finance_redis_conf_read(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *name, ngx_fd_t fd);


/* Of the cycle that is being configured; reset when its pool goes. */
static ngx_array_t  *ngx_http_finance_redis_known;
static ngx_cycle_t  *ngx_http_finance_redis_known_cycle;


char *
ngx_http_finance_redis_parse(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t **out)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    return ngx_http_finance_redis_conf(cf, value + 1, cf->args->nelts - 1, out);
}


ngx_http_finance_redis_conf_t *
ngx_http_finance_redis_default(ngx_conf_t *cf)
{
    ngx_str_t                       url;
    ngx_http_finance_redis_conf_t  *conf;

    ngx_str_set(&url, "redis://127.0.0.1:6379/0");

    if (ngx_http_finance_redis_conf(cf, &url, 1, &conf) != NGX_CONF_OK) {
        return NULL;
    }

    return conf;
}


static char *
ngx_http_finance_redis_conf(ngx_conf_t *cf, ngx_str_t *value, ngx_uint_t n,
    ngx_http_finance_redis_conf_t **out)
{
    ngx_str_t                        text;
    ngx_uint_t                       i;
    ngx_array_t                     *all;
    ngx_http_finance_redis_conf_t   *conf;
    ngx_http_finance_redis_known_t  *known;

    all = ngx_http_finance_redis_conf_known(cf);

    if (all == NULL
        || ngx_http_finance_redis_conf_text(cf, value, n, &text) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    known = all->elts;

    for (i = 0; i < all->nelts; i++) {
        if (known[i].text.len == text.len
            && ngx_memcmp(known[i].text.data, text.data, text.len) == 0)
        {
            *out = known[i].conf;
            return NGX_CONF_OK;
        }
    }

    conf = ngx_http_finance_redis_conf_make(cf, value, n);
    known = ngx_array_push(all);

    if (conf == NULL || known == NULL) {
        return NGX_CONF_ERROR;
    }

    known->text = text;
    known->conf = conf;

    *out = conf;

    return NGX_CONF_OK;
}


static ngx_http_finance_redis_conf_t *
ngx_http_finance_redis_conf_make(ngx_conf_t *cf, ngx_str_t *value, ngx_uint_t n)
{
    ngx_uint_t                      i;
    ngx_pool_cleanup_t             *cln;
    ngx_http_finance_redis_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_finance_redis_conf_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (conf == NULL || cln == NULL) {
        return NULL;
    }

    /* where one process outlives its configurations */
    cln->handler = ngx_http_finance_redis_conf_close;
    cln->data = conf;

    conf->url = value[0];
    conf->connections = 4;
    conf->timeout = 1000;
    conf->retry = 500;

    if (ngx_http_finance_redis_conf_url(cf, conf) != NGX_OK) {
        return NULL;
    }

    for (i = 1; i < n; i++) {
        if (ngx_http_finance_redis_conf_option(cf, conf, &value[i]) != NGX_OK) {
            return NULL;
        }
    }

    if (conf->user.len && conf->password.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the url of \"finance_redis\" has a user but no "
                           "password, and there is no \"password_file=\"");
        return NULL;
    }

    return conf;
}


static ngx_array_t *
ngx_http_finance_redis_conf_known(ngx_conf_t *cf)
{
    ngx_pool_cleanup_t  *cln;

    if (ngx_http_finance_redis_known
        && ngx_http_finance_redis_known_cycle == cf->cycle)
    {
        return ngx_http_finance_redis_known;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_finance_redis_conf_forget;
    cln->data = cf->cycle;

    ngx_http_finance_redis_known_cycle = cf->cycle;
    ngx_http_finance_redis_known = ngx_array_create(cf->pool, 4,
                                     sizeof(ngx_http_finance_redis_known_t));

    return ngx_http_finance_redis_known;
}


static void
ngx_http_finance_redis_conf_forget(void *data)
{
    if (ngx_http_finance_redis_known_cycle == data) {
        ngx_http_finance_redis_known = NULL;
        ngx_http_finance_redis_known_cycle = NULL;
    }
}


static void
ngx_http_finance_redis_conf_close(void *data)
{
    ngx_http_finance_redis_conf_t  *conf = data;

    if (conf->news) {
        ngx_http_finance_redis_news_free(conf->news);
    }

    if (conf->pool) {
        ngx_http_finance_redis_pool_close(conf->pool);
    }
}


void
ngx_http_finance_redis_init(ngx_cycle_t *cycle)
{
    ngx_uint_t                       i;
    ngx_http_finance_redis_known_t  *known;

    if (ngx_worker != 0
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE)
        || ngx_http_finance_redis_known == NULL
        || ngx_http_finance_redis_known_cycle != cycle)
    {
        return;
    }

    known = ngx_http_finance_redis_known->elts;

    for (i = 0; i < ngx_http_finance_redis_known->nelts; i++) {
        if (known[i].conf->used) {
            ngx_http_finance_redis_pool_begin(known[i].conf);
        }
    }
}


/* The arguments as one text; NUL cannot be part of one. */
static ngx_int_t
ngx_http_finance_redis_conf_text(ngx_conf_t *cf, ngx_str_t *value,
    ngx_uint_t n, ngx_str_t *text)
{
    u_char      *p;
    size_t       len;
    ngx_uint_t   i;

    len = 0;

    for (i = 0; i < n; i++) {
        len += value[i].len + 1;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;
    text->len = len;

    for (i = 0; i < n; i++) {
        p = ngx_cpymem(p, value[i].data, value[i].len);
        *p++ = '\0';
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_redis_conf_url(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf)
{
    const char                    *error;
    ngx_http_finance_redis_url_t   url;

    error = ngx_http_finance_redis_url_parse((char *) conf->url.data,
                                             conf->url.len, &url);
    if (error) {
        /* the url itself may hold a password */
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid url of \"finance_redis\": %s", error);
        return NGX_ERROR;
    }

    conf->db = url.db;

    if (ngx_http_finance_redis_conf_decode(cf, &url.user, &conf->user) != NGX_OK
        || ngx_http_finance_redis_conf_decode(cf, &url.password,
                                              &conf->password)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_finance_redis_conf_address(cf, conf, &url);
}


static ngx_int_t
ngx_http_finance_redis_conf_address(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_http_finance_redis_url_t *url)
{
    ngx_url_t    u;
    ngx_str_t   *name;
    const char  *prefix;

    /* both texts are used with a NUL as well */
    if (url->path.len) {
        name = &conf->unix_path;
        prefix = "unix:";

    } else {
        name = &conf->host;
        prefix = "";
    }

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url.data = ngx_pnalloc(cf->pool, ngx_strlen(prefix) + conf->url.len
                                       + sizeof(":65535"));
    if (u.url.data == NULL) {
        return NGX_ERROR;
    }

    if (url->path.len) {
        u.url.len = ngx_sprintf(u.url.data, "%s%*s%Z", prefix, url->path.len,
                                url->path.data)
                    - u.url.data - 1;
    } else {
        u.url.len = ngx_sprintf(u.url.data, "%*s:%ui%Z", url->host.len,
                                url->host.data, (ngx_uint_t) url->port)
                    - u.url.data - 1;
    }

    name->data = u.url.data + ngx_strlen(prefix);
    name->len = u.url.len - ngx_strlen(prefix);

    u.default_port = NGX_HTTP_FINANCE_REDIS_PORT;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK || u.naddrs == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in \"%V\" of \"finance_redis\"",
                           u.err ? u.err : "no address", name);
        return NGX_ERROR;
    }

    if (u.wildcard) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"finance_redis\" cannot connect to \"%V\"", name);
        return NGX_ERROR;
    }

    conf->addr = u.addrs;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_redis_conf_decode(ngx_conf_t *cf,
    ngx_http_finance_redis_span_t *span, ngx_str_t *out)
{
    ptrdiff_t  n;

    if (span->len == 0) {
        return NGX_OK;
    }

    out->data = ngx_pnalloc(cf->pool, span->len);
    if (out->data == NULL) {
        return NGX_ERROR;
    }

    n = ngx_http_finance_redis_url_decode((char *) out->data, span);
    if (n < 0) {
        return NGX_ERROR;
    }

    out->len = (size_t) n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_redis_conf_option(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *value)
{
    ngx_int_t  n;

    if (ngx_strncmp(value->data, "connections=", 12) == 0) {

        n = ngx_atoi(value->data + 12, value->len - 12);

        if (n < 1 || n > NGX_HTTP_FINANCE_REDIS_CONNECTIONS_MAX) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid \"%V\" of \"finance_redis\", "
                               "it must be from 1 to %d", value,
                               NGX_HTTP_FINANCE_REDIS_CONNECTIONS_MAX);
            return NGX_ERROR;
        }

        conf->connections = n;
        return NGX_OK;
    }

    if (ngx_strncmp(value->data, "timeout=", 8) == 0) {
        return ngx_http_finance_redis_conf_time(cf, value, 8, &conf->timeout);
    }

    if (ngx_strncmp(value->data, "retry=", 6) == 0) {
        return ngx_http_finance_redis_conf_time(cf, value, 6, &conf->retry);
    }

    if (ngx_strncmp(value->data, "password_file=", 14) == 0) {
        return ngx_http_finance_redis_conf_password(cf, conf, value);
    }

    if (ngx_strncmp(value->data, "redis", 5) == 0
        || ngx_strncmp(value->data, "unix:", 5) == 0
        || ngx_strncmp(value->data, "sentinel", 8) == 0
        || ngx_strncmp(value->data, "cluster", 7) == 0)
    {
        /* which may be an url with a password */
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "several servers, \"sentinel=\" and \"cluster\" "
                           "are not supported by \"finance_redis\", "
                           "name one server");
        return NGX_ERROR;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown parameter \"%V\" of \"finance_redis\"", value);
    return NGX_ERROR;
}


static ngx_int_t
ngx_http_finance_redis_conf_time(ngx_conf_t *cf, ngx_str_t *value,
    size_t prefix, ngx_msec_t *out)
{
    ngx_int_t  ms;
    ngx_str_t  text;

    text.data = value->data + prefix;
    text.len = value->len - prefix;

    ms = ngx_parse_time(&text, 0);

    if (ms < 1 || ms > NGX_HTTP_FINANCE_REDIS_TIMEOUT_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"%V\" of \"finance_redis\", "
                           "it must be from 1ms to %ds", value,
                           NGX_HTTP_FINANCE_REDIS_TIMEOUT_MAX / 1000);
        return NGX_ERROR;
    }

    *out = (ngx_msec_t) ms;

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_redis_conf_password(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *value)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;
    ngx_str_t  name;

    if (conf->password.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"finance_redis\" has two passwords, of its url "
                           "and of \"password_file=\" or of two of these");
        return NGX_ERROR;
    }

    name.data = value->data + 14;
    name.len = value->len - 14;

    if (name.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"password_file=\" of \"finance_redis\" "
                           "names no file");
        return NGX_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    /* a FIFO must not hold nginx up */
    fd = ngx_open_file(name.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", &name);
        return NGX_ERROR;
    }

    rc = ngx_http_finance_redis_conf_check(cf, &name, fd);

    if (rc == NGX_OK) {
        rc = ngx_http_finance_redis_conf_read(cf, conf, &name, fd);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", &name);
    }

    return rc;
}


static ngx_int_t
ngx_http_finance_redis_conf_check(ngx_conf_t *cf, ngx_str_t *name, ngx_fd_t fd)
{
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (!ngx_is_file(&fi)
        || ngx_file_size(&fi) > NGX_HTTP_FINANCE_REDIS_PASSWORD_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not a file of at most %d bytes, "
                           "as a password's is", name,
                           NGX_HTTP_FINANCE_REDIS_PASSWORD_MAX);
        return NGX_ERROR;
    }

    if (fi.st_mode & S_IWOTH) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "everybody may write \"%V\", "
                           "a password's file: chmod o-rwx it", name);
        return NGX_ERROR;
    }

    if (fi.st_mode & S_IROTH) {
        /* not refused: mounted secrets often are */
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "everybody may read \"%V\", "
                           "a password's file: chmod o-rwx it", name);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_finance_redis_conf_read(ngx_conf_t *cf,
    ngx_http_finance_redis_conf_t *conf, ngx_str_t *name, ngx_fd_t fd)
{
    ssize_t   n;
    u_char   *p;

    p = ngx_pnalloc(cf->pool, NGX_HTTP_FINANCE_REDIS_PASSWORD_MAX);
    if (p == NULL) {
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, p, NGX_HTTP_FINANCE_REDIS_PASSWORD_MAX);

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    /* an editor's end of line is not part of it */
    if (n && p[n - 1] == LF) {
        n--;

        if (n && p[n - 1] == CR) {
            n--;
        }
    }

    if (n == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" holds no password", name);
        return NGX_ERROR;
    }

    conf->password.data = p;
    conf->password.len = (size_t) n;

    return NGX_OK;
}

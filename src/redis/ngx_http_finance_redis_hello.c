/* What is said on a new connection: see the header. */


#include "ngx_http_finance_redis_hello.h"


static const ngx_http_finance_redis_error_t
    ngx_http_finance_redis_hello_refused[] =
{
    { "", "it refused the password", NGX_HTTP_FINANCE_REDIS_OPERATOR, 1, 0, 0 },
    { "", "it refused the database", NGX_HTTP_FINANCE_REDIS_OPERATOR, 1, 0, 0 },
    { "", "it refused the client's name", NGX_HTTP_FINANCE_REDIS_PASSES,
      1, 0, 0 },
    { "", "it refused a ping", NGX_HTTP_FINANCE_REDIS_PASSES, 1, 0, 0 }
};


void
ngx_http_finance_redis_hello_init(ngx_http_finance_redis_hello_t *hello,
    int password, unsigned db)
{
    hello->n = 0;
    hello->done = 0;

    if (password) {
        hello->step[hello->n++] = NGX_HTTP_FINANCE_REDIS_AUTH;
    }

    if (db) {
        hello->step[hello->n++] = NGX_HTTP_FINANCE_REDIS_SELECT;
    }

    hello->step[hello->n++] = NGX_HTTP_FINANCE_REDIS_SETNAME;
    hello->step[hello->n++] = NGX_HTTP_FINANCE_REDIS_PING;
}


const ngx_http_finance_redis_error_t *
ngx_http_finance_redis_hello_answer(ngx_http_finance_redis_hello_t *hello,
    const char *error, size_t len)
{
    ngx_http_finance_redis_step_e          step;
    const ngx_http_finance_redis_error_t  *why;

    step = hello->step[hello->done++];

    if (error == NULL) {
        return NULL;
    }

    why = ngx_http_finance_redis_error_find(error, len);

    if (step >= NGX_HTTP_FINANCE_REDIS_SETNAME) {

        /* a user may be denied these, and an old server not know the first */
        if (why->denied) {
            return NULL;
        }

        if (why->retry == NGX_HTTP_FINANCE_REDIS_ANSWER
            && step == NGX_HTTP_FINANCE_REDIS_SETNAME)
        {
            return NULL;
        }
    }

    if (why->retry == NGX_HTTP_FINANCE_REDIS_ANSWER || why->denied) {
        why = &ngx_http_finance_redis_hello_refused[step];
    }

    return why;
}

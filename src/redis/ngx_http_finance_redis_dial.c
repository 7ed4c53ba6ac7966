/* How a connection begins: see the header. */


#include "ngx_http_finance_redis_dial.h"


redisAsyncContext *
ngx_http_finance_redis_dial(ngx_http_finance_redis_conf_t *conf)
{
    size_t              n;
    u_char              text[NGX_SOCKADDR_STRLEN + 1];
    ngx_addr_t         *addr;
    redisAsyncContext  *ac;

    if (conf->unix_path.len) {
        return redisAsyncConnectUnix((char *) conf->unix_path.data);
    }

    addr = conf->addr;

    n = ngx_sock_ntop(addr->sockaddr, addr->socklen, text,
                      NGX_SOCKADDR_STRLEN, 0);
    text[n] = '\0';

    /* an IPv6 address comes without brackets when it comes without port */
    ac = redisAsyncConnect((char *) text, ngx_inet_get_port(addr->sockaddr));

    if (ac && ac->err == 0 && redisEnableKeepAlive(&ac->c) != REDIS_OK) {
        ac->err = ac->c.err;
        ac->errstr = ac->c.errstr;
    }

    return ac;
}


int
ngx_http_finance_redis_dial_step(redisAsyncContext *ac,
    ngx_http_finance_redis_conf_t *conf, const char *name,
    ngx_http_finance_redis_step_e step, redisCallbackFn *answer, void *data)
{
    switch (step) {

    case NGX_HTTP_FINANCE_REDIS_AUTH:

        if (conf->user.len == 0) {
            return redisAsyncCommand(ac, answer, data, "AUTH %b",
                                     conf->password.data, conf->password.len);
        }

        return redisAsyncCommand(ac, answer, data, "AUTH %b %b",
                                 conf->user.data, conf->user.len,
                                 conf->password.data, conf->password.len);

    case NGX_HTTP_FINANCE_REDIS_SELECT:

        return redisAsyncCommand(ac, answer, data, "SELECT %d",
                                 (int) conf->db);

    case NGX_HTTP_FINANCE_REDIS_SETNAME:

        return redisAsyncCommand(ac, answer, data, "CLIENT SETNAME %s", name);

    default:
        return redisAsyncCommand(ac, answer, data, "PING");
    }
}

/* finance_signal: what is refused, with the list of what is known. */


#include "ngx_http_finance_directives.h"


static ngx_uint_t ngx_http_finance_signal_known(ngx_str_t *name,
    fin_signal_kind_t *kind);


char *
ngx_http_finance_signal_refuse(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *arg, fin_status_t status)
{
    u_char             *p, *last, list[NGX_MAX_ERROR_STR / 2];
    ngx_uint_t          i;
    fin_signal_kind_t   kind;

    p = list;
    last = list + sizeof(list);

    if (!ngx_http_finance_signal_known(name, &kind)) {

        for (i = 0; i < FIN_SIGNAL_COUNT; i++) {
            p = ngx_slprintf(p, last, " %s",
                             fin_signal_name((fin_signal_kind_t) i));
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown signal \"%V\" in \"finance_signal\", "
                           "known are:%*s", name, (size_t) (p - list), list);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < fin_rule_count; i++) {
        if (fin_rule_table[i].signal == kind) {
            p = ngx_slprintf(p, last, " %s", fin_rule_table[i].key);
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       status == FIN_E_NOT_FOUND
                       ? "unknown \"%V\" of signal \"%V\", known are:%*s"
                       : "invalid \"%V\" of signal \"%V\": key=number, "
                         "within its range; keys are:%*s",
                       arg, name, (size_t) (p - list), list);

    return NGX_CONF_ERROR;
}


static ngx_uint_t
ngx_http_finance_signal_known(ngx_str_t *name, fin_signal_kind_t *kind)
{
    ngx_uint_t   i;
    const char  *known;

    for (i = 0; i < FIN_SIGNAL_COUNT; i++) {
        known = fin_signal_name((fin_signal_kind_t) i);

        if (ngx_strlen(known) == name->len
            && ngx_strncmp(known, name->data, name->len) == 0)
        {
            *kind = (fin_signal_kind_t) i;
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_finance_rules_make(ngx_conf_t *cf, ngx_http_finance_loc_conf_t *conf)
{
    ngx_uint_t                  i;
    const char                 *key;
    ngx_http_finance_signal_t  *s;

    fin_rules_default(&conf->rules);

    if (conf->signals == NULL) {
        return NGX_OK;
    }

    s = conf->signals->elts;

    for (i = 0; i < conf->signals->nelts; i++) {
        (void) fin_rules_set(&conf->rules, (char *) s[i].name.data,
                             s[i].name.len, (char *) s[i].key.data,
                             s[i].key.len, s[i].value);
    }

    if (fin_rules_check(&conf->rules, &key) != FIN_OK) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"finance_signal\" of the location with "
                      "\"finance_api\" in %s:%ui: the bounds at \"%s\" "
                      "exclude each other",
                      conf->api_file, conf->api_line, key);
        return NGX_ERROR;
    }

    return NGX_OK;
}

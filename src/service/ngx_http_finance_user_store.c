/* Users in Redis: see the header. */


#include "ngx_http_finance_user.h"


/* who may make one */
#define NGX_HTTP_FINANCE_USER_ONE    "one"      /* if the owner has none */
#define NGX_HTTP_FINANCE_USER_ADMIN  "admin"    /* the owner's first, or
                                                   nobody's */
#define NGX_HTTP_FINANCE_USER_ANY    "any"


static ngx_uint_t ngx_http_finance_user_limited(ngx_http_finance_call_t *call);
static ngx_uint_t ngx_http_finance_user_visible(ngx_http_finance_call_t *call,
    const fin_user_t *user);
static void ngx_http_finance_user_text(ngx_str_t *str, const char *text);


/*
 * KEYS: the user, the index of e-mails, the owner's user; and where an
 * Idempotency-Key's answer is kept.
 * ARGV: id, e-mail, its key, name, created_at, owner, who may; and what stands
 * there for us, the answer, how long it is kept.
 *
 * A script is not undone when it fails half way, so that everything which can
 * fail (a key of another type) does so before the first write.
 */

static const char  ngx_http_finance_user_script[] =
    "if KEYS[4] then\n"
    "    local v = redis.call('GET', KEYS[4])\n"
    "    if v and v ~= ARGV[8] then return v end\n"
    "end\n"
    "if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then\n"
    "    return 0\n"
    "end\n"
    "local owner = ARGV[6]\n"
    "if ARGV[7] ~= '" NGX_HTTP_FINANCE_USER_ANY "' then\n"
    "    if redis.call('GET', KEYS[3]) then\n"
    "        if ARGV[7] == '" NGX_HTTP_FINANCE_USER_ONE "' then\n"
    "            return 0\n"
    "        end\n"
    "        owner = ''\n"
    "    end\n"
    "end\n"
    "if redis.call('EXISTS', KEYS[1]) == 1 then\n"
    "    return redis.error_reply('ERR the user is there already')\n"
    "end\n"
    "redis.call('HSET', KEYS[1], 'id', ARGV[1], 'email', ARGV[2],\n"
    "           'name', ARGV[4], 'created_at', ARGV[5], 'owner', owner)\n"
    "redis.call('HSET', KEYS[2], ARGV[3], ARGV[1])\n"
    "if ARGV[7] ~= '" NGX_HTTP_FINANCE_USER_ANY "' and owner ~= '' then\n"
    "    redis.call('SET', KEYS[3], ARGV[1])\n"
    "end\n"
    "if KEYS[4] then\n"
    "    redis.call('SET', KEYS[4], ARGV[9], 'EX', ARGV[10])\n"
    "end\n"
    "return 1\n";


ngx_int_t
ngx_http_finance_user_check(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const fin_email_t *email)
{
    char       key[FIN_KEY_MAX];
    ngx_str_t  argv[3];

    ngx_http_finance_redis_batch_init(batch, call->request->pool);

    ngx_str_set(&argv[0], "HEXISTS");
    ngx_str_set(&argv[1], FIN_KEY_USER_EMAIL);
    ngx_http_finance_user_text(&argv[2], email->key);

    if (ngx_http_finance_redis_add(batch, 3, argv) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!ngx_http_finance_user_limited(call)) {
        return NGX_OK;
    }

    ngx_str_set(&argv[0], "GET");
    (void) fin_key_owner_user(key, (char *) call->owner.data, call->owner.len);
    ngx_http_finance_user_text(&argv[1], key);

    return ngx_http_finance_redis_add(batch, 2, argv);
}


ngx_int_t
ngx_http_finance_user_checked(const ngx_http_finance_redis_batch_t *batch)
{
    const ngx_http_finance_redis_reply_t  *r;

    if (batch->op.status != FIN_OK
        || batch->reply[0].type != NGX_HTTP_FINANCE_REDIS_INTEGER)
    {
        return NGX_ERROR;
    }

    if (batch->reply[0].integer != 0) {
        return NGX_DECLINED;
    }

    if (batch->n == 1) {
        return NGX_OK;
    }

    r = &batch->reply[1];

    switch (r->type) {

    case NGX_HTTP_FINANCE_REDIS_NIL:
        return NGX_OK;

    case NGX_HTTP_FINANCE_REDIS_STRING:
        return NGX_DECLINED;

    default:
        return NGX_ERROR;
    }
}


ngx_int_t
ngx_http_finance_user_write(ngx_http_finance_redis_batch_t *batch,
    ngx_http_finance_call_t *call, const fin_user_t *user,
    const fin_email_t *email, ngx_http_finance_idem_t *idem,
    ngx_str_t *answer)
{
    char        key[FIN_KEY_MAX], owner_key[FIN_KEY_MAX];
    u_char      created[NGX_INT64_LEN];
    ngx_str_t   argv[17];
    ngx_uint_t  n;

    ngx_http_finance_redis_batch_init(batch, call->request->pool);

    (void) fin_key_user(key, user->id.data);
    (void) fin_key_owner_user(owner_key, (char *) call->owner.data,
                              call->owner.len);

    ngx_str_set(&argv[0], "EVAL");
    argv[1].data = (u_char *) ngx_http_finance_user_script;
    argv[1].len = sizeof(ngx_http_finance_user_script) - 1;
    ngx_str_set(&argv[2], "3");
    ngx_http_finance_user_text(&argv[3], key);
    ngx_str_set(&argv[4], FIN_KEY_USER_EMAIL);
    ngx_http_finance_user_text(&argv[5], owner_key);
    n = 6;

    if (idem->key.len) {
        ngx_str_set(&argv[2], "4");
        argv[n++] = idem->key;
    }

    ngx_http_finance_user_text(&argv[n++], user->id.data);
    ngx_http_finance_user_text(&argv[n++], email->text);
    ngx_http_finance_user_text(&argv[n++], email->key);
    argv[n].data = (u_char *) user->name.data;
    argv[n++].len = user->name.len;
    argv[n].data = created;
    argv[n++].len = ngx_sprintf(created, "%L", user->created_at) - created;
    argv[n++] = call->owner;

    ngx_http_finance_user_text(&argv[n++],
                               call->conf->user == NULL
                               ? NGX_HTTP_FINANCE_USER_ANY
                               : call->admin ? NGX_HTTP_FINANCE_USER_ADMIN
                                             : NGX_HTTP_FINANCE_USER_ONE);

    if (idem->key.len) {
        argv[n++] = idem->pending;
        argv[n++] = *answer;
        ngx_http_finance_idem_kept(&argv[n]);
        n++;
    }

    return ngx_http_finance_redis_add(batch, n, argv);
}


ngx_int_t
ngx_http_finance_user_written(const ngx_http_finance_redis_batch_t *batch)
{
    if (batch->op.status != FIN_OK
        || batch->reply[0].type != NGX_HTTP_FINANCE_REDIS_INTEGER)
    {
        return NGX_ERROR;
    }

    return batch->reply[0].integer == 1 ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_finance_user_ask(ngx_http_finance_redis_batch_t *batch,
    const char *id)
{
    char        key[FIN_KEY_MAX];
    ngx_str_t   argv[2 + FIN_USER_FIELDS];
    ngx_uint_t  i;

    (void) fin_key_user(key, id);

    ngx_str_set(&argv[0], "HMGET");
    ngx_http_finance_user_text(&argv[1], key);

    for (i = 0; i < FIN_USER_FIELDS; i++) {
        ngx_http_finance_user_text(&argv[2 + i], fin_user_field_name(i));
    }

    return ngx_http_finance_redis_add(batch, 2 + FIN_USER_FIELDS, argv);
}


fin_status_t
ngx_http_finance_user_read(const ngx_http_finance_redis_reply_t *reply,
    ngx_http_finance_call_t *call, const char *id, fin_user_t *user)
{
    ngx_str_t        *str;
    ngx_uint_t        i;
    fin_status_t      status;
    fin_user_text_t   field[FIN_USER_FIELDS];

    if (reply->type != NGX_HTTP_FINANCE_REDIS_ARRAY
        || reply->n != FIN_USER_FIELDS)
    {
        return FIN_E_REDIS;
    }

    for (i = 0; i < FIN_USER_FIELDS; i++) {
        str = &reply->element[i].str;

        field[i].data = NULL;
        field[i].len = 0;

        if (reply->element[i].type == NGX_HTTP_FINANCE_REDIS_STRING) {
            field[i].data = str->len ? (char *) str->data : "";
            field[i].len = str->len;
        }
    }

    status = fin_user_read(field, id, user);

    /* another's is not there, in whatever state it is */

    if (status == FIN_E_NOT_FOUND
        || !ngx_http_finance_user_visible(call, user))
    {
        return FIN_E_NOT_FOUND;
    }

    return status == FIN_OK ? FIN_OK : FIN_E_REDIS;
}


/* one user an owner, seen by that one alone */

static ngx_uint_t
ngx_http_finance_user_limited(ngx_http_finance_call_t *call)
{
    return call->conf->user != NULL && !call->admin;
}


static ngx_uint_t
ngx_http_finance_user_visible(ngx_http_finance_call_t *call,
    const fin_user_t *user)
{
    return !ngx_http_finance_user_limited(call)
           || (user->owner.len == call->owner.len
               && ngx_memcmp(user->owner.data, call->owner.data,
                             call->owner.len)
                  == 0);
}


static void
ngx_http_finance_user_text(ngx_str_t *str, const char *text)
{
    str->data = (u_char *) text;
    str->len = ngx_strlen(text);
}

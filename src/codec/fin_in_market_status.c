#include "fin_json.h"
#include "../core/fin_time.h"


const char *
fin_session_name(fin_session_t session)
{
    switch (session) {
    case FIN_SESSION_OPEN:
        return "open";
    case FIN_SESSION_CLOSED:
        return "closed";
    case FIN_SESSION_EXTENDED:
        return "extended-hours";
    case FIN_SESSION_UNKNOWN:
    default:
        return "unknown";
    }
}


static fin_session_t
fin_in_session(const char *text)
{
    fin_session_t  session;

    for (session = FIN_SESSION_OPEN; session <= FIN_SESSION_EXTENDED;
         session++)
    {
        if (strcmp(text, fin_session_name(session)) == 0) {
            return session;
        }
    }

    return FIN_SESSION_UNKNOWN;
}


static fin_status_t
fin_in_market_answer(const cJSON *root, fin_session_t *session,
    int64_t *server_time, fin_in_error_t *err)
{
    const char    *text;
    fin_status_t   status;

    status = fin_json_status(root, err);
    if (status != FIN_OK) {
        return status;
    }

    text = fin_json_text(fin_json_get(root, "market"));
    if (text == NULL) {
        return fin_json_refuse(err, FIN_E_SHAPE, "not a string", "market");
    }

    *session = fin_in_session(text);

    text = fin_json_text(fin_json_get(root, "serverTime"));

    if (text != NULL
        && fin_instant_parse(text, strlen(text), server_time) != FIN_OK)
    {
        *server_time = 0;
    }

    return FIN_OK;
}


fin_status_t
fin_in_market_status(const char *json, size_t len, fin_session_t *session,
    int64_t *server_time, fin_in_error_t *err)
{
    cJSON         *root;
    fin_status_t   status;

    *session = FIN_SESSION_UNKNOWN;
    *server_time = 0;

    status = fin_json_parse(json, len, &root, err);
    if (status != FIN_OK) {
        return status;
    }

    status = fin_in_market_answer(root, session, server_time, err);
    cJSON_Delete(root);

    return status;
}

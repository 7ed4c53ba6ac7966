#include "fin_status.h"

#include <stddef.h>


typedef struct {
    const char  *name;
    int          http;
    const char  *detail;
} fin_status_info_t;


/* A key or a plan that the market refuses is the server's fault: 502. */
static const fin_status_info_t  fin_status_table[] = {
    [FIN_OK] = { "ok", 200, "Done" },
    [FIN_E_NOMEM] = { "nomem", 500, "The server is out of memory" },
    [FIN_E_SYNTAX] = { "syntax", 502,
        "The market's answer could not be read" },
    [FIN_E_SHAPE] = { "shape", 502,
        "The market's answer did not have the expected form" },
    [FIN_E_VALUE] = { "value", 502,
        "The market's answer held an impossible value" },
    [FIN_E_NO_DATA] = { "no_data", 404, "The market has no data for it" },
    [FIN_E_NOT_FOUND] = { "not_found", 404, "Not found" },
    [FIN_E_NOT_ENTITLED] = { "not_entitled", 502,
        "The market plan does not include this data" },
    [FIN_E_UNAUTHORIZED] = { "unauthorized", 502,
        "The market refused the server's key" },
    [FIN_E_THROTTLED] = { "throttled", 503,
        "The market allows no more calls at present" },
    [FIN_E_UPSTREAM] = { "upstream", 502, "The market answered an error" },
    [FIN_E_TRUNCATED] = { "truncated", 502,
        "The market's answer ended early" },
    [FIN_E_TOO_BIG] = { "too_big", 502, "The market's answer was too large" },
    [FIN_E_TIMEOUT] = { "timeout", 504,
        "The market did not answer in time" },
    [FIN_E_BUSY] = { "busy", 503, "The server is busy" },
    [FIN_E_REDIS] = { "redis", 503, "The store is not available" },
    [FIN_E_CANCELLED] = { "cancelled", 503, "The request was given up" },
    [FIN_E_INTERNAL] = { "internal", 500, "Internal error" },
    [FIN_E_BUDGET] = { "budget", 503,
        "The market's budget of calls is spent" }
};


_Static_assert(sizeof(fin_status_table) / sizeof(fin_status_table[0])
               == FIN_STATUS_COUNT, "every status has its row");


static const fin_status_info_t *
fin_status_info(fin_status_t status)
{
    size_t  i;

    i = (size_t) status;

    if (i >= FIN_STATUS_COUNT) {
        i = FIN_E_INTERNAL;
    }

    return &fin_status_table[i];
}


const char *
fin_status_name(fin_status_t status)
{
    return fin_status_info(status)->name;
}


int
fin_status_http(fin_status_t status)
{
    return fin_status_info(status)->http;
}


const char *
fin_status_detail(fin_status_t status)
{
    return fin_status_info(status)->detail;
}

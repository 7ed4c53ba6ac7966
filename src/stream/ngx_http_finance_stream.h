/*
 * GET stream: what changes, as Server-Sent Events.
 *
 * A worker that has streams reads the entries of finance:events.  An entry is
 * made into an event once for all whom it looks the same, and each stream has a
 * list of references to the events that it has still to be sent.
 */

#ifndef _NGX_HTTP_FINANCE_STREAM_H_INCLUDED_
#define _NGX_HTTP_FINANCE_STREAM_H_INCLUDED_


#include "../service/ngx_http_finance_call.h"


/* Ends every stream and frees what they had; for exit_process. */
void ngx_http_finance_stream_exit(void);


#endif /* _NGX_HTTP_FINANCE_STREAM_H_INCLUDED_ */

/* What the files of fake_nginx know of each other; tests do not include it. */

#ifndef FAKE_NGINX_PARTS_H
#define FAKE_NGINX_PARTS_H


#include "fake_nginx.h"


void fake_memory_init(void);
int fake_memory_left(void);

void fake_threads_init(void);
int fake_threads_left(void);

/* Tells n things on stderr: 1, or 0 when n is. */
int fake_left(const char *what, ngx_uint_t n);


#endif

# For scripts/sanitize: what UndefinedBehaviorSanitizer is not to look for in
# nginx's own files, as its 1.22 does these things and they are none of ours.

# ngx_pstrdup() and its like copy empty strings: memcpy(p, NULL, 0)
objs/src/core/ngx_string.o: CFLAGS += -fno-sanitize=nonnull-attribute

# methods are compared four bytes at a time, wherever they begin
objs/src/http/ngx_http_parse.o: CFLAGS += -fno-sanitize=alignment

# as are the words of an MD5
objs/src/core/ngx_md5.o: CFLAGS += -fno-sanitize=alignment

# and the numbers of HTTP/2's frames
objs/src/http/v2/ngx_http_v2.o: CFLAGS += -fno-sanitize=alignment
objs/src/http/v2/ngx_http_v2_filter_module.o: CFLAGS += -fno-sanitize=alignment

# a file of the proxy's cache without a Vary
objs/src/http/ngx_http_file_cache.o: CFLAGS += -fno-sanitize=nonnull-attribute

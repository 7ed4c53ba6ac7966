# For scripts/sanitize: what UndefinedBehaviorSanitizer is not to look for in
# nginx's own files, as its 1.22 does these things and they are none of ours.

# ngx_pstrdup() and its like copy empty strings: memcpy(p, NULL, 0)
objs/src/core/ngx_string.o: CFLAGS += -fno-sanitize=nonnull-attribute

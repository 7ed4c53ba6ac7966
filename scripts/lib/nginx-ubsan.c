/*
 * Part of the nginx that scripts/sanitize compiles.  libubsan reads its
 * options when it has its first report, which is after nginx took the
 * environment from its workers; and beside libasan it heeds no log_path.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>


const char  *__ubsan_default_options(void);


const char *
__ubsan_default_options(void)
{
    return "print_stacktrace=1";
}


__attribute__((constructor)) static void
report_to_file(void)
{
    void        *lib;
    void       (*set)(const char *);
    const char  *path;

    path = getenv("FINANCE_REPORTS");
    lib = dlopen("libubsan.so.1", RTLD_NOW|RTLD_NOLOAD);

    if (path == NULL || lib == NULL) {
        return;
    }

    set = (void (*)(const char *)) dlsym(lib, "__sanitizer_set_report_path");

    if (set != NULL) {
        set(path);
    }
}

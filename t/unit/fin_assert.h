/*
 * What cmocka 1.1 lacks: comparing doubles.  Include it instead of cmocka.h.
 */

#ifndef FIN_ASSERT_H
#define FIN_ASSERT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>


/* NAN, the absent value, equals NAN and nothing else. */
static inline int
fin_is_close(double actual, double expected, double rel, double abs)
{
    if (isnan(actual) || isnan(expected)) {
        return isnan(actual) && isnan(expected);
    }

    if (isinf(actual) || isinf(expected)) {
        return isinf(actual) && isinf(expected)
               && signbit(actual) == signbit(expected);
    }

    return fabs(actual - expected) <= fmax(abs, rel * fabs(expected));
}


static inline void
fin_assert_close_at(double actual, double expected, double rel, double abs,
    const char *what, const char *file, int line)
{
    if (fin_is_close(actual, expected, rel, abs)) {
        return;
    }

    print_error("%s: %.17g, expected %.17g (rel %g, abs %g)\n", what, actual,
                expected, rel, abs);
    _fail(file, line);
}


/* |actual - expected| <= max(abs, rel * |expected|); NAN equals NAN only. */
#define fin_assert_close(actual, expected, rel, abs)                          \
    fin_assert_close_at((actual), (expected), (rel), (abs), #actual,          \
                        __FILE__, __LINE__)

/* The same double. */
#define fin_assert_same(actual, expected)                                     \
    fin_assert_close((actual), (expected), 0.0, 0.0)

/* The same with a row of a table in the message: fmt and its arguments. */
#define fin_assert_close_row(actual, expected, rel, abs, ...)                 \
    do {                                                                      \
        char  fin_row_[128];                                                  \
                                                                              \
        snprintf(fin_row_, sizeof(fin_row_), __VA_ARGS__);                    \
        fin_assert_close_at((actual), (expected), (rel), (abs), fin_row_,     \
                            __FILE__, __LINE__);                              \
    } while (0)


#endif

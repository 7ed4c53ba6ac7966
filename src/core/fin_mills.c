/*
 * See fin_mills.h.  All coefficients are positive, so neither the numerators
 * nor the denominators lose digits.
 */

#include <stddef.h>

#include "fin_mills.h"


#define FIN_MILLS_SPLIT  5.0

/* t/golden/mills/mills.py prints these tables. */

/* 0 <= z <= 5, powers of z: numerator, denominator */
static const double  fin_mills_near[2][10] = {
    {
        1.2533141373155003,
        1.6331339540636844,
        1.064228474813331,
        0.4354880523033255,
        0.12070025328678458,
        0.023056832617898395,
        0.0029613323881640175,
        0.00023452321759540466,
        8.838239591820126e-06,
        0.0,
    },
    {
        1.0,
        2.1009369284732236,
        2.0254366076695205,
        1.179026847524314,
        0.45808226263198965,
        0.12364341935012096,
        0.023291384733172993,
        0.0029701693878468067,
        0.0002345232520421913,
        8.838239126790488e-06,
    },
};

/* z * M(z), z > 5, powers of 1/z^2: numerator and denominator by row */
static const double  fin_mills_tail[7][2] = {
    { 1.0, 1.0 },
    { 56.82154403776209, 57.821544037762074 },
    { 1114.4064379102092, 1169.2279819479918 },
    { 9218.953122371548, 10229.716472193988 },
    { 31324.09235164908, 38808.44804253913 },
    { 35031.14927148802, 55562.604696789036 },
    { 5631.603787380657, 19692.144295543814 },
};


/* Estrin's scheme: the terms wait for each other less than in Horner's. */
static double
fin_mills_poly(const double c[10], double z)
{
    double  w, low, high;

    w = z * z;
    low = (c[0] + c[1] * z) + (c[2] + c[3] * z) * w;
    high = (c[4] + c[5] * z) + (c[6] + c[7] * z) * w;

    return low + w * w * (high + w * w * (c[8] + c[9] * z));
}


double
fin_mills(double z)
{
    size_t  i;
    double  p, q, w;

    if (z <= FIN_MILLS_SPLIT) {
        return fin_mills_poly(fin_mills_near[0], z)
               / fin_mills_poly(fin_mills_near[1], z);
    }

    p = 0;
    q = 0;
    w = 1 / (z * z);
    i = sizeof(fin_mills_tail) / sizeof(fin_mills_tail[0]);

    while (i-- > 0) {
        p = p * w + fin_mills_tail[i][0];
        q = q * w + fin_mills_tail[i][1];
    }

    return p / (q * z);
}

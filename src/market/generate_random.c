#include "generate.h"


static uint64_t
sample_mix(uint64_t z)
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);

    return z ^ (z >> 31);
}


void
sample_random_seed(sample_random_t *random, uint64_t seed,
    const char *ticker, uint64_t purpose)
{
    uint64_t     z;
    const char  *p;

    z = sample_mix(seed);

    for (p = ticker; *p != '\0'; p++) {
        z = sample_mix(z ^ (unsigned char) *p);
    }

    z = sample_mix(z ^ purpose);
    random->state = z != 0 ? z : 1;
}


double
sample_random(sample_random_t *random)
{
    uint64_t  x;

    x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;

    return (double) ((x * UINT64_C(0x2545f4914f6cdd1d)) >> 11) * 0x1p-53;
}


/* Box and Muller 1958; the second of each pair is not used. */
double
sample_normal(sample_random_t *random)
{
    double  u, v;

    u = 1.0 - sample_random(random);
    v = sample_random(random);

    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

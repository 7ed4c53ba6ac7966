/*
 * A 64-bit content hash: 32 bytes a round into two lanes, each folded by the
 * upper and lower half of a 64 x 64 product.  For etags: a chance collision is
 * 2^-64, no defence against a chosen one.  The same on every host.
 */

#include "fin_le.h"
#include "fin_snapshot.h"


/* odd, without structure: fractions of sqrt(2), sqrt(3), sqrt(5), sqrt(7) */
#define FIN_HASH_1  0x6a09e667f3bcc909ULL
#define FIN_HASH_2  0xbb67ae8584caa73bULL
#define FIN_HASH_3  0x3c6ef372fe94f82bULL
#define FIN_HASH_4  0xa54ff53a5f1d36f1ULL


static inline uint64_t
fin_hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128  m;

    m = (unsigned __int128) a * b;
    return (uint64_t) m ^ (uint64_t) (m >> 64);
}


/* A factor of 0 would drop the other one: both come in beside the product. */
static inline uint64_t
fin_hash_mix(uint64_t lane, uint64_t first, uint64_t second, uint64_t key)
{
    lane ^= first;
    return (fin_hash_fold(lane, second ^ key) + (lane << 32 | lane >> 32))
           ^ second;
}


uint64_t
fin_hash64(const void *data, size_t len, uint64_t seed)
{
    char         rest[32];
    size_t       n;
    uint64_t     a, b;
    const char  *p = data;

    a = seed ^ FIN_HASH_1;
    b = fin_hash_fold(seed ^ FIN_HASH_2, len ^ FIN_HASH_3);

    for (n = len; n >= 32; n -= 32, p += 32) {
        a = fin_hash_mix(a, fin_le64_load(p), fin_le64_load(p + 8),
                         FIN_HASH_2);
        b = fin_hash_mix(b, fin_le64_load(p + 16), fin_le64_load(p + 24),
                         FIN_HASH_4);
    }

    if (n > 0) {
        /* len is in b, so zeros after the end are no ambiguity */
        memset(rest, 0, sizeof(rest));
        memcpy(rest, p, n);

        a = fin_hash_mix(a, fin_le64_load(rest), fin_le64_load(rest + 8),
                         FIN_HASH_2);
        b = fin_hash_mix(b, fin_le64_load(rest + 16), fin_le64_load(rest + 24),
                         FIN_HASH_4);
    }

    a = fin_hash_fold(a ^ FIN_HASH_3, b ^ FIN_HASH_1) + a;
    a = fin_hash_fold(a ^ FIN_HASH_4, FIN_HASH_2) + b;
    a ^= a >> 32;

    return fin_hash_fold(a ^ FIN_HASH_1, FIN_HASH_4);
}

/* Little-endian loads and stores of the packed values; the host may be either. */

#ifndef FIN_LE_H
#define FIN_LE_H

#include <stdint.h>
#include <string.h>


static inline uint32_t
fin_le32_load(const char *p)
{
    uint32_t  v;

    memcpy(&v, p, sizeof(v));

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif

    return v;
}


static inline uint64_t
fin_le64_load(const char *p)
{
    uint64_t  v;

    memcpy(&v, p, sizeof(v));

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif

    return v;
}


static inline double
fin_le_double_load(const char *p)
{
    double    v;
    uint64_t  bits;

    bits = fin_le64_load(p);
    memcpy(&v, &bits, sizeof(v));

    return v;
}


static inline char *
fin_le32_store(char *p, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif

    memcpy(p, &v, sizeof(v));
    return p + sizeof(v);
}


static inline char *
fin_le64_store(char *p, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif

    memcpy(p, &v, sizeof(v));
    return p + sizeof(v);
}


static inline char *
fin_le_double_store(char *p, double v)
{
    uint64_t  bits;

    memcpy(&bits, &v, sizeof(bits));
    return fin_le64_store(p, bits);
}


#endif

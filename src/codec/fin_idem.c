#include <inttypes.h>
#include <stdio.h>

#include "fin_idem.h"
#include "fin_le.h"
#include "fin_snapshot.h"


/* fractions of sqrt(11), sqrt(13) */
#define FIN_IDEM_SEED_1  0x510e527fade682d1ULL
#define FIN_IDEM_SEED_2  0x9b05688c2b3e6c1fULL


int
fin_idem_key_valid(const char *s, size_t len)
{
    size_t  i;

    if (len == 0 || len > FIN_IDEM_KEY_MAX) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (s[i] < 0x21 || s[i] > 0x7e) {
            return 0;
        }
    }

    return 1;
}


static int
fin_idem_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
           || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '-';
}


size_t
fin_key_idem(char *out, const char *owner, size_t owner_len, const char *key,
    size_t key_len)
{
    size_t  i, n;

    static const char  hex[] = "0123456789ABCDEF";

    n = fin_key_owner(out, owner, owner_len, ":idem:");

    if (n == 0 || !fin_idem_key_valid(key, key_len)) {
        out[0] = '\0';
        return 0;
    }

    for (i = 0; i < key_len; i++) {
        if (fin_idem_plain(key[i])) {
            out[n++] = key[i];
            continue;
        }

        out[n++] = '%';
        out[n++] = hex[(unsigned char) key[i] >> 4];
        out[n++] = hex[(unsigned char) key[i] & 15];
    }

    out[n] = '\0';

    return n;
}


void
fin_idem_fingerprint(const char *method, size_t method_len, const char *path,
    size_t path_len, const char *body, size_t body_len,
    char out[FIN_IDEM_FINGERPRINT_LEN + 1])
{
    int       i;
    char      lengths[3 * 8];
    uint64_t  h[2] = { FIN_IDEM_SEED_1, FIN_IDEM_SEED_2 };

    fin_le64_store(lengths, method_len);
    fin_le64_store(lengths + 8, path_len);
    fin_le64_store(lengths + 16, body_len);

    for (i = 0; i < 2; i++) {
        h[i] = fin_hash64(lengths, sizeof(lengths), h[i]);
        h[i] = fin_hash64(method, method_len, h[i]);
        h[i] = fin_hash64(path, path_len, h[i]);
        h[i] = fin_hash64(body, body_len, h[i]);
    }

    (void) snprintf(out, FIN_IDEM_FINGERPRINT_LEN + 1,
                    "%016" PRIx64 "%016" PRIx64, h[0], h[1]);
}

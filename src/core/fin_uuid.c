#include <string.h>
#include <sys/random.h>

#include "fin_uuid.h"


#define FIN_UUID_BYTES  16


/* The positions of the hyphens in the text. */
static int
fin_uuid_hyphen(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}


fin_status_t
fin_uuid_make(char out[FIN_UUID_LEN + 1])
{
    size_t         i;
    unsigned       n;
    unsigned char  byte[FIN_UUID_BYTES];

    static const char  hex[] = "0123456789abcdef";

    /* so few bytes come whole, or not at all */

    if (getrandom(byte, sizeof(byte), 0) != (ssize_t) sizeof(byte)) {
        return FIN_E_INTERNAL;
    }

    byte[6] = (unsigned char) ((byte[6] & 0x0f) | 0x40);
    byte[8] = (unsigned char) ((byte[8] & 0x3f) | 0x80);

    n = 0;

    for (i = 0; i < FIN_UUID_LEN; i++) {
        if (fin_uuid_hyphen(i)) {
            out[i] = '-';
            continue;
        }

        out[i] = hex[n % 2 ? byte[n / 2] & 15 : byte[n / 2] >> 4];
        n++;
    }

    out[FIN_UUID_LEN] = '\0';

    return FIN_OK;
}


static int
fin_uuid_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
           || (c >= 'A' && c <= 'F');
}


int
fin_uuid_valid(const char *s, size_t len)
{
    size_t  i;

    if (len != FIN_UUID_LEN) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (fin_uuid_hyphen(i) ? s[i] != '-' : !fin_uuid_digit(s[i])) {
            return 0;
        }
    }

    return 1;
}

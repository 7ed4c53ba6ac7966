#!/bin/sh
# embed.sh NAME FILE
#
# Writes FILE as C to stdout: const unsigned char NAME[] and NAME_len, its
# size; a zero stands behind the bytes. Of *.json the white space at the
# beginnings and ends of lines is left out. config runs it.

set -eu

name=$1
file=$2

content() {
    case $file in
    *.json) sed 's/^ *//' "$file" | tr -d '\n' ;;
    *) cat "$file" ;;
    esac
}

[ -r "$file" ] || { echo "embed.sh: no $file" >&2; exit 1; }

printf '/* made from %s */\n#include <stddef.h>\n\n' "${file##*/}"
printf 'extern const unsigned char  %s[];\n' "$name"
printf 'extern const size_t  %s_len;\n\n' "$name"
printf 'const unsigned char  %s[] = {\n' "$name"
content | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'
printf '0 };\n\nconst size_t  %s_len = sizeof(%s) - 1;\n' "$name" "$name"

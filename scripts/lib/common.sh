# Shared by the scripts: one line a step, one line for what is missing.
# shellcheck shell=bash

# nginx and others live where only root looks
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

step() {
    printf '%s: %s\n' "${0##*/}" "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# as_root COMMAND...: through sudo where this is not root
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# need_packages command:package ... file:/path:package ... module:Perl::Module:package
# Installs the Debian packages whose command, file or module is not there.
need_packages() {
    local want=() item rest

    for item in "$@"; do
        case $item in
        file:*)
            rest=${item#file:}
            [ -e "${rest%%:*}" ] || want+=("${rest#*:}")
            ;;
        module:*)
            rest=${item##*:}
            item=${item#module:}
            perl "-M${item%:*}" -e 1 > /dev/null 2>&1 || want+=("$rest")
            ;;
        *)
            command -v "${item%%:*}" > /dev/null 2>&1 ||
                want+=("${item#*:}")
            ;;
        esac
    done

    [ ${#want[@]} -eq 0 ] && return 0

    command -v apt-get > /dev/null ||
        die "missing: ${want[*]} (install them; this is not a Debian)"

    if [ "$(id -u)" != 0 ] && ! command -v sudo > /dev/null; then
        die "missing: ${want[*]} (run as root, or install sudo)"
    fi

    step "installing ${want[*]}"
    as_root apt-get update -qq ||
        die "apt-get update failed: is there a network?"
    install_packages "${want[@]}" || die "could not install ${want[*]}"
}

# A package must not start its daemon: this project runs its own. An operator's
# policy, if there is one, is left as it is.
install_packages() (
    policy=/usr/sbin/policy-rc.d

    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' |
            as_root sh -c "cat > $policy && chmod 755 $policy" || exit 1
    fi

    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends "$@" > /dev/null
)

# The packages that a build takes.
need_build_packages() {
    need_packages gcc:gcc make:make "file:/usr/sbin/nginx:nginx" \
        file:/usr/include/stdio.h:libc6-dev \
        file:/usr/share/nginx/src/configure:nginx-dev \
        file:/usr/include/hiredis/async.h:libhiredis-dev \
        file:/usr/include/cjson/cJSON.h:libcjson-dev \
        file:/usr/include/pcre2.h:libpcre2-dev \
        file:/usr/include/zlib.h:zlib1g-dev \
        file:/usr/include/openssl/ssl.h:libssl-dev
}

# installs FILE as TARGET in one move: nginx may run with the present one
replace() {
    cp "$1" "$2.new.$$"
    mv -f "$2.new.$$" "$2"
}

# npm_pack NAME VERSION SHA512 FOLDER: FOLDER/package, of that very content
npm_pack() {
    local file=$4/$1-$2.tgz

    (cd "$4" && npm pack --silent --ignore-scripts "$1@$2" > npm.log 2>&1) ||
        return 1

    if [ "$(openssl dgst -sha512 -binary "$file" | base64 -w0)" != "$3" ]; then
        echo "${0##*/}: $1 $2 from npm is not what it was: left out" >&2
        return 1
    fi

    tar -xzf "$file" -C "$4"
}

# nginx from Debian's source package with its pools off: each allocation from
# a pool is a malloc() of its own (NGX_DEBUG_PALLOC), so that AddressSanitizer
# and valgrind see the ends of what a pool gave, and when it goes.
# shellcheck shell=bash

# as Debian's build has it: 1.22.1-9+deb12u11
nginx_version() {
    dpkg-query -W -f '${Version}' nginx 2> /dev/null ||
        die "nginx is not a Debian package here"
}

# source_apt COMMAND...: an apt command with lists and a cache of its own; the
# machine's are not touched
source_apt() {
    local command=$1 apt=$PWD/build/nginx-source/apt
    shift

    "$command" -o Dir::Etc::sourcelist="$apt/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$apt/lists" \
        -o Dir::Cache="$apt/cache" -o APT::Sandbox::User= "$@"
}

# The Debian archives that the machine takes packages from, as deb-src.
source_lists() {
    local apt=build/nginx-source/apt

    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt-get indextargets --format '$(ORIGIN)|$(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' | sed -n 's/^Debian|/deb-src /p' |
        sort -u > "$apt/sources.list"
    [ -s "$apt/sources.list" ] || die "apt knows no archive of Debian's"
    source_apt apt-get update -qq || die "apt-get update failed (deb-src)"
}

# source_versions VERSION: it, then others of the same upstream version, the
# latest first: a mirror may lack the sources of what it gave before or since
source_versions() {
    local version

    echo "$1"
    source_apt apt-cache showsrc nginx | sed -n 's/^Version: //p' | sort -rVu |
        while read -r version; do
            [ "${version%-*}" != "${1%-*}" ] || [ "$version" = "$1" ] ||
                echo "$version"
        done
}

# nginx_source VERSION: the sources, patched, in build/nginx-source/VERSION
nginx_source() {
    local tree=$PWD/build/nginx-source/$1 part=$PWD/build/nginx-source/part
    local version

    [ ! -x "$tree/configure" ] || return 0

    need_packages dpkg-source:dpkg-dev xz:xz-utils patch:patch
    step "the source package of nginx $1"
    source_lists
    rm -rf "$part"
    mkdir -p "$part"

    for version in $(source_versions "$1"); do
        if (cd "$part" && rm -f ./* && PWD=${part%/build/*} \
            source_apt apt-get source -qq --download-only "nginx=$version") \
            > "$part.log" 2>&1
        then
            [ "$version" = "$1" ] ||
                step "there are no sources of $1: those of $version"
            (cd "$part" && dpkg-source -x ./*.dsc tree) >> "$part.log" 2>&1 ||
                die "dpkg-source failed (see $part.log)"
            nginx_flags > "$part/tree/conf_flags"
            echo "$version" > "$part/tree/version"
            rm -rf "$tree"
            mv "$part/tree" "$tree"
            return 0
        fi
    done

    die "no source package of nginx $1 (see $part.log)"
}

# What the package was configured with, but its libraries and the mail and
# stream servers: sourced by scripts/build for the module, too.
nginx_flags() {
    echo "NGX_CONF_FLAGS=($(/usr/sbin/nginx -V 2>&1 |
        sed -n "s/^configure arguments: //p" |
        sed -E "s/--with-(cc|ld)-opt='[^']*'//g" | tr ' ' '\n' |
        grep -vE '=dynamic$|_(mail|stream)|-(mail|stream)' | tr '\n' ' '))"
}

# pools_off_nginx OUT CC_OPT LD_OPT [MAKEFILE]: OUT/sbin/nginx, built anew when
# any of these changed; MAKEFILE is read after nginx's own
pools_off_nginx() {
    local out=$1 cc_opt=$2 ld_opt=$3 more=${4:-/dev/null} version stamp
    local NGX_CONF_FLAGS=()

    version=$(nginx_version) || exit 1
    nginx_source "$version"
    source_tree=$PWD/build/nginx-source/$version
    . "$source_tree/conf_flags"

    stamp=$(cat "$source_tree/version"; echo "$cc_opt $ld_opt ${CC:-}"
            cat "$more" scripts/lib/nginx-source.sh)
    [ "$(cat "$out/sbin/stamp" 2> /dev/null)" != "$stamp" ] || return 0

    step "compiling nginx $(cat "$source_tree/version") with its pools off"
    rm -rf "$out/nginx-own" "$out/sbin"
    mkdir -p "$out/sbin"
    cp -r "$source_tree" "$out/nginx-own"

    (cd "$out/nginx-own" &&
        ./configure "${NGX_CONF_FLAGS[@]}" --with-ld-opt="$ld_opt" \
            --with-cc-opt="$cc_opt -DNGX_DEBUG_PALLOC=1 -DNGX_DEBUG_MALLOC=1" &&
        make -s -f objs/Makefile -f "$more" -j"$(nproc)" objs/nginx) \
        > "$out/nginx-own.log" 2>&1 9>&- ||
        die "nginx does not compile (see $out/nginx-own.log)"

    cp "$out/nginx-own/objs/nginx" "$out/sbin/nginx"
    echo "$stamp" > "$out/sbin/stamp"
}

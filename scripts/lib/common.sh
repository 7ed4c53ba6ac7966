# Shared by the scripts: one line a step, one line for what is missing.
# shellcheck shell=bash

step() {
    printf '%s: %s\n' "${0##*/}" "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# need_packages command:package ... file:/path:package ...
# Installs the Debian packages whose command or file is not there.
need_packages() {
    local want=() item rest

    for item in "$@"; do
        case $item in
        file:*)
            rest=${item#file:}
            [ -e "${rest%%:*}" ] || want+=("${rest#*:}")
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

    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo > /dev/null ||
            die "missing: ${want[*]} (run as root, or install sudo)"
        sudo=(sudo)
    fi

    step "installing ${want[*]}"
    "${sudo[@]}" apt-get update -qq ||
        die "apt-get update failed: is there a network?"
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${want[@]}" \
        > /dev/null || die "could not install ${want[*]}"
}

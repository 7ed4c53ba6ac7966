# page_tests: the page in Debian's Chromium, driven by playwright-core from
# npm, against services of its own. Sourced by scripts/test.
# shellcheck shell=bash

playwright_version=1.65.1
playwright_sha512=hqPpz7blSMPxWVdoeE1yiBSzXsKiVOd2k+kjCvmUywD2GPO2Dd9HfcWnq9NN0GHbNZDFgZ9JfBFr\
+X5/BLo0qw==
axe_version=4.14.1
axe_sha512=FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37Ogud\
VGtQ==

# page_package NAME VERSION SHA512: in build/page/node_modules
page_package() {
    local home=build/page/node_modules part=build/page/part.$1

    [ "$(cat "build/page/$1.version" 2> /dev/null)" != "$2" ] || return 0
    rm -rf "$part" "${home:?}/$1"
    mkdir -p "$part" "$home"
    npm_pack "$1" "$2" "$3" "$part" || return 1
    mv "$part/package" "$home/$1"
    rm -rf "$part"
    echo "$2" > "build/page/$1.version"
}

# page_tests [--screenshot]
page_tests() {
    local line picture=t/page/screenshot.png

    step "the page, in Chromium"
    need_packages node:nodejs npm:npm openssl:openssl chromium:chromium \
        redis-server:redis-server setpriv:util-linux \
        file:/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf:fonts-liberation

    mkdir -p build/page
    if ! page_package playwright-core $playwright_version $playwright_sha512 ||
        ! page_package axe-core $axe_version $axe_sha512
    then
        fail_one "the page: playwright-core and axe-core could not be had from npm"
        return
    fi

    cp scripts/lib/page/*.mjs build/page/
    while IFS= read -r line; do
        case $line in
        "ok "*) pass_one ;;
        "not ok "*) fail_one "the page: ${line#not ok }" ;;
        *) printf '  %s\n' "$line" ;;
        esac
    done < <(timeout -k 10 240 node build/page/run.mjs "$PWD" "$@" 2>&1 ||
        echo "not ok the run of the browser")

    if [ "${1:-}" = --screenshot ] && [ $failed = 0 ]; then
        need_packages pngquant:pngquant
        pngquant --force --strip --speed 1 --output $picture 64 \
            build/page/shots/readme.png || fail_one "pngquant"
        step "$picture: $(stat -c %s $picture) bytes"
    fi
}

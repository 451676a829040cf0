#!/usr/bin/env bash
# Installs what the client tests need, and only what is missing:
#   Debian packages (nginx, chromium, and node with npm when there is no node >= 18),
#   one private Python environment per file in tests/clients/requirements/,
#   one for the Python package's tests per interpreter that is found (3.9 and newer): python-3.9, python-3.10, ...,
#   the wheels that `pip install .` needs, for tests without a network,
#   mdBook, which builds the book for users (the environment book),
#   with the environment main, the Node packages of tests/clients/node/, tests/clients/coding_agents/ (800 MB: two large
#   programs) and tests/docs-page/.
# Run it as often as you like: with everything in place it takes a second.
#
#   scripts/setup-tests.sh [ENVIRONMENT ...]    default: all environments
#   scripts/setup-tests.sh book                 only mdBook
#
# TIDEGATE_CACHE_DIR   where environments live (default: .cache in the project)
# TIDEGATE_NO_APT=1    never call apt-get; missing programs make their tests skip
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TIDEGATE_CACHE_DIR:-$root/.cache}
clients=$root/tests/clients
venvs=$cache/venvs
log=$cache/setup-tests.log
export PATH="$PATH:/usr/sbin:/sbin"
mkdir -p "$venvs"
: >"$log"

say() { printf 'setup: %s\n' "$*"; }

# quietly COMMAND...: the output goes to the log, and to the terminal only when it fails.
quietly() {
    local from
    from=$(wc -c <"$log")
    if ! "$@" >>"$log" 2>&1 </dev/null; then
        tail -c "+$((from + 1))" "$log" | tail -n 40 >&2
        say "failed: $* (everything: $log)" >&2
        exit 1
    fi
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

has() { command -v "$1" >/dev/null 2>&1; }

node_is_recent() {
    has node && has npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]
}

# Only on a machine being set up for tests does it matter that the server which the
# nginx package starts by itself stays down; the tests start their own on a free port.
install_debian_packages() {
    local wanted=()
    has nginx || wanted+=(nginx-light)
    has chromium || wanted+=(chromium)
    has openssl || wanted+=(openssl)
    node_is_recent || wanted+=(nodejs npm)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3-venv)
    if [ ${#wanted[@]} = 0 ]; then return; fi
    if [ "${TIDEGATE_NO_APT:-}" = 1 ] || ! has apt-get; then
        say "missing, and not installed: ${wanted[*]}"
        return
    fi
    say "Debian packages: ${wanted[*]}"
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    quietly as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${wanted[@]}"
}

stamp_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

# is_stamped FILE STAMP: FILE says that the thing beside it was made from STAMP.
is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

install_uv() {
    local file=$clients/requirements/tools.txt dir=$venvs/tools stamp
    stamp=$(stamp_of "$file")
    if is_stamped "$dir/.stamp" "$stamp" && "$dir/bin/uv" --version >/dev/null 2>&1; then return; fi
    say "Python environment: tools"
    rm -rf "$dir"
    quietly "$python" -m venv "$dir"
    quietly "$dir/bin/pip" install --quiet --disable-pip-version-check -r "$file"
    echo "$stamp" >"$dir/.stamp"
}

# Packages that several environments share are unpacked once and hard-linked from the cache.
install_python_environment() {
    local name=$1 file=$clients/requirements/$1.txt dir=$venvs/$1 interpreter=$python stamp
    if [[ $name = python-* ]]; then
        file=$clients/requirements/interpreters.txt
        interpreter=$("$root/scripts/interpreters.sh" "${name#python-}") || exit 2
    fi
    [ -f "$file" ] || { say "no such environment: $name" >&2; exit 2; }
    stamp=$(stamp_of "$file")
    if is_stamped "$dir/.stamp" "$stamp" && "$dir/bin/python" -c '' 2>/dev/null; then return; fi
    say "Python environment: $name"
    export UV_CACHE_DIR=$cache/uv UV_LINK_MODE=hardlink UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never
    quietly "$venvs/tools/bin/uv" venv --quiet --clear --python "$interpreter" "$dir"
    quietly "$venvs/tools/bin/uv" pip sync --quiet --python "$dir/bin/python" "$file"
    echo "$stamp" >"$dir/.stamp"
}

install_wheels() {
    local file=$clients/requirements/wheels.txt dir=$cache/wheels stamp
    stamp=$(stamp_of "$file")
    if is_stamped "$dir/.stamp" "$stamp"; then return; fi
    say "Wheels of maturin and httpx"
    rm -rf "$dir"
    quietly "$venvs/tools/bin/pip" download --quiet --disable-pip-version-check --only-binary :all: --dest "$dir" -r "$file"
    echo "$stamp" >"$dir/.stamp"
}

install_node_packages() {
    local dir=$1 stamp
    if ! has npm; then
        say "no npm: the Node tests will be skipped"
        return
    fi
    stamp=$(stamp_of "$dir/package.json" "$dir/package-lock.json")
    if is_stamped "$dir/node_modules/.stamp" "$stamp"; then return; fi
    say "Node packages of ${dir#"$root/"}"
    quietly npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund --loglevel=error
    echo "$stamp" >"$dir/node_modules/.stamp"
}

# The fast profile suffices, and takes a minute to build.
install_mdbook() {
    local version=0.5.4 mdbook=$cache/tools/bin/mdbook
    if [ "$("$mdbook" --version 2>/dev/null)" = "mdbook v$version" ]; then return; fi
    say "mdBook $version"
    CARGO_PROFILE_DEV_DEBUG=0 quietly cargo install mdbook --locked --version "$version" --no-default-features --features search --debug \
        --force --root "$cache/tools"
}

if [ "$*" = book ]; then
    install_mdbook
    exit
fi

python=
for candidate in python3.11 python3.12 python3.10 python3; do
    if has "$candidate" && "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
        python=$("$candidate" -c 'import sys; print(sys.executable)')
        break
    fi
done
[ -n "$python" ] || { say "needs Python 3.10, 3.11 or 3.12" >&2; exit 1; }

if [ $# = 0 ]; then
    install_mdbook
    set -- $(cd "$clients/requirements" && ls -- *.txt | sed 's/\.txt$//' | grep -vxE 'tools|interpreters|wheels') \
        $("$root/scripts/interpreters.sh" | sed 's/ .*//; s/^/python-/')
fi
install_debian_packages
install_uv
for name in "$@"; do install_python_environment "$name"; done
install_wheels
if [[ " $* " = *" main "* ]]; then
    install_node_packages "$clients/node"
    install_node_packages "$clients/coding_agents"
    install_node_packages "$root/tests/docs-page"
fi

#!/usr/bin/env bash
# The Python interpreters of this machine, 3.9 and newer, on the search path or kept by pyenv.
#
#   scripts/interpreters.sh              lists them: VERSION PATH
#   scripts/interpreters.sh VERSION      the path of one, for example of 3.12
set -euo pipefail

# find_interpreter VERSION: the first that runs and is of that version. pyenv's shims are on the path but may lead nowhere.
find_interpreter() {
    local candidate
    for candidate in $(type -aP "python$1") "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if [ -x "$candidate" ] && "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

if [ $# = 0 ]; then
    for minor in $(seq 9 30); do
        if path=$(find_interpreter "3.$minor"); then echo "3.$minor $path"; fi
    done
elif ! find_interpreter "$1"; then
    echo "there is no Python $1 on the search path, nor one of pyenv's" >&2
    exit 1
fi

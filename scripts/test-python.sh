#!/usr/bin/env bash
# Checks the Python package: style and types, its own tests on every interpreter, then what pip builds and installs.
# All of it is built with the debug profile.
#
#   scripts/test-python.sh                 everything
#   scripts/test-python.sh VERSION ...     only its own tests, on these interpreters, for example 3.9 3.13
#
# TIDEGATE_TEST_JOBS   interpreters that are tested at once (default: 2)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TIDEGATE_CACHE_DIR:-$root/.cache}
venvs=$cache/venvs
unset TIDEGATE_BIN # the program that the package carries is tested
export PYTHONDONTWRITEBYTECODE=1 UV_CACHE_DIR=$cache/uv UV_NO_CONFIG=1

cd "$root"
versions=("$@")
if [ $# = 0 ]; then mapfile -t versions < <(scripts/interpreters.sh | cut -d' ' -f1); fi
scripts/setup-tests.sh package "${versions[@]/#/python-}"

if [ $# = 0 ]; then
    "$venvs/package/bin/ruff" check --quiet --no-cache python tests/package
    "$venvs/package/bin/mypy" --no-error-summary --cache-dir "$cache/mypy"
fi

wheel=$("$venvs/package/bin/python" tests/package/installing.py "$cache/package/wheel")

# test_on VERSION: its output in one piece, for several run at once.
test_on() {
    local python=$venvs/python-$1/bin/python said failed=0
    "$venvs/tools/bin/uv" pip install --quiet --offline --no-deps --reinstall --python "$python" "$wheel"
    said=$("$python" -m pytest python/tests 2>&1) || failed=1
    printf 'Python %s: %s\n' "$1" "$said"
    return "$failed"
}
export -f test_on
export venvs wheel
printf '%s\n' "${versions[@]}" | xargs -P "${TIDEGATE_TEST_JOBS:-2}" -I VERSION bash -euc 'test_on VERSION'

if [ $# = 0 ]; then
    printf 'The package: '
    "$venvs/package/bin/python" -m pytest tests/package
fi

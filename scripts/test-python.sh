#!/usr/bin/env bash
# Checks the Python package: style and types, its own tests on every interpreter, then what pip builds and installs.
# All of it is built with the debug profile.
#
#   scripts/test-python.sh                 everything
#   scripts/test-python.sh VERSION ...     only its own tests, on these interpreters, for example 3.9 3.13
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
for version in "${versions[@]}"; do
    printf 'Python %s: ' "$version"
    python=$venvs/python-$version/bin/python
    "$venvs/tools/bin/uv" pip install --quiet --offline --no-deps --reinstall --python "$python" "$wheel"
    "$python" -m pytest python/tests
done
if [ $# = 0 ]; then
    printf 'The package: '
    "$venvs/package/bin/python" -m pytest tests/package
fi

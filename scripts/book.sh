#!/usr/bin/env bash
# Builds the book for users, docs/, into target/book, and follows every link in it. A warning, a dead link or an anchor that
# is not there ends it with status 1.
#
# TIDEGATE_CACHE_DIR   where mdBook is installed (default: .cache in the project)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TIDEGATE_CACHE_DIR:-$root/.cache}

"$root/scripts/setup-tests.sh" book
cd "$root"
said=$("$cache/tools/bin/mdbook" build docs 2>&1) || { printf '%s\n' "$said" >&2; exit 1; }
if grep -E '^ *(WARN|ERROR)' <<<"$said" >&2; then
    echo "book: mdBook warns" >&2
    exit 1
fi
tested=$(cd tests/book && python3 -m unittest -q 2>&1) || { printf '%s\n' "$tested" >&2; exit 1; }
python3 tests/book/links.py target/book docs
echo "The book: target/book/index.html"

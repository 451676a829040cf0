#!/usr/bin/env bash
# Prints what each case costs: instructions, allocations, time. Arguments go to the bench binary.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v valgrind >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq valgrind >/dev/null || echo "valgrind could not be installed" >&2
fi
exec cargo run --quiet --release -p tidegate-benches -- "$@"

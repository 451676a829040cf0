#!/usr/bin/env bash
# Prints requests per CPU-second of the release binary, beside plain proxies, and its memory. Under a minute, loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release -p tidegate -p tidegate-benches
exec target/release/tidegate-benches load "$@"

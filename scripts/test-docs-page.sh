#!/usr/bin/env bash
# Drives the docs page in headless Chromium, against the real gateway on a free port.
#
# TIDEGATE_BIN  the gateway under test (default: target/debug/tidegate)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/sandbox-gateway.sh
folder=$(mktemp -d)
trap 'kill "${gateway:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
start_sandbox_gateway "$folder"

if ! (cd tests/docs-page && node --test docs.test.mjs parts.test.mjs) >"$folder/report" 2>&1; then
    cat "$folder/report" >&2
    exit 1
fi
grep -E '^# (tests|pass|fail) ' "$folder/report" || tail -n 8 "$folder/report"

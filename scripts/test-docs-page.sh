#!/usr/bin/env bash
# Drives the docs page in headless Chromium, against the real gateway on a free port.
#
# TIDEGATE_BIN  the gateway under test (default: target/debug/tidegate)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=${TIDEGATE_BIN:-target/debug/tidegate}
folder=$(mktemp -d)
trap 'kill "${gateway:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT

for route in completions chat embeddings; do
    printf -- '  - name: %s\n    route_type: llm/v1/%s\n    model:\n      provider: sandbox\n      name: sandbox-1\n      config:\n        word_delay_ms: 60\n' "$route" "$route"
done | { echo "routes:"; cat; } >"$folder/config.yaml"

"$bin" start --config-path "$folder/config.yaml" --port 0 >"$folder/out" 2>"$folder/log" &
gateway=$!
for _ in $(seq 100); do
    url=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$folder/out" | head -n 1 || true)
    [ -n "$url" ] && break
    sleep 0.1
done
[ -n "$url" ] || { cat "$folder/log" >&2; exit 1; }

export TIDEGATE_URL=$url TIDEGATE_CONFIG=$folder/config.yaml
if ! (cd tests/docs-page && node --test docs.test.mjs parts.test.mjs) >"$folder/report" 2>&1; then
    cat "$folder/report" >&2
    exit 1
fi
grep -E '^# (tests|pass|fail) ' "$folder/report" || tail -n 8 "$folder/report"

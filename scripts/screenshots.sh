#!/usr/bin/env bash
# Makes the pictures of the book anew, docs/images/: the docs page in headless Chromium, over sandboxes. Look at them before you
# commit them.
#
# TIDEGATE_BIN  the gateway that is shown (default: target/debug/tidegate)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/sandbox-gateway.sh
folder=$(mktemp -d)
trap 'kill "${gateway:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
start_sandbox_gateway "$folder"

node tests/docs-page/screenshots.mjs "$folder"
mkdir -p docs/images
for picture in "$folder"/*.png; do
    cp "$picture" docs/images/
done
for picture in docs/images/*.png; do
    size=$(stat -c %s "$picture")
    echo "$picture: $size bytes"
    [ "$size" -lt 150000 ] || { echo "screenshots: $picture is larger than 150 kB" >&2; exit 1; }
done

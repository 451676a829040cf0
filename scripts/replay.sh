#!/usr/bin/env bash
# Replays recorded exchanges with providers at all doors of the real gateway, through the SDKs of OpenAI and Anthropic and by
# plain HTTP, and prints the score of each door and provider, what is not built, what is excepted and why, and what failed.
#
#   scripts/replay.sh [OPTION ...] [PROVIDER ...]      default: all providers
#     --summary     count failures by kind instead of listing them
#     --left-out    also list what of the recorded requests the door's API cannot say
#     --door DOOR   only this door: openai, messages, responses; may be repeated
#
# TIDEGATE_BIN       the gateway under test (default: target/debug/tidegate)
# TIDEGATE_SHARED    folder that holds recordings/ (default: ../shared beside the project)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TIDEGATE_CACHE_DIR:-$root/.cache}

"$root/scripts/setup-tests.sh" main
cd "$root"
if [ ! -x "${TIDEGATE_BIN:-target/debug/tidegate}" ]; then
    echo "replay: no gateway at ${TIDEGATE_BIN:-target/debug/tidegate}: run 'cargo build', or set TIDEGATE_BIN" >&2
    exit 2
fi
PYTHONPATH=tests/clients exec "$cache/venvs/main/bin/python" -m replay "$@"

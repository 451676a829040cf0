#!/usr/bin/env bash
# Runs the client tests: real MLflow, LangChain and OpenAI packages, curl, Node and Nginx against the real gateway.
# Prints a summary; with failures, what failed.
#
#   scripts/test-clients.sh [PYTEST ARGUMENT ...]      e.g. -k langchain
#
# TIDEGATE_BIN       the gateway under test (default: target/debug/tidegate)
# TIDEGATE_SHARED    folder that holds recordings/ (default: ../shared beside the project; optional)
# TIDEGATE_RELOADS, TIDEGATE_RELOAD_SECONDS   size of the reload test (default: 1000 in at most 45 s)
# TIDEGATE_TEST_JOBS parallel test processes (default: 2)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TIDEGATE_CACHE_DIR:-$root/.cache}
export TIDEGATE_BIN=${TIDEGATE_BIN:-target/debug/tidegate}

"$root/scripts/setup-tests.sh"
cd "$root"
if [ ! -x "$TIDEGATE_BIN" ]; then
    echo "test-clients: no gateway at $TIDEGATE_BIN: run 'cargo build', or set TIDEGATE_BIN" >&2
    exit 2
fi
exec "$cache/venvs/main/bin/python" -m pytest tests/clients -n "${TIDEGATE_TEST_JOBS:-2}" "$@"

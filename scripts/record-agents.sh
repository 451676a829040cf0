#!/usr/bin/env bash
# Records anew what Claude Code and Codex send, without a gateway: tests/clients/coding_agents/requests/.
#
#   scripts/record-agents.sh [NAME ...]      default: all; a name is a file's, without .json
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TIDEGATE_CACHE_DIR:-$root/.cache}

"$root/scripts/setup-tests.sh" main
cd "$root"
PYTHONPATH=tests/clients:tests exec "$cache/venvs/main/bin/python" -m coding_agents "$@"

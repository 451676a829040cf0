#!/usr/bin/env bash
# Runs the fuzzer: scripts/fuzz.sh [TARGET] [SECONDS]. Without a target, each one in turn; 60 seconds by default.
# What is found lies in fuzz/artifacts/TARGET: mend it, then keep the input as a seed in fuzz/seeds/TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! rustup toolchain list 2>/dev/null | grep -q '^nightly'; then
  echo "No nightly toolchain: \`rustup toolchain install nightly\`. The seeds are replayed without one: cargo test -p tidegate-fuzz-targets" >&2
  exit 1
fi
if ! cargo fuzz --version >/dev/null 2>&1; then
  echo "cargo-fuzz is not installed: \`cargo install cargo-fuzz --locked\`. The seeds are replayed without it: cargo test -p tidegate-fuzz-targets" >&2
  exit 1
fi
if [ $# -gt 0 ]; then targets=("$1"); else mapfile -t targets < <(cd fuzz/seeds && ls -d -- */ | tr -d /); fi
for target in "${targets[@]}"; do
  [ -d "fuzz/seeds/$target" ] || { echo "There is no target \`$target\`; see fuzz/seeds" >&2; exit 2; }
  mkdir -p "fuzz/corpus/$target"
  # No sanitizer: the code has no unsafe of its own, and runs twice as fast without.
  cargo +nightly fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
    -max_total_time="${2:-60}" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -print_final_stats=0 -verbosity=1
done

#!/usr/bin/env bash
# Passes all tests, on a fresh machine too: installs what they need (once), checks the code, runs every suite.
#
#   scripts/test.sh            everything
#   scripts/test.sh rust       only the Rust part: format, lints, unit, golden and end-to-end tests
#   scripts/test.sh book       only the book for users: that it builds, and its links
#   scripts/test.sh clients    only the Python package and the real clients: MLflow, LangChain, OpenAI (Python, Node), nginx, a browser
#
# Needs a Rust toolchain, a C compiler and Python 3.11. `scripts/setup-tests.sh` installs the rest.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
part=${1:-all}

step() { printf '\n== %s\n' "$*"; }

# What the tests need is installed beside cargo's first step: begin_setup, that step, end_setup.
setup=
begin_setup() {
    setup_output=$(mktemp)
    scripts/setup-tests.sh >"$setup_output" 2>&1 &
    setup=$!
}
end_setup() {
    [ -n "$setup" ] || return 0
    local failed=0
    wait "$setup" || failed=$?
    setup=
    cat "$setup_output"
    rm -f "$setup_output"
    return "$failed"
}
# A failure of that step does not leave an installation behind that another run would meet.
trap end_setup EXIT

rust() {
    step "Format and lints"
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --quiet -- -D warnings
    end_setup
    step "Build"
    cargo build --workspace --quiet
    step "Rust tests"
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --status-level fail --final-status-level fail --no-fail-fast
        cargo test --workspace --doc --quiet
    else
        cargo test --workspace --quiet
    fi
    step "Documentation builds without warnings"
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
    if cargo deny --version >/dev/null 2>&1; then
        step "Dependencies: licences, sources, duplicates"
        cargo deny --offline --log-level error check licenses bans sources
    else
        echo "(cargo-deny is not installed: dependencies were not checked; 'cargo install cargo-deny' adds it)"
    fi
}

book() {
    step "The book builds, its links hold"
    scripts/book.sh
}

clients() {
    step "The Python package"
    cargo build --quiet
    end_setup
    scripts/test-python.sh
    step "Real clients"
    scripts/test-clients.sh
    step "The docs page in a browser"
    scripts/test-docs-page.sh
}

case $part in
    all)
        begin_setup
        rust
        book
        clients
        ;;
    rust) rust ;;
    book) book ;;
    clients)
        begin_setup
        clients
        ;;
    *) echo "unknown part '$part': write rust, book or clients, or nothing for all" >&2; exit 2 ;;
esac
printf '\nAll tests passed.\n'

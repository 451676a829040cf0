"""The stream conformance kit. `python3 tests/conformance --help` says how to run it; the README, how it is built."""

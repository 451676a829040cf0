"""Command line: `python3 tests/conformance --gateway URL`, or `--config PORT`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conformance import scorecard  # noqa: E402
from conformance.config import config  # noqa: E402
from conformance.dialects import DIALECTS  # noqa: E402
from conformance.dialects.base import Dialect  # noqa: E402
from conformance.provider import Provider  # noqa: E402
from conformance.runner import Gateway, run  # noqa: E402


def main() -> int:
    options = _options()
    if options.config is not None:
        print(config(options.config, (dialect.name for dialect in options.dialects)), end="")
        return 0
    host, _, port = options.listen.rpartition(":")
    headers = dict(header.split(":", 1) for header in options.header)
    gateway = Gateway(options.gateway, {k: v.strip() for k, v in headers.items()}, options.patience)
    try:
        provider = Provider(host or "127.0.0.1", int(port))
    except (OSError, ValueError) as error:
        print(f"conformance: cannot listen at {options.listen}: {error}", file=sys.stderr)
        return 2
    begun = time.monotonic()
    try:
        done = run(gateway, provider, options.dialects, f"*{options.only or ''}*")
    finally:
        provider.close()
    if options.json:
        print(scorecard.as_json(done))
    else:
        print(scorecard.text(done, colour=sys.stdout.isatty(), raw=options.raw), end="")
        print(f"{options.gateway}, {time.monotonic() - begun:.0f} s")
    if not done.results:
        return 2
    return 1 if done.failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 tests/conformance",
        description="Plays good and broken streams through a gateway and judges what comes out.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--gateway", metavar="URL", help="the gateway under test")
    what.add_argument(
        "--config",
        metavar="PORT",
        type=int,
        help="print a config file for Tidegate, with the kit at this port",
    )
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        default="127.0.0.1:8999",
        help="where the kit plays the providers (default: %(default)s)",
    )
    parser.add_argument(
        "--dialects",
        metavar="NAME,...",
        type=_dialects,
        default=list(DIALECTS.values()),
        help="only these dialects, for a gateway that does not know all",
    )
    parser.add_argument(
        "--only",
        metavar="PATTERN",
        help="cases whose name matches, e.g. openai.anthropic, stall, 'gateway.*.calls.whole'",
    )
    parser.add_argument(
        "--header",
        metavar="NAME:VALUE",
        action="append",
        default=[],
        help="a header for the gateway, e.g. 'Authorization: Bearer KEY'; may be repeated",
    )
    parser.add_argument(
        "--patience",
        metavar="SECONDS",
        type=float,
        default=20.0,
        help="longest wait for the gateway's next bytes (default: %(default)g)",
    )
    parser.add_argument("--raw", action="store_true", help="show the bytes of failed cases")
    parser.add_argument("--json", action="store_true", help="print the scorecard as JSON")
    return parser.parse_args()


def _dialects(names: str) -> list[Dialect]:
    unknown = [name for name in names.split(",") if name not in DIALECTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"`{unknown[0]}` is no dialect of the kit; it has {', '.join(DIALECTS)}"
        )
    return [DIALECTS[name] for name in names.split(",")]


if __name__ == "__main__":
    sys.exit(main())

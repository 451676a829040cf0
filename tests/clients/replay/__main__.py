"""`python -m replay [OPTION] [PROVIDER ...]`: replays recordings and prints the score."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from support.recordings import SHARED

from .doors import DOORS
from .play import left_out
from .providers import PROVIDERS
from .run import run


def main() -> int:
    """Prints the table, then what is not built, excepted or failed."""
    parser = argparse.ArgumentParser(prog="scripts/replay.sh", description=__doc__)
    parser.add_argument("providers", nargs="*", metavar="PROVIDER")
    parser.add_argument("--left-out", action="store_true", help="also list what could not be asked")
    parser.add_argument(
        "--summary", action="store_true", help="count failures by kind, without their details"
    )
    parser.add_argument("--door", action="append", choices=[*DOORS], help="only at this door")
    options = parser.parse_args()
    known = {name for it in PROVIDERS for name in (it.name, it.file)}
    if unknown := [name for name in options.providers if name not in known]:
        parser.error(f"no provider {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    if not SHARED.exists():
        parser.error(f"no recordings in {SHARED}: TIDEGATE_SHARED names the folder above them")
    with tempfile.TemporaryDirectory() as folder:
        report, cases = run(Path(folder), options.providers, options.door)
    print(report.table())
    for line in [*report.notes(), *(report.summary() if options.summary else report.details())]:
        print(line)
    if options.left_out:
        print("\nLeft out, because the door's dialect cannot say it:")
        for provider, counts in left_out(cases).items():
            said = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
            print(f"  {provider}: {said or 'nothing'}")
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())

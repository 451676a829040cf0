"""`python -m tidegate ARGUMENTS` is `tidegate ARGUMENTS`: the program takes this process's place."""

from __future__ import annotations

import os
import sys

from ._binary import TidegateNotFound, find_binary


def main() -> None:
    """Runs the program, and never returns."""
    try:
        program = find_binary()
        arguments = [program, *sys.argv[1:]]
        if sys.platform == "win32":
            import subprocess

            sys.exit(subprocess.call(arguments))
        os.execv(program, arguments)
    except TidegateNotFound as error:
        sys.exit(f"tidegate: {error}")
    except OSError as error:
        sys.exit(f"tidegate: `{program}` cannot be run: {error.strerror}")


if __name__ == "__main__":
    main()

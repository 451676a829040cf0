"""Where the gateway's program lies that was installed with this package."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from fnmatch import fnmatch

OVERRIDE = "TIDEGATE_BIN"
"""The environment variable that names another program."""

# Where installers put modules, and where they then put programs, both below one folder.
_LAYOUTS = (
    ("lib/python*/site-packages", "bin"),  # also --prefix, --user, and what pip builds in
    ("lib64/python*/site-packages", "bin"),
    ("lib/python*/dist-packages", "bin"),  # Debian
    ("lib/python/site-packages", "bin"),  # --user with macOS's framework
    ("Lib/site-packages", "Scripts"),  # Windows
)


class TidegateNotFound(FileNotFoundError):
    """There is no program where installers put it; the message lists the places."""


def find_binary() -> str:
    """The path of the program `tidegate`: `$TIDEGATE_BIN`, or the one that was installed with this package.

    Raises `TidegateNotFound` if there is none.
    """
    named = os.environ.get(OVERRIDE)
    if named:
        if not _is_program(named):
            raise TidegateNotFound(
                f"{OVERRIDE} is set to `{named}`, which is no file that can be run: name the program `tidegate`, or unset it"
            )
        return os.path.abspath(named)
    program = "tidegate" + (sysconfig.get_config_var("EXE") or "")
    folders = list(dict.fromkeys(_folders(os.path.dirname(os.path.abspath(__file__)))))
    for folder in folders:
        path = os.path.join(folder, program)
        if _is_program(path):
            return path
    raise TidegateNotFound(
        f"the program `{program}` is in none of the places where installers put it: {', '.join(folders)}. "
        f"Install the package `tidegate` again, or set {OVERRIDE} to the program's path"
    )


def _folders(package: str) -> Iterator[str]:
    """Where the program may lie, likeliest first: beside these modules, lest another installation's be taken."""
    modules = os.path.dirname(package)
    for layout, scripts in _LAYOUTS:
        root = _above(modules, layout)
        if root is not None:
            yield os.path.join(root, scripts)
    yield os.path.join(modules, "bin")  # pip install --target
    yield sysconfig.get_path("scripts")  # also editable installs, whose modules lie elsewhere
    yield sysconfig.get_path("scripts", vars={"base": sys.base_prefix})
    yield sysconfig.get_path("scripts", scheme=_user_scheme())


def _above(path: str, layout: str) -> str | None:
    """The folder in which `path` is what `layout` says, if it is."""
    parts, wanted = path.split(os.sep), layout.split("/")
    tail = parts[-len(wanted) :]
    if len(tail) < len(wanted) or not all(map(fnmatch, tail, wanted)):
        return None
    return os.sep.join(parts[: -len(wanted)]) or os.sep


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    if os.name == "nt":
        return "nt_user"
    if sys.platform == "darwin" and getattr(sys, "_framework", ""):
        return "osx_framework_user"
    return "posix_user"


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)

"""Building and installing without a network: packages come from the cache's folder of wheels.

As a program: builds the checkout's wheel into a folder, and prints its path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("TIDEGATE_CACHE_DIR") or PROJECT / ".cache").absolute()
KEPT = ("PATH", "HOME", "LANG", "RUSTUP_HOME", "CARGO_HOME", "CARGO_TARGET_DIR", "RUSTFLAGS")
OFFLINE = {
    "CARGO_NET_OFFLINE": "true",
    "MATURIN_PEP517_ARGS": "--profile dev --compression-level 1",
    "PIP_BREAK_SYSTEM_PACKAGES": "1",  # for --user, into a folder of the test
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_FIND_LINKS": str(CACHE / "wheels"),
    "PIP_NO_CACHE_DIR": "1",
    "PIP_NO_INDEX": "1",
}


def clean(**env: str) -> dict[str, str]:
    """An environment with nothing of the developer's, in which nothing is fetched."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **OFFLINE, **env}


def run(*command: str | Path, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, which must be `code`."""
    done = subprocess.run(
        [str(part) for part in command],
        env=clean(**env),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def build(form: str, source: Path, into: Path, **env: str) -> Path:
    """What `python -m build` makes: the one file that is then in the folder."""
    shutil.rmtree(into, ignore_errors=True)
    run(sys.executable, "-m", "build", form, "--outdir", into, source, **env)
    [made] = into.iterdir()
    return made


def unpack(sdist: Path, into: Path) -> Path:
    """Unpacks into a folder that is kept. Same files stay untouched: cargo builds what changed."""
    top = sdist.name.removesuffix(".tar.gz")
    wanted: dict[Path, bytes] = {}
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content:
                wanted[into / Path(member.name).relative_to(top)] = content.read()
    for path in [path for path in into.rglob("*") if path.is_file() and path not in wanted]:
        path.unlink()
    for path, content in wanted.items():
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return into


def target_with_dependencies(folder: Path) -> Path:
    """A folder for cargo that is kept. At first it holds what the checkout's holds of other people's crates."""
    built = Path(os.environ.get("CARGO_TARGET_DIR") or PROJECT / "target", "debug")
    if not folder.exists() and built.exists():
        ours = shutil.ignore_patterns("*tidegate*", "incremental")
        shutil.copytree(built, folder / "debug", ignore=ours)
    return folder


class Environment:
    """A virtual environment with nothing in it; the project's pip works on it from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        self.python = folder / "bin/python"
        self.site = folder / f"lib/python3.{sys.version_info.minor}/site-packages"

    def run(
        self, *arguments: str | Path, code: int = 0, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs the environment's interpreter."""
        return run(self.python, *arguments, code=code, **env)

    def pip(self, *arguments: str | Path, **env: str) -> str:
        """Runs pip on the environment, and gives what it says."""
        return run(sys.executable, "-m", "pip", "--python", self.python, *arguments, **env).stdout

    def files(self) -> set[str]:
        """All that is installed, but for what Python compiles."""
        return {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


if __name__ == "__main__":
    print(build("--wheel", PROJECT, Path(sys.argv[1])))

"""What both agents need: their program, a home of their own, and no way to other hosts."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.environments import CLIENTS
from support.gateway import clean_environment
from support.plans import Plan
from support.upstream import FakeUpstream

Json = Any

FOLDER = CLIENTS / "coding_agents"
KEY = "sk-tidegate"
LIMIT = 90
"""Seconds that one run may take."""


def program(pattern: str) -> Path:
    """The program that npm unpacked for this platform; skips the test when there is none."""
    found = next((FOLDER / "node_modules").glob(pattern), None)
    if found is None:
        pytest.skip(f"{pattern} is missing: run scripts/setup-tests.sh")
    return found


@dataclass(frozen=True)
class Told:
    """What an agent said at its end: its last words or its error, and the tokens that it counted, in and out."""

    status: int
    text: str = ""
    error: str = ""
    tokens: tuple[int, int] = (0, 0)
    structured: Json = None


class Home:
    """An agent's home, the folder that it works in, and a proxy that refuses whatever it asks of other hosts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "project"
        self.work.mkdir(parents=True)
        self._fence = FakeUpstream()
        self._fence.otherwise = lambda _: Plan(status=403)

    @property
    def refused(self) -> list[str]:
        """The other hosts that were asked."""
        return [seen.target for seen in self._fence.requests]

    def run(self, *command: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end."""
        proxy = self._fence.base.removesuffix("/v1")
        fenced = {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1"}
        homes = {"HOME": str(self.folder), "TMPDIR": str(self.folder)}
        return subprocess.run(
            command,
            cwd=self.work,
            env={**clean_environment(), **fenced, **homes, **env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )

    def close(self) -> None:
        self._fence.close()

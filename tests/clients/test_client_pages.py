"""What the pages of `docs/clients` show is run as it stands there, against the sandbox."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import StartGateway
from support.environments import CACHE, CLIENTS, QUIET, node, restored, run_program
from support.gateway import PROJECT, Gateway, clean_environment

PAGES = PROJECT / "docs/clients"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = "http://127.0.0.1:5000"
ENVIRONMENTS = ("main", "mlflow-3", "mlflow-2.22.5", "langchain-0.0.350")
"""In the order in which they are tried for what a program imports."""


@dataclass(frozen=True)
class Shown:
    """A program of a page."""

    page: str
    language: str
    text: str


def programs() -> Iterator[Any]:
    """All that can be run: the rest sets variables or is a config file."""
    for page in sorted(PAGES.glob("*.md")):
        for number, block in enumerate(FENCE.finditer(page.read_text()), 1):
            language, text = block.groups()
            if language in ("python", "js") or "curl " in text:
                yield pytest.param(
                    Shown(page.stem, language, text), id=f"{page.stem}-{number}-{language}"
                )


@pytest.fixture
def gateway(start_gateway: StartGateway) -> Gateway:
    """The endpoints that the pages speak of."""
    kinds = ("chat", "completions", "embeddings")
    model = {"provider": "sandbox", "name": "sandbox"}
    routes = [{"name": it, "route_type": f"llm/v1/{it}", "model": model} for it in kinds]
    return start_gateway(routes)


@pytest.mark.parametrize("shown", list(programs()))
def test_runs_as_it_stands(shown: Shown, gateway: Gateway, tmp_path: Path) -> None:
    text = shown.text.replace(SHOWN, gateway.url)
    if shown.language == "python":
        done = run_python(text, gateway, tmp_path)
    elif shown.language == "js":
        done = run([node(), "--input-type=module", "-e", text], CLIENTS / "node")
    else:
        done = run(["bash", "-euc", text], tmp_path)
        assert '"error":{' not in done.stdout and '"detail"' not in done.stdout
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    assert done.stdout.strip()


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=120
    )


def run_python(text: str, gateway: Gateway, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a program in the first environment that has what it imports."""
    program = folder / "shown.py"
    program.write_text(text)
    imports = "\n".join(
        ast.unparse(it)
        for it in ast.parse(text).body
        if isinstance(it, ast.Import | ast.ImportFrom)
    )
    for environment in ENVIRONMENTS:
        python = CACHE / "venvs" / environment / "bin/python"
        if python.exists() and has(python, imports, folder):
            env = {"MLFLOW_GATEWAY_URI": gateway.url, **restored(environment, folder)}
            return run_program(environment, program, cwd=folder, **env)
    pytest.skip("no environment is installed that has what this program imports")


def has(python: Path, imports: str, folder: Path) -> bool:
    done = subprocess.run(
        [str(python), "-c", imports],
        cwd=folder,
        env={**clean_environment(), **QUIET, "HOME": str(folder)},
        capture_output=True,
    )
    return done.returncode == 0

"""Running small programs inside the private Python environments, and Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .gateway import PROJECT, clean_environment

CLIENTS = PROJECT / "tests/clients"
PYTHON = PROJECT / "python"
CACHE = Path(os.environ.get("TIDEGATE_CACHE_DIR") or PROJECT / ".cache")
QUIET = {
    "PYTHONWARNINGS": "ignore",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "NO_PROXY": "127.0.0.1,localhost",
}


def python_of(environment: str) -> Path:
    """The interpreter of an environment; skips the test when it is not installed."""
    python = CACHE / "venvs" / environment / "bin/python"
    if not python.exists():
        pytest.skip(f"environment {environment} is missing: run scripts/setup-tests.sh")
    return python


def run_program(
    environment: str, program: Path, *arguments: str, cwd: Path, timeout: float = 180, **env: str
) -> subprocess.CompletedProcess[str]:
    """Runs a Python file to its end in an environment, with `cwd` as its home."""
    return subprocess.run(
        [str(python_of(environment)), str(program), *arguments],
        cwd=cwd,
        env={**clean_environment(), **QUIET, "HOME": str(cwd), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def restored(environment: str, folder: Path) -> dict[str, str]:
    """Variables with which a program in MLflow 3, and every process that it starts, has MLflow 2's `mlflow.gateway`.

    The installed package does it by the file `tidegate_mlflow_compat.pth`, which Python reads in its own folders only; here
    `sitecustomize` takes its place.
    """
    if not environment.startswith("mlflow-3"):
        return {}
    (folder / "start").mkdir(exist_ok=True)
    (folder / "start/sitecustomize.py").write_text("import tidegate._compat_switch\n")
    return {"PYTHONPATH": os.pathsep.join([str(folder / "start"), str(PYTHON)])}


def json_of(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON document that a program printed as its last line."""
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr[-6000:]}"
    return json.loads(done.stdout.strip().splitlines()[-1])


def node() -> str:
    """Node's program; skips the test when Node or its packages are not installed."""
    found = shutil.which("node")
    if found is None or not (CLIENTS / "node/node_modules/openai").exists():
        pytest.skip("node or its packages are missing: run scripts/setup-tests.sh")
    return found

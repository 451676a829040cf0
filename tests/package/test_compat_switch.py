"""TIDEGATE_MLFLOW_COMPAT, which a `.pth` file reads whenever an interpreter starts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installing import CACHE, Environment

LOADED = "import sys; print([name for name in sys.modules if name.startswith('tidegate')])"


@pytest.fixture(params=["from_checkout", "from_wheel"])
def installed(request: pytest.FixtureRequest) -> Environment:
    """The package, installed in each of the ways."""
    environment: Environment = request.getfixturevalue(request.param)
    return environment


@pytest.mark.parametrize(
    "env", [{}, *({"TIDEGATE_MLFLOW_COMPAT": off} for off in ("", "0", "False"))]
)
def test_nothing_is_imported_unless_it_is_asked_for(
    installed: Environment, env: dict[str, str], tmp_path: Path
) -> None:
    started = installed.run("-X", "importtime", "-c", "pass", **env)
    bare = Environment(tmp_path / "bare").run("-X", "importtime", "-c", "pass")
    assert imported(started.stderr) == imported(bare.stderr)


def test_the_switch_is_imported_before_the_program(installed: Environment) -> None:
    started = installed.run("-c", LOADED, TIDEGATE_MLFLOW_COMPAT="1")
    assert "'tidegate._compat_switch'" in started.stdout
    assert started.stderr == ""


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ("raise RuntimeError('two\\nlines')", "RuntimeError('two\\nlines')"),
        ("raise SystemExit(3)", "SystemExit(3)"),
        ("import no_such_module", "ModuleNotFoundError(\"No module named 'no_such_module'\")"),
    ],
)
def test_a_failure_is_one_line_and_the_program_runs(
    failure: str, told: str, from_wheel: Environment, tmp_path: Path
) -> None:
    (tmp_path / "tidegate").mkdir()
    (tmp_path / "tidegate/__init__.py").write_text(failure)
    started = from_wheel.run(
        "-c", "print('runs')", TIDEGATE_MLFLOW_COMPAT="1", PYTHONPATH=str(tmp_path)
    )
    assert started.stdout == "runs\n"
    assert started.stderr == f"tidegate: TIDEGATE_MLFLOW_COMPAT is set, but had no effect: {told}\n"


MLFLOW_3 = CACHE / f"venvs/mlflow-3/lib/python3.{sys.version_info.minor}/site-packages"
QUICKSTART = """
from tidegate.testing import gateway

with gateway() as running:
    from mlflow.gateway import query, set_gateway_uri

    set_gateway_uri(gateway_uri=running.uri)
    answer = query("chat", {"messages": [{"role": "user", "content": "Hi"}]})
    print(answer["candidates"][0]["message"]["content"])
"""


@pytest.mark.skipif(not MLFLOW_3.exists(), reason="run scripts/setup-tests.sh mlflow-3")
def test_mlflow_3_has_its_old_names(wheel: Path, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "with-mlflow")
    environment.pip("install", "--no-deps", str(wheel))
    (environment.site / "mlflow.pth").write_text(f"{MLFLOW_3}\n")
    refused = environment.run("-c", QUICKSTART, code=1)
    assert "ImportError: cannot import name 'query'" in refused.stderr
    asked = environment.run("-c", QUICKSTART, TIDEGATE_MLFLOW_COMPAT="1")
    assert asked.stdout.startswith("Hello from the sandbox.")


def imported(importtime: str) -> list[str]:
    """The modules of a report of `-X importtime`."""
    return [line.rpartition("|")[2].strip() for line in importtime.splitlines()]

"""TIDEGATE_MLFLOW_COMPAT, which a `.pth` file reads whenever an interpreter starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from installing import Environment

LOADED = "import sys; print([name for name in sys.modules if name.startswith('tidegate')])"


@pytest.fixture(params=["from_checkout", "from_wheel"])
def installed(request: pytest.FixtureRequest) -> Environment:
    """The package, installed in each of the ways."""
    environment: Environment = request.getfixturevalue(request.param)
    return environment


@pytest.mark.parametrize(
    "env", [{}, {"TIDEGATE_MLFLOW_COMPAT": ""}, {"TIDEGATE_MLFLOW_COMPAT": "0"}]
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


def imported(importtime: str) -> list[str]:
    """The modules of a report of `-X importtime`."""
    return [line.rpartition("|")[2].strip() for line in importtime.splitlines()]

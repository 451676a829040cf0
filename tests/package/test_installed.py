"""What was installed starts and answers, wherever installers put it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from installing import Environment, clean, run

WAYS = ["from_checkout", "from_wheel"]


@pytest.fixture(params=WAYS)
def installed(request: pytest.FixtureRequest) -> Environment:
    """The package, installed in each of the ways."""
    environment: Environment = request.getfixturevalue(request.param)
    return environment


def test_the_program_is_on_the_path(installed: Environment, version: str) -> None:
    assert run(installed.folder / "bin/tidegate", "--version").stdout == f"tidegate {version}\n"


def test_the_module_is_the_program(installed: Environment, version: str) -> None:
    assert installed.run("-m", "tidegate", "--version").stdout == f"tidegate {version}\n"
    refused = installed.run("-m", "tidegate", "check", "--config-path", "/nowhere.yaml", code=2)
    assert "/nowhere.yaml" in refused.stderr


def test_the_gateway_answers(installed: Environment) -> None:
    command = [str(installed.python), "-m", "tidegate", "demo", "--port", "0"]
    with subprocess.Popen(command, env=clean(), stdout=subprocess.PIPE, text=True) as gateway:
        try:
            assert gateway.stdout
            url = next(
                found[0]
                for line in gateway.stdout
                if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
            )
            asked = urllib.request.Request(
                f"{url}/gateway/completions/invocations",
                json.dumps({"prompt": "Hello"}).encode(),
                {"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(asked, timeout=20) as answer:
                assert answer.status == 200
                assert json.load(answer)["choices"][0]["text"]
        finally:
            gateway.terminate()
            gateway.communicate(timeout=20)
    assert gateway.returncode == 0


def test_the_module_knows_its_version(installed: Environment, version: str) -> None:
    told = installed.run("-c", "import importlib.metadata as m; print(m.version('tidegate'))")
    assert told.stdout == f"{version}\n"


def test_nothing_stays_when_it_is_uninstalled(wheel: Path, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment")
    before = environment.files()
    environment.pip("install", "--no-deps", wheel)
    assert (environment.site / "tidegate_mlflow_compat.pth").exists()
    environment.pip("uninstall", "--yes", "tidegate")
    assert environment.files() == before


@pytest.mark.parametrize(
    ("options", "modules"),
    [
        (["--target", "{folder}"], "{folder}"),
        (["--prefix", "{folder}"], "{folder}/lib/python{python}/site-packages"),
        (["--user"], "{folder}/lib/python{python}/site-packages"),
    ],
    ids=["target", "prefix", "user"],
)
def test_the_program_is_found_beside_the_modules(
    options: list[str], modules: str, wheel: Path, version: str, tmp_path: Path
) -> None:
    """In none of these places does this interpreter keep its own scripts."""
    names = {"folder": str(tmp_path), "python": f"3.{sys.version_info.minor}"}
    python = Path(sys.base_prefix, "bin/python3")
    options = [option.format(**names) for option in options]
    run(
        *[sys.executable, "-m", "pip", "--python", python, "install", *options],
        *["--ignore-installed", wheel],
        PYTHONUSERBASE=str(tmp_path),
    )
    modules = modules.format(**names)
    find = "from tidegate._binary import find_binary; print(find_binary())"
    assert run(python, "-c", find, PYTHONPATH=modules).stdout == f"{tmp_path}/bin/tidegate\n"
    asked = run(python, "-m", "tidegate", "--version", PYTHONPATH=modules)
    assert asked.stdout == f"tidegate {version}\n"

"""Where the program is looked for."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest
from tidegate import _binary


def program(path: Path) -> Path:
    """A file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(0o755)
    return path


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder below which the package is made to lie; this interpreter's own scripts are elsewhere."""
    monkeypatch.delenv("TIDEGATE_BIN", raising=False)
    monkeypatch.setattr(sysconfig, "get_path", lambda *_, **__: str(tmp_path / "scripts"))
    return tmp_path


@pytest.mark.parametrize(
    ("modules", "scripts"),
    [
        ("lib/python3.9/site-packages", "bin"),
        ("lib64/python3.12/site-packages", "bin"),
        ("lib/python3/dist-packages", "bin"),
        ("local/lib/python3.11/dist-packages", "local/bin"),
        ("lib/python/site-packages", "bin"),
        ("Lib/site-packages", "Scripts"),
        ("target", "target/bin"),
        ("checkout/python", "scripts"),
    ],
)
def test_it_is_found_where_installers_put_it(
    package: Path, modules: str, scripts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_binary, "__file__", str(package / modules / "tidegate/_binary.py"))
    wanted = program(package / scripts / "tidegate")
    assert _binary.find_binary() == str(wanted)


def test_the_one_beside_the_modules_comes_first(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = package / "lib/python3.9/site-packages"
    monkeypatch.setattr(_binary, "__file__", str(modules / "tidegate/_binary.py"))
    program(package / "scripts/tidegate")
    wanted = program(package / "bin/tidegate")
    assert _binary.find_binary() == str(wanted)


def test_without_one_the_places_are_told(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_binary, "__file__", str(package / "target/tidegate/_binary.py"))
    (package / "scripts").mkdir()
    (package / "scripts/tidegate").write_text("cannot be run")
    with pytest.raises(_binary.TidegateNotFound) as raised:
        _binary.find_binary()
    assert str(raised.value) == (
        "the program `tidegate` is in none of the places where installers put it: "
        f"{package}/target/bin, {package}/scripts. "
        "Install the package `tidegate` again, or set TIDEGATE_BIN to the program's path"
    )


def test_the_environment_names_another(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = program(package / "mine")
    monkeypatch.chdir(package)
    monkeypatch.setenv("TIDEGATE_BIN", "mine")
    assert _binary.find_binary() == str(wanted)


def test_what_the_environment_names_must_run(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(package / "scripts/tidegate")
    monkeypatch.setenv("TIDEGATE_BIN", str(package / "nowhere"))
    with pytest.raises(_binary.TidegateNotFound) as raised:
        _binary.find_binary()
    assert str(raised.value) == (
        f"TIDEGATE_BIN is set to `{package}/nowhere`, which is no file that can be run: "
        "name the program `tidegate`, or unset it"
    )


def test_the_module_says_what_is_wrong(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tidegate import __main__

    text = package / "text"
    text.write_bytes(b"\x7fELF no program")
    text.chmod(0o755)
    monkeypatch.setattr(sys, "argv", ["tidegate", "--version"])
    monkeypatch.setenv("TIDEGATE_BIN", str(text))
    with pytest.raises(SystemExit) as raised:
        __main__.main()
    assert raised.value.code == f"tidegate: `{text}` cannot be run: Exec format error"
    monkeypatch.setenv("TIDEGATE_BIN", str(package / "nowhere"))
    with pytest.raises(SystemExit) as raised:
        __main__.main()
    assert str(raised.value.code).startswith("tidegate: TIDEGATE_BIN is set to ")

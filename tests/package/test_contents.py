"""What the wheel and the source distribution hold: all that is needed, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

import pytest

from installing import CACHE, PROJECT, run

SDIST_TOP = {
    *["Cargo.lock", "Cargo.toml", "LICENSE", "PKG-INFO", "pyproject.toml"],
    *["benches", "crates", "examples", "golden", "python", "tests"],
}
SDIST_ENDINGS = {".rs", ".toml", ".yaml", ".py", ".pth", ".typed"}
"""Outside of the docs page's files."""


@pytest.fixture(scope="session")
def members(sdist: Path) -> dict[str, bytes]:
    """The source distribution's files."""
    with tarfile.open(sdist) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file}


def modules() -> list[str]:
    """What of `python/tidegate` git knows."""
    listed = subprocess.check_output(
        ["git", "ls-files", "tidegate"], cwd=PROJECT / "python", text=True
    )
    return listed.splitlines()


def test_the_wheel_holds_the_modules_the_program_and_the_switch(wheel: Path, version: str) -> None:
    root = f"tidegate-{version}"
    swagger = "licenses/crates/server/assets/vendor/swagger-ui"
    with zipfile.ZipFile(wheel) as archive:
        assert sorted(archive.namelist()) == sorted(
            [
                *modules(),
                f"{root}.data/purelib/tidegate_mlflow_compat.pth",
                f"{root}.data/scripts/tidegate",
                f"{root}.dist-info/METADATA",
                f"{root}.dist-info/RECORD",
                f"{root}.dist-info/WHEEL",
                f"{root}.dist-info/licenses/LICENSE",
                f"{root}.dist-info/{swagger}/LICENSE",
                f"{root}.dist-info/{swagger}/NOTICE",
                f"{root}.dist-info/{swagger}/swagger-ui-bundle.js.LICENSE.txt",
            ]
        )
        assert "tidegate/py.typed" in archive.namelist()


def test_the_wheel_is_for_every_python_on_one_platform(wheel: Path, version: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        told = archive.read(f"tidegate-{version}.dist-info/WHEEL").decode()
    tag = HeaderParser().parsestr(told)["Tag"]
    assert tag == f"py3-none-linux_{os.uname().machine}"
    assert wheel.name == f"tidegate-{version}-{tag}.whl"


def test_the_metadata(wheel: Path, version: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        told = HeaderParser().parsestr(
            archive.read(f"tidegate-{version}.dist-info/METADATA").decode()
        )
    assert (told["Name"], told["Version"]) == ("tidegate", version)
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Requires-Python"] == ">=3.9"
    assert told.get_all("Requires-Dist") == [
        "httpx>=0.25,<1",
        "databricks-sdk>=0.20 ; extra == 'databricks'",
    ]
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    page = str(told.get_payload())
    assert page.rstrip() == (PROJECT / "python/README.md").read_text().rstrip()


def test_the_sdist_is_the_checkout_without_what_no_build_reads(members: dict[str, bytes]) -> None:
    assert {name.partition("/")[0] for name in members} == SDIST_TOP
    others = {
        name
        for name in members
        if "/" in name
        and not name.startswith("crates/server/assets/")
        and PurePosixPath(name).suffix not in SDIST_ENDINGS
    }
    assert others == {
        "crates/config/src/yaml/scalar_cases.txt",
        "examples/nginx.conf",
        "python/README.md",
    }
    assert not [name for name in members if re.match("crates/[^/]+/tests/", name)]
    for name, content in members.items():
        if name != "PKG-INFO":
            assert content == (PROJECT / name).read_bytes(), name


@pytest.mark.usefixtures("wheel")
def test_the_lock_file_holds_for_the_sdist() -> None:
    manifest = CACHE / "package/source/Cargo.toml"
    run("cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", manifest)

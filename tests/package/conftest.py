"""The Python package, built from the checkout and from its sdist, each installed into an empty environment."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomllib

from installing import CACHE, PROJECT, Environment, build, target_with_dependencies, unpack


@pytest.fixture(scope="session")
def version() -> str:
    """The version of the workspace, which is the only place where it is written."""
    manifest = tomllib.loads((PROJECT / "Cargo.toml").read_text())
    return str(manifest["workspace"]["package"]["version"])


@pytest.fixture(scope="session")
def from_checkout(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install .` in the checkout; the debug build is used where it is fresh."""
    environment = Environment(tmp_path_factory.mktemp("checkout"))
    environment.pip("install", str(PROJECT))
    return environment


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, as `python -m build` makes it."""
    return build("--sdist", PROJECT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution."""
    source = unpack(sdist, CACHE / "package/source")
    target = target_with_dependencies(CACHE / "package/target")
    return build("--wheel", source, tmp_path_factory.mktemp("wheel"), CARGO_TARGET_DIR=str(target))


@pytest.fixture(scope="session")
def from_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel in an environment that was empty."""
    environment = Environment(tmp_path_factory.mktemp("installed"))
    environment.pip("install", str(wheel))
    return environment

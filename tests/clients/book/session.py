"""A reader's machine: what a page's blocks share while they are worked through in their order."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from support import configs
from support.gateway import PROJECT, Gateway, binary, clean_environment

from . import made_files, stand_ins
from .blocks import Block, Page

ADDRESS = re.compile(r"http://(127\.0\.0\.1|localhost):5000\b")
KINDS = ("chat", "completions", "embeddings")
NAMED_FILE = re.compile(r"`((?:~/)?[\w./-]+\.(?:ya?ml|json|py|mjs|toml|txt|conf|ini|env))`")
CURL = """#!/bin/sh
exec {curl} ${{BOOK_CURL---fail-with-body}} "$@"
"""
STAND_IN = """#!/bin/sh
exec {python} {program} {name} "$@"
"""
KEY = re.compile(r""":\s+["']?\$([A-Z][A-Z0-9_]*)""")
NOT_MIRRORED = {"target", ".git", ".cache"}


class Session:
    """One page's: a clone of the project to stand in, a home, and a gateway with the page's endpoints."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder / "tidegate"
        self.home = folder / "home"
        self.scripts = folder / "stand-ins"
        self.files = folder / "files"
        for it in (self.folder, self.home, self.scripts, self.files):
            it.mkdir()
        self._mirror_project()
        self._put_stand_ins()
        path = f"{self.scripts}:{self.home}/bin:{clean_environment()['PATH']}:/usr/sbin"
        self.env = clean_environment(
            PATH=path,
            HOME=str(self.home),
            TIDEGATE_BIN=str(binary()),
            PYTHONDONTWRITEBYTECODE="1",
            **keys(page.text),
        )
        self.cwd = self.folder
        self.printed: str | None = None
        """What the block before printed, if it was run."""
        self._gateway: Gateway | None = None
        configs.write(self.folder / "config.yaml", endpoints(page))

    @property
    def url(self) -> str:
        """The address of the gateway, which is started when a block first speaks of it."""
        if self._gateway is None:
            path = configs.write(
                self.files / "gateway.yaml", endpoints(self.page), **aliases(self.page)
            )
            self._gateway = Gateway(path)
        return self._gateway.url

    def local(self, text: str) -> str:
        """A block's text with this gateway's address in place of the book's."""
        return ADDRESS.sub(lambda _: self.url, text)

    def save(self, block: Block, text: str, default: str | None = None) -> None:
        """Saves a block under the file name that its lead gives."""
        last = block.lead.split("\n\n")[-1]
        named = NAMED_FILE.findall(last)
        name = named[-1] if named else default
        if name is None or name.startswith("/"):
            return
        base = self.home if name.startswith("~/") else self.folder
        path = base / name.removeprefix("~/")
        if not path.resolve().is_relative_to(base.resolve()):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def file(self, shown: str) -> Path:
        """A file on this machine that stands for the absolute path that a block shows."""
        path = self.files / shown.lstrip("~/")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made_files.content_for(shown))
        return path

    def close(self) -> None:
        if self._gateway is not None:
            self._gateway.kill()

    def _mirror_project(self) -> None:
        for entry in PROJECT.iterdir():
            if entry.name not in NOT_MIRRORED:
                (self.folder / entry.name).symlink_to(entry)

    def _put_stand_ins(self) -> None:
        for name in (*stand_ins.STAND_INS, *stand_ins.NOT_RUN):
            self._script(
                name, STAND_IN.format(python=sys.executable, program=stand_ins.__file__, name=name)
            )
        self._script("curl", CURL.format(curl=shutil.which("curl")))
        for profile in ("release", "debug"):
            built = self.folder / "target" / profile / "tidegate"
            built.parent.mkdir(parents=True)
            built.symlink_to(self.scripts / "tidegate")

    def _script(self, name: str, text: str) -> None:
        path = self.scripts / name
        path.write_text(text)
        path.chmod(0o755)


def keys(text: str) -> dict[str, str]:
    """The variables that configs in a text name, as a reader has them in the environment."""
    return dict.fromkeys(KEY.findall(text), "a-key")


def endpoints(page: Page) -> list[dict[str, Any]]:
    """The page's endpoints and three of the usual names, all with the sandbox as their provider."""
    model = {"provider": "sandbox", "name": "sandbox"}
    types = {it: f"llm/v1/{it}" for it in KINDS}
    for document in _configs(page):
        for entry in document.get("endpoints") or document.get("routes") or []:
            kind = entry.get("endpoint_type") or entry.get("route_type") or entry.get("task_type")
            types.setdefault(entry.get("name"), kind)
    return [{"name": name, "route_type": kind, "model": model} for name, kind in types.items()]


def aliases(page: Page) -> dict[str, dict[str, str]]:
    """The page's aliases of those endpoints."""
    names = {it["name"] for it in endpoints(page)}
    found: dict[str, str] = {}
    for document in _configs(page):
        for alias, name in (document.get("aliases") or {}).items():
            if name in names:
                found.setdefault(alias, name)
    return {"aliases": found} if found else {}


def _configs(page: Page) -> Iterator[dict[str, Any]]:
    """The config files that a page shows, whole or in part."""
    for block in page.blocks:
        if block.language == "yaml":
            with suppress(yaml.YAMLError):
                yield from (it for it in yaml.safe_load_all(block.text) if isinstance(it, dict))

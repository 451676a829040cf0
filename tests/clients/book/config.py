"""Checks configs: whole ones, and pieces in the smallest config that they can stand in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from support.gateway import run_command

from .blocks import Block
from .command_line import IMAGE, assert_accepted
from .session import Session, keys

MODEL = {"provider": "sandbox", "name": "sandbox"}


def check(block: Block, session: Session) -> None:
    """`tidegate check --strict` finds no error and no unknown key, with all variables and files in place."""
    text = whole(block.text)
    session.save(block, block.text, default="config.yaml" if text == block.text else None)
    for path in set(_paths(yaml.safe_load(text))):
        text = text.replace(path, str(session.file(path)))
    file = session.files / f"block-{block.number}.yaml"
    file.write_text(text)
    done = run_command("check", "--strict", "--config-path", str(file), **keys(text))
    assert done.returncode == 0, f"`tidegate check --strict` refuses it:\n{done.stderr}"


def check_manifest(block: Block, session: Session) -> None:
    """It is YAML, and the gateway takes the arguments that its containers get."""
    containers = [it for it in yaml.safe_load_all(block.text) for it in _containers(it)]
    assert containers, "no container runs tidegate"
    for container in containers:
        arguments = container.get("args") or container.get("command") or []
        assert_accepted([str(it) for it in arguments])


def whole(text: str) -> str:
    """The text, or where it is a piece of a config, a config that has it."""
    document = yaml.safe_load(text)
    if isinstance(document, list):
        return _dumped(document)
    assert isinstance(document, dict), "neither a config nor a piece of one"
    if document.keys() & {"endpoints", "routes"}:
        return text
    if document.keys() & _keys():
        names = {"chat", *(document.get("aliases") or {}).values()}
        rest = [
            {"name": it, "endpoint_type": "llm/v1/chat", "model": MODEL} for it in sorted(names)
        ]
        return f"{text}\n{_dumped(rest)}"
    if "provider" in document:
        document = {"model": document}
    assert document.keys() & _keys("endpoint"), "not known as a piece of a config"
    endpoint = {"name": "chat", "endpoint_type": "llm/v1/chat", "model": MODEL, **document}
    return _dumped([endpoint])


def _dumped(endpoints: list[Any]) -> str:
    return str(yaml.safe_dump({"endpoints": endpoints}, sort_keys=False))


@cache
def _keys(definition: str | None = None) -> frozenset[str]:
    """The keys of a config file, or of what the schema defines under a name."""
    schema = json.loads(run_command("check", "--print-schema").stdout)
    return frozenset((schema["$defs"][definition] if definition else schema)["properties"])


def _paths(value: Any, key: str = "") -> Iterator[str]:
    """The absolute paths of files that a config names."""
    if isinstance(value, dict):
        for name, it in value.items():
            yield from _paths(it, str(name))
    elif isinstance(value, list):
        for it in value:
            yield from _paths(it, key)
    elif isinstance(value, str) and value.startswith(("/", "~/")) and key != "root_path":
        yield value


def _containers(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if IMAGE.fullmatch(str(value.get("image"))):
            yield value
        for it in value.values():
            yield from _containers(it)
    elif isinstance(value, list):
        for it in value:
            yield from _containers(it)

"""A config file for Tidegate with every route of the kit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .dialects import DIALECTS
from .dialects.base import Dialect

SECTIONS: dict[str, Any] = {
    "upstream": {"idle_timeout_seconds": 1, "total_timeout_seconds": 5},
    "server": {"access_log": "off"},
}
"""Short times, so that stalls are soon over."""


def route(dialect: Dialect) -> str:
    """The name of the route that leads to a dialect."""
    return f"kit-{dialect.name}"


def config(port: int, dialects: Iterable[str] = DIALECTS, host: str = "127.0.0.1") -> str:
    """The file's text; the kit is expected at `port`."""
    endpoints = "".join(
        _item(
            {
                "name": route(DIALECTS[name]),
                "endpoint_type": "llm/v1/chat",
                "model": DIALECTS[name].model(f"http://{host}:{port}/{name}"),
            }
        )
        for name in dialects
    )
    return f"endpoints:\n{endpoints}{_block(SECTIONS, '')}"


def _item(members: dict[str, Any]) -> str:
    text = _block(members, "    ")
    return "  - " + text[4:]


def _block(members: dict[str, Any], indent: str) -> str:
    """A mapping as YAML; texts stand in quotes, as in JSON."""
    lines = ""
    for key, value in members.items():
        if isinstance(value, dict):
            lines += f"{indent}{key}:\n{_block(value, indent + '  ')}"
        else:
            lines += f"{indent}{key}: {json.dumps(value)}\n"
    return lines

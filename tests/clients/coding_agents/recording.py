"""What an agent sent, in the form in which it is kept: nothing of the machine, and long texts only by their beginning."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from support.upstream import Seen

from .program import KEY, Home

Json = Any

LONGEST = 40
"""Characters of a text that is kept whole."""
BEGINNING = 24
"""Characters that are kept of a longer one."""
WHOLE = {
    "$schema",
    "arguments",
    "data",
    "id",
    "image_url",
    "input",
    "user_id",
    "x-codex-turn-metadata",
}
"""Members whose texts are kept whole, because they are no prose."""
RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}")
TIME = re.compile(r"\b1[0-9]{12}\b")
"""Milliseconds since 1970."""


def recorded(seen: list[Seen], home: Home) -> list[Json]:
    """The requests in order."""
    clean = _cleaner(home)
    return [_request(it, clean) for it in seen]


def _request(seen: Seen, clean: Callable[[str], str]) -> Json:
    _, _, target = seen.target[1:].partition("/")
    measures = {"content-length": "0", "host": "127.0.0.1"}
    headers = [[name, measures.get(name) or clean(value)] for name, value in seen.headers]
    body = json.loads(clean(seen.body.decode())) if seen.body else None
    return {
        "method": seen.method,
        "target": f"/{target}",
        "headers": headers,
        "body": _trimmed(body),
    }


def _cleaner(home: Home) -> Callable[[str], str]:
    """Replaces keys, paths, times and random ids; the same id by the same number."""
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        random = found.group()
        plain = f"{len(known) + 1:064d}" if len(random) == 64 else f"{len(known) + 1:036d}"
        parts = (plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[24:])
        return known.setdefault(random, plain if len(random) == 64 else "-".join(parts))

    def clean(text: str) -> str:
        text = text.replace(KEY, "KEY").replace(str(home.folder), "/home/user")
        return TIME.sub("1700000000000", RANDOM.sub(number, text))

    return clean


def _trimmed(value: Json, name: str = "") -> Json:
    if isinstance(value, dict):
        return {name: _trimmed(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [_trimmed(member, name) for member in value]
    if isinstance(value, str) and len(value) > LONGEST and name not in WHOLE:
        return f"{value[:BEGINNING]}… ({len(value)} characters)"
    return value

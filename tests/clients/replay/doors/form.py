"""What the doors have in common: leaving out what an API has no words for, and checking the form of answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from support.gateway import PROJECT

from ..meaning import Part, Question, Raw, is_idle

sys.path.insert(0, str(PROJECT / "tests"))

from conformance.doors import DOORS  # noqa: E402

Json = Any


def keep_limits(question: Question, known: set[str]) -> None:
    """Leaves out other limits."""
    for name, value in question.limits.items():
        if name not in known and not is_idle(name, value):
            question.left_out.add(name)
    question.limits = {name: value for name, value in question.limits.items() if name in known}


def keep_parts(question: Question, sayable: Callable[[Part], Part | str]) -> None:
    """Leaves out parts that cannot be said: `sayable` gives the part, or the name of what it is."""
    for turn in question.turns:
        kept: list[Part] = []
        for part in turn.parts:
            said = f"a part {part.part.get('type')}" if isinstance(part, Raw) else sayable(part)
            if isinstance(said, str):
                question.left_out.add(said)
            else:
                kept.append(said)
        turn.parts = kept


def dumped(value: Json) -> str:
    """JSON in a text."""
    return json.dumps(value, ensure_ascii=False)


def breaches(door: str, raw: bytes) -> list[str]:
    """What a stream breaks of the law, which is the conformance kit's."""
    heard = DOORS[door].read(raw)
    return [f"{it.came} where {it.expected} is due" for it in heard.broken + heard.unlawful]


def misfits(kind: TypeAdapter[Any], values: list[Json]) -> list[str]:
    """What of some JSON is not what the SDK's types say."""
    for value in values:
        try:
            kind.validate_python(value)
        except ValidationError as error:
            return [f"{value.get('type') or value.get('object')}: {_nearest(error)}"]
    return []


def _nearest(error: ValidationError) -> str:
    """What is wrong, in the words of the type that was meant: other types of a choice already miss the name of theirs."""
    others = {it["loc"][0] for it in error.errors() if it["loc"][1:] == ("type",)}
    meant = [it for it in error.errors() if it["loc"][0] not in others] or error.errors()
    return f"{'.'.join(map(str, meant[0]['loc']))}: {meant[0]['msg']}"

"""What an answer says, in one form for recordings and for what a client got."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import Any

Json = Any


@dataclass
class ToolCall:
    """A tool call; `arguments` is JSON, or text where the limit on tokens cut it. Some providers sign it."""

    name: str
    arguments: Json
    id: str | None = None
    signature: str = ""

    @classmethod
    def of_text(cls, name: str, arguments: str | None, id_: str | None) -> ToolCall:
        """A call whose arguments are JSON in a text; no text means no arguments."""
        try:
            return cls(name, json.loads(arguments or "{}"), id_)
        except ValueError:
            return cls(name, arguments, id_)


@dataclass
class Choice:
    """One answer. `finish` holds each word that may stand for why it ended."""

    text: str = ""
    refusal: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    finish: set[str | None] = field(default_factory=set)
    reasoning: str = ""
    # Signatures under thoughts, and sealed thoughts, in order; the signature under the text.
    seals: list[str] = field(default_factory=list)
    signature: str = ""
    # A text that may stand before the answer's, because OpenAI has no place for it.
    preface: str = ""


@dataclass
class Usage:
    """Tokens; `None` where nothing was told."""

    prompt: int | None = None
    completion: int | None = None
    cached: int | None = None
    written: int | None = None
    reasoning: int | None = None


@dataclass
class Told:
    """What an answer says: choices, or vectors, or an error (`status` is `None` inside a stream)."""

    choices: list[Choice] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    vectors: list[list[float]] = field(default_factory=list)
    status: int | None = None
    error: str | None = None


def without_extensions(told: Told) -> Told:
    """What is left for an SDK whose own helper keeps of members that it does not know only the last piece."""
    choices = []
    for choice in told.choices:
        calls = [replace(call, signature="") for call in choice.calls]
        bare = replace(choice, reasoning="", preface="", seals=[], signature="", calls=calls)
        choices.append(bare)
    return replace(told, choices=choices)


def without_calls(told: Told) -> Told:
    """The rest of an answer."""
    return replace(told, choices=[replace(choice, calls=[]) for choice in told.choices])


def compare(want: Told, got: Told) -> list[str]:
    """What a client got otherwise than it was sent, one line each."""
    if want.error is not None or got.error is not None:
        return _errors(want, got)
    lines = _vectors(want.vectors, got.vectors)
    if len(want.choices) != len(got.choices):
        lines.append(f"{len(want.choices)} choices became {len(got.choices)}")
    for number, (a, b) in enumerate(zip(want.choices, got.choices, strict=False)):
        lines += [f"choice {number}: {line}" for line in _choice(a, b)]
    return lines + _usage(want.usage, got.usage)


def _errors(want: Told, got: Told) -> list[str]:
    if want.error is None or got.error is None:
        named = [
            (it.status, it.error) if it.error is not None else "an answer" for it in (want, got)
        ]
        return [f"{named[0]} became {named[1]}"]
    lines = []
    if want.status != got.status:
        lines.append(f"status {want.status} became {got.status}")
    if want.error not in got.error:
        lines.append(f"the error's words {want.error!r} became {got.error!r}")
    return lines


def _choice(want: Choice, got: Choice) -> list[str]:
    lines = []
    if got.text not in (want.text, want.preface + want.text):
        lines.append(f"text {_short(want.text)} became {_short(got.text)}")
    if want.refusal != got.refusal:
        lines.append(f"refusal {want.refusal!r} became {got.refusal!r}")
    thoughts = (want.reasoning, want.preface + want.reasoning)
    if got.reasoning not in thoughts:
        lines.append(f"reasoning {_short(want.reasoning)} became {_short(got.reasoning)}")
    if want.seals != got.seals:
        lines.append(f"{len(want.seals)} signatures of thoughts became {len(got.seals)}, or others")
    if want.signature != got.signature:
        lines.append(f"signature {_short(want.signature)} became {_short(got.signature)}")
    if not (got.finish or {None}) <= (want.finish or {None}):
        lines.append(f"finish reason {_words(want.finish)} became {_words(got.finish)}")
    if len(want.calls) != len(got.calls):
        lines.append(f"{len(want.calls)} calls became {len(got.calls)}")
    for number, (a, b) in enumerate(zip(want.calls, got.calls, strict=False)):
        if a.id and a.id != b.id:
            lines.append(f"call {number}: id {a.id!r} became {b.id!r}")
        if a.id is None and not b.id:
            lines.append(f"call {number} has no id")
        if a.name != b.name:
            lines.append(f"call {number}: name {a.name!r} became {b.name!r}")
        if a.signature != b.signature:
            words = (_short(it.signature) for it in (a, b))
            lines.append(f"call {number}: signature {' became '.join(words)}")
        if a.arguments != b.arguments:
            words = (_short(json.dumps(it.arguments)) for it in (a, b))
            lines.append(f"call {number}: arguments {' became '.join(words)}")
    return lines


def _usage(want: Usage, got: Usage) -> list[str]:
    lines = []
    for name in ("prompt", "completion"):
        a, b = getattr(want, name), getattr(got, name)
        if a is not None and a != b:
            lines.append(f"{name} tokens {a} became {b}")
    for name in ("cached", "written", "reasoning"):
        a, b = getattr(want, name) or 0, getattr(got, name) or 0
        if a != b:
            lines.append(f"{name} tokens {a} became {b}")
    return lines


def _vectors(want: list[list[float]], got: list[list[float]]) -> list[str]:
    if [len(vector) for vector in want] != [len(vector) for vector in got]:
        return [f"vectors of {[len(v) for v in want]} became vectors of {[len(v) for v in got]}"]
    for number, (a, b) in enumerate(zip(want, got, strict=True)):
        if not all(map(_is_same, a, b)):
            return [f"vector {number} has other numbers"]
    return []


def _is_same(want: float, got: float) -> bool:
    """Base64 holds numbers of 32 bits; read so, some providers' bytes are no numbers."""
    return math.isclose(want, got, rel_tol=1e-6, abs_tol=1e-9) or (want != want and got != got)


def _words(reasons: set[str | None]) -> str:
    return " or ".join(sorted(map(str, reasons))) or "nothing"


def _short(text: str) -> str:
    return repr(text) if len(text) <= 120 else f"{text[:70]!r}…{text[-40:]!r}"

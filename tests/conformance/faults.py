"""What providers do wrong. A fault makes a dialect's answer into the reply that the gateway gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .dialects.base import Dialect, Script
from .dialects.framing import Frame, aws, dump

JSON = "application/json"
HTML = b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"


@dataclass(frozen=True)
class Reply:
    """What goes over the wire, and what then happens to the connection."""

    pieces: list[bytes]
    content_type: str
    ending: str = "whole"
    """`whole`: the body ends as HTTP says; `close` and `reset`: it breaks off; `stall`: nothing more comes."""
    status: int = 200
    answers: bool = True
    """False: the connection closes without a word of HTTP."""


@dataclass(frozen=True)
class Fault:
    """One way to fail, and the answers that it is tried on."""

    name: str
    reply: Callable[[Dialect, Script], Reply | None]
    """None if the dialect has no such thing."""
    answers: tuple[str, ...] = ("text",)
    status: int | None = None
    """The status that must reach the client."""


def _body(frames: Callable[[Script], list[Frame]], ending: str) -> Callable[..., Reply]:
    """Some of the frames, then an ending."""

    def reply(dialect: Dialect, script: Script) -> Reply:
        return Reply(dialect.written(frames(script)), dialect.content_type, ending)

    return reply


def _cut(bytes_kept: Callable[[bytes], int], ending: str) -> Callable[..., Reply]:
    """All frames before the one that speaks in several bytes to the character, and a part of that."""

    def reply(dialect: Dialect, script: Script) -> Reply:
        frames = script.start + script.body
        at = next(n for n, frame in enumerate(frames) if not frame.data.isascii() and n > 1)
        *before, victim = dialect.written(frames[: at + 1])
        pieces = [*before, victim[: bytes_kept(victim)]]
        return Reply(pieces, dialect.content_type, ending)

    return reply


def _half(frame: bytes) -> int:
    return len(frame) // 2


def _inside_character(frame: bytes) -> int:
    return next(n for n, byte in enumerate(frame) if byte >= 0xC3 and frame[n + 1] >= 0x80) + 1


def _spoil(spoilt: Callable[[bytes], bytes]) -> Callable[..., Reply]:
    """A whole answer with one bad frame."""

    def reply(dialect: Dialect, script: Script) -> Reply:
        frames = list(script.all)
        first = len(script.start) + 1
        at = next(n for n, f in enumerate(frames) if n >= first and not f.data.isascii())
        frames[at] = replace(frames[at], data=spoilt(frames[at].data))
        return Reply(dialect.written(frames), dialect.content_type)

    return reply


def _not_utf8(data: bytes) -> bytes:
    at = _inside_character(data)
    return data[:at] + b"\xff" + data[at + 1 :]


def _error(frames: Callable[[Script], list[Frame]]) -> Callable[..., Reply]:
    """An error event after some of the frames."""

    def reply(dialect: Dialect, script: Script) -> Reply:
        said = frames(script) + dialect.error()
        return Reply(dialect.written(said), dialect.content_type)

    return reply


def _unfinished(dialect: Dialect, script: Script) -> Reply | None:
    if script.unfinished is None:
        return None
    frames = script.start + script.body + script.unfinished
    return Reply(dialect.written(frames), dialect.content_type)


def _bad_checksum(dialect: Dialect, script: Script) -> Reply | None:
    """A message of AWS' event stream that does not match its checksum."""
    if dialect.framing is not aws:
        return None
    pieces = dialect.written(script.all)
    pieces[2] = pieces[2][:-1] + bytes([pieces[2][-1] ^ 1])
    return Reply(pieces, dialect.content_type)


def _instead(pieces: list[bytes], content_type: str = "", **more: Any) -> Callable[..., Reply]:
    """Something else in place of the answer."""
    return lambda dialect, _: Reply(pieces, content_type or dialect.content_type, **more)


def _refused(status: int) -> Callable[..., Reply]:
    return lambda dialect, _: Reply([dump(dialect.refusal())], JSON, status=status)


def _nothing(_: Script) -> list[Frame]:
    return []


def _first(script: Script) -> list[Frame]:
    return (script.start + script.body)[:1]


def _some(script: Script) -> list[Frame]:
    return script.start + script.body[: len(script.body) // 2]


def _said(script: Script) -> list[Frame]:
    return script.start + script.body


WHOLE = Fault("whole", _body(lambda script: script.all, "whole"))

FAULTS = {
    fault.name: fault
    for fault in (
        Fault("no-answer", _instead([], answers=False)),
        Fault("status-429", _refused(429), status=429),
        Fault("status-500-html", _instead([HTML], "text/html", status=500)),
        Fault("html-200", _instead([HTML], "text/html")),
        Fault("error-body-200", _refused(200)),
        Fault("empty-200", _instead([])),
        Fault("cut-before-first", _body(_nothing, "close")),
        Fault("cut-after-first", _body(_first, "close")),
        Fault("cut-inside-frame", _cut(_half, "close")),
        Fault("cut-inside-character", _cut(_inside_character, "close")),
        Fault("clean-inside-frame", _cut(_half, "whole")),
        Fault("cut-before-finish", _body(_said, "close"), ("text", "calls")),
        Fault("reset-before-finish", _body(_said, "reset"), ("text", "calls")),
        Fault("clean-before-finish", _body(_said, "whole"), ("text", "calls")),
        Fault("no-finish", _unfinished, ("text", "calls")),
        Fault("stall-before-first", _body(_nothing, "stall")),
        Fault("stall", _body(_some, "stall")),
        Fault("stall-inside-frame", _cut(_half, "stall")),
        Fault("broken-json", _spoil(lambda data: data[: len(data) // 2])),
        Fault("broken-utf8", _spoil(_not_utf8)),
        Fault("bad-checksum", _bad_checksum),
        Fault("error-first", _error(_nothing)),
        Fault("error-event", _error(_some)),
    )
}

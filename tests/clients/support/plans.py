"""How the fake upstream answers one request."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["end", "cut", "stall"]


@dataclass
class Plan:
    """One answer: whole when `pieces` is None, else streamed piece by piece.

    `ending` says what follows the last piece: `end` closes the body properly, `cut` drops the
    connection, `stall` says nothing more until the peer leaves. Before piece number `n` the
    server waits for `gates[n]`, if there is one: tests hold and release streams with it.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    body: bytes = b""
    pieces: list[bytes] | None = None
    ending: Ending = "end"
    gates: dict[int, threading.Event] = field(default_factory=dict)
    pause: float = 0.0

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Plan:
        """A plain JSON answer."""
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        body = json.dumps(value).encode()
        return cls(status=status, headers={"content-type": "application/json", **names}, body=body)

    @classmethod
    def error(cls, status: int, message: str, kind: str, code: str | None, **headers: str) -> Plan:
        """An error in OpenAI's form."""
        value = {"error": {"message": message, "type": kind, "param": None, "code": code}}
        return cls.json(value, status, **headers)

    @classmethod
    def stream(cls, data: bytes | list[bytes], ending: Ending = "end", **more: Any) -> Plan:
        """An event stream."""
        headers = {"content-type": "text/event-stream; charset=utf-8"}
        pieces = [data] if isinstance(data, bytes) else data
        return cls(headers=headers, pieces=pieces, ending=ending, **more)


def cut_at_random(data: bytes, seed: int, mean: int = 40) -> list[bytes]:
    """`data` in pieces of random size, cut anywhere: inside frames, lines and characters."""
    rng = random.Random(seed)
    pieces = []
    start = 0
    while start < len(data):
        end = start + rng.randint(1, 2 * mean)
        pieces.append(data[start:end])
        start = end
    return pieces


def frames(*events: Any) -> list[bytes]:
    """Server-sent events of JSON values; a string goes out as it is, e.g. `[DONE]`."""
    texts = (e if isinstance(e, str) else json.dumps(e) for e in events)
    return [f"data: {text}\n\n".encode() for text in texts]

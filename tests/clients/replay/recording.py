"""Recorded exchanges: where they lie, what they hold, and how the fake upstream plays them."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from support.plans import Plan
from support.recordings import HOP_HEADERS, SHARED

from .bytestreams import EVENT_STREAM

Json = Any

# Mean sizes of the pieces that a stream is cut into: inside characters, inside frames, and several frames at once.
PIECES = (3, 30, 300)
MOST_PIECES = 250


@dataclass(frozen=True)
class Request:
    """A request to a provider, recorded or received."""

    target: str
    body: Json

    @property
    def path(self) -> str:
        """The path as it was sent, percent signs and all."""
        return urlsplit(self.target).path

    def named(self, before: str, after: str) -> str:
        """What stands in the path between two texts, e.g. a model's name."""
        return unquote(self.path.rpartition(before)[2].partition(after)[0])


@dataclass(frozen=True)
class Recording:
    """One exchange, in the form of the recordings' README."""

    data: Json

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def provider(self) -> str:
        return str(self.data["provider"])

    @property
    def operation(self) -> str:
        return str(self.data["operation"])

    @property
    def status(self) -> int:
        return int(self.data["response"]["status"])

    @property
    def streams(self) -> bool:
        """The answer is a stream."""
        response = self.data["response"]
        cut = response.get("chunks") or response.get("body_base64")
        return bool(cut) or (self.data["stream"] and isinstance(response["body"], list))

    @cached_property
    def request(self) -> Request | None:
        """The request; `None` where only the answer is known."""
        body = self.data["request"].get("body")
        return Request(self.data["request"]["url"], body) if isinstance(body, dict) else None

    @property
    def answer(self) -> Json:
        """A plain answer's body."""
        return self.data["response"]["body"]

    @cached_property
    def text(self) -> str:
        """A text stream; lists of JSON, which gateways never ask for, in the form of server-sent events."""
        response = self.data["response"]
        if response.get("chunks"):
            return "".join(response["chunks"])
        return "".join(f"data: {json.dumps(it)}\r\n\r\n" for it in response["body"])

    @cached_property
    def bytes(self) -> bytes:
        """The answer's bytes."""
        if packed := self.data["response"].get("body_base64"):
            return base64.b64decode(packed)
        if self.streams:
            return self.text.encode()
        if isinstance(self.answer, str):
            return self.answer.encode()
        return json.dumps(self.answer, ensure_ascii=False).encode()

    def plan(self, seed: int) -> Plan:
        """Plays the answer; a stream is cut by the seed."""
        recorded = self.data["response"]["headers"]
        headers = {n.lower(): v for n, v in recorded.items() if n.lower() not in HOP_HEADERS}
        kind = headers.get("content-type", "")
        if "/" not in kind or (self.streams and kind.startswith("application/json")):
            headers["content-type"] = self._content_type()
        if not self.streams:
            return Plan(status=self.status, headers=headers, body=self.bytes)
        return Plan(status=self.status, headers=headers, pieces=cut(self.bytes, seed))

    def _content_type(self) -> str:
        """What the provider says of such an answer, where the recording does not."""
        if self.data["response"].get("body_base64"):
            return EVENT_STREAM
        if not self.streams:
            return "application/json"
        return "application/x-ndjson" if self.operation == "api.chat" else "text/event-stream"


def cut(data: bytes, seed: int) -> list[bytes]:
    """`data` in pieces of random size: each seed has another mean, long streams have larger pieces."""
    rng = random.Random(seed)
    most = 2 * max(PIECES[seed % len(PIECES)], len(data) // MOST_PIECES)
    pieces = []
    while data:
        size = rng.randint(1, most)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def recordings_of(provider: str, folder: Path = SHARED) -> list[Recording]:
    """A provider's recordings; none where there is no such file."""
    path = folder / f"{provider}.jsonl"
    if not path.exists():
        return []
    return [Recording(json.loads(line)) for line in path.read_text().splitlines() if line]

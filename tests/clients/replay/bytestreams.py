"""Readers of recorded streams: server-sent events, lines of JSON, and AWS event streams. They share nothing with the gateway."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

Json = Any

EVENT_STREAM = "application/vnd.amazon.eventstream"


@dataclass
class Event:
    """One server-sent event."""

    name: str
    data: str


@dataclass
class Message:
    """One message of an AWS event stream."""

    headers: dict[str, str]
    payload: Json


def events(text: str) -> list[Event]:
    """The server-sent events of a stream."""
    found: list[Event] = []
    name = ""
    data: list[str] = []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line and data:
            found.append(Event(name, "\n".join(data)))
        if not line:
            name, data = "", []
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
    return found


def objects(text: str) -> list[Json]:
    """The JSON of a stream's server-sent events, without the mark of the end."""
    return [json.loads(event.data) for event in events(text) if event.data.strip() != "[DONE]"]


def lines(text: str) -> list[Json]:
    """The JSON of a stream of lines."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def messages(data: bytes) -> list[Message]:
    """The messages of an AWS event stream; both checksums must be right."""
    found = []
    while data:
        size, head, sum_ = struct.unpack(">III", data[:12])
        assert zlib.crc32(data[:8]) == sum_, "the prelude's checksum"
        assert zlib.crc32(data[: size - 4]) == struct.unpack(">I", data[size - 4 : size])[0]
        payload = data[12 + head : size - 4]
        found.append(Message(_headers(data[12 : 12 + head]), json.loads(payload or b"{}")))
        data = data[size:]
    return found


def _headers(data: bytes) -> dict[str, str]:
    """Headers whose values are strings; providers send no others."""
    found = {}
    while data:
        name, rest = data[1 : 1 + data[0]], data[1 + data[0] :]
        assert rest[0] == 7, "a header that is no string"
        (size,) = struct.unpack(">H", rest[1:3])
        found[name.decode()] = rest[3 : 3 + size].decode()
        data = rest[3 + size :]
    return found

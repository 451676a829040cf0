"""Frames of a stream as bytes: server-sent events, lines of JSON, messages of AWS' event stream."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Frame:
    """One unit of a stream. `event` is its name; `kind` is AWS' message type; `comment` is no event at all."""

    data: bytes = b""
    event: str = ""
    kind: str = "event"
    comment: str = ""


def dump(value: Any) -> bytes:
    """JSON with its characters as they are, so that a cut can fall inside one."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sse(frame: Frame, newline: bytes = b"\n") -> bytes:
    """A server-sent event."""
    if frame.comment:
        return b": " + frame.comment.encode() + newline * 2
    name = b"event: " + frame.event.encode() + newline if frame.event else b""
    return name + b"data: " + frame.data + newline * 2


def sse_crlf(frame: Frame) -> bytes:
    """A server-sent event whose lines end as in HTTP."""
    return sse(frame, b"\r\n")


def line(frame: Frame) -> bytes:
    """A line of JSON."""
    return frame.data + b"\n"


def aws(frame: Frame) -> bytes:
    """A message: lengths, their checksum, headers, payload, checksum of all."""
    headers = b"".join(
        _header(name, value)
        for name, value in (
            (f":{frame.kind}-type", frame.event),
            (":content-type", "application/json"),
            (":message-type", frame.kind),
        )
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(frame.data), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + frame.data
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(text)) + text

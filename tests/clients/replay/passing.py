"""What passes: a provider that speaks the door's API is asked the client's own bytes, and its bytes are the answer."""

from __future__ import annotations

from typing import Any

from support.upstream import Seen

from .got import Got
from .meaning import differences
from .raw_http import written
from .recording import Recording

Json = Any


def passed(body: Json, seen: Seen, recording: Recording, got: Got, bytewise: bool) -> list[str]:
    """What of a request and its answer did not pass as it was; `bytewise` clients show their bytes.

    `body` is what was recorded: the client asked it of a route instead of the model.
    """
    lines = [f"request: {line}" for line in differences(body, seen.json)]
    if not bytewise:
        return lines
    if not lines and seen.body != written(body):
        lines.append("request: the bytes are others")
    if got.status != recording.status:
        lines.append(f"answer: status {recording.status} became {got.status}")
    if got.raw != recording.bytes:
        lines.append(f"answer: the bytes {_end(recording.bytes)} became {_end(got.raw)}")
    return lines


def _end(data: bytes) -> str:
    return f"…{data[-80:]!r} ({len(data)})"

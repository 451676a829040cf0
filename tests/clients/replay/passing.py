"""What passes: a provider that speaks the door's API is asked the client's own bytes, and its bytes are the answer."""

from __future__ import annotations

from typing import Any

from support.upstream import Seen

from .got import Got
from .meaning import differences
from .raw_http import written
from .recording import Recording

Json = Any
DONE = b"data: [DONE]\n\n"
"""What some providers add to streams of an API that ends without it."""


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
    # Errors get the form that all errors of the door have; what they say is compared by the other clients.
    sent = recording.bytes.removesuffix(DONE)
    if recording.status < 400 and got.raw != sent:
        lines.append(f"answer: the bytes {_end(sent)} became {_end(got.raw)}")
    return lines


def _end(data: bytes) -> str:
    return f"…{data[-80:]!r} ({len(data)})"

"""What a client gave: the same form for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass
class Got:
    """An answer, or the chunks of a stream, or the error that the SDK raised.

    `raw` are a stream's bytes, `final` is what the SDK itself put together of its chunks: not all SDKs give both.
    """

    answer: Json = None
    chunks: list[Json] | None = None
    status: int | None = None
    error: str | None = None
    kind: str = ""
    final: Json = None
    # The header in which the gateway tells what it could not carry.
    report: str = ""
    raw: bytes = field(default=b"", repr=False)

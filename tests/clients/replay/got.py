"""What an SDK gave: the same form for Python and for Node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .dialects import openai_chat, openai_others
from .told import Told

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

    def told(self) -> Told:
        """What it says."""
        if self.error is not None:
            return Told(status=self.status, error=self.error)
        if self.chunks is not None:
            return openai_chat.from_chunks(self.chunks)
        if "data" in self.answer:
            return openai_others.from_answer(self.answer)
        return openai_chat.from_answer(self.answer)

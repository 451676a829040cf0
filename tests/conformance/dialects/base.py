"""What a dialect of providers is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..answers import Answer
from .framing import Frame, sse

MODEL = "kit-model"
SAID = "The kit broke this answer on purpose."
"""The message of every error that a provider reports."""


@dataclass(frozen=True)
class Script:
    """A whole answer in order. What says why it ended is apart from what merely ends it."""

    start: list[Frame] = field(default_factory=list)
    body: list[Frame] = field(default_factory=list)
    finish: list[Frame] = field(default_factory=list)
    end: list[Frame] = field(default_factory=list)
    unfinished: list[Frame] | None = None
    """An end, in place of the last two, that does not say why; None if the dialect has no such thing."""

    @property
    def all(self) -> list[Frame]:
        return self.start + self.body + self.finish + self.end


class Dialect:
    """How one kind of provider speaks. The defaults are those of most."""

    name = ""
    features: frozenset[str] = frozenset()
    """Of `answers.Answer.needs`."""
    counts: frozenset[str] = frozenset()
    """Details of its token counts: `cached`, `reasoning`."""
    reasons: dict[str, str] = {}
    """OpenAI's word for an end → the provider's."""
    api = ""
    """The API of a door that the provider speaks: a gateway may pass its streams through, and their lifecycle is the provider's."""
    own_ids = True
    """Tool calls have ids that clients must see; otherwise the gateway makes them up."""
    framing: Callable[[Frame], bytes] = staticmethod(sse)
    content_type = "text/event-stream"
    paths = re.compile(r"$^")
    """Where streams are asked for, below the dialect's prefix, query included."""

    def model(self, base: str) -> dict[str, Any]:
        """The `model` block of a Tidegate route whose provider is at `base`."""
        raise NotImplementedError

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        """The answer as this provider streams it."""
        raise NotImplementedError

    def error(self) -> list[Frame]:
        """An error reported in the middle of a stream."""
        raise NotImplementedError

    def refusal(self) -> Any:
        """The body of a 429."""
        raise NotImplementedError

    def understands(self, path: str, request: dict[str, Any]) -> bool:
        """True when a request is one for a stream in this dialect."""
        return bool(self.paths.search(path)) and bool(request)

    def errand(self, path: str) -> Any:
        """The answer to a call that only prepares others, such as one for a token; None for no such call."""
        return None

    def plays(self, answer: Answer) -> bool:
        """True when the dialect can say all of it."""
        return answer.needs <= self.features | ({"details"} if self.counts else set())

    def written(self, frames: list[Frame]) -> list[bytes]:
        return [self.framing(frame) for frame in frames]

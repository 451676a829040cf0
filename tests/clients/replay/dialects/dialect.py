"""What a dialect is to the replay."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..meaning import Question, Texts
from ..recording import Recording, Request
from ..told import Told

Json = Any
Kind = Literal["chat", "completions", "embeddings", "count_tokens"]


def recorded_body(recording: Recording) -> Json:
    """The recorded request's body."""
    assert recording.request
    return dict(recording.request.body)


@dataclass(frozen=True)
class Dialect:
    """One operation of one API.

    `path` is how the path ends at which a provider with this API must be asked. `question` reads a request, whether it was recorded or
    received; `told` reads a recorded answer. `body` is what a client that speaks this API itself would ask.
    """

    kind: Kind
    path: str
    question: Callable[[Request], Question | Texts]
    told: Callable[[Recording], Told]
    body: Callable[[Recording], Json] = recorded_body
    # The door whose clients speak this API themselves: bodies and streams pass there as they are.
    api: str = ""
    # Ids of calls are the provider's and the client's; else they are made up on the way.
    with_ids: bool = True
    # What a provider may be asked though no client did, because it changes nothing of the answer but how much of it is told.
    unasked: frozenset[str] = frozenset()
    # The request names the model.
    names_model: bool = True

    @property
    def route_kind(self) -> str:
        """The kind of route that serves the operation."""
        return "chat" if self.kind == "count_tokens" else self.kind

    def is_asked_at(self, target: str) -> bool:
        """True for a path, with its query, of this operation."""
        return re.search(rf"{self.path}(\?|$)", target) is not None

    def asked(self, recording: Recording) -> Question | Texts:
        """What a recording asks, or what could be asked to get its answer."""
        if self.api:
            return self.question(Request("", self.body(recording)))
        assert recording.request
        return self.question(recording.request)

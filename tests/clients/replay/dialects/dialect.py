"""What a dialect is to the replay."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..meaning import Question, Text, Texts, Turn
from ..openai_form import HELLO, write, write_texts
from ..recording import Recording, Request
from ..told import Told

Json = Any
Kind = Literal["chat", "completions", "embeddings"]


@dataclass
class Asked:
    """What a client asks: the `body` it sends, what that means, and what of the recorded request it cannot say."""

    means: Question | Texts
    body: Json
    left_out: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Dialect:
    """One operation of one API.

    `path` is how the path ends at which a provider with this API must be asked. `question` reads a request, whether it was recorded or
    received; `told` reads a recorded answer. `ask` writes what a client of the OpenAI API asks.
    """

    kind: Kind
    path: str
    question: Callable[[Request], Question | Texts]
    told: Callable[[Recording], Told]
    ask: Callable[[Recording], Asked]
    # The provider speaks OpenAI's own dialect, whose streams pass as they are.
    native: bool = False
    # Ids of calls are the provider's and the client's; else they are made up on the way.
    with_ids: bool = True
    # The request names the model.
    names_model: bool = True

    def is_asked_at(self, target: str) -> bool:
        """True for a path, with its query, of this operation."""
        return re.search(rf"{self.path}(\?|$)", target) is not None


def said_in_openai(question: Callable[[Request], Question]) -> Callable[[Recording], Asked]:
    """Asks what was recorded, as far as OpenAI's dialect can say it."""

    def ask(recording: Recording) -> Asked:
        assert recording.request
        means = question(recording.request)
        left_out, means.left_out = means.left_out, set()
        if not any(turn.role == "user" and turn.parts for turn in means.turns):
            means.turns.append(Turn("user", [Text(HELLO)]))
        return Asked(means, write(means), left_out)

    return ask


def texts_in_openai(texts: Callable[[Request], Texts]) -> Callable[[Recording], Asked]:
    """Asks for the recorded vectors; of what is no text, another text."""

    def ask(recording: Recording) -> Asked:
        assert recording.request
        means = texts(recording.request)
        left_out, means.left_out = means.left_out, set()
        means.texts = means.texts or [HELLO]
        return Asked(means, write_texts(means), left_out)

    return ask


def as_it_was(
    question: Callable[[Request], Question | Texts], body: Callable[[Recording], Json]
) -> Callable[[Recording], Asked]:
    """Asks in the words of the recorded request."""

    def ask(recording: Recording) -> Asked:
        said = body(recording)
        return Asked(question(Request("", said)), said)

    return ask

"""What a door is to the replay: how a client of its API says a request, and how it reads an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ..dialects.dialect import Dialect
from ..got import Got
from ..meaning import Question, Text, Texts, Turn
from ..recording import Recording
from ..told import Told

Json = Any

HELLO = "Hello"
"""What is asked where nothing that was recorded can be asked."""


@dataclass
class Asked:
    """What a client asks: the `body` it sends, what that means, and what of the recorded request it cannot say."""

    means: Question | Texts
    body: Json
    left_out: set[str] = field(default_factory=set)


def nothing_lost(told: Told) -> Told:
    """The whole answer."""
    return told


@dataclass(frozen=True)
class Door:
    """An API that clients speak to the gateway.

    `keep` leaves in a question what this API has words for, and `write` writes it. `write_texts` does so for embeddings,
    where the API has them. `told` reads what a client got, and `law` says what of an answer that the gateway has written breaks the API's
    law. `tells` is what of an answer the API has words for.
    """

    name: str
    keep: Callable[[Question], None]
    write: Callable[[Question], Json]
    told: Callable[[Got], Told]
    law: Callable[[Got], list[str]]
    tells: Callable[[Told], Told] = nothing_lost
    write_texts: Callable[[Texts], Json] | None = None
    # Answers of the door's own dialect pass byte for byte, and are compared so.
    passes: bool = False
    # The header that names the API's version.
    headers: tuple[tuple[str, str], ...] = ()

    def takes(self, dialect: Dialect) -> bool:
        """True if recordings of a dialect's operation can be replayed here."""
        native = dialect.api == self.name
        return native or dialect.kind == "chat" or (dialect.kind == "embeddings" and self.has_texts)

    @property
    def has_texts(self) -> bool:
        """The API has embeddings."""
        return self.write_texts is not None

    def ask(self, dialect: Dialect, recording: Recording) -> Asked:
        """Asks what was recorded: in the recorded words if they are this API's, else as far as it can say it."""
        means = dialect.asked(recording)
        if dialect.api == self.name:
            return Asked(means, dialect.body(recording), means.left_out)
        left_out, means.left_out = means.left_out, set()
        if isinstance(means, Texts):
            assert self.write_texts
            means.texts = means.texts or [HELLO]
            return Asked(means, self.write_texts(means), left_out)
        plain(means)
        self.keep(means)
        if not any(turn.role == "user" and turn.parts for turn in means.turns):
            means.turns.append(Turn("user", [Text(HELLO)]))
        body = self.write(means)
        left_out |= means.left_out
        means.left_out = set()
        return Asked(means, body, left_out)


def plain(question: Question) -> None:
    """Takes out what only the OpenAI API has words for."""
    question.left_out |= question.others.keys()
    question.others = {}
    wanted = question.format
    if isinstance(wanted, dict) and wanted.get("type") in ("json_schema", "json_object", "text"):
        form = {"json_object": "json_object", "text": None}
        question.format = form.get(wanted["type"], (wanted.get("json_schema") or {}).get("schema"))
    for turn in question.turns:
        question.left_out |= {f"{name} of a message" for name in turn.others}
        turn.others = {}
    for tool in question.tools:
        question.left_out |= {f"{name} of a tool" for name in tool.others}
        tool.others = {}


def first_choice(told: Told) -> Told:
    """The only choice that most APIs have; they know no end without a reason, and that of an answer with calls is the calls."""
    for choice in told.choices[:1]:
        ended = "tool_calls" if choice.calls else "stop"
        if choice.finish <= {None, ""}:
            choice.finish = {ended}
        elif "stop" in choice.finish:
            choice.finish = {*choice.finish, ended}
    return replace(told, choices=told.choices[:1])

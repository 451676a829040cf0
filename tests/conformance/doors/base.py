"""What a door is: how it is asked, and how its bytes are read. Judging what was read is `judge`'s."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..answers import Answer


class Problem(NamedTuple):
    """What should have come, and what came."""

    expected: str
    came: str


@dataclass
class HeardCall:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass
class Choice:
    """What was said in one choice."""

    text: str = ""
    reasoning: str = ""
    calls: dict[int, HeardCall] = field(default_factory=dict)
    finishes: list[str] = field(default_factory=list)


@dataclass
class Heard:
    """A stream as a client understood it."""

    choices: dict[int, Choice] = field(default_factory=dict)
    usage: dict[str, Any] | None = None
    """In OpenAI's words."""
    endings: list[str] = field(default_factory=list)
    """`success` for the dialect's terminator, `error` for its error event, in order."""
    error: Any = None
    broken: list[Problem] = field(default_factory=list)
    """What no stream may do."""
    unlawful: list[Problem] = field(default_factory=list)
    """Breaches of the door's lifecycle law. Streams on the byte path are free of it."""

    def choice(self, index: int) -> Choice:
        return self.choices.setdefault(index, Choice())

    def breach(self, expected: str, came: Any) -> None:
        """Notes a breach of the law."""
        self.unlawful.append(Problem(expected, f"{came!s:.200}"))


class Door:
    """One API that clients speak to the gateway."""

    name = ""
    api = ""
    """The API that clients speak here, where providers speak it too: their bytes may pass as they are."""
    headers: dict[str, str] = {}
    """What a client of this API sends besides its body."""
    asks_usage = True
    """The request asks for token counts, or they always come."""
    own_reasons = False
    """The provider's word for an end may stand where it has no other."""
    tells_choices = True
    """The API has a place for several answers to one question."""
    tells_reasoning = True
    """The API has a place for reasoning."""
    tells_details = True
    """The API says which tokens were cached, and counts them as OpenAI does."""

    def plays(self, answer: Answer) -> bool:
        """True when the API can carry what the answer is about."""
        carries = {"details": self.tells_details, "choices": self.tells_choices}
        return all(carries.get(need, True) for need in answer.needs)

    def request(self, route: str, answer: Answer, text: str) -> tuple[str, dict[str, Any]]:
        """Path and body of the question `text` for a stream from a route."""
        raise NotImplementedError

    def read(self, body: bytes) -> Heard:
        """Reads a stream."""
        raise NotImplementedError

    def told(self, error: Any, byte_path: bool) -> Problem | None:
        """What is wrong with the content of an error event."""
        raise NotImplementedError

    def refused(self, body: bytes, byte_path: bool) -> Problem | None:
        """What is wrong with the body of an HTTP error."""
        raise NotImplementedError


def events(body: bytes, heard: Heard) -> Iterator[tuple[str, str]]:
    """Name and data of each server-sent event; what is no text or no whole event is noted."""
    text = body.decode("utf-8", "replace")
    if "\ufffd" in text:
        heard.broken.append(Problem("UTF-8 throughout", "bytes that are none"))
    *whole, rest = text.replace("\r\n", "\n").split("\n\n")
    if rest.strip():
        heard.broken.append(Problem("a blank line after each event", f"the end is {rest[-60:]!r}"))
    for block in whole:
        name, data = "", []
        for line in block.split("\n"):
            member, _, value = line.partition(":")
            if member == "event":
                name = value.strip()
            elif member == "data":
                data.append(value[1:] if value.startswith(" ") else value)
        if data:
            yield name, "\n".join(data)


def lacks(error: Any, members: tuple[str, ...], where: str) -> Problem | None:
    """What an error must say in words, and does not."""
    found = error if isinstance(error, dict) else {}
    if all(isinstance(found.get(member), str) and found[member] for member in members):
        return None
    return Problem(f"{where} with {' and '.join(members)}", f"error {error!r:.200}")


def parsed(data: str | bytes) -> Any:
    """JSON, or None."""
    try:
        return json.loads(data)
    except ValueError:
        return None

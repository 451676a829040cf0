"""What providers are made to say, in no dialect. Doors must say the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """A tool call; its arguments come in pieces, and in none when the tool has no parameters."""

    id: str
    name: str
    pieces: tuple[str, ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads("".join(self.pieces) or "{}")
        return found


@dataclass(frozen=True)
class Usage:
    """Token counts as OpenAI counts: cached ones are part of the prompt, reasoning of the completion."""

    prompt: int = 21
    completion: int = 9
    cached: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True)
class Answer:
    """One whole answer. `finish` is OpenAI's word; `needs` names features that not every dialect has."""

    name: str
    texts: tuple[tuple[str, ...], ...] = ((),)
    reasoning: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    finish: str = "stop"
    usage: Usage = Usage()
    needs: frozenset[str] = frozenset()

    @property
    def text(self) -> tuple[str, ...]:
        """The pieces of the first choice."""
        return self.texts[0]


WORDS = ("Grüße", " aus", " Zürich", ":", " 你好", " und", " 🌍", "!")
"""Text in pieces, with characters of two, three and four bytes."""

WEATHER = Call("callAbc12", "get_weather", ('{"city": "Zü', 'rich", "da', 'ys": 2}'))
CITIES = Call("callDef34", "list_cities")
"""A call without arguments: providers say nothing, `{}` or null; a client must get `{}`."""

TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                "required": ["city"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "list_cities",
            "description": "Lists the cities.",
            "parameters": {"type": "object", "properties": {}},
        },
    },
]
"""What requests offer when the answer calls tools."""


def _needs(*features: str) -> frozenset[str]:
    return frozenset(features)


ANSWERS = {
    answer.name: answer
    for answer in (
        Answer("text", (WORDS,)),
        Answer("empty"),
        Answer("length", (WORDS,), finish="length"),
        Answer("filtered", (WORDS[:3],), finish="content_filter", needs=_needs("filter")),
        Answer("usage", (WORDS,), usage=Usage(cached=8, reasoning=4), needs=_needs("details")),
        Answer("choices", (WORDS, ("Zweite", " Antwort")), needs=_needs("choices")),
        Answer("call", calls=(WEATHER,), finish="tool_calls", needs=_needs("call")),
        Answer("calls", (WORDS,), (), (WEATHER, CITIES), "tool_calls", needs=_needs("calls")),
        Answer("reasoning", (WORDS,), ("Ich denke", " – also", " …"), needs=_needs("reasoning")),
    )
}

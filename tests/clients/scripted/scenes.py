"""What clients ask on every route, what providers answer, and what the next turn must hold then."""

from __future__ import annotations

import dataclasses
from typing import Any

from conformance.answers import CITIES, WEATHER, WORDS, Answer, Call, Usage
from conformance.answers import TOOLS as TOOLS
from pydantic import BaseModel

from replay import meaning
from replay.meaning import Part, Question, Result, Text, Thought, Turn

from .providers import SCHEMA
from .routes import Route
from .whole import SIGNATURE

QUESTION = "How warm is it in Zürich?"
SAID = "".join(WORDS)
TEXT = Answer("text", (WORDS,))
USAGE = Usage()

PLAN = ("Ich schaue", " nach.")
CALLS = Answer("calls", (PLAN,), (), (WEATHER, CITIES), "tool_calls")
"""Words, a call whose arguments come in pieces, and one without arguments."""

RESULTS = {"get_weather": "Rain in Zürich for 2 days", "list_cities": "Oslo, Zürich"}
"""What the tools give when they are called as `CALLS` calls them."""


def get_weather(city: str, days: int) -> str:
    """Weather of a city."""
    return f"Rain in {city} for {days} days"


def list_cities() -> str:
    """Lists the cities."""
    return "Oslo, Zürich"


THOUGHTS = ("Ich denke", " – also", " …")
THOUGHT = Answer("thought", (PLAN,), THOUGHTS, (WEATHER,), "tool_calls")
"""A call after some thought, which the provider has signed."""
THOUGHTLESS = dataclasses.replace(THOUGHT, reasoning=())
MORE = Answer("more", calls=(CITIES,), finish="tool_calls")
"""The next call of a model that thinks only before its first."""


MESSAGES_TOOLS: list[Any] = [
    {
        "name": tool["name"],
        "description": tool["description"],
        "input_schema": tool["parameters"],
    }
    for tool in (it["function"] for it in TOOLS)
]
"""`TOOLS` as the Messages API writes them."""
RESPONSES_TOOLS: list[Any] = [
    {"type": "function", "strict": False, **tool["function"]} for tool in TOOLS
]
"""`TOOLS` as the Responses API writes them."""


class Weather(BaseModel):
    """What the weather is."""

    city: str
    degrees: int


WEATHER_NOW = Weather(city="Zürich", degrees=-3)
IN_SCHEMA = Answer(SCHEMA, (('{"city": "Zü', 'rich", "deg', 'rees": -3}'),))
CALLED = Answer(
    "called", calls=(Call("callJkl78", "Weather", IN_SCHEMA.text),), finish="tool_calls"
)
"""The same answer as a call of a tool that the client has made of the schema."""


def after(*answers: Answer) -> list[Turn]:
    """The conversation after answers whose tools have run."""
    turns = [Turn("user", [Text(QUESTION)])]
    for answer in answers:
        results: list[Part] = [Result(RESULTS[it.name], it.id, it.name) for it in answer.calls]
        turns += [said(answer), Turn("user", results)]
    return turns


def said(answer: Answer) -> Turn:
    """The answer as it comes back in the next request."""
    parts: list[Part] = [Text("".join(answer.text))]
    if answer.reasoning:
        parts.insert(0, Thought("".join(answer.reasoning), SIGNATURE))
    parts += [meaning.Call(call.name, call.arguments, call.id) for call in answer.calls]
    return Turn("assistant", parts)


def assert_holds(question: Question, turns: list[Turn], route: Route) -> None:
    """The provider is asked this conversation, and no more."""
    with_ids = route.reads.with_ids
    want = Question("", turns=[as_sent_back(turn, route) for turn in turns])
    assert question.normal(with_ids)["turns"] == want.normal(with_ids)["turns"]


def as_sent_back(turn: Turn, route: Route) -> Turn:
    """The turn as a provider wants it: one that signs the first call after its thoughts wants no thoughts back."""
    if not route.signs_calls:
        return turn
    signatures = [part.signature for part in turn.parts if isinstance(part, Thought)]
    parts = [part for part in turn.parts if not isinstance(part, Thought)]
    for number, part in enumerate(parts):
        if isinstance(part, meaning.Call) and signatures:
            parts[number] = dataclasses.replace(part, signature=signatures.pop())
    return Turn(turn.role, parts)


def thinks(question: Question, route: Route) -> bool:
    """True where the provider is asked to think."""
    names = {it for way in (route, route.other) if way for it in (way.thinks, way.signs_calls)}
    return not question.left_out.isdisjoint(names - {""})


def assert_tools(question: Question) -> None:
    """The provider knows both tools, and what they take."""
    tools = {tool.name: tool for tool in question.tools}
    assert tools.keys() == RESULTS.keys()
    assert tools["get_weather"].description == "Weather of a city."
    assert tools["get_weather"].schema["properties"].keys() == {"city", "days"}


def assert_schema(question: Question, route: Route) -> None:
    """The provider is asked for an answer of the schema, as the route does that."""
    if not route.emulates:
        assert _properties(question.format) == {"city", "degrees"}
        return
    assert question.format is None
    (tool,) = question.tools
    assert question.tool_choice == {"name": tool.name}
    assert tool.schema["properties"].keys() == {"city", "degrees"}


def _properties(found: object) -> set[str]:
    """The properties of a schema, which the dialects wrap differently."""
    while isinstance(found, dict) and "properties" not in found:
        found = found.get("json_schema") or found.get("schema")
    assert isinstance(found, dict)
    return set(found["properties"])

"""The fake providers of all routes, at one address: each answers by its script, in the API in which it is asked."""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque
from collections.abc import Sequence
from enum import Enum
from typing import Any

from conformance.answers import Answer, Call

from replay.meaning import Question
from replay.recording import Request
from support.plans import Ending, Plan, cut_at_random
from support.upstream import FakeUpstream, Seen

from .routes import Route
from .whole import written

Json = Any


class Failure(Enum):
    """What a provider does instead of answering."""

    REFUSED = "the answer is status 429"
    CUT = "the connection ends in the middle of the stream"
    FAILED = "the stream reports an error after its start"


Answers = Answer | Plan | Failure
"""A plan is played as it is, whatever was asked."""


class Providers:
    """A provider for each route, at a path that begins with the route's name."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = {route.name: route for route in routes}
        self._scripts: dict[str, deque[Answers]] = defaultdict(deque)
        self._seen: dict[str, list[Seen]] = defaultdict(list)
        self._upstream = FakeUpstream()
        self._upstream.otherwise = self._answer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._upstream.port}"

    def close(self) -> None:
        self._upstream.close()

    def set(self, route: Route, *answers: Answers) -> None:
        """Forgets what was asked, and readies the coming answers."""
        self._seen[route.name] = []
        self._scripts[route.name] = deque(answers)

    def seen(self, route: Route) -> list[Seen]:
        """What came since, in order."""
        return list(self._seen[route.name])

    def asked(self, route: Route) -> list[Question]:
        """What of it are requests of the route's dialect."""
        questions = [_question(route, seen) for seen in self._seen[route.name]]
        return [question for question in questions if question]

    def _answer(self, seen: Seen) -> Plan:
        name, path = seen.path[1:].split("/", 1)
        route = self._routes[name].spoken_at(seen.target)
        if errand := route.streams.errand(f"/{path}"):
            return Plan.json(errand)
        self._seen[name].append(seen)
        script = self._scripts[name]
        if script and isinstance(script[0], Plan):
            return script.popleft()
        question = _question(route, seen)
        if question is None or not script:
            return Plan.error(500, f"no answer for {seen.target}", "script", None)
        answer = script.popleft()
        if isinstance(answer, Failure):
            return _failure(answer, route)
        answer = _in_schema(answer, question)
        if not question.stream:
            return Plan(body=written(route.whole(answer)))
        frames = route.streams.written(route.streams.script(answer, seen.json).all)
        pieces = cut_at_random(b"".join(frames), seed=len(frames))
        return Plan(headers={"content-type": route.streams.content_type}, pieces=pieces)


HALF = Answer("half", (("This answer", " is not"),))


def _failure(failure: Failure, route: Route) -> Plan:
    streams = route.streams
    if failure is Failure.REFUSED:
        return Plan.json(streams.refusal(), 429)
    script = streams.script(HALF, {})
    end = streams.error() if failure is Failure.FAILED else []
    pieces = streams.written(script.start + script.body[:-2] + end)
    ending: Ending = "cut" if failure is Failure.CUT else "end"
    headers = {"content-type": streams.content_type}
    return Plan(headers=headers, pieces=pieces, ending=ending)


def _question(route: Route, seen: Seen) -> Question | None:
    """What was asked; `None` for what is no request of the route's dialect."""
    route = route.spoken_at(seen.target)
    if not route.reads.is_asked_at(seen.target):
        return None
    try:
        question = route.reads.question(Request(seen.target, seen.json))
    except KeyError:
        return None
    return question if isinstance(question, Question) else None


SCHEMA = "schema"
"""The name of answers that are JSON of a schema."""


def _in_schema(answer: Answer, question: Question) -> Answer:
    """An answer of a schema comes as a call where the provider was told to make one."""
    if answer.name != SCHEMA or not isinstance(question.tool_choice, dict):
        return answer
    call = Call("callGhi56", question.tool_choice["name"], answer.text)
    return dataclasses.replace(answer, texts=((),), calls=(call,), finish="tool_calls")

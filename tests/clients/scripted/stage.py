"""One gateway with all routes, and the fake provider that answers each route by its script."""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque
from pathlib import Path
from typing import Any

import httpx
from conformance.answers import Answer, Call

from replay.meaning import Question
from replay.recording import Request
from support import configs
from support.gateway import Gateway, run_command
from support.plans import Plan, cut_at_random
from support.upstream import FakeUpstream, Seen

from .routes import ROUTES, Route
from .whole import written

Json = Any


class Stage:
    """`unserved` says of routes why the gateway does not serve them."""

    def __init__(self, folder: Path) -> None:
        self.unserved: dict[str, str] = {}
        self._scripts: dict[str, deque[Answer]] = defaultdict(deque)
        self._seen: dict[str, list[Seen]] = defaultdict(list)
        self._upstream = FakeUpstream()
        self._upstream.otherwise = self._answer
        loaded = [route for route in ROUTES if self._is_loaded(route, folder)]
        blocks = [route.block(self._address) for route in loaded]
        self.gateway = Gateway(configs.write(folder / "scripted.yaml", blocks))
        for route in loaded:
            self._try(route)

    def close(self) -> None:
        self.gateway.kill()
        self._upstream.close()

    def set(self, route: Route, *answers: Answer) -> None:
        """Forgets what was asked, and readies the coming answers."""
        self._seen[route.name] = []
        self._scripts[route.name] = deque(answers)

    def asked(self, route: Route) -> list[Question]:
        """What the provider was asked since, in order."""
        questions = [_question(route, seen) for seen in self._seen[route.name]]
        return [question for question in questions if question]

    def bodies(self, route: Route) -> list[Json]:
        """The same as bodies."""
        return [seen.json for seen in self._seen[route.name]]

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self._upstream.port}"

    def _is_loaded(self, route: Route, folder: Path) -> bool:
        path = configs.write(folder / f"{route.name}.yaml", [route.block(self._address)])
        done = run_command("check", "--config-path", str(path))
        if done.returncode == 0:
            return True
        words = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
        self.unserved[route.name] = words[0].partition("': ")[2] if words else done.stderr.strip()
        return False

    def _try(self, route: Route) -> None:
        """Asks once: a provider that is not built answers 501, and an older API of it is asked in another form."""
        self.set(route, Answer("text", (("Hello",),)))
        body = {"model": route.name, "messages": [{"role": "user", "content": "Hello"}]}
        reply = httpx.post(f"{self.gateway.url}/v1/chat/completions", json=body, timeout=20)
        if reply.status_code == 501:
            self.unserved[route.name] = f"501: {reply.json()['error']['message']}"
            return
        for seen in self._seen[route.name]:
            if _question(route, seen) is None:
                self.unserved[route.name] = f"not asked in its present API: POST {seen.path}"

    def _answer(self, seen: Seen) -> Plan:
        name, path = seen.path[1:].split("/", 1)
        route = next(route for route in ROUTES if route.name == name)
        if errand := route.streams.errand(f"/{path}"):
            return Plan.json(errand)
        self._seen[name].append(seen)
        question = _question(route, seen)
        if question is None or not self._scripts[name]:
            return Plan.error(500, f"no answer for {seen.target}", "script", None)
        answer = _in_schema(self._scripts[name].popleft(), question)
        if not question.stream:
            return Plan(body=written(route.whole(answer)))
        frames = route.streams.written(route.streams.script(answer, seen.json).all)
        pieces = cut_at_random(b"".join(frames), seed=len(frames))
        return Plan(headers={"content-type": route.streams.content_type}, pieces=pieces)


def _question(route: Route, seen: Seen) -> Question | None:
    """What was asked; `None` for what is no request of the route's dialect."""
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


class Scene:
    """One route of the stage, for one test."""

    def __init__(self, stage: Stage, route: Route) -> None:
        self._stage = stage
        self.route = route
        self.name = route.name
        self.url = f"{stage.gateway.url}/v1"
        self.play()

    def play(self, *answers: Answer) -> None:
        """The provider's coming answers; what was asked before is forgotten."""
        self._stage.set(self.route, *answers)

    @property
    def asked(self) -> list[Question]:
        return self._stage.asked(self.route)

    @property
    def bodies(self) -> list[Json]:
        return self._stage.bodies(self.route)

"""Plays cases through a gateway, many at once."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from .answers import ANSWERS
from .cases import Case, every_case
from .config import route
from .dialects import DIALECTS
from .dialects.base import Dialect
from .doors import DOORS
from .doors.base import Door, Problem
from .faults import WHOLE
from .judge import Response, judge
from .provider import Provider

AT_ONCE = 16
STALLS_AT_ONCE = 64
"""Stalls only wait."""


@dataclass
class Result:
    """One case that was played."""

    case: Case
    response: Response
    problem: Problem | None


class LeftOut(NamedTuple):
    """Why a door and a dialect were not played: in a word, and in the gateway's words."""

    why: str
    detail: str = ""


@dataclass
class Run:
    """All that was played, and the cells that were not, with the reason."""

    results: list[Result] = field(default_factory=list)
    left_out: dict[tuple[str, str], LeftOut] = field(default_factory=dict)

    @property
    def failures(self) -> list[Result]:
        return [result for result in self.results if result.problem]


@dataclass
class Gateway:
    """The gateway under test. `patience` bounds each wait for bytes, in seconds."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    patience: float = 20.0

    def ask(self, case: Case) -> Response:
        """Asks for one case's stream, and reads it to its end."""
        text = f"Answer as the kit says. case:{case.name} Thank you."
        path, body = case.door.request(route(case.dialect), case.answer, text)
        response = Response()
        parts = urlsplit(self.url)
        connection = self._connection()
        try:
            headers = {"content-type": "application/json", **case.door.headers, **self.headers}
            connection.request("POST", parts.path.rstrip("/") + path, json.dumps(body), headers)
            answer = connection.getresponse()
            response.status = answer.status
            response.content_type = answer.headers.get("content-type", "")
            while piece := answer.read1(65536):
                response.body += piece
        except socket.timeout:
            response.broke = f"no end within {self.patience:g} s"
        except (OSError, http.client.HTTPException) as error:
            response.broke = f"the connection broke ({type(error).__name__})"
        finally:
            connection.close()
        return response

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self.patience, context=context)
        return http.client.HTTPConnection(host, port, timeout=self.patience)


def run(
    gateway: Gateway,
    provider: Provider,
    dialects: Iterable[Dialect] = tuple(DIALECTS.values()),
    pattern: str = "*",
) -> Run:
    """Plays every case whose name matches, at each door that has a route to the dialect."""
    done = Run()
    cases: list[Case] = []
    dialects = list(dialects)
    for door in DOORS.values():
        for dialect in dialects:
            chosen = list(every_case(door, dialect, pattern))
            reason = _unreachable(gateway, provider, door, dialect) if chosen else None
            if reason is not None:
                done.left_out[door.name, dialect.name] = reason
            else:
                cases += chosen
    stalls = [case for case in cases if case.stalls]
    others = [case for case in cases if not case.stalls]

    def play(case: Case) -> Result:
        response = gateway.ask(case)
        return Result(case, response, judge(case, response))

    with ThreadPoolExecutor(STALLS_AT_ONCE) as waiting, ThreadPoolExecutor(AT_ONCE) as busy:
        stalled = waiting.map(play, stalls)
        results = {result.case.name: result for result in (*busy.map(play, others), *stalled)}
    done.results = [results[case.name] for case in cases]
    return done


def _unreachable(
    gateway: Gateway, provider: Provider, door: Door, dialect: Dialect
) -> LeftOut | None:
    """Why nothing can be played here; None when the provider is reached and asked in its dialect."""
    probe = Case(door, dialect, ANSWERS["text"], WHOLE)
    response = gateway.ask(probe)
    heard = provider.heard.get(probe.name)
    if heard is None:
        said = response.body[:200].decode("utf-8", "replace")
        status = f"the gateway answers {response.status}"
        return LeftOut(status, said) if response.status else LeftOut(response.broke)
    return LeftOut(heard) if heard else None

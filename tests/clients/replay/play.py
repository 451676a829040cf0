"""Replays recordings: what a client asks, what the provider is asked, what it answers, what the client gets."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from . import lifecycle
from .dialects.openai_chat import from_answer
from .got import Got
from .meaning import Question, Texts, differences
from .providers import Json, Provider
from .recording import Request, recordings_of
from .report import is_reported
from .stage import JOB, Case, Routes, Upstream
from .told import compare, without_extensions

THREADS = 8
SEEDS = (0, 1, 2)


class Sdk(Protocol):
    """A client."""

    name: str

    def ask(self, kind: str, body: Json, headers: dict[str, str], lawful: bool) -> Got: ...


@dataclass(eq=False)
class Outcome:
    """What came of one recording with one client: nothing is wrong if `wrong` is empty.

    `report` is what the gateway told it could not carry, which is not wrong.
    `arrived` says that the provider was asked where a provider of this dialect is; else `elsewhere` may say where.
    """

    case: Case
    client: str
    wrong: list[str] = field(default_factory=list)
    report: str = ""
    arrived: bool = False
    elsewhere: str = ""


def cases_of(provider: Provider, routes: Routes, unreadable: list[str]) -> Iterator[Case]:
    """All recordings of a provider that are to be replayed, with their routes."""
    for recording in recordings_of(provider.file):
        dialect = provider.dialect(recording)
        if dialect is None:
            continue
        try:
            asked = dialect.ask(recording)
        except Exception as error:  # a reader lacks something: the others can be replayed
            unreadable.append(f"{provider.name} {recording.operation} {recording.id}: {error!r}")
            continue
        model = asked.means.model
        route = routes.add(provider, dialect.kind, model)
        yield Case(provider, recording, dialect, asked, route)


def play_all(cases: list[Case], sdks: list[Sdk], upstream: Upstream) -> list[Outcome]:
    """Replays all recordings with all clients."""
    jobs = [(case, sdk) for case in cases for sdk in sdks]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda job: play(job[0], job[1], upstream), jobs))


def play(case: Case, sdk: Sdk, upstream: Upstream) -> Outcome:
    """Replays one recording with one client; a stream once per seed."""
    outcome = Outcome(case, sdk.name)
    for seed in SEEDS if case.recording.streams else SEEDS[:1]:
        try:
            _play_once(outcome, sdk, upstream, seed)
        except Exception as error:  # whatever a reader stumbles over is wrong with this recording
            outcome.wrong.append(f"cannot be read: {error!r}")
        if outcome.wrong:
            break
    return outcome


def _play_once(outcome: Outcome, sdk: Sdk, upstream: Upstream, seed: int) -> None:
    case = outcome.case
    job = f"{case.provider.name.replace(' ', '')}-{case.recording.id}-{sdk.name}-{seed}"
    upstream.expect(job, case.recording.plan(seed))
    got = sdk.ask(case.dialect.kind, case.body, {JOB: job}, lawful=not case.dialect.native)
    seen = upstream.seen(job)
    if len(seen) != 1:
        outcome.wrong.append(
            f"the provider was asked {len(seen)} times; {got.kind} {got.status}: {got.error}"
        )
        outcome.elsewhere = "answers 501" if got.status == 501 and not seen else ""
        return
    target = seen[0].target
    if not case.dialect.is_asked_at(target):
        outcome.elsewhere = f"asks {target.partition('?')[0]}"
        outcome.wrong.append(f"the provider was asked at {target}")
        return
    outcome.arrived = True
    received = case.dialect.question(Request(target, seen[0].json))
    outcome.report = got.report
    outcome.wrong += [f"request: {line}" for line in _request(case, received, got.report)]
    told = case.dialect.told(case.recording)
    outcome.wrong += [f"answer: {line}" for line in compare(told, got.told())]
    if got.final is not None:
        final = without_extensions(from_answer(got.final))
        known = without_extensions(told)
        outcome.wrong += [f"put together: {line}" for line in compare(known, final)]
    if not case.dialect.native and case.dialect.kind == "chat" and told.error is None:
        outcome.wrong += [f"law: {line}" for line in _law(got)]


def _law(got: Got) -> list[str]:
    """What an answer that the gateway has written breaks of the law."""
    if got.answer is not None:
        return lifecycle.check_answer(got.answer)
    return lifecycle.check_stream(got.raw) if got.raw else []


def _request(case: Case, received: Question | Texts, report: str) -> list[str]:
    """What the provider was asked otherwise than the client asked, and was not told so."""
    want = case.asked.means.normal(case.dialect.with_ids)
    got = received.normal(case.dialect.with_ids)
    if not case.provider.names_model:
        want["model"] = got["model"] = ""
    return [line for line in differences(want, got) if not is_reported(line, report)]


def left_out(cases: list[Case]) -> dict[str, dict[str, int]]:
    """How often what could not be asked, by provider."""
    found: dict[str, dict[str, int]] = {}
    for case in cases:
        counts = found.setdefault(case.provider.name, {})
        for name in case.asked.left_out:
            counts[name] = counts.get(name, 0) + 1
    return found

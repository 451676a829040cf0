"""Replays recordings: what a client asks, what the provider is asked, what it answers, what the client gets."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from .doors.door import Door, plain
from .got import Got
from .meaning import Question, Texts, differences
from .passing import passed
from .providers import Json, Provider
from .raw_http import RawHttp
from .recording import Request, recordings_of
from .report import is_reported, names
from .stage import JOB, Case, Routes, Upstream
from .told import compare, without_calls, without_extensions

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


def cases_of(
    provider: Provider, door: Door, routes: Routes, unreadable: list[str]
) -> Iterator[Case]:
    """All recordings of a provider that are to be replayed at a door, with their routes."""
    for recording in recordings_of(provider.file):
        dialect = provider.dialect(recording, door.name)
        if dialect is None or not door.takes(dialect):
            continue
        try:
            asked = door.ask(dialect, recording)
        except Exception as error:  # a reader lacks something: the others can be replayed
            name = f"{door.name} {provider.name} {recording.operation} {recording.id}"
            unreadable.append(f"{name}: {error!r}")
            continue
        model = asked.means.model
        translated = door.name == "responses" and dialect.api != door.name
        route = routes.add(provider, dialect.route_kind, model, translated)
        yield Case(door, provider, recording, dialect, asked, route)


def play_all(cases: list[Case], sdks: dict[str, list[Sdk]], upstream: Upstream) -> list[Outcome]:
    """Replays all recordings with all clients of their doors; one that shows bytes only where these must pass."""
    jobs = [
        (case, sdk)
        for case in cases
        for sdk in sdks[case.door.name]
        if case.passes or not isinstance(sdk, RawHttp)
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda job: play(job[0], job[1], upstream), jobs))


def play(case: Case, sdk: Sdk, upstream: Upstream) -> Outcome:
    """Replays one recording with one client; a stream once per seed."""
    outcome = Outcome(case, sdk.name)
    for seed in _seeds(case, sdk):
        try:
            _play_once(outcome, sdk, upstream, seed)
        except Exception as error:  # whatever a reader stumbles over is wrong with this recording
            outcome.wrong.append(f"cannot be read: {error!r}")
        if outcome.wrong:
            break
    return outcome


def _seeds(case: Case, sdk: Sdk) -> tuple[int, ...]:
    """Streams are cut in all ways where clients of the OpenAI API or bytes are compared; in one of them, else."""
    if not case.recording.streams:
        return SEEDS[:1]
    if isinstance(sdk, RawHttp) or not case.door.passes:
        return SEEDS
    return (SEEDS[int(case.recording.id, 16) % len(SEEDS)],)


def _play_once(outcome: Outcome, sdk: Sdk, upstream: Upstream, seed: int) -> None:
    case = outcome.case
    place = f"{case.door.name}-{case.provider.name.replace(' ', '')}"
    job = f"{place}-{case.recording.id}-{sdk.name}-{seed}"
    upstream.expect(job, case.recording.plan(seed))
    headers = {JOB: job, **dict(case.door.headers)}
    got = sdk.ask(case.dialect.kind, case.body, headers, lawful=not case.native)
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
    outcome.report = got.report
    if case.passes:
        outcome.wrong += passed(case.asked.body, seen[0], case.recording, got, sdk.name == "raw")
    else:
        received = case.dialect.question(Request(target, seen[0].json))
        outcome.wrong += [f"request: {line}" for line in _request(case, received, got.report)]
    if not isinstance(sdk, RawHttp):
        outcome.wrong += _answer(case, got)


def _answer(case: Case, got: Got) -> list[str]:
    """What the client got otherwise than it was recorded."""
    told = case.door.tells(case.dialect.told(case.recording))
    wrong = [f"answer: {line}" for line in compare(told, case.door.told(got))]
    if got.final is not None:
        final = without_extensions(case.door.told(Got(answer=got.final)))
        known = without_extensions(told)
        if any(isinstance(it.arguments, str) for choice in told.choices for it in choice.calls):
            # SDKs make the best of arguments that were cut.
            known, final = without_calls(known), without_calls(final)
        wrong += [f"put together: {line}" for line in compare(known, final)]
    if not case.native and case.dialect.kind == "chat" and told.error is None:
        wrong += [f"law: {line}" for line in case.door.law(got)]
    return wrong


def _request(case: Case, received: Question | Texts, report: str) -> list[str]:
    """What the provider was asked otherwise than the client asked, and was not told so."""
    means = case.asked.means
    received.left_out -= case.dialect.unasked
    if isinstance(received, Question) and isinstance(means, Question):
        if case.door.passes:
            plain(received)
            means, received = means.loosely(), received.loosely()
        if "reasoning_content" in names(report):
            means, received = means.without_thoughts(), received.without_thoughts()
    rewritten = case.provider.own_ids and case.door.name != "openai"
    with_ids = case.dialect.with_ids and not rewritten
    want, got = means.normal(with_ids), received.normal(with_ids)
    if not case.provider.names_model:
        want["model"] = got["model"] = ""
    return [line for line in differences(want, got) if not is_reported(line, report)]


def left_out(cases: list[Case]) -> dict[str, dict[str, int]]:
    """How often what could not be asked, by door and provider."""
    found: dict[str, dict[str, int]] = {}
    for case in cases:
        counts = found.setdefault(f"{case.door.name} {case.provider.name}", {})
        for name in case.asked.left_out:
            counts[name] = counts.get(name, 0) + 1
    return found

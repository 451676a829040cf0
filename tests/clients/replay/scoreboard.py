"""The score: what passes, what fails, what is excepted, what is not built."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .doors import DOORS
from .play import Outcome
from .providers import PROVIDERS

EXCEPTIONS = Path(__file__).parent / "exceptions.json"
COLUMNS = (
    "door",
    "provider",
    "recordings",
    "python plain",
    "python streamed",
    "others",
    "exceptions",
)


def exceptions() -> dict[str, str]:
    """Recordings, and whole providers, that may fail, with the reasons."""
    found: dict[str, str] = json.loads(EXCEPTIONS.read_text())
    return found


@dataclass
class Report:
    """All outcomes, and why providers or parts of them have none. `others` are the clients besides the Python SDK: Node's, or plain HTTP."""

    outcomes: list[Outcome] = field(default_factory=list)
    not_built: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    excepted: dict[str, str] = field(default_factory=exceptions)

    def sort_out(self) -> None:
        """Takes out operations that are not built: no recording of theirs was asked where it should be."""
        parts: dict[tuple[str, str, str], list[Outcome]] = {}
        for outcome in self.outcomes:
            case = outcome.case
            key = (case.door.name, case.provider.name, case.recording.operation)
            parts.setdefault(key, []).append(outcome)
        for (door, provider, operation), outcomes in parts.items():
            counted = [it for it in outcomes if not self.excepted.keys() & _ids(it)]
            places = {it.elsewhere for it in counted if it.elsewhere}
            if places and not any(it.arrived for it in counted):
                self.not_built[f"{door}: {provider} {operation}"] = ", ".join(sorted(places))
                gone = set(outcomes)
                self.outcomes = [it for it in self.outcomes if it not in gone]

    @property
    def failures(self) -> list[Outcome]:
        """What is wrong and not excepted, by itself or with its provider."""
        return [it for it in self.outcomes if it.wrong and not self.excepted.keys() & _names(it)]

    @property
    def is_good(self) -> bool:
        """Nothing fails but what may, and all of that does."""
        return not (self.failures or self.needless or self.unreadable)

    @property
    def needless(self) -> list[str]:
        """Exceptions that pass, with all clients."""
        wrong = {name for it in self.outcomes if it.wrong for name in _ids(it)}
        wrong |= {it.case.provider.name for it in self._shown}
        return [name for name in self._played_exceptions() if name not in wrong]

    def _played_exceptions(self) -> dict[str, str]:
        played = {name for it in self.outcomes for name in _names(it)}
        return {name: why for name, why in self.excepted.items() if name in played}

    def table(self) -> str:
        """One row per door and provider."""
        rows: list[tuple[str, ...]] = [COLUMNS]
        names = {(it.case.door.name, it.case.provider.name) for it in self.outcomes}
        places = [(door, it.name) for door in DOORS for it in PROVIDERS]
        rows += [self._row(*place) for place in places if place in names]
        widths = [max(len(row[n]) for row in rows) for n in range(len(COLUMNS))]
        padded = (" | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in padded)

    def _row(self, door: str, provider: str) -> tuple[str, ...]:
        cases = [(it.case.door.name, it.case.provider.name) for it in self.outcomes]
        own = [
            it for it, place in zip(self.outcomes, cases, strict=True) if place == (door, provider)
        ]
        python = [it for it in own if it.client == "python"]
        others = [it for it in own if it.client != "python"]
        streamed = [it for it in python if it.case.recording.streams]
        plain = [it for it in python if not it.case.recording.streams]
        ids = {it.case.recording.id for it in own}
        named = {name for it in own for name in _ids(it)}
        excepted = "all" if provider in self.excepted else str(len(named & self.excepted.keys()))
        scores = (_score(plain), _score(streamed), _score(others))
        return (door, provider, str(len(ids)), *scores, excepted)

    def notes(self) -> Iterable[str]:
        """What is not built, and what is excepted."""
        if self.not_built:
            yield "\nNot built:"
            yield from (f"  {name}: {why}" for name, why in self.not_built.items())
        if known := self._played_exceptions():
            yield "\nExceptions:"
            yield from (f"  {name}: {why}" for name, why in known.items())
        if told := _told(self.outcomes):
            yield "\nTold to clients as not carried:"
            yield from (f"  {name}: {report} ({count})" for (name, report), count in told.items())
        if self.needless:
            yield "\nExceptions that pass, and must go:"
            yield from (f"  {name}" for name in self.needless)

    def details(self) -> Iterable[str]:
        """The failures, with all that is wrong."""
        if self.unreadable:
            yield "\nRequests that the replay cannot read:"
            yield from (f"  {line}" for line in self.unreadable)
        if self._shown:
            yield "\nFailures:"
        for (name, *wrong), clients in self._alike().items():
            yield f"  {name} ({', '.join(clients)})"
            yield from (f"    {line}" for line in wrong)

    @property
    def _shown(self) -> list[Outcome]:
        """Failures, and what is wrong with providers that are excepted as a whole."""
        return [it for it in self.outcomes if it.wrong and not self.excepted.keys() & _ids(it)]

    def _alike(self) -> dict[tuple[str, ...], list[str]]:
        """Failures, each with the clients that have it."""
        found: dict[tuple[str, ...], list[str]] = {}
        for outcome in self._shown:
            recording = outcome.case.recording
            place = f"{outcome.case.door.name}: {outcome.case.provider.name}"
            name = f"{place} {recording.operation} {recording.id}"
            found.setdefault((name, *outcome.wrong), []).append(outcome.client)
        return found

    def summary(self) -> Iterable[str]:
        """The kinds of failures, with how often each is."""
        if self._shown:
            yield "\nFailures by kind:"
        kinds = Counter(_kind(it) for it in self._shown)
        yield from (f"{count:5} {kind}" for kind, count in kinds.most_common())


def _ids(outcome: Outcome) -> set[str]:
    """By what an exception may name its recording: at all doors, or at one."""
    case = outcome.case
    return {case.recording.id, f"{case.recording.id} {case.door.name}"}


def _names(outcome: Outcome) -> set[str]:
    """By what an exception may name it."""
    return {*_ids(outcome), outcome.case.provider.name}


def _told(outcomes: list[Outcome]) -> Counter[tuple[str, str]]:
    """What clients were told, and how often."""
    places = ((f"{it.case.door.name}: {it.case.provider.name}", it.report) for it in outcomes)
    return Counter(told for told in places if told[1])


def _score(outcomes: list[Outcome]) -> str:
    right = sum(not it.wrong for it in outcomes)
    return f"{right}/{len(outcomes)}" if outcomes else "-"


def _kind(outcome: Outcome) -> str:
    words = outcome.wrong[0].partition(" became ")[0]
    words = re.sub(r":? [\[{\"'].*", "", words)
    place = f"{outcome.case.door.name} {outcome.case.provider.name}"
    return f"{place}: {re.sub(r'[0-9]+', 'n', words)[:120]}"

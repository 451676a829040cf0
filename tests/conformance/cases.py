"""A case: a door, a dialect, an answer, a fault, and how the bytes are cut. Its name travels in the user's message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .answers import ANSWERS, Answer
from .dialects import DIALECTS
from .dialects.base import Dialect
from .doors import DOORS
from .doors.base import Door
from .faults import FAULTS, WHOLE, Fault, Reply

CUTS = ("frames", "bytes")
"""The provider writes frame by frame, or in small random pieces."""


@dataclass(frozen=True)
class Case:
    door: Door
    dialect: Dialect
    answer: Answer
    fault: Fault
    in_bytes: bool = False

    @property
    def name(self) -> str:
        parts = self.door, self.dialect, self.answer, self.fault
        return ".".join([*(part.name for part in parts), self.cut])

    @property
    def cut(self) -> str:
        return CUTS[self.in_bytes]

    @property
    def stalls(self) -> bool:
        return self.fault.name.startswith("stall")

    @property
    def byte_path(self) -> bool:
        """The provider speaks the door's own dialect, so its bytes may pass as they are."""
        return bool(self.door.api) and self.door.api == self.dialect.api

    @property
    def ends(self) -> bool:
        """The provider marks the end of its streams."""
        return bool(self.dialect.script(self.answer, {}).end)

    def reply(self, request: dict[str, Any]) -> Reply:
        reply = self.fault.reply(self.dialect, self.dialect.script(self.answer, request))
        assert reply is not None, self.name
        return reply

    @staticmethod
    def parse(name: str) -> Case | None:
        """The case of that name, from the outside."""
        try:
            door, dialect, answer, fault, cut = name.split(".")
            named = (
                DOORS[door],
                DIALECTS[dialect],
                ANSWERS[answer],
                {**FAULTS, WHOLE.name: WHOLE}[fault],
            )
            return Case(*named, in_bytes=bool(CUTS.index(cut)))
        except (KeyError, ValueError):
            return None


def every_case(door: Door, dialect: Dialect, pattern: str = "*") -> Iterator[Case]:
    """All that is played at one door in one dialect; `pattern` is one of file names."""
    plays = [(answer, WHOLE) for answer in ANSWERS.values()]
    plays += [(ANSWERS[name], fault) for fault in FAULTS.values() for name in fault.answers]
    for answer, fault in plays:
        if not (door.plays(answer) and dialect.plays(answer)):
            continue
        if fault.reply(dialect, dialect.script(answer, {})) is None:
            continue
        for in_bytes in (False, True):
            case = Case(door, dialect, answer, fault, in_bytes)
            if fnmatchcase(case.name, pattern):
                yield case

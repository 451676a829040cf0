"""The scorecard: a table of doors and dialects, then what failed, for people or as JSON."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Callable
from typing import Any

from .dialects import DIALECTS
from .doors import DOORS
from .doors.base import Problem
from .runner import Result, Run

Paint = Callable[[str, str], str]

WIDTH = 100
GREEN, RED, DIM, BOLD, PLAIN = "\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"


def text(run: Run, colour: bool = False, raw: bool = False) -> str:
    """For a terminal of 100 columns."""
    paint: Paint = _paint if colour else lambda words, _: words
    parts = [_table(run, paint), _left_out(run), _failures(run, paint, raw), _sum(run, paint)]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(run: Run) -> str:
    """For programs."""
    passed, total = _counts(run)
    cells = [
        {"door": door, "dialect": dialect, "passed": passed[door, dialect], "total": count}
        for (door, dialect), count in total.items()
    ]
    left_out = [
        {"door": door, "dialect": dialect, "why": reason.why, "detail": reason.detail}
        for (door, dialect), reason in run.left_out.items()
    ]
    failures = [_failure(result) for result in run.failures]
    return json.dumps({"cells": cells, "left_out": left_out, "failures": failures}, indent=2)


def _failure(result: Result) -> dict[str, Any]:
    problem, response = result.problem, result.response
    assert problem is not None
    return {
        "case": result.case.name,
        "expected": problem.expected,
        "came": problem.came,
        "status": response.status,
        "body": response.body.decode("utf-8", "backslashreplace"),
    }


def _paint(words: str, colour: str) -> str:
    return f"{colour}{words}{PLAIN}"


def _counts(run: Run) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Passed cases and all cases of each cell."""
    cells = [(r.case.door.name, r.case.dialect.name, r.problem is None) for r in run.results]
    total = Counter((door, dialect) for door, dialect, _ in cells)
    return Counter((door, dialect) for door, dialect, good in cells if good), total


def _table(run: Run, paint: Paint) -> str:
    passed, total = _counts(run)
    doors = [name for name in DOORS if any(name == door for door, _ in total)]
    dialects = [name for name in DIALECTS if any(name == dialect for _, dialect in total)]
    wide = max([len(name) for name in dialects], default=0)
    rows = [paint(" " * wide + "".join(f"{door:>14}" for door in doors), BOLD)]
    for dialect in dialects:
        row = f"{dialect:<{wide}}"
        for door in doors:
            good, all = passed[door, dialect], total[door, dialect]
            cell = f"{good}/{all}" if all else "–"
            row += paint(f"{cell:>14}", DIM if not all else GREEN if good == all else RED)
        rows.append(row)
    return "\n".join(rows)


def _left_out(run: Run) -> str:
    """Each reason once, with the dialects it holds for, by door."""
    dialects: dict[tuple[str, str], list[str]] = {}
    for (door, dialect), reason in run.left_out.items():
        dialects.setdefault((door, reason.why), []).append(dialect)
    lines = [
        f"not played: {door} to {', '.join(names)}: {why}"
        for (door, why), names in dialects.items()
    ]
    return "\n".join(map(_wrapped, lines))


def _failures(run: Run, paint: Paint, raw: bool) -> str:
    """What failed. What failed alike, at the same places, stands together."""
    alike: dict[tuple[str, Problem], list[Result]] = {}
    for result in run.failures:
        case = result.case
        if result.problem:
            key = f"{case.answer.name}.{case.fault.name}", result.problem
            alike.setdefault(key, []).append(result)
    names: dict[tuple[Problem, str], list[str]] = {}
    for (name, problem), results in alike.items():
        names.setdefault((problem, _places(results)), []).append(name)
    blocks = []
    for (problem, places), together in names.items():
        lines = [paint(_wrapped(", ".join(together)), RED)]
        lines.append(_wrapped(f"expected  {problem.expected}", "  "))
        lines.append(_wrapped(f"came      {problem.came}", "  "))
        lines.append(places)
        lines += [_raw(alike[together[0], problem][0])] if raw else []
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _places(results: list[Result]) -> str:
    """Doors and dialects; with the way of cutting bytes, when only one fails."""
    cuts: dict[str, dict[str, list[str]]] = {}
    for result in results:
        case = result.case
        cuts.setdefault(case.door.name, {}).setdefault(case.dialect.name, []).append(case.cut)
    lines = []
    for door, dialects in cuts.items():
        words = [d if len(cut) > 1 else f"{d} ({cut[0]} only)" for d, cut in dialects.items()]
        lines.append(_wrapped(f"{door:<10}{', '.join(words)}", "  "))
    return "\n".join(lines)


def _raw(result: Result) -> str:
    """Both sides of a failed case, byte for byte."""
    asked = {"stream_options": {"include_usage": True}}
    reply, response = result.case.reply(asked), result.response
    sent = "\n".join(f"    {piece!r}" for piece in reply.pieces)
    came = "\n".join(f"    {piece!r}" for piece in response.body.splitlines(keepends=True))
    head = f"{response.status} {response.content_type} {response.broke}".rstrip()
    return f"  the provider sent ({reply.ending}):\n{sent}\n  the gateway answered {head}:\n{came}"


def _sum(run: Run, paint: Paint) -> str:
    total, bad = len(run.results), len(run.failures)
    words = f"{total - bad} of {total} cases passed"
    return paint(words, RED if bad or not total else GREEN)


def _wrapped(words: str, indent: str = "") -> str:
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + " " * 10,
        break_on_hyphens=False,
    )

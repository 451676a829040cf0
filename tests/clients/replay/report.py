"""What the gateway tells that it could not carry: the header `x-tidegate-translation`.

E.g. `dropped=logit_bias,seed; clamped=temperature:1.5>1; emulated=json_schema`. Names are those of OpenAI's members.
"""

from __future__ import annotations

import re

PLACES = {
    "response_format": ("format",),
    "json_object": ("format",),
    "json_schema": ("format", "tools", "tool_choice"),
    "parallel_tool_calls": ("parallel",),
    "max_completion_tokens": ("max_tokens",),
}
"""Where the normal form has what the report calls by another name. Schemas are emulated by a tool."""


def names(report: str) -> set[str]:
    """The members that a report names."""
    lists = (part.partition("=")[2] for part in report.split(";"))
    return {note.partition(":")[0].strip() for notes in lists for note in notes.split(",")} - {""}


def is_reported(difference: str, report: str) -> bool:
    """True if a difference, which begins with its place, is in what a report names."""
    place = difference.partition(": ")[0]
    steps = set(re.split(r"[.\[\]]+", place))
    known = {step for name in names(report) for step in PLACES.get(name, (name.split(".")[-1],))}
    return bool(steps & known)

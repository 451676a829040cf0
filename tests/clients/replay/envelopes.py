"""Signatures of calls and texts at doors that have a place for those of thoughts only: `tidegate.call.ID.SIGNATURE` (the id in
base64url), `tidegate.text.SIGNATURE`, and `tidegate.redacted.DATA` where sealed thoughts have no place either."""

from __future__ import annotations

import base64

from .told import Choice, Told

CALL, TEXT, REDACTED = "tidegate.call.", "tidegate.text.", "tidegate.redacted."


def of_call(id_: str, signature: str) -> str:
    """The envelope of a call's signature."""
    name = base64.urlsafe_b64encode(id_.encode()).decode().rstrip("=")
    return f"{CALL}{name}.{signature}"


def opened(told: Told) -> Told:
    """Puts signatures that came in envelopes where they belong."""
    for choice in told.choices:
        seals, choice.seals = choice.seals, []
        for seal in seals:
            _open(seal, choice)
    return told


def _open(seal: str, choice: Choice) -> None:
    if seal.startswith(CALL):
        name, _, signature = seal.removeprefix(CALL).partition(".")
        id_ = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
        next(call for call in choice.calls if call.id == id_).signature = signature
    elif seal.startswith(TEXT):
        choice.signature += seal.removeprefix(TEXT)
    else:
        choice.seals.append(seal.removeprefix(REDACTED))

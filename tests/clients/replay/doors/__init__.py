"""The doors at which recordings are replayed, by name. Another one is a file, and a line here."""

from __future__ import annotations

from .door import Door
from .messages import MESSAGES
from .openai import OPENAI
from .responses import RESPONSES

DOORS: dict[str, Door] = {door.name: door for door in (OPENAI, MESSAGES, RESPONSES)}

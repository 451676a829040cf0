"""MLflow's two doors: chunks in OpenAI's form, with MLflow's freedoms; errors under `detail`."""

from __future__ import annotations

from typing import Any

from ..answers import Answer
from .base import Problem, parsed
from .openai import OpenAiDoor, question


class MlflowDoor(OpenAiDoor):
    api = ""
    asks_usage = False
    own_reasons = True
    tells_reasoning = False
    tells_details = False
    roles = False
    one_id = False
    usage_alone = False

    def __init__(self, name: str) -> None:
        self.name = name

    def request(self, route: str, answer: Answer, text: str) -> tuple[str, dict[str, Any]]:
        return f"/{self.name}/{route}/invocations", question(answer, text)

    def refused(self, body: bytes, byte_path: bool) -> Problem | None:
        said = parsed(body)
        if isinstance(said, dict) and said.get("detail"):
            return None
        return Problem("an error body with detail", f"{body!r:.200}")

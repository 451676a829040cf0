"""Ollama's own API: lines of JSON."""

from __future__ import annotations

import re
from typing import Any

from ..answers import Answer
from .base import MODEL, SAID, Dialect, Script
from .framing import Frame, dump, line


class Ollama(Dialect):
    name = "ollama"
    features = frozenset({"call", "calls", "reasoning"})
    reasons = {"stop": "stop", "length": "length", "tool_calls": "stop"}
    framing = staticmethod(line)
    content_type = "application/x-ndjson"
    paths = re.compile(r"/api/chat$")

    def model(self, base: str) -> dict[str, Any]:
        return {"provider": "ollama", "name": MODEL, "config": {"ollama_api_base": base}}

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        calls = [
            {
                "id": call.id,
                "function": {"index": n, "name": call.name, "arguments": call.arguments},
            }
            for n, call in enumerate(answer.calls)
        ]
        body = [_line(content="", thinking=piece) for piece in answer.reasoning]
        body += [_line(content=piece) for piece in answer.text]
        body += [_line(content="", tool_calls=[call]) for call in calls]
        done = {
            "done": True,
            "done_reason": self.reasons[answer.finish],
            "total_duration": 5,
            "prompt_eval_count": answer.usage.prompt,
            "eval_count": answer.usage.completion,
        }
        # Older servers give no reason when they are done: that is no fault.
        return Script(body=body, finish=[_line(done, content="")])

    def error(self) -> list[Frame]:
        return [Frame(dump({"error": SAID}))]

    def refusal(self) -> Any:
        return {"error": SAID}


def _line(more: dict[str, Any] | None = None, **message: Any) -> Frame:
    said = {
        "model": MODEL,
        "created_at": "2026-01-01T00:00:00.000000Z",
        "message": {"role": "assistant", **message},
        "done": False,
    }
    return Frame(dump({**said, **(more or {})}))

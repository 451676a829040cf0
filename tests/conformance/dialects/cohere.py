"""Cohere: version 2 of its API, and version 1, which MLflow's routes have called since they began."""

from __future__ import annotations

import re
from typing import Any

from ..answers import Answer
from .base import MODEL, SAID, Dialect, Script
from .framing import Frame, dump, line


class Cohere(Dialect):
    """Version 2: server-sent events with names, and `[DONE]`."""

    name = "cohere"
    features = frozenset({"call", "calls", "reasoning"})
    counts = frozenset({"cached"})
    reasons = {"stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL"}
    paths = re.compile(r"/v2/chat$")

    def model(self, base: str) -> dict[str, Any]:
        config = {"cohere_api_key": "kit", "cohere_api_base": f"{base}/v2"}
        return {"provider": "cohere", "name": MODEL, "config": config}

    def understands(self, path: str, request: dict[str, Any]) -> bool:
        return super().understands(path, request) and "messages" in request

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        tokens = {"input_tokens": answer.usage.prompt, "output_tokens": answer.usage.completion}
        usage = {
            "billed_units": {"input_tokens": 3, "output_tokens": 2},
            "tokens": tokens,
            "cached_tokens": answer.usage.cached,
        }
        empty = {
            "role": "assistant",
            "content": [],
            "tool_plan": "",
            "tool_calls": [],
            "citations": [],
        }
        done = [Frame(b"[DONE]")]
        return Script(
            start=[_event("message-start", id="kit", delta={"message": empty})],
            body=_contents(answer) + _calls(answer),
            finish=[
                _event(
                    "message-end",
                    delta={"finish_reason": self.reasons[answer.finish], "usage": usage},
                )
            ],
            end=done,
            unfinished=[_event("message-end", delta={"usage": usage}), *done],
        )

    def error(self) -> list[Frame]:
        delta = {
            "finish_reason": "ERROR",
            "error": SAID,
            "error_type": "INVALID_TOOL_GENERATION",
            "usage": {},
        }
        return [_event("message-end", delta=delta), Frame(b"[DONE]")]

    def refusal(self) -> Any:
        return {"id": "kit", "message": SAID}


class CohereOne(Dialect):
    """Version 1: lines of JSON."""

    name = "cohere-v1"
    reasons = {"stop": "COMPLETE", "length": "MAX_TOKENS"}
    framing = staticmethod(line)
    content_type = "application/stream+json"
    paths = re.compile(r"/v1/chat$")

    def model(self, base: str) -> dict[str, Any]:
        config = {"cohere_api_key": "kit", "cohere_api_base": f"{base}/v1"}
        return {"provider": "cohere", "name": MODEL, "config": config}

    def understands(self, path: str, request: dict[str, Any]) -> bool:
        return super().understands(path, request) and "message" in request

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        tokens = {"input_tokens": answer.usage.prompt, "output_tokens": answer.usage.completion}
        response = {
            "response_id": "kit",
            "generation_id": "kit",
            "text": "".join(answer.text),
            "finish_reason": self.reasons[answer.finish],
            "meta": {"tokens": tokens, "billed_units": tokens},
        }
        return Script(
            start=[_line("stream-start", generation_id="kit")],
            body=[_line("text-generation", text=piece) for piece in answer.text],
            finish=[
                _line("stream-end", finish_reason=self.reasons[answer.finish], response=response)
            ],
        )

    def error(self) -> list[Frame]:
        return [_line("stream-end", finish_reason="ERROR", error=SAID, response={})]

    def refusal(self) -> Any:
        return {"message": SAID}


def _event(name: str, **members: Any) -> Frame:
    return Frame(dump({"type": name, **members}), name)


def _line(name: str, **members: Any) -> Frame:
    return Frame(dump({"is_finished": name == "stream-end", "event_type": name, **members}))


def _contents(answer: Answer) -> list[Frame]:
    frames = []
    kinds = (("thinking", answer.reasoning), ("text", answer.text))
    for number, (kind, pieces) in enumerate((kind, pieces) for kind, pieces in kinds if pieces):
        opening = {"message": {"content": {"type": kind, kind: ""}}}
        frames.append(_event("content-start", index=number, delta=opening))
        for piece in pieces:
            delta = {"message": {"content": {kind: piece}}}
            frames.append(_event("content-delta", index=number, delta=delta))
        frames.append(_event("content-end", index=number))
    return frames


def _calls(answer: Answer) -> list[Frame]:
    frames = []
    for number, call in enumerate(answer.calls):
        function = {"name": call.name, "arguments": ""}
        opening = {"id": call.id, "type": "function", "function": function}
        frames.append(
            _event("tool-call-start", index=number, delta={"message": {"tool_calls": opening}})
        )
        for piece in call.pieces or ("{}",):
            delta = {"message": {"tool_calls": {"function": {"arguments": piece}}}}
            frames.append(_event("tool-call-delta", index=number, delta=delta))
        frames.append(_event("tool-call-end", index=number))
    return frames

"""OpenAI's Responses."""

from __future__ import annotations

import re
from typing import Any

from ..answers import Answer, Call
from .base import MODEL, SAID, Dialect, Script
from .framing import Frame, dump

RESPONSE: dict[str, Any] = {
    "id": "resp_kit",
    "object": "response",
    "created_at": 1700000000,
    "error": None,
    "incomplete_details": None,
    "model": MODEL,
    "parallel_tool_calls": True,
    "store": False,
    "tool_choice": "auto",
    "tools": [],
}
ERROR = {"code": "server_error", "message": SAID}


class OpenAiResponses(Dialect):
    name = "openai-responses"
    api = "responses"
    features = frozenset({"call", "calls", "filter", "reasoning"})
    counts = frozenset({"cached", "reasoning"})
    reasons = {
        "stop": "stop",
        "length": "max_output_tokens",
        "tool_calls": "tool_calls",
        "content_filter": "content_filter",
    }
    paths = re.compile(r"/responses$")

    def model(self, base: str) -> dict[str, Any]:
        config = {
            "openai_api_key": "kit",
            "openai_api_base": f"{base}/v1",
            "openai_chat_api": "responses",
        }
        return {"provider": "openai", "name": MODEL, "config": config}

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        writer = _Writer()
        opening = {**RESPONSE, "status": "in_progress", "output": [], "usage": None}
        for name in ("created", "in_progress"):
            writer.event(name, response=opening)
        start = writer.taken()
        writer.answer(answer)
        body = writer.taken()
        whole = {**RESPONSE, "output": writer.output, "usage": _usage(answer)}
        if answer.finish in ("length", "content_filter"):
            reason = {"reason": self.reasons[answer.finish]}
            whole |= {"status": "incomplete", "incomplete_details": reason}
        else:
            whole |= {"status": "completed"}
        writer.event(whole["status"], response=whole)
        return Script(start=start, body=body, end=writer.taken())

    def error(self) -> list[Frame]:
        """The error, and then the response that has failed: whoever heard the first needs no second."""
        failed = {**RESPONSE, "status": "failed", "output": [], "usage": None, "error": ERROR}
        data = {"type": "error", "sequence_number": 0, "param": None, **ERROR}
        writer = _Writer()
        writer.event("failed", response=failed)
        return [Frame(dump(data), "error"), *writer.taken()]

    def refusal(self) -> Any:
        error = {"message": SAID, "type": "tokens", "param": None, "code": "rate_limit_exceeded"}
        return {"error": error}


class _Writer:
    """Writes the events of one answer, and keeps the items that are done."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.number = 0
        self.output: list[dict[str, Any]] = []

    def taken(self) -> list[Frame]:
        """What was written since the last time."""
        frames, self.frames = self.frames, []
        return frames

    def event(self, name: str, **members: Any) -> None:
        kind = f"response.{name}"
        data = {"type": kind, "sequence_number": self.number, **members}
        self.frames.append(Frame(dump(data), kind))
        self.number += 1

    def answer(self, answer: Answer) -> None:
        if answer.reasoning:
            self.reasoning(answer.reasoning)
        if answer.text:
            self.message(answer.text)
        for call in answer.calls:
            self.call(call)

    def reasoning(self, pieces: tuple[str, ...]) -> None:
        item = {"id": "rs_kit", "type": "reasoning", "summary": [], "encrypted_content": "c2lnbmVk"}
        part = {"type": "summary_text", "text": ""}
        place = self.opened(item)
        self.event("reasoning_summary_part.added", **place, summary_index=0, part=part)
        whole = self.grown("reasoning_summary_text", "text", pieces, {**place, "summary_index": 0})
        part = {**part, "text": whole}
        self.event("reasoning_summary_part.done", **place, summary_index=0, part=part)
        self.done({**item, "summary": [part]})

    def message(self, pieces: tuple[str, ...]) -> None:
        item = {"id": "msg_kit", "type": "message", "role": "assistant", "content": []}
        part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
        place = self.opened({**item, "status": "in_progress"})
        self.event("content_part.added", **place, content_index=0, part=part)
        whole = self.grown("output_text", "text", pieces, {**place, "content_index": 0})
        part = {**part, "text": whole}
        self.event("content_part.done", **place, content_index=0, part=part)
        self.done({**item, "status": "completed", "content": [part]})

    def call(self, call: Call) -> None:
        item = {"id": f"fc_{call.id}", "type": "function_call", "call_id": call.id}
        item |= {"name": call.name, "arguments": ""}
        place = self.opened({**item, "status": "in_progress"})
        whole = self.grown("function_call_arguments", "arguments", call.pieces or ("{}",), place)
        self.done({**item, "status": "completed", "arguments": whole})

    def opened(self, item: dict[str, Any]) -> dict[str, Any]:
        """Opens an item; the place that the events of its parts name."""
        self.event("output_item.added", output_index=len(self.output), item=item)
        return {"item_id": item["id"], "output_index": len(self.output)}

    def grown(self, name: str, member: str, pieces: tuple[str, ...], place: dict[str, Any]) -> str:
        """A text in pieces, then the whole."""
        for piece in pieces:
            self.event(f"{name}.delta", **place, delta=piece)
        whole = "".join(pieces)
        self.event(f"{name}.done", **place, **{member: whole})
        return whole

    def done(self, item: dict[str, Any]) -> None:
        self.event("output_item.done", output_index=len(self.output), item=item)
        self.output.append(item)


def _usage(answer: Answer) -> dict[str, Any]:
    usage = answer.usage
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": usage.cached},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
    }

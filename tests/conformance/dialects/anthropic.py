"""Anthropic Messages."""

from __future__ import annotations

import re
from typing import Any

from ..answers import Answer
from .base import MODEL, SAID, Dialect, Script
from .framing import Frame, dump


class Anthropic(Dialect):
    name = "anthropic"
    api = "messages"
    features = frozenset({"call", "calls", "filter", "reasoning"})
    counts = frozenset({"cached"})
    reasons = {
        "stop": "end_turn",
        "length": "max_tokens",
        "tool_calls": "tool_use",
        "content_filter": "refusal",
    }
    paths = re.compile(r"/messages$")

    def model(self, base: str) -> dict[str, Any]:
        config = {"anthropic_api_key": "kit", "anthropic_api_base": f"{base}/v1"}
        return {"provider": "anthropic", "name": MODEL, "config": config}

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        usage = {
            "input_tokens": answer.usage.prompt - answer.usage.cached,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": answer.usage.cached,
            "output_tokens": 1,
        }
        message: dict[str, Any] = {
            "id": "msg_kit",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        delta = {"stop_reason": self.reasons[answer.finish], "stop_sequence": None}
        counts = {"output_tokens": answer.usage.completion}
        end = [_event("message_stop")]
        return Script(
            start=[_event("message_start", message=message)],
            body=[
                frame
                for number, block in enumerate(_blocks(answer))
                for frame in _block(number, *block)
            ],
            finish=[_event("message_delta", delta=delta, usage=counts)],
            end=end,
            unfinished=end,
        )

    def error(self) -> list[Frame]:
        return [_event("error", error={"type": "overloaded_error", "message": SAID})]

    def refusal(self) -> Any:
        error = {"type": "rate_limit_error", "message": SAID}
        return {"type": "error", "error": error, "request_id": "req_kit"}


def _event(name: str, **members: Any) -> Frame:
    return Frame(dump({"type": name, **members}), name)


def _blocks(answer: Answer) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each block as it opens, and what is added to it."""
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    if answer.reasoning:
        pieces: list[dict[str, Any]] = [
            {"type": "thinking_delta", "thinking": piece} for piece in answer.reasoning
        ]
        pieces.append({"type": "signature_delta", "signature": "c2lnbmVk"})
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, pieces))
    if answer.text:
        pieces = [{"type": "text_delta", "text": piece} for piece in answer.text]
        blocks.append(({"type": "text", "text": ""}, pieces))
    for call in answer.calls:
        pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in call.pieces]
        blocks.append(({"type": "tool_use", "id": call.id, "name": call.name, "input": {}}, pieces))
    return blocks


def _block(number: int, opening: dict[str, Any], pieces: list[dict[str, Any]]) -> list[Frame]:
    return [
        _event("content_block_start", index=number, content_block=opening),
        _event("ping"),
        *(_event("content_block_delta", index=number, delta=piece) for piece in pieces),
        _event("content_block_stop", index=number),
    ]

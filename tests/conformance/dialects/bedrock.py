"""Amazon Bedrock's ConverseStream: messages of AWS' event stream."""

from __future__ import annotations

import re
from typing import Any

from ..answers import Answer
from .base import SAID, Dialect, Script
from .framing import Frame, aws, dump


class Bedrock(Dialect):
    name = "bedrock"
    features = frozenset({"call", "calls", "filter", "reasoning"})
    counts = frozenset({"cached"})
    reasons = {
        "stop": "end_turn",
        "length": "max_tokens",
        "tool_calls": "tool_use",
        "content_filter": "content_filtered",
    }
    framing = staticmethod(aws)
    content_type = "application/vnd.amazon.eventstream"
    paths = re.compile(r"/model/[^/]+/converse-stream$")

    def model(self, base: str) -> dict[str, Any]:
        keys = {
            "aws_region": "us-east-1",
            "aws_access_key_id": "kit",
            "aws_secret_access_key": "kit",
            "aws_endpoint_url": base,
        }
        return {
            "provider": "bedrock",
            "name": "amazon.nova-lite-v1:0",
            "config": {"aws_config": keys},
        }

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        usage = {
            "inputTokens": answer.usage.prompt - answer.usage.cached,
            "outputTokens": answer.usage.completion,
            "totalTokens": answer.usage.total,
            "cacheReadInputTokens": answer.usage.cached,
            "cacheWriteInputTokens": 0,
        }
        counts = [_event("metadata", usage=usage, metrics={"latencyMs": 5})]
        return Script(
            start=[_event("messageStart", role="assistant")],
            body=_body(answer),
            finish=[_event("messageStop", stopReason=self.reasons[answer.finish])],
            end=counts,
            unfinished=counts,
        )

    def error(self) -> list[Frame]:
        return [Frame(dump({"message": SAID}), "modelStreamErrorException", kind="exception")]

    def refusal(self) -> Any:
        return {"message": SAID}


def _event(name: str, **members: Any) -> Frame:
    return Frame(dump({**members, "p": "abcdefgh"}), name)


def _body(answer: Answer) -> list[Frame]:
    """Blocks in order; only tool calls are opened."""
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    if answer.reasoning:
        pieces = [{"reasoningContent": {"text": piece}} for piece in answer.reasoning]
        pieces.append({"reasoningContent": {"signature": "c2lnbmVk"}})
        blocks.append(({}, pieces))
    if answer.text:
        blocks.append(({}, [{"text": piece} for piece in answer.text]))
    for call in answer.calls:
        inputs = [{"toolUse": {"input": piece}} for piece in call.pieces or ("",)]
        blocks.append(({"toolUse": {"toolUseId": call.id, "name": call.name}}, inputs))
    frames = []
    for number, (opening, pieces) in enumerate(blocks):
        if opening:
            frames.append(_event("contentBlockStart", contentBlockIndex=number, start=opening))
        frames += [_event("contentBlockDelta", contentBlockIndex=number, delta=p) for p in pieces]
        frames.append(_event("contentBlockStop", contentBlockIndex=number))
    return frames

"""Answers as OpenAI gives them, for upstreams that have no recording to play."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING, Any

from .plans import Plan, frames

if TYPE_CHECKING:
    from .upstream import Seen

MODEL = "gpt-4o-mini-2024-07-18"
TEXT = "Hello there. 🦀 Größe"
VECTOR = [0.25, -0.5, 0.125, 1.0]
USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}


def chat(content: str | None = TEXT, finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion."""
    return {
        "id": "chatcmpl-abc",
        "object": "chat.completion",
        "created": 1700000001,
        "model": MODEL,
        "system_fingerprint": "fp_1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "logprobs": None,
                "finish_reason": finish_reason,
            }
        ],
        "usage": {**USAGE, "prompt_tokens_details": {"cached_tokens": 0}},
    }


def chat_chunk(finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """One chunk of a streamed chat completion."""
    return {
        "id": "chatcmpl-s1",
        "object": "chat.completion.chunk",
        "created": 1700000003,
        "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


def chat_frames(usage: bool = False, text: str = TEXT) -> list[bytes]:
    """A whole streamed chat completion; the text is split between characters."""
    half = len(text) // 2
    chunks: list[Any] = [
        chat_chunk(role="assistant", content=""),
        chat_chunk(content=text[:half]),
        chat_chunk(content=text[half:]),
        chat_chunk(finish_reason="stop"),
    ]
    if usage:
        chunks.append({**chat_chunk(), "choices": [], "usage": USAGE})
    return frames(*chunks, "[DONE]")


def completion() -> dict[str, Any]:
    """A text completion, as completion-only models answer."""
    return {
        "id": "cmpl-abc",
        "object": "text_completion",
        "created": 1700000002,
        "model": "gpt-3.5-turbo-instruct",
        "choices": [{"index": 0, "text": TEXT, "logprobs": None, "finish_reason": "stop"}],
        "usage": USAGE,
    }


def embeddings(count: int, as_base64: bool) -> dict[str, Any]:
    """`count` vectors, as numbers or in base64."""
    vector: Any = VECTOR
    if as_base64:
        vector = base64.b64encode(struct.pack(f"<{len(VECTOR)}f", *VECTOR)).decode()
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": i, "embedding": vector} for i in range(count)],
        "model": "text-embedding-ada-002-v2",
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }


def like_openai(seen: Seen) -> Plan:
    """What OpenAI (or Azure OpenAI) would answer."""
    body = seen.json
    if seen.path.endswith("/chat/completions"):
        if body.get("stream"):
            usage = bool((body.get("stream_options") or {}).get("include_usage"))
            return Plan.stream(chat_frames(usage))
        return Plan.json(chat())
    if seen.path.endswith("/embeddings"):
        count = len(body["input"]) if isinstance(body["input"], list) else 1
        return Plan.json(embeddings(count, body.get("encoding_format") == "base64"))
    if seen.path.endswith("/completions"):
        return Plan.json(completion())
    return Plan.error(
        404, f"Invalid URL ({seen.method} {seen.path})", "invalid_request_error", None
    )

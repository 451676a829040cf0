"""The doors of the gateway: a path and a body of each, for the standard routes."""

from __future__ import annotations

from typing import Any

from scripted import scenes, whole

from . import answers
from .plans import Plan, frames
from .upstream import Seen

MESSAGES = [{"role": "user", "content": "Hello"}]
CHAT: dict[str, Any] = {"messages": MESSAGES}
CLAUDE = {"model": "chat", "max_tokens": 50, **CHAT}
INPUT = {"model": "chat", "input": "Hello"}
PROXY = "/gateway/proxy/chat/chat/completions"
DONE = "data: [DONE]"
STOPPED = 'data: {"type":"message_stop"}'
STREAMING: list[tuple[str, dict[str, Any], str]] = [
    ("/gateway/chat/invocations", CHAT, DONE),
    ("/gateway/completions/invocations", {"prompt": "Hello"}, DONE),
    ("/endpoints/chat/invocations", CHAT, DONE),
    ("/gateway/chat/mlflow/invocations", CHAT, DONE),
    ("/v1/chat/completions", {"model": "chat", **CHAT}, DONE),
    ("/v1/completions", {"model": "completions", "prompt": "Hello"}, DONE),
    ("/gateway/openai/v1/chat/completions", {"model": "chat", **CHAT}, DONE),
    ("/gateway/mlflow/v1/chat/completions", {"model": "chat", **CHAT}, DONE),
    (PROXY, {"model": "gpt-4o", **CHAT}, DONE),
    ("/v1/messages", CLAUDE, STOPPED),
    ("/gateway/anthropic/v1/messages", CLAUDE, STOPPED),
]
"""A path, a body, and the last line of its streams."""
PLAIN: list[tuple[str, dict[str, Any]]] = [
    *[(path, body) for path, body, _ in STREAMING],
    ("/v1/responses", INPUT),
    ("/v1/messages/count_tokens", {"model": "chat", **CHAT}),
    ("/v1/embeddings", {"model": "embeddings", "input": "Hello"}),
    ("/gateway/embeddings/invocations", {"input": ["Hello"]}),
    ("/endpoints/embeddings/invocations", {"input": "Hello"}),
]


def answer(seen: Seen) -> Plan:
    """What an upstream answers to all of them."""
    if seen.path.endswith("/responses"):
        return Plan.json(whole.responses(scenes.TEXT))
    if seen.path.endswith("/completions") and "messages" not in seen.json and seen.json["stream"]:
        text = {**answers.completion(), "choices": [{"index": 0, "text": "Hi", "logprobs": None}]}
        return Plan.stream(frames(text, "[DONE]"))
    return answers.like_openai(seen)

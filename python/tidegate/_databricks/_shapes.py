"""The seed's words for requests and answers beside those of serving endpoints, as Tidegate's `auto` has them.

A request's `candidate_count` and `text` become `n` and `input`; what it says decides whether the answer has `candidates` and
`embeddings`, or `choices` and `data`, or both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.errors import ConfigurationError

_TABLES = ("dataframe_split", "dataframe_records", "instances", "inputs")
"""Keys by which a custom model is asked; such requests, and their answers, are not for a language model."""


def request(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an endpoint is asked.

    Raises:
        ConfigurationError: the same is asked in both words.
    """
    if _is_table(data):
        return data
    body = {key: value for key, value in data.items() if value is not None}
    for theirs, ours in (("candidate_count", "n"), *((("text", "input"),) if _text(body) else ())):
        if theirs not in body:
            continue
        if ours in body:
            raise ConfigurationError(f"Invalid parameter `{ours}`. Use `{theirs}` instead.")
        body = {ours if key == theirs else key: value for key, value in body.items()}
    return body


def answer(data: Mapping[str, Any], reply: Any) -> Any:
    """The answer to `data` as its asker reads it."""
    if not isinstance(reply, dict) or _is_table(data):
        return reply
    said = {key for key, value in data.items() if value is not None}
    candidates = "candidate_count" in said or _text(data)
    if not candidates and said & {"n", "input"}:
        return reply
    added = _candidates(data, reply)
    if not added or candidates:
        return added or reply
    return {**reply, **{key: value for key, value in added.items() if key not in reply}}


def _is_table(data: Mapping[str, Any]) -> bool:
    return any(key in data for key in _TABLES)


def _text(data: Mapping[str, Any]) -> bool:
    """Whether embeddings are asked for in the seed's words."""
    return (
        isinstance(data.get("text"), (str, list))
        and "messages" not in data
        and "prompt" not in data
    )


def _candidates(data: Mapping[str, Any], reply: Mapping[str, Any]) -> dict[str, Any]:
    """The seed's keys, or none if the answer is not of a kind that has them."""
    choices, vectors = reply.get("choices"), reply.get("data")
    usage = reply.get("usage") or {}
    told = {
        "input_tokens": usage.get("prompt_tokens"),
        "output_tokens": usage.get("completion_tokens"),
        "total_tokens": usage.get("total_tokens"),
        "model": reply.get("model"),
    }
    if "messages" in data and isinstance(choices, list):
        return {
            "candidates": [_chat(it) for it in choices],
            "metadata": {**told, "route_type": "llm/v1/chat"},
        }
    if "prompt" in data and isinstance(choices, list):
        return {
            "candidates": [_completion(it) for it in choices],
            "metadata": {**told, "route_type": "llm/v1/completions"},
        }
    if isinstance(vectors, list):
        in_order = sorted(vectors, key=lambda it: it.get("index", 0))
        none = None if told["input_tokens"] is None else 0
        return {
            "embeddings": [it["embedding"] for it in in_order],
            "metadata": {**told, "output_tokens": none, "route_type": "llm/v1/embeddings"},
        }
    return {}


def _chat(choice: Mapping[str, Any]) -> dict[str, Any]:
    message = choice["message"]
    return {
        "message": {
            "role": message.get("role") or "assistant",
            "content": _plain(message.get("content")),
        },
        "metadata": {"finish_reason": choice.get("finish_reason")},
    }


def _completion(choice: Mapping[str, Any]) -> dict[str, Any]:
    reason = choice.get("finish_reason")
    return {
        "text": choice.get("text") or "",
        "metadata": {} if reason is None else {"finish_reason": reason},
    }


def _plain(content: Any) -> str | None:
    """The text of a message, which models that reason write in parts."""
    if not isinstance(content, list):
        return content  # type: ignore[no-any-return]
    return "".join(part["text"] for part in content if part.get("type") == "text")

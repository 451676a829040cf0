"""Anthropic's Messages API."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from ..bytestreams import objects
from ..meaning import Call, Media, Part, Question, Result, Text, Thought, Tool, Turn
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from .dialect import Dialect

Json = Any

LIMITS = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "stop": "stop_sequences",
}
FINISH = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
CHOICES = {"auto": "auto", "any": "required", "none": "none"}


# Requests


def question(request: Request) -> Question:
    """Reads a request. Thinking, tools of the server, cache marks and the like cannot be said in OpenAI's dialect."""
    body = dict(request.body)
    found = Question(body.pop("model", ""), bool(body.pop("stream", False)))
    found.system = _texts(body.pop("system", None) or [], found.left_out)
    for message in body.pop("messages"):
        if message["role"] == "system":
            found.system += _texts(message["content"], found.left_out)
            continue
        parts = list(_parts(message["content"], found.left_out))
        found.turns.append(Turn(message["role"], parts))
    found.limits = {name: body.pop(own, None) for name, own in LIMITS.items()}
    found.tools = [tool for it in body.pop("tools", []) if (tool := _tool(it, found.left_out))]
    _choose(body.pop("tool_choice", None), found)
    output = dict(body.pop("output_config", {}))
    found.format = output.pop("format", {}).get("schema")
    found.left_out |= {*body, *(f"output_config.{name}" for name in output)}
    return found


def _texts(content: Json, left_out: set[str]) -> list[str]:
    if isinstance(content, str):
        return [content]
    left_out |= {name for block in content for name in block.keys() - {"type", "text"}}
    return [block["text"] for block in content if "text" in block]


def _parts(content: Json, left_out: set[str]) -> Iterable[Part]:
    for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
        left_out |= block.keys() & {"cache_control", "citations", "caller", "is_error"}
        match block["type"]:
            case "text":
                yield Text(block["text"])
            case "image" | "document":
                yield from _media(block, left_out)
            case "thinking":
                yield Thought(block["thinking"], block["signature"])
            case "redacted_thinking":
                yield Thought(sealed=block["data"])
            case "tool_use":
                yield Call(block["name"], block["input"], block["id"])
            case "tool_result":
                yield Result(_result(block.get("content", ""), left_out), block["tool_use_id"])
            case kind:
                left_out.add(kind)


def _media(block: Json, left_out: set[str]) -> Iterable[Part]:
    kind: Any = "image" if block["type"] == "image" else "file"
    source = block["source"]
    match source["type"]:
        case "base64":
            yield Media(kind, source["media_type"], source["data"], name=block.get("title") or "")
        case "text":
            data = base64.b64encode(source["data"].encode()).decode()
            yield Media(kind, source["media_type"], data, name=block.get("title") or "")
        case "url" if kind == "image":
            yield Media(kind, url=source["url"])
        case place:
            left_out.add(f"{block['type']} by {place}")


def _result(content: Json, left_out: set[str]) -> Json:
    """The texts of a result; OpenAI's hold nothing else."""
    if isinstance(content, str):
        return content
    left_out |= {f"{block['type']} in a result" for block in content if block["type"] != "text"}
    return [block["text"] for block in content if block["type"] == "text"]


def _tool(tool: Json, left_out: set[str]) -> Tool | None:
    if tool.get("type", "custom") != "custom":
        left_out.add("server tool")
        return None
    left_out |= tool.keys() - {"type", "name", "description", "input_schema", "strict"}
    return Tool(
        tool["name"], tool.get("description") or "", tool["input_schema"], bool(tool.get("strict"))
    )


def _choose(choice: Json, into: Question) -> None:
    if choice is None:
        return
    named = {"name": choice.get("name")} if choice["type"] == "tool" else None
    into.tool_choice = named or CHOICES[choice["type"]]
    if choice.get("disable_parallel_tool_use"):
        into.parallel = False


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["error"]["message"])
    return from_message(
        put_together(objects(recording.text)) if recording.streams else recording.answer
    )


def from_message(message: Json) -> Told:
    """Reads a message."""
    blocks = message["content"]
    choice = Choice(
        "".join(block["text"] for block in blocks if block["type"] == "text"),
        "",
        [ToolCall(it["name"], it["input"], it["id"]) for it in blocks if it["type"] == "tool_use"],
        {FINISH.get(message["stop_reason"], "stop")},
        "".join(block["thinking"] for block in blocks if block["type"] == "thinking"),
        [it for block in blocks if (it := block.get("signature") or block.get("data"))],
    )
    return Told([choice], usage(message["usage"]))


def usage(counts: Json) -> Usage:
    """The tokens: those that come from a cache or go to one are told beside the others."""
    cached = counts.get("cache_read_input_tokens") or 0
    written = counts.get("cache_creation_input_tokens") or 0
    details = counts.get("output_tokens_details") or {}
    prompt = counts["input_tokens"] + written + cached
    return Usage(prompt, counts["output_tokens"], cached, written, details.get("thinking_tokens"))


def put_together(events: list[Json]) -> Json:
    """The message that a stream tells."""
    message: Json = {}
    inputs: dict[int, str] = {}
    for event in events:
        match event["type"]:
            case "message_start":
                message = event["message"]
            case "content_block_start":
                assert event["index"] == len(message["content"])
                message["content"].append(event["content_block"])
            case "content_block_delta":
                block, delta = message["content"][event["index"]], event["delta"]
                for name in delta.keys() & {"text", "thinking", "signature"}:
                    block[name] = block.get(name, "") + delta[name]
                if "partial_json" in delta:
                    inputs[event["index"]] = inputs.get(event["index"], "") + delta["partial_json"]
            case "message_delta":
                message["stop_reason"] = event["delta"]["stop_reason"]
                counts = event["usage"].items()
                message["usage"] |= {name: count for name, count in counts if count is not None}
    for index, text in inputs.items():
        if text:
            message["content"][index]["input"] = _json(text)
    return message


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def counted(recording: Recording) -> Told:
    """Reads a recorded count."""
    return Told(usage=Usage(recording.answer["input_tokens"]))


MESSAGES = Dialect("chat", r"/v1/messages", question, told, api="messages")
COUNT = Dialect("count_tokens", r"/v1/messages/count_tokens", question, counted, api="messages")

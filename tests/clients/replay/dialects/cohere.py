"""Cohere's second API: chat and embed."""

from __future__ import annotations

from typing import Any

from ..bytestreams import objects
from ..meaning import Question, Texts, plain
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from . import openai_chat
from .dialect import Dialect

Json = Any

LIMITS = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "p",
    "stop": "stop_sequences",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}
FINISH = {"MAX_TOKENS": "length", "TOOL_CALL": "tool_calls"}
CHOICES = {"REQUIRED": "required", "NONE": "none"}


# Requests


def question(request: Request) -> Question:
    """Reads a request. Messages and tools have OpenAI's form, but for plans and documents."""
    body = dict(request.body)
    left_out: set[str] = set()
    messages = [_message(message, left_out) for message in body.pop("messages")]
    kept = {name: body.pop(name) for name in ("model", "stream", "tools") if name in body}
    found = openai_chat.question(Request("", {**kept, "messages": messages}))
    for turn in found.turns:
        left_out |= turn.others.keys()
        turn.others = {}
    found.limits = {name: body.pop(own, None) for name, own in LIMITS.items()}
    found.tool_choice = CHOICES.get(body.pop("tool_choice", ""))
    found.format = _format(body.pop("response_format", {}))
    for tool in found.tools:
        tool.strict = body.get("strict_tools", False)
    body.pop("strict_tools", None)
    found.left_out = left_out | body.keys()
    return found


def _message(message: Json, left_out: set[str]) -> Json:
    """A message in OpenAI's form: a plan is a text before the calls, a document is what it holds."""
    said = dict(message)
    plan = said.pop("tool_plan", "")
    if plan:
        left_out.add("tool_plan")
    if isinstance(said.get("content"), list):
        said["content"] = [_part(part) for part in said["content"]]
    return said


def _part(part: Json) -> Json:
    if part.get("type") != "document":
        return part
    content = plain(part["document"]["data"])
    return {"type": "text", "text": content}


def _format(wanted: Json) -> Json:
    if wanted.get("type") != "json_object":
        return None
    return wanted.get("json_schema") or wanted.get("schema") or "json_object"


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["message"])
    if recording.streams:
        return from_events(objects(recording.text))
    body = recording.answer
    message = body["message"]
    blocks = message.get("content") or []
    calls = [_call(call) for call in message.get("tool_calls") or []]
    choice = Choice(
        "".join(block.get("text", "") for block in blocks),
        calls=calls,
        finish={FINISH.get(body["finish_reason"], "stop")},
        reasoning="".join(block.get("thinking", "") for block in blocks),
        preface=message.get("tool_plan") or "",
    )
    return Told([choice], _usage(body["usage"]))


def from_events(events: list[Json]) -> Told:
    """Puts the events of a stream together."""
    choice, counts = Choice(), Usage()
    pieces: list[Json] = []
    for event in events:
        delta = event.get("delta") or {}
        message = delta.get("message") or {}
        match event["type"]:
            case "content-start" | "content-delta":
                choice.text += message["content"].get("text", "")
                choice.reasoning += message["content"].get("thinking", "")
            case "tool-plan-delta":
                choice.preface += message["tool_plan"]
            case "tool-call-start":
                pieces.append(message["tool_calls"])
            case "tool-call-delta":
                pieces[-1]["function"]["arguments"] += message["tool_calls"]["function"][
                    "arguments"
                ]
            case "message-end":
                choice.finish = {FINISH.get(delta["finish_reason"], "stop")}
                counts = _usage(delta["usage"])
    choice.calls = [_call(call) for call in pieces]
    return Told([choice], counts)


def _call(call: Json) -> ToolCall:
    return ToolCall.of_text(call["function"]["name"], call["function"]["arguments"], call["id"])


def _usage(usage: Json) -> Usage:
    tokens = usage["tokens"]
    cached, thought = usage.get("cached_tokens"), tokens.get("reasoning_tokens")
    return Usage(tokens["input_tokens"], tokens["output_tokens"], cached, reasoning=thought)


# Embeddings


def texts(request: Request) -> Texts:
    """Reads a request for vectors. OpenAI's dialect has no images to embed, and no purpose."""
    body = dict(request.body)
    found = body.pop("texts", [])
    model, dimensions = body.pop("model", ""), body.pop("output_dimension", None)
    return Texts(
        model,
        found,
        dimensions,
        left_out=body.keys() - {"input_type", "embedding_types", "truncate"},
    )


def vectors(recording: Recording) -> Told:
    """Reads recorded vectors."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["message"])
    return Told(vectors=recording.answer["embeddings"]["float"])


CHAT = Dialect("chat", r"/v2/chat", question, told)
EMBED = Dialect("embeddings", r"/v2/embed", texts, vectors)

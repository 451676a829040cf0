"""Anthropic's Messages."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from anthropic.types import Message, RawMessageStreamEvent
from pydantic import TypeAdapter

from .. import envelopes
from ..dialects import anthropic
from ..got import Got
from ..meaning import Call, Media, Part, Question, Result, Text, Thought, Tool
from ..openai_form import name_calls
from ..told import Told, ToolCall, Usage
from . import form
from .door import Door, first_choice

Json = Any

CHOICES = {"auto": "auto", "required": "any", "none": "none"}
ANSWER: TypeAdapter[Any] = TypeAdapter(Message)
EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
MOST_TOKENS = 1000
"""The limit on tokens of requests that have none: the API demands one."""


# Requests


def keep(question: Question) -> None:
    """Leaves out what this API has no words for. It demands a limit on tokens."""
    form.keep_parts(question, _sayable)
    form.keep_limits(question, {*anthropic.LIMITS})
    question.limits["max_tokens"] = question.limits.get("max_tokens") or MOST_TOKENS
    if question.format == "json_object":
        question.left_out.add("format json_object")
        question.format = None
    if isinstance(question.tool_choice, dict) and "names" in question.tool_choice:
        question.left_out.add("a choice of several tools")
        question.tool_choice = None
    if question.tool_choice == "none":
        question.parallel = None


def write(question: Question) -> Json:
    """The body of a request."""
    name_calls(question.turns)
    messages = [
        {"role": turn.role, "content": [block for part in turn.parts for block in _blocks(part)]}
        for turn in question.turns
    ]
    limits = {own: question.limits.get(name) for name, own in anthropic.LIMITS.items()}
    body: Json = {
        "model": question.model,
        "messages": [message for message in messages if message["content"]],
        **{name: value for name, value in limits.items() if value is not None},
    }
    if question.system:
        blocks = [{"type": "text", "text": text} for text in question.system]
        body["system"] = blocks if len(blocks) > 1 else question.system[0]
    if question.tools:
        body["tools"] = [_tool(tool) for tool in question.tools]
        body |= _choice(question)
    if question.format:
        body["output_config"] = {"format": {"type": "json_schema", "schema": question.format}}
    if question.stream:
        body["stream"] = True
    return body


def _sayable(part: Part) -> Part | str:
    """The part as this API can say it, or the name of what it cannot."""
    match part:
        case Media("audio"):
            return "audio"
        case Media("file", media_type) if media_type not in ("", "application/pdf", "text/plain"):
            return f"a file of type {media_type}"
        case Media("image"):
            return replace(part, detail="")
        case Call(arguments=None):
            return replace(part, arguments={})
        case Call(arguments=arguments) if not isinstance(arguments, dict):
            raw = arguments if isinstance(arguments, str) else form.dumped(arguments)
            return replace(part, arguments={"_raw": raw})
    return part


def _blocks(part: Part) -> Iterable[Json]:
    match part:
        case Text(text):
            if text:
                yield {"type": "text", "text": text}
        case Thought(sealed=sealed) if sealed:
            yield {"type": "redacted_thinking", "data": sealed}
        case Thought(text, signature):
            yield {"type": "thinking", "thinking": text, "signature": signature}
        case Call(name, arguments, id_, signature):
            if signature:
                seal = envelopes.of_call(id_ or "", signature)
                yield {"type": "thinking", "thinking": "", "signature": seal}
            yield {"type": "tool_use", "id": id_, "name": name, "input": arguments}
        case Result():
            words: Json = part.words
            if isinstance(words, list):
                words = [{"type": "text", "text": text} for text in words]
            yield {"type": "tool_result", "tool_use_id": part.id, "content": words}
        case Media():
            yield _media(part)


def _media(media: Media) -> Json:
    source: Json = {"type": "url", "url": media.url}
    if media.media_type == "text/plain":
        text = base64.b64decode(media.data).decode()
        source = {"type": "text", "media_type": "text/plain", "data": text}
    elif media.data:
        source = {"type": "base64", "media_type": media.media_type, "data": media.data}
    if media.kind == "image":
        return {"type": "image", "source": source}
    titled = {"title": media.name} if media.name else {}
    return {"type": "document", "source": source, **titled}


def _tool(tool: Tool) -> Json:
    described = {"description": tool.description} if tool.description else {}
    strict = {"strict": True} if tool.strict else {}
    schema = tool.schema or {"type": "object", "properties": {}}
    return {"name": tool.name, **described, "input_schema": schema, **strict}


def _choice(question: Question) -> Json:
    choice = question.tool_choice
    said: Json = {"type": CHOICES[choice]} if isinstance(choice, str) else None
    if isinstance(choice, dict):
        said = {"type": "tool", "name": choice["name"]}
    if question.parallel is False:
        said = {**(said or {"type": "auto"}), "disable_parallel_tool_use": True}
    return {"tool_choice": said} if said else {}


# Answers


def told(got: Got) -> Told:
    """What a client got."""
    if got.error is not None:
        return Told(status=got.status, error=got.error)
    if got.chunks is not None:
        return read(anthropic.put_together(copy.deepcopy(got.chunks)))
    return read(got.answer)


def read(message: Json) -> Told:
    """What a message says, or a count of tokens. Arguments that the limit on tokens cut are a text under `_raw`."""
    if "input_tokens" in message:
        return Told(usage=Usage(message["input_tokens"]))
    told = envelopes.opened(anthropic.from_message(message))
    for choice in told.choices:
        for call in choice.calls:
            if isinstance(call.arguments, dict) and call.arguments.keys() == {"_raw"}:
                raw = call.arguments["_raw"]
                call.arguments = ToolCall.of_text(call.name, raw, call.id).arguments
    return told


def tells(told: Told) -> Told:
    """A refusal is a text here, and a reason of the end. Tokens of the prompt are cached, written to the cache, or neither."""
    found = first_choice(told)
    for choice in found.choices:
        if choice.refusal:
            choice.finish.add("content_filter")
        choice.text, choice.refusal = choice.text + choice.refusal, ""
    counts = found.usage
    if counts.prompt is not None:
        counts.prompt = max(counts.prompt, (counts.cached or 0) + (counts.written or 0))
    return found


def law(got: Got) -> list[str]:
    """What an answer that the gateway has written breaks of the law, and what of it the SDK's types do not know."""
    if got.answer is not None:
        return form.misfits(ANSWER, [got.answer])
    return form.breaches("messages", got.raw) + form.misfits(EVENT, got.chunks or [])


MESSAGES = Door(
    "messages",
    keep,
    write,
    told,
    law,
    tells,
    passes=True,
    headers=(("anthropic-version", "2023-06-01"),),
)

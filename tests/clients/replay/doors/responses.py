"""OpenAI's Responses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from .. import envelopes
from ..dialects import openai_responses
from ..got import Got
from ..meaning import Call, Media, Part, Question, Result, Text, Thought, Tool, Turn
from ..openai_form import name_calls
from ..told import Told
from . import form
from .door import Door, first_choice

Json = Any

LIMITS = openai_responses.LIMITS
ANSWER: TypeAdapter[Any] = TypeAdapter(Response)
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


# Requests


def keep(question: Question) -> None:
    """Leaves out what this API has no words for."""
    form.keep_parts(question, _sayable)
    form.keep_limits(question, {*LIMITS, "logprobs"})


def write(question: Question) -> Json:
    """The body of a request."""
    name_calls(question.turns)
    first, *others = question.system or [""]
    items: list[Json] = [{"role": "developer", "content": text} for text in others]
    for turn in question.turns:
        items += _items(turn)
    limits = {own: question.limits.get(name) for name, own in LIMITS.items()}
    body: Json = {
        "model": question.model,
        "input": _shortest(items),
        **{name: value for name, value in limits.items() if value is not None},
    }
    if first:
        body["instructions"] = first
    if question.limits.get("logprobs"):
        body["include"] = [openai_responses.LOGPROBS]
    if question.tools:
        body["tools"] = [_tool(tool) for tool in question.tools]
    if question.tools and question.tool_choice:
        body["tool_choice"] = _choice(question.tool_choice)
    if question.parallel is not None:
        body["parallel_tool_calls"] = question.parallel
    if question.format:
        body["text"] = {"format": _format(question.format)}
    if question.stream:
        body["stream"] = True
    return body


def _shortest(items: list[Json]) -> Json:
    """A single text needs no list."""
    match items:
        case [{"role": "user", "content": str(text)}]:
            return text
    return items


def _sayable(part: Part) -> Part | str:
    """The part as this API can say it, or the name of what it cannot."""
    match part:
        case Media("audio"):
            return "audio"
        case Call(arguments=None):
            return replace(part, arguments={})
    return part


def _items(turn: Turn) -> Iterable[Json]:
    """The items of a turn; what stands between calls, results and thoughts is a message."""
    said: list[Json] = []
    for part in turn.parts:
        items = list(_own_items(part))
        if not items:
            said += _contents(part, turn.role)
        elif said:
            yield _message(turn.role, said)
            said = []
        yield from items
    if said:
        yield _message(turn.role, said)


def _message(role: str, contents: list[Json]) -> Json:
    """Users may write a text as it is; what the model said is written as it came."""
    if role == "user" and len(contents) == 1 and contents[0]["type"] == "input_text":
        return {"role": "user", "content": contents[0]["text"]}
    return {"type": "message", "role": role, "content": contents}


def _own_items(part: Part) -> Iterable[Json]:
    """What is no part of a message. A signature under a call stands before it."""
    match part:
        case Thought(text, signature, sealed):
            summary = [{"type": "summary_text", "text": text}] if text else []
            seal = f"{envelopes.REDACTED}{sealed}" if sealed else signature
            yield _reasoning(summary, seal)
        case Call(name, arguments, id_, signature):
            if signature:
                yield _reasoning([], envelopes.of_call(id_ or "", signature))
            said = arguments if isinstance(arguments, str) else form.dumped(arguments)
            yield {"type": "function_call", "call_id": id_, "name": name, "arguments": said}
        case Result():
            words: Json = part.words
            if isinstance(words, list):
                words = [{"type": "input_text", "text": text} for text in words]
            yield {"type": "function_call_output", "call_id": part.id, "output": words}


def _reasoning(summary: list[Json], seal: str) -> Json:
    sealed = {"encrypted_content": seal} if seal else {}
    return {"type": "reasoning", "id": "rs_1", "summary": summary, **sealed}


def _contents(part: Part, role: str) -> Iterable[Json]:
    match part:
        case Text(text) if text:
            kind = "output_text" if role == "assistant" else "input_text"
            notes: Json = {"annotations": []} if role == "assistant" else {}
            yield {"type": kind, "text": text, **notes}
        case Media("image"):
            detail = {"detail": part.detail} if part.detail else {}
            yield {"type": "input_image", "image_url": part.url or part.data_url, **detail}
        case Media() if part.url:
            yield {"type": "input_file", "file_url": part.url}
        case Media():
            name = part.name or "document"
            yield {"type": "input_file", "filename": name, "file_data": part.data_url}


def _tool(tool: Tool) -> Json:
    described = {"description": tool.description} if tool.description else {}
    schema = tool.schema or {"type": "object", "properties": {}}
    named = {"type": "function", "name": tool.name, **described}
    return {**named, "parameters": schema, "strict": tool.strict}


def _choice(choice: Json) -> Json:
    if isinstance(choice, str):
        return choice
    if "name" in choice:
        return {"type": "function", "name": choice["name"]}
    tools = [{"type": "function", "name": name} for name in choice["names"]]
    return {"type": "allowed_tools", "mode": choice["mode"], "tools": tools}


def _format(wanted: Json) -> Json:
    if isinstance(wanted, str):
        return {"type": wanted}
    return {"type": "json_schema", "name": "answer", "schema": wanted, "strict": True}


# Answers


def told(got: Got) -> Told:
    """What a client got."""
    if got.error is not None:
        return Told(status=got.status, error=got.error)
    if got.chunks is not None:
        return envelopes.opened(openai_responses.from_events(got.chunks))
    return read(got.answer)


def read(response: Json) -> Told:
    """What a response says."""
    return envelopes.opened(openai_responses.from_response(response))


def law(got: Got) -> list[str]:
    """What an answer that the gateway has written breaks of the law, and what of it the SDK's types do not know."""
    if got.answer is not None:
        return form.misfits(ANSWER, [got.answer])
    return form.breaches("responses", got.raw) + form.misfits(EVENT, got.chunks or [])


RESPONSES = Door("responses", keep, write, told, law, first_choice, passes=True)

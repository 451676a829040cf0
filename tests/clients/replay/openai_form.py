"""Writes a request as a client of the OpenAI API says it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from .meaning import Call, Media, Part, Question, Raw, Result, Text, Texts, Thought, Tool, Turn

Json = Any


def write(question: Question) -> Json:
    """The body of a chat request. Gives calls without an id one, in the question too."""
    name_calls(question.turns)
    messages = [_system(question)] if question.system else []
    for turn in question.turns:
        messages += _assistant(turn) if turn.role == "assistant" else _user(turn)
    body: Json = {"model": question.model, "messages": messages, **_limits(question)}
    if question.tools:
        body["tools"] = [_tool(tool) for tool in question.tools]
    if question.tools and question.tool_choice:
        body["tool_choice"] = _choice(question.tool_choice)
    if question.parallel is not None:
        body["parallel_tool_calls"] = question.parallel
    if question.format:
        body["response_format"] = _format(question.format)
    if question.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def write_texts(texts: Texts) -> Json:
    """The body of an embeddings request, in the encoding that the SDK chooses."""
    several = len(texts.texts) > 1
    body: Json = {"model": texts.model, "input": texts.texts if several else texts.texts[0]}
    if texts.dimensions:
        body["dimensions"] = texts.dimensions
    return body


def _limits(question: Question) -> Json:
    """The limits; the one on tokens by either of its two names."""
    limits = {name: value for name, value in question.limits.items() if value is not None}
    if limits.get("max_tokens", 1) % 2 == 0:
        limits["max_completion_tokens"] = limits.pop("max_tokens")
    return limits


def name_calls(turns: list[Turn]) -> None:
    """Gives calls and results without an id one; results belong to calls by name and order."""
    waiting: list[Call] = []
    number = 0
    for turn in turns:
        for place, part in enumerate(turn.parts):
            if isinstance(part, Call):
                number += 1
                call = replace(part, id=part.id or f"call_{number:09}")
                turn.parts[place] = call
                waiting.append(call)
            elif isinstance(part, Result) and part.id is None:
                found = next((it for it in waiting if it.name == part.name), None)
                assert found, f"a result of {part.name}, which nobody called"
                waiting.remove(found)
                turn.parts[place] = Result(part.content, found.id, part.name)


def _system(question: Question) -> Json:
    """One message, of either name that the API has for this role."""
    role = "developer" if len(question.system[0]) % 2 else "system"
    texts: Json = [{"type": "text", "text": text} for text in question.system]
    return {"role": role, "content": texts if len(texts) > 1 else question.system[0]}


def _assistant(turn: Turn) -> list[Json]:
    texts = [part.text for part in turn.parts if isinstance(part, Text) and part.text]
    calls = [_call(part) for part in turn.parts if isinstance(part, Call)]
    content: Json = [{"type": "text", "text": text} for text in texts]
    message: Json = {"role": "assistant", "content": content if len(texts) > 1 else "".join(texts)}
    if not texts and calls:
        message["content"] = None
    if calls:
        message["tool_calls"] = calls
    message |= _thoughts([part for part in turn.parts if isinstance(part, Thought)])
    return [message] if len(message) > 2 or texts else []


def _thoughts(thoughts: list[Thought]) -> Json:
    """Thoughts as clients got them: as a text, and as blocks where something is signed or sealed."""
    said: Json = {}
    if any(it.text for it in thoughts):
        said["reasoning_content"] = "".join(it.text for it in thoughts)
    if any(it.signature or it.sealed for it in thoughts):
        said["thinking_blocks"] = [
            {"type": "redacted_thinking", "data": it.sealed}
            if it.sealed
            else {"type": "thinking", "thinking": it.text, "signature": it.signature}
            for it in thoughts
        ]
    return said


def _user(turn: Turn) -> list[Json]:
    results = [_result(part) for part in turn.parts if isinstance(part, Result)]
    others = [_part(part) for part in turn.parts if not isinstance(part, Result)]
    parts = [part for part in others if part != {"type": "text", "text": ""}]
    if not parts:
        return results
    is_text = len(parts) == 1 and parts[0]["type"] == "text"
    return [*results, {"role": "user", "content": parts[0]["text"] if is_text else parts}]


def _call(call: Call) -> Json:
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    written = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }
    signed = {"extra_content": {"google": {"thought_signature": call.signature}}}
    return {**written, **signed} if call.signature else written


def _result(result: Result) -> Json:
    content: Json = result.words
    if isinstance(content, list):
        content = [{"type": "text", "text": text} for text in content]
    return {"role": "tool", "tool_call_id": result.id, "content": content}


def _part(part: Part) -> Json:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Raw(value):
            return value
        case Media("image"):
            detail = {"detail": part.detail} if part.detail else {}
            return {
                "type": "image_url",
                "image_url": {"url": part.url or part.data_url, **detail},
            }
        case Media("audio"):
            form = {"audio/mpeg": "mp3", "audio/mp3": "mp3"}.get(part.media_type, "wav")
            return {"type": "input_audio", "input_audio": {"data": part.data, "format": form}}
        case Media():
            name = part.name or "document"
            return {"type": "file", "file": {"filename": name, "file_data": part.data_url}}
    raise AssertionError(f"no part of a user's turn: {part}")


def _tool(tool: Tool) -> Json:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    if tool.strict:
        function["strict"] = True
    said = {name: value for name, value in function.items() if value not in (None, "")}
    return {"type": "function", "function": said}


def _choice(choice: Json) -> Json:
    """`choice` is a word, or names one tool, or some of which the model may choose."""
    if isinstance(choice, str):
        return choice
    if "name" in choice:
        return {"type": "function", "function": choice}
    tools = [{"type": "function", "function": {"name": name}} for name in choice["names"]]
    return {"type": "allowed_tools", "allowed_tools": {"mode": choice["mode"], "tools": tools}}


def _format(wanted: Json) -> Json:
    """`wanted` is the name of a format, or the schema that an answer must obey."""
    if isinstance(wanted, str):
        return {"type": wanted}
    schema = {"name": "answer", "schema": wanted, "strict": True}
    return {"type": "json_schema", "json_schema": schema}

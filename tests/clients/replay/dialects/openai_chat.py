"""OpenAI's chat completions, as OpenAI and all who imitate it speak them. Members without a field pass as they are."""

from __future__ import annotations

import json
from typing import Any

from ..bytestreams import objects
from ..meaning import Call, Media, Part, Question, Raw, Result, Text, Tool, Turn
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from .dialect import Dialect

Json = Any

LIMITS = (
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "n",
    "frequency_penalty",
    "presence_penalty",
    "logprobs",
    "top_logprobs",
)
FINISH = {"eos": "stop", "stop_sequence": "stop", "model_length": "length", "": None}
"""Words of imitators, and what OpenAI calls them (mapping.md). Either may reach the client."""


# Requests


def question(request: Request) -> Question:
    """Reads a request."""
    body = {name: value for name, value in request.body.items() if value is not None}
    found = Question(model=body.pop("model", ""), stream=bool(body.pop("stream", False)))
    body.pop("stream_options", None)
    for message in body.pop("messages", []):
        _message(message, found)
    for tool in body.pop("tools", []):
        _tool(tool, found)
    found.limits = {name: body.pop(name, None) for name in LIMITS}
    if "max_completion_tokens" in body:
        found.limits["max_tokens"] = body.pop("max_completion_tokens")
    stop = body.pop("stop", None)
    found.limits["stop"] = [stop] if isinstance(stop, str) else stop
    found.tool_choice = _choice(body.pop("tool_choice", None))
    found.parallel = body.pop("parallel_tool_calls", None)
    found.format = body.pop("response_format", None)
    found.others |= body
    return found


def _message(message: Json, into: Question) -> None:
    kept = {name: value for name, value in message.items() if value not in (None, [])}
    role, content = kept.pop("role", ""), kept.pop("content", "")
    parts = [_part(part) for part in ([content] if isinstance(content, str) else content)]
    if role in ("system", "developer"):
        into.system += [part.text for part in parts if isinstance(part, Text)]
    elif role == "assistant":
        calls = [_call(call) for call in kept.pop("tool_calls", [])]
        into.turns.append(Turn("assistant", [*parts, *calls], kept))
    elif role == "tool":
        texts = [part.text if isinstance(part, Text) else vars(part) for part in parts]
        result = Result(texts, kept.pop("tool_call_id", None), kept.pop("name", None))
        into.turns.append(Turn("user", [result], kept))
    else:
        into.turns.append(Turn("user", parts, kept))


def _part(part: Json) -> Part:
    if isinstance(part, str):
        return Text(part)
    said = {name: value for name, value in part.items() if value is not None}
    if said.keys() == {"type", "text"}:
        return Text(said["text"])
    if said.keys() == {"type", "image_url"}:
        image = said["image_url"]
        url = image if isinstance(image, str) else image["url"]
        detail = "" if isinstance(image, str) else image.get("detail", "")
        if url.startswith("data:"):
            kind, _, data = url.removeprefix("data:").partition(";base64,")
            return Media("image", kind, data, detail=detail)
        return Media("image", url=url, detail=detail)
    return Raw(said)


def _call(call: Json) -> Call:
    function = call["function"]
    arguments = function.get("arguments")
    read = (
        ToolCall.of_text("", arguments, None).arguments if isinstance(arguments, str) else arguments
    )
    return Call(function["name"], read, call.get("id"))


def _tool(tool: Json, into: Question) -> None:
    function = dict(tool.get("function", {}))
    if "name" not in function:
        into.others.setdefault("tools", []).append(tool)
        return
    named = (
        function.pop("name"),
        function.pop("description", None) or "",
        function.pop("parameters", None),
    )
    into.tools.append(Tool(*named, strict=bool(function.pop("strict", False)), others=function))


def _choice(choice: Json) -> Any:
    """A named tool, or a word; some say `any` for `required`."""
    if isinstance(choice, dict):
        return choice.get("function", choice)
    return "required" if choice == "any" else choice


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=error_words(recording.answer))
    found = (
        from_chunks(objects(recording.text)) if recording.streams else from_answer(recording.answer)
    )
    for choice in found.choices:
        choice.finish |= {FINISH.get(reason or "", reason) for reason in choice.finish}
        if choice.calls and "stop" in choice.finish:
            choice.finish.add("tool_calls")
    return found


def error_words(body: Json) -> str:
    """The words of an error, wherever imitators put them."""
    if not isinstance(body, dict):
        return str(body)
    error = body.get("error", body)
    if isinstance(error, str):
        return error
    words = error.get("message") or error.get("Message") or error.get("detail")
    return words if isinstance(words, str) else json.dumps(words)


def from_answer(body: Json) -> Told:
    """Reads a plain answer."""
    choices = []
    for choice in sorted(body.get("choices") or [], key=lambda it: it.get("index") or 0):
        message = choice.get("message") or choice.get("delta") or {}
        text, thoughts = contents(message.get("content"))
        choices.append(
            Choice(
                text or choice.get("text") or "",
                message.get("refusal") or "",
                [_told_call(call) for call in _calls(message)],
                {choice.get("finish_reason")},
                thoughts or message.get("reasoning_content") or message.get("reasoning") or "",
                _seals(message),
                _signature(message),
            )
        )
    return Told(choices, usage=usage(body.get("usage")))


def from_chunks(chunks: list[Json]) -> Told:
    """Puts the chunks of a stream together."""
    choices: dict[int, Choice] = {}
    pieces: dict[tuple[int, Json], dict[str, str]] = {}
    counts: Json = None
    for chunk in chunks:
        if error := chunk.get("error"):
            return Told(error=error_words({"error": error}))
        counts = chunk.get("usage") or (chunk.get("x_groq") or {}).get("usage") or counts
        for part in chunk.get("choices") or []:
            number = part.get("index") or 0
            choice = choices.setdefault(number, Choice())
            _add(choice, part)
            for piece in _calls(part.get("delta") or {}):
                _add_piece(pieces, number, piece)
    for (number, _), call in pieces.items():
        read = ToolCall.of_text(call["name"], call["arguments"], call["id"])
        read.signature = call["signature"]
        choices[number].calls.append(read)
    return Told([choices[number] for number in sorted(choices)], usage=usage(counts))


def _add(choice: Choice, part: Json) -> None:
    delta = part.get("delta") or {}
    text, thoughts = contents(delta.get("content"))
    choice.text += text or part.get("text") or ""
    choice.refusal += delta.get("refusal") or ""
    choice.reasoning += thoughts or delta.get("reasoning_content") or delta.get("reasoning") or ""
    choice.seals += _seals(delta)
    choice.signature += _signature(delta)
    if part.get("finish_reason"):
        choice.finish = {part["finish_reason"]}


def _add_piece(pieces: dict[tuple[int, Json], dict[str, str]], choice: int, piece: Json) -> None:
    """Adds a piece to its call, which it names by index, or else by id."""
    index = piece.get("index")
    place = (choice, piece.get("id") if index is None else index)
    call = pieces.setdefault(place, {"id": "", "name": "", "arguments": "", "signature": ""})
    function = piece.get("function") or {}
    call["id"] = call["id"] or piece.get("id") or ""
    call["name"] = call["name"] or function.get("name") or ""
    call["signature"] += _signature(piece)
    arguments = function.get("arguments") or ""
    call["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments)


def _calls(message: Json) -> list[Json]:
    """The calls of a message; the one of the older form has no id."""
    older = message.get("function_call") or {}
    return message.get("tool_calls") or (
        [{"id": "", "index": 0, "function": older}]
        if older.get("name") or older.get("arguments")
        else []
    )


def _told_call(call: Json) -> ToolCall:
    function = call.get("function") or {}
    name, arguments = function.get("name") or "", function.get("arguments")
    if not isinstance(arguments, str | None):
        return ToolCall(name, arguments, call.get("id"))
    read = ToolCall.of_text(name, arguments, call.get("id"))
    read.signature = _signature(call)
    return read


def _signature(signed: Json) -> str:
    """What Google's extension of this dialect has beside a message or a call."""
    google = (signed.get("extra_content") or {}).get("google") or {}
    return google.get("thought_signature") or ""


def _seals(message: Json) -> list[str]:
    """The signatures and the sealed thoughts of blocks in Anthropic's form, which clients send back."""
    blocks = message.get("thinking_blocks") or []
    return [it.get("signature") or it.get("data") or "" for it in blocks]


def contents(content: Json) -> tuple[str, str]:
    """The text and the thoughts of content, which is a text or a list of parts."""
    if not isinstance(content, list):
        return content or "", ""
    texts = [part.get("text") or "" for part in content if part.get("type") == "text"]
    thoughts = [
        piece.get("text") or ""
        for part in content
        if part.get("type") == "thinking"
        for piece in part.get("thinking") or []
    ]
    return "".join(texts), "".join(thoughts)


def usage(counts: Json) -> Usage:
    """The tokens, wherever imitators count those from a cache."""
    if not counts:
        return Usage()
    said = counts.get("prompt_tokens_details") or {}
    places = (
        said.get("cached_tokens"),
        counts.get("prompt_cache_hit_tokens"),
        counts.get("cached_tokens"),
    )
    cached = next((count for count in places if count), counts.get("num_cached_tokens"))
    thought = (counts.get("completion_tokens_details") or {}).get("reasoning_tokens")
    written = said.get("cache_write_tokens")
    return Usage(
        counts.get("prompt_tokens"), counts.get("completion_tokens"), cached, written, thought
    )


def client_body(recording: Recording) -> Json:
    """The recorded request itself, or a question whose answer could be the recorded one."""
    if recording.request and "messages" in recording.request.body:
        return dict(recording.request.body)
    body: Json = {"model": "model", "messages": [{"role": "user", "content": "Hello"}]}
    names = {call.name for choice in told(recording).choices for call in choice.calls}
    if names:
        body["tools"] = [{"type": "function", "function": {"name": name}} for name in sorted(names)]
    return (
        {**body, "stream": True, "stream_options": {"include_usage": True}}
        if recording.streams
        else body
    )


CHAT = Dialect("chat", r"/chat/completions", question, told, client_body, api="openai")

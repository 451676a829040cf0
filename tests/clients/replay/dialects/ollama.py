"""Ollama's own API."""

from __future__ import annotations

from typing import Any

from ..bytestreams import lines
from ..meaning import Call, Media, Part, Question, Result, Text, Thought, Tool, Turn
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from .dialect import Dialect

Json = Any

LIMITS = {
    "max_tokens": "num_predict",
    "temperature": "temperature",
    "top_p": "top_p",
    "stop": "stop",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}


def question(request: Request) -> Question:
    """Reads a request. It streams unless it says otherwise."""
    body = {name: value for name, value in request.body.items() if value is not None}
    found = Question(body.pop("model"), body.pop("stream", True))
    for message in body.pop("messages"):
        _add(message, found)
    for tool in body.pop("tools", []):
        function = tool["function"]
        said = (function["name"], function.get("description") or "", function.get("parameters"))
        found.tools.append(Tool(*said, strict=bool(function.get("strict"))))
    options = dict(body.pop("options", {}))
    found.limits = {name: options.pop(own, None) for name, own in LIMITS.items()}
    wanted = body.pop("format", None)
    found.format = "json_object" if wanted == "json" else wanted or None
    found.left_out |= {*body, *options}
    return found


def _add(message: Json, into: Question) -> None:
    content = message.get("content") or ""
    own = {"role", "content", "images", "tool_calls", "tool_name", "tool_call_id", "thinking"}
    into.left_out |= message.keys() - own
    match message["role"]:
        case "system":
            into.system.append(content)
        case "tool":
            result = Result(content, message.get("tool_call_id"), message.get("tool_name"))
            into.turns.append(Turn("user", [result]))
        case role:
            thoughts = [Thought(it) for it in [message.get("thinking")] if it]
            parts: list[Part] = [*thoughts, Text(content)]
            parts += [Media("image", _kind(data), data) for data in message.get("images") or []]
            for call in message.get("tool_calls") or []:
                function = call["function"]
                parts.append(Call(function["name"], function["arguments"], call.get("id")))
            into.turns.append(Turn(role, parts))


def _kind(data: str) -> str:
    """The type of an image, by how its base64 begins."""
    kinds = {
        "iVBOR": "image/png",
        "/9j/": "image/jpeg",
        "R0lGO": "image/gif",
        "UklGR": "image/webp",
    }
    return next((kind for start, kind in kinds.items() if data.startswith(start)), "image")


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["error"])
    said = lines(recording.text) if recording.streams else [recording.answer]
    choice = Choice()
    for line in said:
        if "error" in line:
            return Told(error=line["error"])
        message = line["message"]
        choice.text += message.get("content") or ""
        choice.reasoning += message.get("thinking") or ""
        for call in message.get("tool_calls") or []:
            function = call["function"]
            choice.calls.append(ToolCall(function["name"], function["arguments"], call.get("id")))
    reason = said[-1].get("done_reason") or "stop"
    choice.finish = {"tool_calls" if choice.calls and reason == "stop" else reason}
    return Told([choice], Usage(said[-1].get("prompt_eval_count"), said[-1].get("eval_count")))


CHAT = Dialect("chat", r"/api/chat", question, told, with_ids=False)

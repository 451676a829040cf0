"""OpenAI's Responses API. What only OpenAI can keep or run cannot be said in the dialect of chat completions."""

from __future__ import annotations

from typing import Any

from ..bytestreams import objects
from ..meaning import Call, Media, Part, Question, Result, Text, Thought, Tool, Turn
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from .dialect import Dialect, said_in_openai

Json = Any

LIMITS = {"max_tokens": "max_output_tokens", "temperature": "temperature", "top_p": "top_p"}
FINISH = {"max_output_tokens": "length", "content_filter": "content_filter"}
TEXTS = ("input_text", "output_text", "text")


# Requests


def question(request: Request) -> Question:
    """Reads a request."""
    body = {name: value for name, value in request.body.items() if value is not None}
    found = Question(body.pop("model", ""), bool(body.pop("stream", False)))
    if words := body.pop("instructions", ""):
        found.system.append(words)
    said = body.pop("input", [])
    for item in [{"role": "user", "content": said}] if isinstance(said, str) else said:
        _item(item, found)
    found.limits = {name: body.pop(own, None) for name, own in LIMITS.items()}
    for tool in body.pop("tools", []):
        _tool(tool, found)
    choice = body.pop("tool_choice", None)
    found.tool_choice = {"name": choice.get("name")} if isinstance(choice, dict) else choice
    found.parallel = body.pop("parallel_tool_calls", None)
    text = dict(body.pop("text", {}))
    found.format = text.pop("format", {}).get("schema")
    found.left_out |= {*body, *(f"text.{name}" for name in text)}
    return found


def _item(item: Json, into: Question) -> None:
    match item.get("type", "message"):
        case "message" if item["role"] in ("system", "developer"):
            parts = _parts(item["content"], into.left_out)
            into.system += [part.text for part in parts if isinstance(part, Text)]
        case "message":
            into.turns.append(Turn(item["role"], _parts(item["content"], into.left_out)))
        case "reasoning":
            words = "".join(part["text"] for part in item["summary"])
            seal = item.get("encrypted_content") or ""
            into.turns.append(Turn("assistant", [Thought(words, seal)]))
        case "function_call":
            into.left_out |= item.keys() & {"namespace"}
            arguments = ToolCall.of_text("", item["arguments"], None).arguments
            into.turns.append(Turn("assistant", [Call(item["name"], arguments, item["call_id"])]))
        case "custom_tool_call":
            call = Call(item["name"], item["input"], item["call_id"])
            into.turns.append(Turn("assistant", [call]))
        case "function_call_output" | "custom_tool_call_output":
            content = _result(item["output"], into.left_out)
            into.turns.append(Turn("user", [Result(content, item["call_id"])]))
        case kind:
            into.left_out.add(kind)


def _parts(content: Json, left_out: set[str]) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)]
    parts: list[Part] = []
    for part in content:
        if part["type"] in TEXTS:
            parts.append(Text(part["text"]))
        elif part["type"] == "input_image" and "image_url" in part:
            parts.append(_image(part["image_url"], part.get("detail") or ""))
        else:
            left_out.add(part["type"])
    return parts


def _image(url: str, detail: str) -> Media:
    if not url.startswith("data:"):
        return Media("image", url=url, detail=detail)
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    return Media("image", kind, data, detail=detail)


def _result(output: Json, left_out: set[str]) -> Json:
    """The texts of a result; those of chat completions hold nothing else."""
    if isinstance(output, str):
        return output
    left_out |= {f"{part['type']} in a result" for part in output if part["type"] not in TEXTS}
    return [part["text"] for part in output if part["type"] in TEXTS]


def _tool(tool: Json, into: Question) -> None:
    if tool["type"] != "function":
        into.left_out.add(f"{tool['type']} tool")
        return
    named = (tool["name"], tool.get("description") or "", tool.get("parameters"))
    into.tools.append(Tool(*named, strict=bool(tool.get("strict"))))


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["error"]["message"])
    if not recording.streams:
        return from_response(recording.answer)
    ends = ("response.completed", "response.incomplete", "response.failed")
    return from_response(
        next(it["response"] for it in objects(recording.text) if it["type"] in ends)
    )


def from_response(response: Json) -> Told:
    """Reads a response."""
    if error := response.get("error"):
        return Told(error=error["message"])
    choice = Choice()
    for item in response["output"]:
        match item["type"]:
            case "message":
                choice.text += "".join(part.get("text", "") for part in item["content"])
                choice.refusal += "".join(part.get("refusal", "") for part in item["content"])
            case "function_call":
                call = ToolCall.of_text(item["name"], item["arguments"], item["call_id"])
                choice.calls.append(call)
            case "reasoning":
                choice.reasoning += "".join(part["text"] for part in item["summary"])
                if seal := item.get("encrypted_content"):
                    choice.seals.append(seal)
    reason = (response.get("incomplete_details") or {}).get("reason")
    choice.finish = {FINISH.get(reason, "tool_calls" if choice.calls else "stop")}
    return Told([choice], _usage(response.get("usage") or {}))


def _usage(counts: Json) -> Usage:
    return Usage(
        counts.get("input_tokens"),
        counts.get("output_tokens"),
        (counts.get("input_tokens_details") or {}).get("cached_tokens"),
        None,
        (counts.get("output_tokens_details") or {}).get("reasoning_tokens"),
    )


RESPONSES = Dialect("chat", r"/responses", question, told, said_in_openai(question))

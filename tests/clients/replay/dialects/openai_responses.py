"""OpenAI's Responses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..bytestreams import objects
from ..meaning import Call, Media, Part, Question, Result, Text, Thought, Tool, Turn
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from .dialect import Dialect
from .openai_chat import error_words

Json = Any

LIMITS = {
    "max_tokens": "max_output_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_logprobs": "top_logprobs",
}
SEALED_REASONING = "reasoning.encrypted_content"
LOGPROBS = "message.output_text.logprobs"
FINISH = {"max_output_tokens": "length", "content_filter": "content_filter"}


# Requests


def question(request: Request) -> Question:
    """Reads a request. What of it needs the server's memory or tools cannot be said in other dialects."""
    body = {name: value for name, value in request.body.items() if value is not None}
    found = Question(body.pop("model", ""), bool(body.pop("stream", False)))
    if instructions := body.pop("instructions", None):
        found.system.append(instructions)
    given = body.pop("input", [])
    listed = [{"role": "user", "content": given}] if isinstance(given, str) else given
    for item in listed:
        _item(item, found)
    found.limits = {name: body.pop(own, None) for name, own in LIMITS.items()}
    found.tools = [tool for it in body.pop("tools", []) if (tool := _tool(it, found.left_out))]
    found.tool_choice = _choice(body.pop("tool_choice", None))
    found.parallel = body.pop("parallel_tool_calls", None)
    text = dict(body.pop("text", {}))
    form = text.pop("format", {})
    if form.get("type") == "json_schema":
        found.format = form["schema"]
    elif form.get("type") == "json_object":
        found.format = "json_object"
    found.left_out |= {f"text.{name}" for name in text}
    include = set(body.pop("include", []))
    found.limits["logprobs"] = True if LOGPROBS in include else None
    found.left_out |= include - {SEALED_REASONING, LOGPROBS}
    if body.get("store") is False:
        del body["store"]
    reasoning = body.pop("reasoning", {})
    found.left_out |= {*body, *(f"reasoning.{name}" for name in reasoning)}
    return found


def _item(item: Json, into: Question) -> None:
    match item.get("type", "message"):
        case "message" if item["role"] in ("system", "developer"):
            into.system += [it.text for it in _content(item, into) if isinstance(it, Text)]
        case "message":
            into.turns.append(Turn(item["role"], list(_content(item, into))))
        case "function_call":
            into.left_out |= item.keys() & {"namespace"}
            read = ToolCall.of_text(item["name"], item["arguments"], item["call_id"])
            call = Call(read.name, read.arguments, item["call_id"])
            into.turns.append(Turn("assistant", [call]))
        case "custom_tool_call":
            call = Call(item["name"], item["input"], item["call_id"])
            into.turns.append(Turn("assistant", [call]))
        case "function_call_output" | "custom_tool_call_output":
            result = Result(_output(item["output"], into.left_out), item["call_id"])
            into.turns.append(Turn("user", [result]))
        case "reasoning":
            words, seal = _thought(item), item.get("encrypted_content") or ""
            into.turns.append(Turn("assistant", [Thought(words, seal)] if words or seal else []))
        case kind:
            into.left_out.add(kind)


def _thought(item: Json) -> str:
    """What was thought: the parts of a summary are paragraphs."""
    summary = "\n\n".join(part["text"] for part in item.get("summary", []))
    return summary + "".join(part["text"] for part in item.get("content") or [])


def _content(item: Json, into: Question) -> Iterable[Part]:
    content = item["content"]
    for part in [{"type": "input_text", "text": content}] if isinstance(content, str) else content:
        match part:
            case {"type": "input_text" | "output_text" | "text", "text": text}:
                yield Text(text)
            case {"type": "refusal", "refusal": text}:
                yield Text(text)
            case {"type": "input_image", "image_url": url}:
                detail = part.get("detail") or ""
                yield _media("image", url, "" if detail == "auto" else detail)
            case {"type": "input_file", "file_data": data}:
                yield _media("file", data, name=part.get("filename", ""))
            case _:
                into.left_out.add(f"{part['type']} by {', '.join(sorted(part.keys() - {'type'}))}")


def _media(kind: Any, url: str, detail: str = "", name: str = "") -> Part:
    if not url.startswith("data:"):
        return Media(kind, url=url, detail=detail, name=name)
    media_type, _, data = url.removeprefix("data:").partition(";base64,")
    return Media(kind, media_type, data, detail=detail, name=name)


def _output(output: Json, left_out: set[str]) -> Json:
    if isinstance(output, str):
        return output
    left_out |= {f"{it['type']} in a result" for it in output if it["type"] != "input_text"}
    return [it["text"] for it in output if it["type"] == "input_text"]


def _tool(tool: Json, left_out: set[str]) -> Tool | None:
    if tool["type"] != "function":
        left_out.add(tool["type"])
        return None
    left_out |= tool.keys() - {"type", "name", "description", "parameters", "strict"}
    described = tool.get("description") or ""
    return Tool(tool["name"], described, tool.get("parameters"), bool(tool.get("strict")))


def _choice(choice: Json) -> Json:
    match choice:
        case {"type": "function", "name": name}:
            return {"name": name}
        case {"type": "allowed_tools", "mode": mode, "tools": tools}:
            return {"names": [tool["name"] for tool in tools], "mode": mode}
        case {"type": kind}:
            return kind
    return choice


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=error_words(recording.answer))
    if recording.streams:
        return from_events(objects(recording.text))
    return from_response(recording.answer)


def from_response(response: Json) -> Told:
    """Reads a response. Items of the server's own tools concern no client."""
    if error := response.get("error"):
        return Told(error=error["message"])
    choice = Choice()
    for item in response["output"]:
        match item["type"]:
            case "message":
                for part in item["content"]:
                    choice.text += part.get("text") or ""
                    choice.refusal += part.get("refusal") or ""
            case "function_call":
                read = ToolCall.of_text(item["name"], item["arguments"], item["call_id"])
                choice.calls.append(read)
            case "reasoning":
                choice.reasoning += _thought(item)
                choice.seals += [seal] if (seal := item.get("encrypted_content")) else []
    reason = (response.get("incomplete_details") or {}).get("reason")
    ended = "tool_calls" if choice.calls else "stop"
    choice.finish = {FINISH.get(reason, reason) if reason else ended}
    return Told([choice], usage(response.get("usage")))


def usage(counts: Json) -> Usage:
    """The tokens."""
    if not counts:
        return Usage()
    read = counts.get("input_tokens_details") or {}
    written = counts.get("output_tokens_details") or {}
    return Usage(
        counts["input_tokens"],
        counts["output_tokens"],
        read.get("cached_tokens"),
        read.get("cache_write_tokens"),
        written.get("reasoning_tokens"),
    )


def from_events(events: list[Json]) -> Told:
    """The response as its deltas tell it; from the whole one at the end come only the reason and the tokens."""
    items: dict[int, Json] = {}
    response: Json = {}
    for event in events:
        kind = event["type"].removeprefix("response.")
        if kind == "error":
            return Told(error=event.get("message") or event["error"]["message"])
        if kind in ("completed", "incomplete", "failed"):
            response = event["response"]
        elif kind == "output_item.added":
            item = event["item"]
            items[event["output_index"]] = {**item, "content": {}, "summary": {}, "arguments": ""}
        elif kind == "output_item.done":
            seal = event["item"].get("encrypted_content")
            items[event["output_index"]]["encrypted_content"] = seal
        elif kind.endswith(".delta"):
            _add(kind.removesuffix(".delta"), event, items[event["output_index"]])
    for item in items.values():
        for name in ("content", "summary"):
            item[name] = list(item[name].values())
    return from_response({**response, "output": [items[number] for number in sorted(items)]})


def _add(kind: str, event: Json, item: Json) -> None:
    if kind == "function_call_arguments":
        item["arguments"] += event["delta"]
        return
    name = "summary" if "summary" in kind else "content"
    member = "refusal" if kind == "refusal" else "text"
    if kind in ("output_text", "refusal", "reasoning_text", "reasoning_summary_text"):
        index = event.get("summary_index" if name == "summary" else "content_index")
        part = item[name].setdefault(index, {member: ""})
        part[member] = part.get(member, "") + event["delta"]


RESPONSES = Dialect(
    "chat",
    r"/responses",
    question,
    told,
    api="responses",
    unasked=frozenset({"reasoning.summary"}),
)

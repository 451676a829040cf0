"""Answers in OpenAI's Responses API, plain and streamed."""

from __future__ import annotations

import re
from typing import Any

from conformance.answers import Answer, Call
from conformance.dialects import base as kit
from conformance.dialects.framing import Frame, dump

from .whole import SIGNATURE

Json = Any


def whole(answer: Answer) -> Json:
    """A response."""
    return _response(answer, "completed", [item for item, _ in _items(answer)])


def _response(answer: Answer, status: str, output: list[Json]) -> Json:
    done = status == "completed"
    return {
        "id": "resp_kit",
        "object": "response",
        "created_at": 1700000000,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "model": kit.MODEL,
        "output": output,
        "usage": _usage(answer) if done else None,
    }


def _usage(answer: Answer) -> Json:
    usage = answer.usage
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": usage.cached},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
    }


Pieces = tuple[str, ...]


def _items(answer: Answer) -> list[tuple[Json, Pieces]]:
    """Each item of the output, and the pieces in which its text comes."""
    items: list[tuple[Json, Pieces]] = []
    if answer.reasoning:
        items.append((_reasoning("".join(answer.reasoning)), answer.reasoning))
    if answer.text:
        items.append((_message("".join(answer.text)), answer.text))
    return items + [(_call(call), call.pieces or ("{}",)) for call in answer.calls]


def _reasoning(text: str) -> Json:
    summary = [{"type": "summary_text", "text": text}]
    return {
        "type": "reasoning",
        "id": "rs_kit",
        "summary": summary,
        "encrypted_content": SIGNATURE,
    }


def _message(text: str) -> Json:
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {
        "type": "message",
        "id": "msg_kit",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }


def _call(call: Call) -> Json:
    return {
        "type": "function_call",
        "id": f"fc_{call.id}",
        "call_id": call.id,
        "name": call.name,
        "arguments": "".join(call.pieces) or "{}",
        "status": "completed",
    }


class Responses(kit.Dialect):
    """Streams of responses."""

    name = "responses"
    features = frozenset({"call", "calls", "reasoning"})
    counts = frozenset({"cached", "reasoning"})
    paths = re.compile(r"/responses$")

    def model(self, base: str) -> dict[str, Any]:
        config = {"openai_api_key": "kit", "openai_api_base": f"{base}/v1"}
        return {"provider": "openai", "name": kit.MODEL, "config": config}

    def script(self, answer: Answer, request: dict[str, Any]) -> kit.Script:
        events = _Events()
        begun = _response(answer, "in_progress", [])
        start = [
            events.event("response.created", response=begun),
            events.event("response.in_progress", response=begun),
        ]
        body = [
            frame
            for number, (item, pieces) in enumerate(_items(answer))
            for frame in events.item(number, item, pieces)
        ]
        done = events.event("response.completed", response=whole(answer))
        return kit.Script(start=start, body=body, finish=[done])

    def error(self) -> list[Frame]:
        error = {"code": "server_error", "message": kit.SAID}
        return [
            _Events().event(
                "response.failed",
                response=_response(Answer("failed"), "failed", []) | {"error": error},
            )
        ]

    def refusal(self) -> Any:
        return {"error": {"message": kit.SAID, "type": "tokens", "code": "rate_limit_exceeded"}}


class _Events:
    """The events of one stream, numbered."""

    def __init__(self) -> None:
        self._count = 0

    def event(self, name: str, **members: Any) -> Frame:
        value = {"type": name, "sequence_number": self._count, **members}
        self._count += 1
        return Frame(dump(value), name)

    def item(self, number: int, item: Json, pieces: Pieces) -> list[Frame]:
        """An item as it opens, grows and ends."""
        place = {"output_index": number}
        return [
            self.event("response.output_item.added", **place, item=_opening(item)),
            *self._inside(item, pieces, {"item_id": item["id"], **place}),
            self.event("response.output_item.done", **place, item=item),
        ]

    def _inside(self, item: Json, pieces: Pieces, place: Json) -> list[Frame]:
        said = "".join(pieces)
        match item["type"]:
            case "function_call":
                name, member, part = "response.function_call_arguments", "arguments", None
            case "reasoning":
                name, member, part = "response.reasoning_summary_text", "text", "summary"
                place |= {"summary_index": 0}
            case _:
                name, member, part = "response.output_text", "text", "content"
                place |= {"content_index": 0}
        outer = "response.reasoning_summary_part" if part == "summary" else "response.content_part"
        events = []
        if part:
            empty = {**item[part][0], "text": ""}
            events.append(self.event(f"{outer}.added", **place, part=empty))
        events += [self.event(f"{name}.delta", **place, delta=piece) for piece in pieces]
        events.append(self.event(f"{name}.done", **place, **{member: said}))
        if part:
            events.append(self.event(f"{outer}.done", **place, part=item[part][0]))
        return events


def _opening(item: Json) -> Json:
    match item["type"]:
        case "function_call":
            return {**item, "arguments": "", "status": "in_progress"}
        case "reasoning":
            return {**item, "summary": [], "encrypted_content": None}
        case _:
            return {**item, "content": [], "status": "in_progress"}

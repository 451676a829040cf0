"""OpenAI's Responses: numbered events; items and their parts open, grow and are done; the last event tells the whole response."""

from __future__ import annotations

from typing import Any

from ..answers import TOOLS, Answer
from .base import Door, Heard, Problem, events, lacks, parsed
from .responses_items import Items

ENDS = {"response.completed", "response.incomplete", "response.failed"}
FINISHES = {"max_output_tokens": "length", "content_filter": "content_filter"}
"""Reasons of an incomplete response → OpenAI's words of chat completions."""


class ResponsesDoor(Door):
    name = "responses"
    api = "responses"
    tells_choices = False

    def request(self, route: str, answer: Answer, text: str) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {"model": route, "input": text, "stream": True, "store": False}
        if answer.calls:
            body["tools"] = [{"type": "function", **tool["function"]} for tool in TOOLS]
        return "/v1/responses", body

    def read(self, body: bytes) -> Heard:
        heard = Heard()
        reader = _Reader(heard)
        for name, data in events(body, heard):
            if data == "[DONE]" and heard.endings == ["success"]:
                heard.breach("no terminator but the whole response", data)
                continue
            if heard.endings:
                heard.broken.append(Problem(f"nothing after the {heard.endings[-1]}", data[:80]))
            event = parsed(data)
            if isinstance(event, dict):
                reader.event(name, event)
            else:
                heard.broken.append(Problem("a JSON object in each event", data[:80]))
        return heard

    def told(self, error: Any, byte_path: bool) -> Problem | None:
        return lacks(error, ("code", "message"), "an error")

    def refused(self, body: bytes, byte_path: bool) -> Problem | None:
        said = parsed(body)
        error = said.get("error") if isinstance(said, dict) else None
        members = ("message",) if byte_path else ("message", "type")
        return lacks(error, members, "an error body")


class _Reader:
    """Hears the events of one stream in order."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.items = Items(heard)
        self.number = 0
        self.head: tuple[Any, ...] | None = None
        """What all snapshots of the response have in common."""

    def event(self, name: str, event: dict[str, Any]) -> None:
        kind = str(event.get("type"))
        if name != kind:
            self.heard.breach(f"an event named {kind}", f"an event named {name!r}")
        if event.get("sequence_number") != self.number:
            self.heard.breach(f"sequence_number {self.number}", event)
        opening = {0: "response.created", 1: "response.in_progress"}.get(self.number)
        if opening and kind not in (opening, "response.queued", "error", "response.failed"):
            self.heard.breach(f"{opening} as event {self.number}", kind)
        self.number += 1
        if kind == "error":
            self.heard.endings.append("error")
            self.heard.error = event.get("error") or event
        elif kind in ENDS:
            self.end(kind.removeprefix("response."), event.get("response") or {})
        elif kind in ("response.created", "response.in_progress", "response.queued"):
            self.heard.choice(0)
            self.snapshot("queued" if kind == "response.queued" else "in_progress", event)
        else:
            self.items.event(kind.removeprefix("response."), event)

    def snapshot(self, status: str, event: dict[str, Any]) -> None:
        """Checks the response as it stands inside an event."""
        response = event.get("response") or {}
        head = tuple(response.get(name) for name in ("id", "object", "created_at", "model"))
        if self.head not in (None, head):
            self.heard.breach(f"the head {self.head} in all events", head)
        self.head = head
        if not head[0] or head[1] != "response" or not isinstance(head[2], (int, float)):
            self.heard.breach("id, object and created_at of a response", head)
        if response.get("status") not in (status, "queued"):
            self.heard.breach(f"status {status}", response.get("status"))
        if status == "in_progress" and response.get("output") != []:
            self.heard.breach("a response that opens without output", response.get("output"))

    def end(self, status: str, response: dict[str, Any]) -> None:
        self.snapshot(status, {"response": response})
        if status == "failed":
            self.heard.endings.append("error")
            self.heard.error = response.get("error")
            return
        self.heard.endings.append("success")
        self.items.whole(response.get("output") or [])
        calls = self.heard.choice(0).calls
        reason = (response.get("incomplete_details") or {}).get("reason")
        if status == "incomplete":
            finish = FINISHES.get(str(reason), str(reason))
        else:
            finish = "tool_calls" if calls else "stop"
        self.heard.choice(0).finishes.append(finish)
        if (reason is not None) != (status == "incomplete"):
            self.heard.breach(f"incomplete_details of a response that is {status}", reason)
        self.heard.usage = _usage(response.get("usage"))


def _usage(counts: dict[str, Any] | None) -> dict[str, Any] | None:
    """The counts under the names of chat completions."""
    if counts is None:
        return None
    return {
        "prompt_tokens": counts.get("input_tokens"),
        "completion_tokens": counts.get("output_tokens"),
        "total_tokens": counts.get("total_tokens"),
        "prompt_tokens_details": counts.get("input_tokens_details"),
        "completion_tokens_details": counts.get("output_tokens_details"),
    }

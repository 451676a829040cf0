"""Anthropic's Messages: the message opens, its blocks come one after the other, then one reason of the end, then the stop."""

from __future__ import annotations

from typing import Any

from ..answers import TOOLS, Answer
from .base import Door, Heard, HeardCall, Problem, events, lacks, parsed

REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""The API's words for an end → OpenAI's."""
MESSAGE: dict[str, Any] = {
    "type": "message",
    "role": "assistant",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
}
"""What every message that opens a stream says."""
BLOCKS: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "thinking": {"thinking": ""},
    "tool_use": {"input": {}},
}
"""What a block of each kind that opens says."""
DELTAS = {
    "text_delta": ("text", "text"),
    "citations_delta": ("text", "citation"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("thinking", "signature"),
    "input_json_delta": ("tool_use", "partial_json"),
}
"""The kind of block that each delta belongs to, and the member that holds what it adds."""


class MessagesDoor(Door):
    name = "messages"
    api = "messages"
    headers = {"anthropic-version": "2023-06-01"}
    tells_choices = False

    def request(self, route: str, answer: Answer, text: str) -> tuple[str, dict[str, Any]]:
        message = {"role": "user", "content": text}
        body = {"model": route, "max_tokens": 1000, "messages": [message], "stream": True}
        if answer.calls:
            body["tools"] = [_tool(tool["function"]) for tool in TOOLS]
        return "/v1/messages", body

    def read(self, body: bytes) -> Heard:
        heard = Heard()
        reader = _Reader(heard)
        for name, data in events(body, heard):
            if heard.endings:
                heard.broken.append(Problem(f"nothing after the {heard.endings[-1]}", data[:80]))
            event = parsed(data)
            if not isinstance(event, dict):
                heard.broken.append(Problem("a JSON object in each event", data[:80]))
            elif event.get("type") == "error":
                heard.endings.append("error")
                heard.error = event.get("error")
            else:
                reader.event(name, event)
        return heard

    def told(self, error: Any, byte_path: bool) -> Problem | None:
        return lacks(error, ("type", "message"), "an error event")

    def refused(self, body: bytes, byte_path: bool) -> Problem | None:
        said = parsed(body)
        if not isinstance(said, dict) or said.get("type") != "error":
            return Problem("an error body of type error", f"{body!r:.200}")
        return lacks(said.get("error"), ("type", "message"), "an error body")


class _Reader:
    """Hears the events of one stream in order."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.usage: dict[str, Any] = {}
        self.blocks = 0
        self.open: dict[str, Any] | None = None
        """The block that has begun and not stopped."""

    def event(self, name: str, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if name != kind:
            self.heard.breach(f"an event named {kind}", f"an event named {name!r}")
        if kind != "message_start" and not self.heard.choices:
            self.heard.breach("message_start first", kind)
        hear = {
            "message_start": self.start,
            "content_block_start": self.block_start,
            "content_block_delta": self.block_delta,
            "content_block_stop": self.block_stop,
            "message_delta": self.delta,
            "message_stop": self.stop,
        }.get(str(kind))
        if hear:
            hear(event)
        elif kind != "ping":
            self.heard.breach("an event of the API", kind)

    def start(self, event: dict[str, Any]) -> None:
        message = event.get("message") or {}
        if self.heard.choices:
            self.heard.breach("message_start once", "message_start again")
        self.heard.choice(0)
        self._says("a message that opens", message, MESSAGE)
        for member in ("id", "model"):
            if not isinstance(message.get(member), str) or not message[member]:
                self.heard.breach(f"a message with its {member}", message)
        self.count(message, ("input_tokens", "output_tokens"))

    def block_start(self, event: dict[str, Any]) -> None:
        block = event.get("content_block") or {}
        if self.open is not None:
            self.heard.breach("one open block at a time", event)
        if event.get("index") != self.blocks:
            self.heard.breach(f"block {self.blocks} next", event)
        self._not_finished(event)
        self.blocks += 1
        self.open = {**block, "index": event.get("index")}
        kind = block.get("type")
        self._says(f"a {kind} block that opens", block, BLOCKS.get(str(kind), {}))
        choice = self.heard.choice(0)
        choice.text += block.get("text") or ""
        choice.reasoning += block.get("thinking") or ""
        if kind == "tool_use":
            if not block.get("id") or not block.get("name"):
                self.heard.breach("a call's id and name as its block opens", block)
            call = HeardCall(block.get("id") or "", block.get("name") or "")
            choice.calls[len(choice.calls)] = call

    def block_delta(self, event: dict[str, Any]) -> None:
        delta = event.get("delta") or {}
        kind, member = DELTAS.get(str(delta.get("type")), ("", ""))
        opened = self.open or {}
        opened_kind = str(opened.get("type"))
        if opened.get("index") != event.get("index"):
            self.heard.breach("deltas of the open block", event)
        # The server's own tools have blocks of other names for the same thing.
        if not kind or not opened_kind.endswith(kind) or member not in delta:
            self.heard.breach(f"a delta for a {opened_kind} block", delta)
        choice = self.heard.choice(0)
        choice.text += delta.get("text") or ""
        choice.reasoning += delta.get("thinking") or ""
        if opened_kind == "tool_use":
            choice.calls[len(choice.calls) - 1].arguments += delta.get("partial_json") or ""

    def block_stop(self, event: dict[str, Any]) -> None:
        opened = self.open or {}
        if self.open is None or opened.get("index") != event.get("index"):
            self.heard.breach("the stop of the open block", event)
        if opened.get("type") == "tool_use":
            # A call without arguments may have no delta: clients read `{}`.
            call = self.heard.choice(0).calls[len(self.heard.choice(0).calls) - 1]
            call.arguments = call.arguments or "{}"
        self.open = None

    def delta(self, event: dict[str, Any]) -> None:
        said = event.get("delta") or {}
        reason = said.get("stop_reason")
        if self.open is not None:
            self.heard.breach("message_delta after all blocks have stopped", self.open)
        self._not_finished(event)
        if (said.get("stop_sequence", "") is None) == (reason == "stop_sequence"):
            self.heard.breach("stop_sequence, null unless it is the reason", event)
        self.count(event, ("output_tokens",))
        if reason not in REASONS:
            self.heard.breach("a stop_reason of the API", event)
        if reason is not None:
            self.heard.choice(0).finishes.append(REASONS.get(reason, reason))
        self._tell_usage()

    def stop(self, event: dict[str, Any]) -> None:
        self.heard.endings.append("success")
        if not self.heard.choice(0).finishes:
            self.heard.breach("message_delta before message_stop", event)

    def count(self, holder: dict[str, Any], members: tuple[str, ...]) -> None:
        """Adds token counts; those of later events replace earlier ones."""
        counts = holder.get("usage") or {}
        for member in members:
            if not isinstance(counts.get(member), int):
                self.heard.breach(f"usage with {member}", holder)
        self.usage.update({name: count for name, count in counts.items() if count is not None})

    def _tell_usage(self) -> None:
        """The counts in OpenAI's words, where cached tokens are part of the prompt."""
        cached = self.usage.get("cache_read_input_tokens") or 0
        written = self.usage.get("cache_creation_input_tokens") or 0
        prompt = (self.usage.get("input_tokens") or 0) + cached + written
        completion = self.usage.get("output_tokens") or 0
        details = self.usage.get("output_tokens_details") or {}
        self.heard.usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": details.get("thinking_tokens")},
        }

    def _not_finished(self, event: dict[str, Any]) -> None:
        if self.heard.choice(0).finishes:
            self.heard.breach("nothing but the stop after message_delta", event)

    def _says(self, what: str, said: dict[str, Any], wanted: dict[str, Any]) -> None:
        for member, value in wanted.items():
            if member not in said or said[member] != value:
                self.heard.breach(f"{what} with {member} {value!r}", said)


def _tool(function: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": function["name"],
        "description": function["description"],
        "input_schema": function["parameters"],
    }

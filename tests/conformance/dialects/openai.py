"""OpenAI's chat completions, and the providers that speak it, each with its habits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..answers import Answer, Call
from .base import MODEL, SAID, Dialect, Script
from .framing import Frame, dump

SAME = {name: name for name in ("stop", "length", "tool_calls", "content_filter")}
ERROR = {"message": SAID, "type": "server_error", "param": None, "code": None}
MOST = frozenset({"call", "calls", "choices", "filter"})
DONE = Frame(b"[DONE]")


@dataclass(frozen=True)
class Habits:
    """What a provider does otherwise than OpenAI."""

    name: str
    block: dict[str, Any]
    """The `model` block of its Tidegate route; `BASE` stands for the provider's address. Of two APIs it has this one only."""
    paths: str = r"/chat/completions$"
    features: frozenset[str] = MOST
    counts: frozenset[str] = frozenset()
    reasons: dict[str, str] = field(default_factory=dict)
    reasoning: str = "reasoning_content"
    """The member of a delta; `parts` for content that is a list."""
    first: dict[str, Any] | None = None
    """A chunk without choices before all others."""
    comment: str = ""
    bare: bool = False
    """Chunks have neither object, time nor model."""
    id: str = "chatcmpl-kit"
    call_id: str = ""
    """The one id of all its calls."""
    role_each_time: bool = False
    so_far: bool = False
    """Each chunk repeats the message so far."""
    calls: str = "pieces"
    """`pieces`; `whole`, each in one delta; `last`, all in the chunk that ends the answer."""
    name_in_each_piece: bool = False
    usage: str = "asked"
    """`asked`: a chunk of its own on demand; `finish`: in the chunk that ends the answer; `each`: in all."""
    done: bool = True
    error: Any = None
    """The data of an error in a stream; by default OpenAI's form."""
    error_event: str = ""
    done_after_error: bool = False
    refusal: Any = None


class OpenAi(Dialect):
    """OpenAI's dialect with some provider's habits."""

    api = "chat completions"

    def __init__(self, habits: Habits) -> None:
        self.habits = habits
        self.name = habits.name
        self.features = habits.features
        self.counts = habits.counts
        self.reasons = {**SAME, **habits.reasons}
        self.own_ids = not habits.call_id
        self.paths = re.compile(habits.paths)

    def model(self, base: str) -> dict[str, Any]:
        config = {
            key: value.replace("BASE", base) if isinstance(value, str) else value
            for key, value in self.habits.block["config"].items()
        }
        return {"name": MODEL, **self.habits.block, "config": config}

    def error(self) -> list[Frame]:
        data = dump(self.habits.error or {"error": ERROR})
        after = [DONE] if self.habits.done_after_error else []
        return [Frame(data, self.habits.error_event), *after]

    def refusal(self) -> Any:
        limited = {**ERROR, "type": "rate_limit_error", "code": "rate_limit_exceeded"}
        return self.habits.refusal or {"error": limited}

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        habits = self.habits
        chunks = Chunks(habits, answer)
        reason = self.reasons[answer.finish]
        asked = (request.get("stream_options") or {}).get("include_usage") is True
        told = [chunks.usage_alone()] if habits.usage == "asked" and asked else []
        done = [DONE] if habits.done else []
        start = [Frame(comment=habits.comment)] if habits.comment else []
        start += [chunks.write([], **habits.first)] if habits.first else []
        start += [] if habits.role_each_time else chunks.roles()
        return Script(
            start=start,
            body=chunks.body(),
            finish=chunks.last(reason) + told,
            end=done,
            unfinished=[*told, *done] or chunks.last(None),
        )


class Chunks:
    """Writes the chunks of one answer."""

    def __init__(self, habits: Habits, answer: Answer) -> None:
        self.habits = habits
        self.answer = answer
        self.said: dict[int, str] = {}

    def write(self, choices: list[dict[str, Any]], **more: Any) -> Frame:
        head: dict[str, Any] = {"id": self.habits.id}
        if not self.habits.bare:
            head |= {"object": "chat.completion.chunk", "created": 1700000000, "model": MODEL}
        usage = {"usage": self.usage()} if self.habits.usage == "each" else {}
        return Frame(dump({**head, "choices": choices, **usage, **more}))

    def delta(self, delta: dict[str, Any], index: int = 0) -> Frame:
        return self.write([self.choice(delta, index)])

    def choice(
        self, delta: dict[str, Any], index: int, reason: str | None = None
    ) -> dict[str, Any]:
        role = {"role": "assistant"} if self.habits.role_each_time else {}
        choice = {"index": index, "delta": {**role, **delta}, "finish_reason": reason}
        if self.habits.so_far:
            so_far = self.said[index] = self.said.get(index, "") + (delta.get("content") or "")
            choice["message"] = {"role": "assistant", "content": so_far}
        return choice

    def roles(self) -> list[Frame]:
        delta = {"role": "assistant", "content": ""}
        return [self.delta(delta, index) for index in range(len(self.answer.texts))]

    def body(self) -> list[Frame]:
        texts = self.answer.texts
        frames = [self.delta(self.thought(piece)) for piece in self.answer.reasoning]
        for turn in range(max(map(len, texts))):
            frames += [
                self.delta({"content": text[turn]}, index)
                for index, text in enumerate(texts)
                if turn < len(text)
            ]
        if self.habits.calls != "last":
            for number, call in enumerate(self.answer.calls):
                deltas = self.call(number, call)
                frames += [self.delta({"content": None, "tool_calls": [delta]}) for delta in deltas]
        return frames

    def thought(self, piece: str) -> dict[str, Any]:
        if self.habits.reasoning == "parts":
            thinking = {"type": "thinking", "thinking": [{"type": "text", "text": piece}]}
            return {"content": [thinking]}
        return {"content": None, self.habits.reasoning: piece}

    def call(self, number: int, call: Call) -> list[dict[str, Any]]:
        """A call's deltas: its opening, and its arguments."""
        whole = self.habits.calls != "pieces"
        pieces = list(call.pieces) or ["{}"]
        opening = {
            "index": number,
            "id": self.habits.call_id or call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": "".join(pieces) if whole else ""},
        }
        if whole:
            return [opening]
        if self.habits.name_in_each_piece:
            # The first piece opens the call; the others repeat all but the name.
            names = [call.name] + [None] * (len(pieces) - 1)
            return [
                {**opening, "function": {"name": name, "arguments": piece}}
                for name, piece in zip(names, pieces)
            ]
        return [opening] + [{"index": number, "function": {"arguments": p}} for p in pieces]

    def last(self, reason: str | None) -> list[Frame]:
        """The chunks that end each choice."""
        delta: dict[str, Any] = {"content": ""} if self.habits.role_each_time else {}
        if self.habits.calls == "last" and self.answer.calls:
            calls = enumerate(self.answer.calls)
            delta["tool_calls"] = [d for number, call in calls for d in self.call(number, call)]
        usage = {"usage": self.usage()} if self.habits.usage == "finish" else {}
        count = len(self.answer.texts)
        return [
            self.write([self.choice(delta, index, reason)], **(usage if index == count - 1 else {}))
            for index in range(count)
        ]

    def usage(self) -> dict[str, Any]:
        usage = self.answer.usage
        counts: dict[str, Any] = {
            "prompt_tokens": usage.prompt,
            "completion_tokens": usage.completion,
            "total_tokens": usage.total,
        }
        if "cached" in self.habits.counts:
            counts["prompt_tokens_details"] = {"cached_tokens": usage.cached}
        if "reasoning" in self.habits.counts:
            counts["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning}
        return counts

    def usage_alone(self) -> Frame:
        return self.write([], usage=self.usage())

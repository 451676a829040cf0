"""The law of OpenAI's chat answers, checked on what the gateway writes when it translates.

Content is text, arguments are text, a choice ends for one of OpenAI's reasons, tokens add up. In a stream, the role comes
first; a call's id and name come before its arguments; each choice finishes once, and nothing of it follows; usage comes
once, at the end; `[DONE]` is last. All chunks have one id, one model and one time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Json = Any

END = b"data: [DONE]\n\n"
REASONS = ("stop", "length", "tool_calls", "content_filter")


@dataclass
class _Choice:
    calls: int = 0
    finished: bool = False


@dataclass
class _Law:
    broken: list[str] = field(default_factory=list)
    choices: dict[int, _Choice] = field(default_factory=dict)
    head: tuple[Json, ...] | None = None
    usages: int = 0

    def chunk(self, chunk: Json) -> None:
        head = tuple(chunk.get(name) for name in ("id", "model", "created", "object"))
        if self.head not in (None, head):
            self.broken.append(f"the head {self.head} became {head}")
        if head[3] != "chat.completion.chunk":
            self.broken.append(f"a chunk's object is {head[3]!r}")
        self.head = head
        if self.usages:
            self.broken.append("a chunk follows the usage")
        for part in chunk["choices"]:
            self._part(part)
        if usage := chunk.get("usage"):
            self.usages += 1
            self.broken += _counts(usage)
            if chunk["choices"]:
                self.broken.append("usage comes with a choice")

    def end(self) -> None:
        for number, choice in self.choices.items():
            if not choice.finished:
                self.broken.append(f"choice {number} has no finish reason")
        if self.usages != 1:
            self.broken.append(f"usage came {self.usages} times")

    def _part(self, part: Json) -> None:
        number, delta = part["index"], part["delta"]
        is_first = number not in self.choices
        choice = self.choices.setdefault(number, _Choice())
        if is_first != (delta.get("role") == "assistant"):
            self.broken.append(f"choice {number}: the role is not in the first delta, or again")
        self.broken += _form(delta, part.get("finish_reason") or "stop")
        if choice.finished:
            self.broken.append(f"choice {number}: a delta follows the finish reason")
        for piece in delta.get("tool_calls") or []:
            self._piece(number, choice, piece)
        choice.finished = choice.finished or part.get("finish_reason") is not None

    def _piece(self, number: int, choice: _Choice, piece: Json) -> None:
        index, function = piece["index"], piece.get("function") or {}
        begins = index == choice.calls
        if not 0 <= index <= choice.calls:
            self.broken.append(f"choice {number}: call {index} comes after {choice.calls} calls")
        if begins != bool(piece.get("id") and function.get("name")):
            self.broken.append(f"choice {number}: call {index} has its id and name late, or again")
        choice.calls += begins


def check_answer(answer: Json) -> list[str]:
    """What a plain answer breaks of the law."""
    broken = [] if answer.get("object") == "chat.completion" else ["the answer's object is another"]
    for choice in answer["choices"]:
        broken += _form(choice["message"], choice.get("finish_reason"))
        calls = choice["message"].get("tool_calls") or []
        broken += ["a call is no function" for call in calls if call.get("type") != "function"]
    return broken + _counts(answer.get("usage") or {})


def check_stream(raw: bytes) -> list[str]:
    """What a whole stream, whose client asked for usage, breaks of the law."""
    if not raw.endswith(END) or raw.count(END) != 1:
        return [f"the stream ends with {raw[-60:]!r}"]
    law = _Law()
    for frame in raw.removesuffix(END).decode().split("\n\n")[:-1]:
        if not frame.startswith("data: {") or "\n" in frame:
            return [f"a frame is {frame[:80]!r}"]
        law.chunk(json.loads(frame.removeprefix("data: ")))
    law.end()
    return law.broken


def _form(message: Json, reason: str | None) -> list[str]:
    """What a message, or a piece of one, has of another form."""
    broken = [] if reason in REASONS else [f"a choice finishes for {reason!r}"]
    if not isinstance(message.get("content"), str | None):
        broken.append("content is no text")
    functions = [call.get("function") or {} for call in message.get("tool_calls") or []]
    if not all(isinstance(it.get("arguments", ""), str) for it in functions):
        broken.append("arguments are no text")
    return broken


def _counts(usage: Json) -> list[str]:
    if not usage or usage["total_tokens"] >= usage["prompt_tokens"] + usage["completion_tokens"]:
        return []
    return [f"the tokens do not add up: {usage}"]

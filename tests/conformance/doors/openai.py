"""OpenAI's chat completions: role first, argument deltas after their call, one finish, usage once, `[DONE]` last."""

from __future__ import annotations

from typing import Any

from ..answers import TOOLS, Answer
from .base import Choice, Door, Heard, HeardCall, Problem, events, lacks, parsed


class OpenAiDoor(Door):
    name = "openai"
    api = "chat completions"
    roles = True
    """Each choice begins with its role."""
    one_id = True
    """All chunks have the same id."""
    usage_alone = True
    """Token counts come in a chunk of their own, without choices."""

    def request(self, route: str, answer: Answer, text: str) -> tuple[str, dict[str, Any]]:
        body = {"model": route, **question(answer, text), "stream_options": {"include_usage": True}}
        return "/v1/chat/completions", body

    def read(self, body: bytes) -> Heard:
        heard = Heard()
        ids: set[Any] = set()
        for _, data in events(body, heard):
            if heard.endings:
                heard.broken.append(Problem(f"nothing after the {heard.endings[-1]}", data[:80]))
            if data == "[DONE]":
                heard.endings.append("success")
                continue
            chunk = parsed(data)
            if not isinstance(chunk, dict):
                heard.broken.append(Problem("a JSON object in each event", data[:80]))
            elif chunk.get("error") is not None:
                heard.endings.append("error")
                heard.error = chunk["error"]
            else:
                ids.add(chunk.get("id"))
                self._chunk(heard, chunk)
        if self.one_id and len(ids) > 1:
            heard.breach("one id in all chunks", str(sorted(map(str, ids))))
        return heard

    def told(self, error: Any, byte_path: bool) -> Problem | None:
        members = ("message",) if byte_path else ("message", "type")
        return lacks(error, members, "an error event")

    def refused(self, body: bytes, byte_path: bool) -> Problem | None:
        said = parsed(body)
        error = said.get("error") if isinstance(said, dict) else None
        members = ("message",) if byte_path else ("message", "type")
        return lacks(error, members, "an error body")

    def _chunk(self, heard: Heard, chunk: dict[str, Any]) -> None:
        choices = chunk.get("choices") or []
        if chunk.get("object") != "chat.completion.chunk":
            heard.breach("object chat.completion.chunk", repr(chunk.get("object")))
        for said in choices:
            self._choice(heard, said)
        if chunk.get("usage") is not None:
            if heard.usage is not None:
                heard.breach("usage once", "usage again")
            if self.usage_alone and choices:
                heard.breach("usage in a chunk without choices", "usage beside choices")
            if not all(choice.finishes for choice in heard.choices.values()):
                heard.breach("usage after the finish", "usage before it")
            heard.usage = chunk["usage"]

    def _choice(self, heard: Heard, said: dict[str, Any]) -> None:
        index = said.get("index", 0)
        delta = said.get("delta") or {}
        begins = index not in heard.choices
        choice = heard.choice(index)
        if self.roles and begins and delta.get("role") != "assistant":
            heard.breach("the role first", f"delta {delta}")
        if choice.finishes and any(delta.get(member) for member in ("content", "tool_calls")):
            heard.breach("nothing of a choice after its finish", f"delta {delta}")
        _content(choice, delta)
        for call in delta.get("tool_calls") or []:
            self._call(heard, choice, call)
        if said.get("finish_reason") is not None:
            choice.finishes.append(said["finish_reason"])

    def _call(self, heard: Heard, choice: Choice, said: dict[str, Any]) -> None:
        index = said.get("index", 0)
        function = said.get("function") or {}
        id, name = said.get("id") or "", function.get("name") or ""
        if index not in choice.calls:
            if index != len(choice.calls):
                heard.breach(f"call {len(choice.calls)} next", f"call {index}")
            if not id or not name:
                heard.breach("id and name before a call's arguments", f"call {said}")
            choice.calls[index] = HeardCall(id, name)
        elif (id and id != choice.calls[index].id) or (name and name != choice.calls[index].name):
            heard.breach("one id and name for each call", f"call {said}")
        choice.calls[index].arguments += function.get("arguments") or ""


def question(answer: Answer, text: str) -> dict[str, Any]:
    """The request's members that all doors of this form share."""
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": text}], "stream": True}
    if answer.calls:
        asked["tools"] = TOOLS
    if len(answer.texts) > 1:
        asked["n"] = len(answer.texts)
    return asked


def _content(choice: Choice, delta: dict[str, Any]) -> None:
    """Adds text and reasoning; providers on the byte path may send lists of parts."""
    content = delta.get("content")
    if isinstance(content, list):
        for part in content:
            choice.text += part.get("text") or ""
            choice.reasoning += "".join(t.get("text", "") for t in part.get("thinking") or [])
    else:
        choice.text += content or ""
    choice.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or ""

"""The items of a Responses stream: each opens, its parts open, grow and are done, and what is done is what its deltas said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .base import Heard, HeardCall


@dataclass
class _Growing:
    """A text that comes in pieces: part of an item, or a call's arguments."""

    text: str = ""
    told: str | None = None
    """What its `done` said."""
    over: bool = False
    """Its part is done."""


@dataclass
class _Item:
    id: str
    said: dict[str, Any]
    texts: dict[tuple[str, int], _Growing] = field(default_factory=dict)
    """By list (`content`, `summary`, `arguments`) and index in it."""
    done: dict[str, Any] | None = None


GROWING = {
    "output_text": ("content", "text"),
    "refusal": ("content", "refusal"),
    "reasoning_text": ("content", "text"),
    "reasoning_summary_text": ("summary", "text"),
    "function_call_arguments": ("arguments", "arguments"),
}
"""Events `<name>.delta` and `.done`: the list of what grows, and the member of `.done` that repeats the whole."""
PARTS = {"content_part": "content", "reasoning_summary_part": "summary"}
INDEXES = {"content": "content_index", "summary": "summary_index"}


class Items:
    """Hears the events between a response's opening and its end."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.items: list[_Item] = []

    def event(self, kind: str, event: dict[str, Any]) -> None:
        """`kind` is the event's type without `response.`."""
        what, _, happens = kind.rpartition(".")
        if what == "output_item":
            hear = self.opened if happens == "added" else self.done
            hear(event)
        elif what in PARTS:
            self.part(PARTS[what], happens, event)
        elif what in GROWING and happens in ("delta", "done"):
            self.grows(what, happens, event)

    def opened(self, event: dict[str, Any]) -> None:
        said = event.get("item") or {}
        if event.get("output_index") != len(self.items):
            self.heard.breach(f"output_index {len(self.items)} next", event)
        if not said.get("id"):
            self.heard.breach("an item with its id", said)
        item = _Item(said.get("id") or "", said)
        self.items.append(item)
        if said.get("type") == "function_call":
            if not said.get("call_id") or not said.get("name"):
                self.heard.breach("a call's call_id and name as its item opens", said)
            calls = self.heard.choice(0).calls
            calls[len(calls)] = HeardCall(said.get("call_id") or "", said.get("name") or "")
            item.texts["arguments", 0] = _Growing()

    def part(self, place: str, happens: str, event: dict[str, Any]) -> None:
        item = self.item(event)
        index = event.get(INDEXES[place])
        if item is None:
            return
        if happens == "added":
            count = sum(1 for list_, _ in item.texts if list_ == place)
            if index != count:
                self.heard.breach(f"{INDEXES[place]} {count} next", event)
            item.texts[place, index or 0] = _Growing()
            return
        part = item.texts.get((place, index or 0))
        if part is None or part.over:
            self.heard.breach("the end of an open part", event)
            return
        if _words(event.get("part") or {}) != part.text:
            self.heard.breach(f"a part with {part.text!r}", event)
        part.over = True

    def grows(self, what: str, happens: str, event: dict[str, Any]) -> None:
        place, member = GROWING[what]
        item = self.item(event)
        if item is None:
            return
        index = event.get(INDEXES[place], 0) if place in INDEXES else 0
        if (place, index) not in item.texts:
            self.heard.breach("a part that has been added", event)
        text = item.texts.setdefault((place, index), _Growing())
        if happens == "done":
            if event.get(member) != text.text:
                self.heard.breach(f"{what} {text.text!r} at its end", event)
            text.told = event.get(member)
            return
        if text.told is not None or text.over:
            self.heard.breach(f"nothing of {what} after its end", event)
        delta = event.get("delta") or ""
        text.text += delta
        choice = self.heard.choice(0)
        if what == "function_call_arguments":
            choice.calls[self.call_number(item)].arguments += delta
        elif what.startswith("reasoning"):
            choice.reasoning += delta
        else:
            choice.text += delta

    def done(self, event: dict[str, Any]) -> None:
        item = self.item(event)
        if item is None:
            return
        item.done = said = event.get("item") or {}
        for member in ("id", "type", "call_id", "name", "role"):
            if said.get(member) != item.said.get(member):
                self.heard.breach(f"an item with {member} {item.said.get(member)!r}", said)
        for (place, index), text in item.texts.items():
            if place == "arguments":
                told: Any = said.get("arguments")
            else:
                parts = said.get(place) or []
                told = _words(parts[index]) if index < len(parts) else None
            if told != text.text:
                self.heard.breach(f"{place} {index} {text.text!r} in the item that is done", said)
            if text.told is None or (place in INDEXES and not text.over):
                self.heard.breach(f"{place} {index} done before its item", event)
        if said.get("type") != "reasoning" and said.get("status") == "in_progress":
            self.heard.breach("an item that is done", said)

    def whole(self, output: list[dict[str, Any]]) -> None:
        """Compares the items with those of the whole response."""
        for item in self.items:
            if item.done is None:
                self.heard.breach("all items done before the end", item.said)
        done = [_known(item.done or {}) for item in self.items]
        if [_known(item) for item in output] != done:
            self.heard.breach(f"the output {done}", output)

    def item(self, event: dict[str, Any]) -> _Item | None:
        """The open item that an event is about."""
        index = event.get("output_index")
        if not isinstance(index, int) or not 0 <= index < len(self.items):
            self.heard.breach("an item that has been added", event)
            return None
        item = self.items[index]
        id = event.get("item_id") or (event.get("item") or {}).get("id")
        if id != item.id:
            self.heard.breach(f"item_id {item.id!r}", event)
        if item.done is not None:
            self.heard.breach("nothing of an item that is done", event)
        return item

    def call_number(self, item: _Item) -> int:
        calls = [it for it in self.items if it.said.get("type") == "function_call"]
        return next(number for number, it in enumerate(calls) if it is item)


def _words(part: dict[str, Any]) -> Any:
    return part.get("refusal") if part.get("type") == "refusal" else part.get("text")


def _known(item: dict[str, Any]) -> tuple[Any, ...]:
    """What an item says, without what may be told late."""
    parts = [_words(part) for name in ("summary", "content") for part in item.get(name) or []]
    return *(item.get(name) for name in ("id", "type", "call_id", "name", "arguments")), parts

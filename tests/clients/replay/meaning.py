"""What a request means, in no provider's dialect. Two requests mean the same if their `normal` forms are equal."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Json = Any


@dataclass(frozen=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True)
class Thought:
    """What the model thought: words that the provider has signed, or `sealed` ones that only it can read."""

    text: str = ""
    signature: str = ""
    sealed: str = ""


@dataclass(frozen=True)
class Media:
    """An image, a sound or a document: `data` in base64, or the `url` where it lies."""

    kind: Literal["image", "audio", "file"]
    media_type: str = ""
    data: str = ""
    url: str = ""
    name: str = ""
    detail: str = ""

    @property
    def data_url(self) -> str:
        """The data as an address."""
        return f"data:{self.media_type};base64,{self.data}"


@dataclass(frozen=True)
class Call:
    """A call of a tool by the assistant; some providers sign it."""

    name: str
    arguments: Json
    id: str | None = None
    signature: str = ""


@dataclass(frozen=True)
class Result:
    """What a tool answered; it belongs to a call by `id`, or by `name` and order."""

    content: Json
    id: str | None = None
    name: str | None = None

    @property
    def words(self) -> str | list[str]:
        """A text or several, which is what most APIs have for a result; other JSON is written out."""
        if self.content == []:
            return ""
        texts = isinstance(self.content, list) and all(isinstance(it, str) for it in self.content)
        if texts or isinstance(self.content, str):
            words: str | list[str] = self.content
            return words
        return json.dumps(self.content, ensure_ascii=False)


@dataclass(frozen=True)
class Raw:
    """A part that only one dialect has; it must arrive as it is."""

    part: Json


Part = Text | Thought | Media | Call | Result | Raw


@dataclass
class Turn:
    """What one side said."""

    role: Literal["user", "assistant"]
    parts: list[Part]
    others: dict[str, Json] = field(default_factory=dict)


@dataclass
class Tool:
    """A tool that the model may call."""

    name: str
    description: str
    schema: Json
    strict: bool = False
    others: dict[str, Json] = field(default_factory=dict)


@dataclass
class Question:
    """A chat request. `left_out` names what no field holds; `others` must arrive as it is."""

    model: str
    stream: bool = False
    system: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    tool_choice: Json = None
    parallel: bool | None = None
    limits: dict[str, Json] = field(default_factory=dict)
    format: Json = None
    others: dict[str, Json] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def loosely(self) -> Question:
        """The same with texts that follow each other joined by lines, as APIs want that know one text only."""
        turns: list[Turn] = []
        for turn in self.turns:
            if not turns or turns[-1].role != turn.role:
                turns.append(Turn(turn.role, []))
            parts = turns[-1].parts
            for part in turn.parts:
                if part == Text(""):
                    continue
                last = parts[-1] if parts else None
                if isinstance(part, Text) and isinstance(last, Text):
                    parts[-1] = Text(f"{last.text}\n{part.text}")
                else:
                    parts.append(part)
        return replace(self, turns=turns)

    def without_thoughts(self) -> Question:
        """The same without what the model thought earlier."""
        turns = [
            replace(turn, parts=[part for part in turn.parts if not isinstance(part, Thought)])
            for turn in self.turns
        ]
        return replace(self, turns=turns)

    def normal(self, with_ids: bool) -> dict[str, Json]:
        """The form that is compared. Ids of calls count only where the dialect has them."""
        words = "\n".join(self.system)
        return {
            "model": self.model,
            "stream": self.stream,
            "system": re.sub(r"\n+", "\n", words).strip("\n"),
            "turns": _turns(self.turns, with_ids),
            "tools": {tool.name: _tool(tool) for tool in self.tools},
            "tool_choice": (self.tool_choice or "auto") if self.tools else None,
            "parallel": self.parallel is not False,
            "limits": {it: value for it, value in self.limits.items() if not is_idle(it, value)},
            "format": self.format,
            "others": self.others,
            "left_out": sorted(self.left_out),
        }


@dataclass
class Texts:
    """An embeddings request."""

    model: str
    texts: list[Json]
    dimensions: int | None = None
    others: dict[str, Json] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def normal(self, with_ids: bool) -> dict[str, Json]:
        """The form that is compared."""
        del with_ids
        return {
            "model": self.model,
            "texts": self.texts,
            "dimensions": self.dimensions,
            "others": self.others,
            "left_out": sorted(self.left_out),
        }


def plain(content: Json) -> Json:
    """What a tool's result says: JSON in a text is JSON, a wrapper around one value is that value, a number is its text."""
    if content in ([], None):
        return ""
    if isinstance(content, list) and len(content) == 1:
        return plain(content[0])
    if isinstance(content, dict) and len(content) == 1:
        (name, value), *_ = content.items()
        return plain(value) if name in ("result", "output", "content", "return_value") else content
    if isinstance(content, str) and content[:1] in ("{", "["):
        try:
            return plain(json.loads(content))
        except ValueError:
            return content
    return json.dumps(content) if isinstance(content, bool | int | float) else content


def is_idle(name: str, value: Json) -> bool:
    """True for what asks for nothing."""
    return value is None or value is False or (name, value) in (("n", 1), ("top_logprobs", 0))


def _turns(turns: list[Turn], with_ids: bool) -> list[dict[str, Json]]:
    """Neighbours of one role are one turn. Results stand before what the user says, thoughts before words before calls."""
    merged: list[tuple[str, list[Part], dict[str, Json]]] = []
    for turn in turns:
        parts = [part for part in turn.parts if part != Text("")]
        if merged and merged[-1][0] == turn.role:
            merged[-1][1].extend(parts)
            merged[-1][2].update(turn.others)
        elif parts or turn.others:
            merged.append((turn.role, parts, dict(turn.others)))
    calls: list[tuple[int, Call]] = []
    found = []
    for role, parts, others in merged:
        ordered = sorted(parts, key=_rank)
        said = [_part(part, calls, with_ids) for part in ordered]
        found.append({"role": role, "parts": said, **({"others": others} if others else {})})
    return found


def _rank(part: Part) -> int:
    return 0 if isinstance(part, Result | Thought) else 2 if isinstance(part, Call) else 1


def _part(part: Part, open_calls: list[tuple[int, Call]], with_ids: bool) -> Json:
    match part:
        case Text(text):
            return {"text": text}
        case Thought():
            return {f"thought {name}": value for name, value in vars(part).items() if value}
        case Call(name, arguments, id_, signature):
            number = open_calls[-1][0] + 1 if open_calls else 0
            open_calls.append((number, part))
            more = {"id": id_} if with_ids else {}
            more |= {"signature": signature} if signature else {}
            return {"call": name, "arguments": arguments, "number": number, **more}
        case Result(content, _, _):
            return {"result_of": _called(part, open_calls), "content": plain(content)}
        case Raw(value):
            return {"raw": value}
        case Media():
            members = {name: value for name, value in vars(part).items() if value}
            members.pop("name", None)
            return members


def _called(result: Result, calls: list[tuple[int, Call]]) -> int | None:
    """The number of the call that a result answers."""
    answered = calls[:]
    for number, call in answered:
        if result.id is not None and call.id == result.id:
            return number
    for place, (number, call) in enumerate(answered):
        if result.name is not None and call.name == result.name:
            calls[place] = (number, Call("", None))
            return number
    return None


def _tool(tool: Tool) -> dict[str, Json]:
    schema = tool.schema or {}
    empty: Json = {"properties": {}, "required": []}
    kept = {name: value for name, value in schema.items() if empty.get(name) != value}
    return {
        "description": tool.description,
        "schema": {"type": "object", **kept},
        "strict": tool.strict,
        **({"others": tool.others} if tool.others else {}),
    }


def differences(want: Json, got: Json, place: str = "") -> list[str]:
    """Where two JSON values differ, one line each."""
    if isinstance(want, dict) and isinstance(got, dict):
        names = [*want, *(name for name in got if name not in want)]
        return [
            line
            for name in names
            for line in differences(want.get(name), got.get(name), f"{place}.{name}")
        ]
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        pairs = enumerate(zip(want, got, strict=True))
        return [line for n, (a, b) in pairs for line in differences(a, b, f"{place}[{n}]")]
    if want == got and isinstance(want, bool) == isinstance(got, bool):
        return []
    return [f"{place.lstrip('.')}: {_short(want)} became {_short(got)}"]


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 160 else f"{text[:100]}…{text[-50:]}"

"""The replay's own readers: they notice what they are there to notice."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from replay import lifecycle
from replay.bytestreams import events
from replay.dialects import anthropic, openai_chat
from replay.meaning import differences
from replay.openai_form import write
from replay.recording import Request, cut
from replay.report import is_reported
from replay.told import compare
from support.plans import frames

Json = Any


def _chunk(delta: Json, finish: str | None = None, usage: Json = None) -> Json:
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**head, "choices": choices, **({"usage": usage} if usage else {})}


def _piece(arguments: str, **head: Any) -> Json:
    name = {"name": "f"} if head else {}
    return {"tool_calls": [{"index": 0, **head, "function": {**name, "arguments": arguments}}]}


STREAM = [
    _chunk({"role": "assistant", "content": ""}),
    _chunk({"content": "é"}),
    _chunk(_piece("", id="c", type="function")),
    _chunk(_piece('{"a":1}')),
    _chunk({}, "tool_calls"),
    _chunk({}, usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}),
]


def _swapped(a: int, b: int) -> Callable[[list[Json]], None]:
    def swap(stream: list[Json]) -> None:
        stream[a], stream[b] = stream[b], stream[a]

    return swap


BREAKS: dict[str, Callable[[list[Json]], None]] = {
    "the role is not in the first delta": lambda it: it.pop(0),
    "has its id and name late": _swapped(2, 3),
    "has no finish reason": lambda it: it.pop(4),
    "a delta follows the finish reason": _swapped(3, 4),
    "usage came 0 times": lambda it: it.pop(),
    "a chunk follows the usage": _swapped(4, 5),
    "content is no text": lambda it: it[1]["choices"][0]["delta"].update(content=["é"]),
    "a choice finishes for 'eos'": lambda it: it[4]["choices"][0].update(finish_reason="eos"),
    "the tokens do not add up": lambda it: it[5]["usage"].update(total_tokens=2),
    "the head": lambda it: it[1].update(id="2"),
}


def _raw(stream: list[Json]) -> bytes:
    return b"".join(frames(*stream, "[DONE]"))


def test_the_law_holds_of_a_lawful_stream() -> None:
    assert lifecycle.check_stream(_raw(STREAM)) == []
    assert lifecycle.check_stream(_raw(STREAM)[:-3])[0].startswith("the stream ends with")


@pytest.mark.parametrize("words", BREAKS)
def test_the_law_is_noticed_to_be_broken(words: str) -> None:
    stream = copy.deepcopy(STREAM)
    BREAKS[words](stream)
    assert any(words in line for line in lifecycle.check_stream(_raw(stream)))


def test_cuts_lose_nothing_and_fall_anywhere() -> None:
    data = _raw(STREAM).replace(rb"\u00e9", "é".encode())
    for seed in range(3):
        pieces = cut(data, seed)
        assert b"".join(pieces) == data and len(pieces) > 1
    assert any(
        piece[:1] == "é".encode()[1:] for seed in range(0, 90, 3) for piece in cut(data, seed)
    )
    assert [
        event.data for event in events("event: a\r\ndata: 1\r\ndata: 2\r\n\r\n: c\n\ndata: 3")
    ] == [
        "1\n2",
        "3",
    ]


ASKED = {
    "model": "m",
    "max_tokens": 5,
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t", "content": "sun"}],
        },
    ],
    "tools": [{"name": "f", "input_schema": {"type": "object"}}],
}


def _meaning(body: Json) -> Json:
    return anthropic.question(Request("/v1/messages", body)).normal(with_ids=True)


def test_a_request_means_the_same_in_openais_form() -> None:
    body = write(anthropic.question(Request("", ASKED)))
    assert openai_chat.question(Request("", body)).normal(with_ids=True) == _meaning(ASKED)


CHANGES: dict[str, Callable[[Json], Any]] = {
    "system": lambda it: it["system"].clear(),
    "turns[0].parts[0].text": lambda it: it["messages"][0].update(content="Whether?"),
    "turns[2].parts[0].result_of": lambda it: it["messages"][2]["content"][0].update(
        tool_use_id="x"
    ),
    "turns[2].parts[0].content": lambda it: it["messages"][2]["content"][0].update(content="rain"),
    "limits.max_tokens": lambda it: it.update(max_tokens=6),
    "tools.f.schema.type": lambda it: it["tools"][0]["input_schema"].update(type="array"),
    "left_out": lambda it: it.update(thinking={"type": "disabled"}),
}


@pytest.mark.parametrize("place", CHANGES)
def test_another_meaning_is_noticed(place: str) -> None:
    other = copy.deepcopy(ASKED)
    CHANGES[place](other)
    assert [line.partition(": ")[0] for line in differences(_meaning(ASKED), _meaning(other))] == [
        place
    ]


@pytest.mark.parametrize(
    ("place", "report", "excused"),
    [
        ("limits.seed", "dropped=logit_bias,seed", True),
        ("limits.temperature", "clamped=temperature:1.5>1", True),
        ("format", "emulated=json_schema", True),
        ("tools.f.strict", "dropped=top_k,strict; emulated=json_object", True),
        ("limits.temperature", "dropped=seed", False),
        ("turns[0].parts", "emulated=json_schema", False),
        ("turns", "", False),
    ],
)
def test_what_the_gateway_tells_is_no_failure(place: str, report: str, excused: bool) -> None:
    assert is_reported(f"{place}: 1 became null", report) is excused


def test_another_answer_is_noticed() -> None:
    told = openai_chat.from_chunks(STREAM)
    assert compare(told, openai_chat.from_chunks(STREAM)) == []
    cut_short = compare(told, openai_chat.from_chunks(STREAM[:4]))
    assert cut_short == [
        "choice 0: finish reason tool_calls became nothing",
        "prompt tokens 1 became None",
        "completion tokens 2 became None",
    ]
    changed = copy.deepcopy(STREAM)
    changed[1]["choices"][0]["delta"]["content"] = "e"
    changed[3]["choices"][0]["delta"] = _piece('{"a":2}')
    changed[4]["choices"][0]["finish_reason"] = "stop"
    assert compare(told, openai_chat.from_chunks(changed)) == [
        "choice 0: text 'é' became 'e'",
        "choice 0: finish reason tool_calls became stop",
        """choice 0: call 0: arguments '{"a": 1}' became '{"a": 2}'""",
    ]

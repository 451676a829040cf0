"""The replay's doors: a question means the same in each API's form, and what does not pass as it was is noticed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from replay import envelopes
from replay.dialects import anthropic, openai_chat, openai_responses
from replay.dialects.dialect import Dialect
from replay.doors import DOORS
from replay.got import Got
from replay.meaning import Question
from replay.passing import passed
from replay.recording import Recording, Request
from replay.told import Choice, Told, ToolCall
from support.upstream import Seen

Json = Any

ASKED = {
    "model": "m",
    "max_tokens": 5,
    "stream": True,
    "system": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}],
    "messages": [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                {"type": "text", "text": "I ask."},
                {"type": "tool_use", "id": "t", "name": "f", "input": {"a": "é"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t", "content": "sun"},
                {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
            ],
        },
    ],
    "tools": [{"name": "f", "description": "F.", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "tool", "name": "f", "disable_parallel_tool_use": True},
    "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
}


def _question() -> Question:
    return anthropic.question(Request("/v1/messages", copy.deepcopy(ASKED)))


@pytest.mark.parametrize(
    ("door", "dialect"),
    [("messages", anthropic.MESSAGES), ("responses", openai_responses.RESPONSES)],
)
def test_a_request_means_the_same_in_each_doors_form(door: str, dialect: Dialect) -> None:
    question = _question()
    DOORS[door].keep(question)
    body = DOORS[door].write(question)
    read = dialect.question(Request("", body))
    assert read.normal(with_ids=True) == _question().normal(with_ids=True)


def test_what_an_api_cannot_say_is_left_out() -> None:
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi", "name": "ann"}],
        "seed": 1,
        "n": 2,
        "stop": "x",
        "logit_bias": {"1": 1},
        "response_format": {"type": "json_object"},
    }
    recording = Recording({"request": {"url": "", "body": body}})
    left_out = {name: DOORS[name].ask(openai_chat.CHAT, recording).left_out for name in DOORS}
    assert left_out == {
        "openai": set(),
        "messages": {"logit_bias", "name of a message", "n", "seed", "format json_object"},
        "responses": {"logit_bias", "name of a message", "n", "seed", "stop"},
    }


def test_envelopes_are_opened() -> None:
    call = ToolCall("f", {}, "a.b/ü")
    seals = ["own", envelopes.of_call("a.b/ü", "s.t"), "tidegate.text.x", "tidegate.redacted.y"]
    told = envelopes.opened(Told([Choice(calls=[call], seals=seals)]))
    assert (told.choices[0].seals, call.signature, told.choices[0].signature) == (
        ["own", "y"],
        "s.t",
        "x",
    )


STREAM = b"data: {}\n\n"


@pytest.mark.parametrize(
    ("seen", "raw", "status", "noticed"),
    [
        ('{"model": "m", "a": "é"}', STREAM, 200, []),
        ('{"model": "route", "a": "é"}', STREAM, 200, ["request: model"]),
        ('{"model":"m","a":"é"}', STREAM, 200, ["request: the bytes are others"]),
        ('{"model": "m", "a": "é"}', STREAM[:-1], 200, ["answer: the bytes"]),
        ('{"model": "m", "a": "é"}', STREAM, 502, ["answer: status 200 became 502"]),
    ],
)
def test_what_does_not_pass_is_noticed(
    seen: str, raw: bytes, status: int, noticed: list[str]
) -> None:
    response = {"status": 200, "headers": {}, "chunks": [STREAM.decode()]}
    recording = Recording({"stream": True, "response": response})
    asked = Seen("POST", "/v1/messages", [], seen.encode())
    got = Got(raw=raw, status=status)
    lines = passed({"model": "m", "a": "é"}, asked, recording, got, bytewise=True)
    assert len(lines) == len(noticed)
    assert all(line.startswith(words) for line, words in zip(lines, noticed, strict=True))


def test_a_response_is_told_by_its_deltas() -> None:
    item = {"type": "message", "content": []}
    events = [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "a"},
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "é"},
        {"type": "response.completed", "response": {"status": "completed", "output": [item]}},
    ]
    assert openai_responses.from_events(events) == Told([Choice("aé", finish={"stop"})])
    failed = {"type": "response.failed", "response": {"error": {"message": "It broke."}}}
    told = openai_responses.from_events(json.loads(json.dumps([*events[:2], failed])))
    assert told == Told(error="It broke.")

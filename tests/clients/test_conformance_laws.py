"""The conformance kit's laws of Messages and Responses: lawful streams pass, also recorded ones; every breach is seen."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from support.gateway import PROJECT
from support.recordings import SHARED

sys.path.insert(0, str(PROJECT / "tests"))

from conformance.answers import ANSWERS  # noqa: E402
from conformance.cases import Case  # noqa: E402
from conformance.dialects import DIALECTS  # noqa: E402
from conformance.doors import DOORS  # noqa: E402
from conformance.judge import Response, judge  # noqa: E402

Json = Any
Change = Callable[[list[Json]], Any]

SPEAKERS = {"messages": "anthropic", "responses": "openai-responses"}
"""Doors, and the dialects whose own streams are lawful there."""
UNNUMBERED = "d9f16574878262c3"
"""A recorded stream from before OpenAI numbered its events."""


def _stream(door: str, answer: str) -> list[Json]:
    script = DIALECTS[SPEAKERS[door]].script(ANSWERS[answer], {})
    return [event for frame in script.all if (event := json.loads(frame.data))["type"] != "ping"]


def _written(events: list[Json]) -> bytes:
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events
    )


def _expected(door: str, answer: str, fault: str, events: list[Json]) -> str | None:
    """What the judge misses in a stream that the gateway says to have translated."""
    case = Case.parse(f"{door}.bedrock.{answer}.{fault}.frames")
    assert case is not None
    problem = judge(case, Response(200, "text/event-stream", _written(events)))
    return problem.expected if problem else None


def _numbered(change: Change) -> Change:
    """A change after which the events are numbered anew."""

    def changed(events: list[Json]) -> None:
        change(events)
        for number, event in enumerate(events):
            event["sequence_number"] = number

    return changed


def _swap(a: int, b: int) -> Change:
    def swap(events: list[Json]) -> None:
        events[a], events[b] = events[b], events[a]

    return swap


def _copy(place: int) -> Change:
    return lambda events: events.insert(place, dict(events[place]))


MESSAGES_ERROR = {"type": "error", "error": {"type": "api_error", "message": "It broke."}}
FAILED = {
    "type": "response.failed",
    "response": {"status": "failed", "error": {"code": "server_error", "message": "It broke."}},
}


@pytest.mark.parametrize("door", SPEAKERS)
@pytest.mark.parametrize("answer", ["text", "empty", "length", "filtered", "calls", "reasoning"])
def test_lawful_streams_pass(door: str, answer: str) -> None:
    assert _expected(door, answer, "whole", _stream(door, answer)) is None


@pytest.mark.parametrize(
    ("answer", "change", "expected"),
    [
        ("text", _swap(0, 1), "message_start first"),
        ("text", _copy(0), "message_start once"),
        ("text", lambda it: it[0]["message"].pop("id"), "a message with its id"),
        (
            "text",
            lambda it: it[0]["message"]["usage"].pop("output_tokens"),
            "usage with output_tokens",
        ),
        (
            "text",
            lambda it: it[0]["message"].pop("content"),
            "a message that opens with content []",
        ),
        ("text", lambda it: it.pop(1), "deltas of the open block"),
        ("text", lambda it: it[1].update(index=1), "block 0 next"),
        ("text", lambda it: it.pop(-3), "message_delta after all blocks have stopped"),
        ("text", _copy(-3), "the stop of the open block"),
        ("text", lambda it: it.pop(-2), "one finish, stop"),
        ("text", _copy(-2), "one finish, stop"),
        ("text", lambda it: it.pop(-1), "the terminator, once"),
        ("text", _copy(-1), "the terminator, once"),
        ("text", lambda it: it[-2]["delta"].update(stop_reason="stop"), "a stop_reason of the API"),
        ("text", lambda it: it[-2]["delta"].update(stop_reason="max_tokens"), "one finish, stop"),
        (
            "text",
            lambda it: it[-2]["usage"].update(output_tokens=8),
            "completion_tokens 9, total_tokens 30",
        ),
        ("calls", _swap(9, 10), "deltas of the open block"),
        ("calls", lambda it: it[11]["content_block"].pop("id"), "id callAbc12"),
        (
            "calls",
            lambda it: it[12]["delta"].update(type="text_delta"),
            "a delta for a tool_use block",
        ),
        ("reasoning", lambda it: it.pop(6), "one open block at a time"),
    ],
)
def test_breaches_of_messages_are_seen(answer: str, change: Change, expected: str) -> None:
    events = _stream("messages", answer)
    change(events)
    assert _expected("messages", answer, "whole", events) == expected


@pytest.mark.parametrize(
    ("answer", "change", "expected"),
    [
        ("text", lambda it: it.pop(1), "sequence_number 1"),
        ("text", _numbered(lambda it: it.pop(0)), "response.created as event 0"),
        ("text", lambda it: it[3].update(sequence_number=7), "sequence_number 3"),
        ("text", lambda it: it[2].update(output_index=1), "output_index 0 next"),
        ("text", _numbered(lambda it: it.pop(3)), "a part that has been added"),
        ("text", lambda it: it[4].update(item_id="other"), "item_id 'msg_kit'"),
        ("text", lambda it: it[4].update(content_index=1), "a part that has been added"),
        ("text", lambda it: it[-1]["response"].update(output=[]), "the output"),
        ("text", lambda it: it[-1]["response"].update(id="other"), "the head"),
        ("text", lambda it: it[-1]["response"].update(status="failed"), "status completed"),
        ("text", lambda it: it[-1]["response"].update(usage=None), "usage, which was asked for"),
        ("text", lambda it: it[-2]["item"].update(content=[]), "content 0"),
        ("text", lambda it: it[-3]["part"].update(text=""), "a part with"),
        ("text", lambda it: it[-4].update(text="another"), "output_text"),
        ("text", _numbered(lambda it: it.pop(-4)), "content 0 done before its item"),
        ("text", _numbered(lambda it: it.pop(-2)), "all items done before the end"),
        ("text", _numbered(_copy(-2)), "nothing of an item that is done"),
        ("text", lambda it: it.pop(-1), "the terminator, once"),
        ("text", _numbered(_copy(-1)), "the terminator, once"),
        ("length", lambda it: it[-1]["response"].update(incomplete_details=None), "one finish"),
        ("call", lambda it: it[2]["item"].pop("call_id"), "id callAbc12"),
        ("call", lambda it: it[-2]["item"].update(call_id="other"), "an item with call_id"),
        ("call", lambda it: it[-3].update(arguments="{}"), "function_call_arguments"),
    ],
)
def test_breaches_of_responses_are_seen(answer: str, change: Change, expected: str) -> None:
    events = _stream("responses", answer)
    change(events)
    came = _expected("responses", answer, "whole", events)
    assert came is not None and came.startswith(expected)


@pytest.mark.parametrize(
    ("door", "error", "begun"), [("messages", MESSAGES_ERROR, 3), ("responses", FAILED, 5)]
)
def test_dishonest_ends_are_seen(door: str, error: Json, begun: int) -> None:
    whole = _stream(door, "text")
    some = whole[:begun]
    assert _expected(door, "text", "stall", [*some, error]) is None
    assert _expected(door, "text", "stall", some) == "the error event"
    assert _expected(door, "text", "stall", whole) == "the error event"
    assert _expected(door, "text", "stall", [*some, error, error]) == "nothing after the error"
    assert _expected(door, "text", "stall", [*some, error, whole[-1]]) == "nothing after the error"
    made_up = json.loads(
        json.dumps(some).replace("Grüße", "Hello").replace("Gr\\u00fc\\u00dfe", "Hello")
    )
    assert str(_expected(door, "text", "stall", [*made_up, error])).startswith("a part of")


@pytest.mark.skipif(not SHARED.exists(), reason="no shared recordings")
@pytest.mark.parametrize(
    ("door", "provider", "operation"),
    [("messages", "anthropic", "messages"), ("responses", "openai", "responses")],
)
def test_recorded_streams_are_lawful(door: str, provider: str, operation: str) -> None:
    lines = (SHARED / f"{provider}.jsonl").read_text().splitlines()
    recordings = [it for it in map(json.loads, lines) if it["operation"] == operation]
    streams = [it for it in recordings if it["response"].get("chunks") and it["id"] != UNNUMBERED]
    assert streams
    for stream in streams:
        heard = DOORS[door].read("".join(stream["response"]["chunks"]).encode())
        assert (stream["id"], heard.broken, heard.unlawful) == (stream["id"], [], [])

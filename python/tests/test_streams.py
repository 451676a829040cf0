"""Streams: frames as they come, and an honest end."""

from __future__ import annotations

import asyncio
import gc
import json
from typing import Any

import pytest
import tidegate
from conftest import Caller
from stand_in import Answer, StandIn

FRAMES = [{"choices": [{"delta": {"content": it}}]} for it in ("one", "zwei \u2028\x85\r é", "")]
TEXT = b"".join(b"data: " + json.dumps(it, ensure_ascii=False).encode() + b"\n\n" for it in FRAMES)
DONE = b"data: [DONE]\n\n"


def pieces(text: bytes, size: int) -> list[bytes]:
    return [text[it : it + size] for it in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        b": hello\r\nevent: x\n" + TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"data: ", b"data:"),
    ],
)
def test_frames(text: bytes, size: int, caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.stream(*pieces(text + DONE + b"data: after\n\n", size)))
    got: list[Any] = []
    caller.frames(gateway.uri, got)
    assert got == FRAMES
    (asked,) = gateway.asked
    assert asked.json == {"messages": [], "stream": True}
    assert asked.headers["accept"] == "text/event-stream"


ERROR = b'data: {"error":{"message":"broke","type":"t","code":"stream_interrupted"}}\n\n'
ENDS = [
    (b"", "The stream broke off before its end: what came is incomplete.", "stream_interrupted"),
    (
        b'data: {"half',
        "The stream broke off before its end: what came is incomplete.",
        "stream_interrupted",
    ),
    (
        b"data: [DONE\n",
        "The stream broke off before its end: what came is incomplete.",
        "stream_interrupted",
    ),
    (
        b'data: {"choices":[{"index":0,"finish_reason":"stop"}]}\n',
        "The stream broke off before its end: what came is incomplete.",
        "stream_interrupted",
    ),
    (b'event: error\ndata: {"message":"gone"}\n\n', "gone", None),
    (ERROR, "broke", "stream_interrupted"),
    (b'data: {"error":"words"}\n\n' + DONE, "words", None),
    (b"data: nonsense\n\n" + DONE, "The stream holds what is no frame: 'nonsense'.", None),
    (b"data: [1]\n\n" + DONE, "The stream holds what is no frame: '[1]'.", None),
]


@pytest.mark.parametrize("end,message,code", ENDS, ids=[str(it[0][:20]) for it in ENDS])
@pytest.mark.parametrize("size", [2, 1000])
def test_a_bad_end_is_an_error_after_the_good_frames(
    end: bytes, message: str, code: Any, size: int, caller: Caller, gateway: StandIn
) -> None:
    gateway.then(Answer.stream(*pieces(TEXT + end, size)))
    got: list[Any] = []
    with pytest.raises(tidegate.GatewayStreamError) as caught:
        caller.frames(gateway.uri, got)
    assert got == FRAMES
    error = caught.value
    assert (error.message, error.code, error.request_id) == (message, code, "r-1")


def test_a_body_shorter_than_it_said(caller: Caller, gateway: StandIn) -> None:
    headers = {"content-type": "text/event-stream", "content-length": "9999"}
    gateway.then(Answer(200, (TEXT,), headers))
    got: list[Any] = []
    with pytest.raises(
        tidegate.GatewayStreamError, match=r"^The stream broke off before its end \(.+\): what came"
    ):
        caller.frames(gateway.uri, got)
    assert got == FRAMES


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_instead_of_a_stream(status: int, caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.json({"detail": "no"}, status))
    with pytest.raises(tidegate.GatewayStatusError, match=f"^{status} from POST .*: no"):
        caller.call("stream", "chat", {}, uri=gateway.uri)
    assert len(gateway.asked) == 1


def test_a_whole_answer_instead_of_a_stream(caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.json({}))
    with pytest.raises(
        tidegate.GatewayResponseError,
        match="asked to stream, but answered with application/json: ask it with `query`",
    ):
        caller.call("stream", "chat", {}, uri=gateway.uri)


@pytest.mark.parametrize("way", ["close", "with", "forget", "break"])
def test_leaving_ends_the_call(way: str, gateway: StandIn) -> None:
    gateway.holds = True
    gateway.then(Answer.stream(TEXT, DONE))
    client = tidegate.TidegateClient(gateway.uri)
    stream = client.stream("chat", {})
    assert next(stream) == FRAMES[0]
    if way == "close":
        stream.close()
    elif way == "with":
        with stream:
            pass
    elif way == "forget":
        del stream
        gc.collect()
    else:
        for _ in stream:
            break
        del stream
        gc.collect()
    assert gateway.left.wait(10)


def test_leaving_in_a_loop_ends_the_call(gateway: StandIn) -> None:
    gateway.holds = True
    gateway.then(Answer.stream(TEXT, DONE))

    async def run() -> None:
        client = tidegate.AsyncTidegateClient(gateway.uri)
        async with await client.stream("chat", {}) as stream:
            async for frame in stream:
                assert frame == FRAMES[0]
                break
        assert await asyncio.get_running_loop().run_in_executor(None, gateway.left.wait, 10)

    asyncio.run(run())


def test_after_its_end_a_stream_stays_ended(gateway: StandIn) -> None:
    gateway.then(Answer.stream(TEXT, DONE))
    stream = tidegate.TidegateClient(gateway.uri).stream("chat", {})
    assert list(stream) == FRAMES and list(stream) == []


def test_the_fluent_stream(gateway: StandIn) -> None:
    gateway.then(Answer.stream(TEXT, DONE))
    tidegate.set_gateway_uri(gateway.uri)
    assert list(tidegate.stream("chat", {})) == FRAMES


def finished(index: int, reason: str | None) -> bytes:
    choice = {"index": index, "delta": {}, "finish_reason": reason}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


@pytest.mark.parametrize("end", [b"data: [DONE]", b"data: [DONE]\n", finished(0, "stop")])
def test_a_good_end_without_a_blank_line_or_a_terminator(
    end: bytes, caller: Caller, gateway: StandIn
) -> None:
    """MLflow's gateway writes no `[DONE]`: there the reason to finish is the end."""
    gateway.then(Answer.stream(b"\xef\xbb\xbf" + TEXT + end))
    got: list[Any] = []
    caller.frames(gateway.uri, got)
    assert got[:3] == FRAMES


def test_a_choice_without_its_end_is_missing_something(caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.stream(finished(0, None), finished(1, None), finished(0, "stop")))
    got: list[Any] = []
    with pytest.raises(tidegate.GatewayStreamError, match="broke off"):
        caller.frames(gateway.uri, got)
    assert len(got) == 3


def test_an_answer_that_is_no_stream_is_let_go(caller: Caller, gateway: StandIn) -> None:
    gateway.holds = True
    gateway.then(Answer(200, (b"{", b"}"), {"content-type": "application/json"}))
    with pytest.raises(tidegate.GatewayResponseError, match="ask it with `query`"):
        caller.call("stream", "chat", {}, uri=gateway.uri)
    assert gateway.left.wait(10)


def test_after_close_no_frame_follows(gateway: StandIn) -> None:
    gateway.then(Answer.stream(TEXT, DONE))
    stream = tidegate.TidegateClient(gateway.uri).stream("chat", {})
    next(stream)
    stream.close()
    assert list(stream) == []


def test_one_client_in_several_loops(gateway: StandIn) -> None:
    client = tidegate.AsyncTidegateClient(gateway.uri)
    for number in range(2):
        gateway.then(Answer.json({"number": number}))
        assert asyncio.run(client.query("chat", {})) == {"number": number}
    asyncio.run(client.close())

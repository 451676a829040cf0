"""Anthropic's Python SDK on routes to providers of every dialect."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import anthropic
import pytest

from coding_agents.scenes import PNG_BASE64
from replay.meaning import Media
from scripted import scenes
from scripted.providers import Failure
from scripted.stage import Scene
from support.gateway import eventually
from support.plans import Plan

ASK: list[Any] = [{"role": "user", "content": scenes.QUESTION}]
MOST = 5000
"""Tokens of an answer."""
TOLD = "x-tidegate-translation"

both = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


def client_of(scene: Scene) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=scene.base, api_key="anything", max_retries=0, timeout=20)


def ask(scene: Scene, streamed: bool = False, messages: list[Any] = ASK, **more: Any) -> Any:
    """The whole message; a stream is put together by the SDK itself."""
    asked = {"model": scene.name, "max_tokens": MOST, "messages": messages, **more}
    with client_of(scene) as client:
        if not streamed:
            return client.messages.create(**asked)
        with client.messages.stream(**asked) as stream:
            return stream.get_final_message()


def results(message: Any) -> Any:
    """The turn that a client adds after calls."""
    blocks = [
        {
            "type": "tool_result",
            "tool_use_id": block.id,
            "content": scenes.RESULTS[block.name],
        }
        for block in message.content
        if block.type == "tool_use"
    ]
    return {"role": "user", "content": blocks}


def words(message: Any) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def calls(message: Any) -> list[tuple[str, Any]]:
    return [(block.name, block.input) for block in message.content if block.type == "tool_use"]


def is_asked_in_its_own_words(scene: Scene) -> bool:
    """The provider speaks the Messages API: requests pass as they are."""
    ways = (scene.route, scene.route.other)
    return any(way is not None and way.streams.name in ("anthropic", "invoke") for way in ways)


@both
def test_text_and_usage(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.TEXT)
    message = ask(scene, streamed)
    assert [block.type for block in message.content] == ["text"]
    assert words(message) == scenes.SAID
    assert (message.type, message.role, message.stop_reason) == ("message", "assistant", "end_turn")
    assert message.usage.input_tokens == scenes.USAGE.prompt
    assert message.usage.output_tokens == scenes.USAGE.completion
    (question,) = scene.asked
    assert question.stream is streamed
    assert question.limits["max_tokens"] == MOST
    scenes.assert_holds(question, scenes.after(), scene.route)


def test_text_stream(scene: Scene) -> None:
    scene.play(scenes.TEXT)
    with (
        client_of(scene) as client,
        client.messages.stream(model=scene.name, max_tokens=MOST, messages=ASK) as stream,
    ):
        said = list(stream.text_stream)
        assert stream.get_final_text() == scenes.SAID
    assert "".join(said) == scenes.SAID
    assert len(said) > 1


def test_events_in_order(scene: Scene) -> None:
    """As the API sends them, blocks one after the other."""
    scene.play(scenes.CALLS)
    with client_of(scene) as client:
        stream = client.messages.create(
            model=scene.name,
            max_tokens=MOST,
            messages=ASK,
            tools=scenes.MESSAGES_TOOLS,
            stream=True,
        )
        events = list(stream)
    kinds = [event.type for event in events if event.type != "content_block_delta"]
    block = ["content_block_start", "content_block_stop"]
    assert kinds == ["message_start", *block, *block, *block, "message_delta", "message_stop"]
    opened: list[Any] = [event for event in events if event.type == "content_block_start"]
    assert [event.index for event in opened] == [0, 1, 2]
    assert [it.content_block.type for it in opened] == ["text", "tool_use", "tool_use"]


@both
def test_tools_over_two_turns(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    message = ask(scene, streamed, tools=scenes.MESSAGES_TOOLS)
    assert message.stop_reason == "tool_use"
    assert words(message) == "".join(scenes.PLAN)
    assert calls(message) == [(call.name, call.arguments) for call in scenes.CALLS.calls]
    said = {"role": "assistant", "content": message.content}
    last = ask(scene, streamed, [*ASK, said, results(message)], tools=scenes.MESSAGES_TOOLS)
    assert words(last) == scenes.SAID
    first, second = scene.asked
    scenes.assert_tools(first)
    scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


@both
def test_sdk_runs_the_tools(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    with client_of(scene) as client:
        runner = client.beta.messages.tool_runner(
            model=scene.name,
            max_tokens=MOST,
            messages=ASK,
            tools=[
                anthropic.beta_tool(scenes.get_weather),
                anthropic.beta_tool(scenes.list_cities),
            ],
            stream=streamed,
        )
        assert words(runner.until_done()) == scenes.SAID
    thread = scene.bodies[1].get("thread")
    if scene.route.streams.name == "anthropic":
        # Anthropic keeps the conversation, and is asked for no more than what is new.
        assert thread == {"type": "continue", "previous_message_id": "msg_kit"}
        return
    assert thread is None
    scenes.assert_holds(scene.asked[1], scenes.after(scenes.CALLS), scene.route)


@both
def test_signatures_go_back(signing: Scene, streamed: bool) -> None:
    """A model thinks once, before the first call of a row; it may go on when that thought comes back."""
    scene = signing
    scene.play(scenes.THOUGHT, scenes.MORE, scenes.TEXT)
    messages = [*ASK]
    for _ in range(3):
        message = ask(
            scene,
            streamed,
            messages,
            tools=scenes.MESSAGES_TOOLS,
            thinking={"type": "enabled", "budget_tokens": 2000},
        )
        thoughts = [it for it in message.content if it.type == "thinking"]
        if len(messages) == 1:
            assert "".join(it.thinking for it in thoughts) == "".join(scenes.THOUGHTS)
        messages += [{"role": "assistant", "content": message.content}, results(message)]
    assert words(message) == scenes.SAID
    first, _, last = scene.asked
    assert scenes.thinks(first, scene.route) and scenes.thinks(last, scene.route)
    scenes.assert_holds(last, scenes.after(scenes.THOUGHT, scenes.MORE), scene.route)


@both
def test_answer_of_a_schema(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.IN_SCHEMA)
    asked: Any = {
        "model": scene.name,
        "max_tokens": MOST,
        "messages": ASK,
        "output_format": scenes.Weather,
    }
    with client_of(scene) as client:
        if streamed:
            with client.messages.stream(**asked) as stream:
                message: Any = stream.get_final_message()
        else:
            message = client.messages.parse(**asked)
    assert message.parsed_output == scenes.WEATHER_NOW
    assert (message.stop_reason, calls(message)) == ("end_turn", [])
    emulates = scene.route.emulates and not is_asked_in_its_own_words(scene)
    route = dataclasses.replace(scene.route, emulates=emulates)
    scenes.assert_schema(scene.asked[0], route)


IMAGE = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PNG_BASE64},
}
TEXT_FILE = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "a"},
}


def media(scene: Scene) -> list[Media]:
    parts = [part for turn in scene.asked[0].turns for part in turn.parts]
    return [part for part in parts if isinstance(part, Media)]


def test_image(scene: Scene) -> None:
    scene.play(scenes.TEXT)
    block = {"type": "text", "text": scenes.QUESTION}
    message = ask(scene, messages=[{"role": "user", "content": [IMAGE, block]}])
    assert words(message) == scenes.SAID
    (image,) = media(scene)
    assert (image.kind, image.media_type, image.data) == ("image", "image/png", PNG_BASE64)


def test_image_of_a_result(scene: Scene) -> None:
    scene.play(scenes.MORE, scenes.TEXT)
    message = ask(scene, tools=scenes.MESSAGES_TOOLS)
    given = results(message)
    given["content"][0]["content"] = [IMAGE]
    said = {"role": "assistant", "content": message.content}
    asked: Any = {"messages": [*ASK, said, given], "tools": scenes.MESSAGES_TOOLS}
    if scene.name in TEXTS_OF_TOOLS_ONLY:
        with pytest.raises(anthropic.BadRequestError, match="texts as results of tools"):
            ask(scene, **asked)
        return
    assert words(ask(scene, **asked)) == scenes.SAID
    assert PNG_BASE64 in json.dumps(scene.bodies[1])


def test_image_at_an_address(scene: Scene) -> None:
    """Providers that fetch none are not asked."""
    scene.play(scenes.TEXT)
    url = "https://example.com/image.png"
    content = [{"type": "image", "source": {"type": "url", "url": url}}]
    messages = [{"role": "user", "content": content}]
    if scene.name in FETCHES_NOTHING:
        with pytest.raises(anthropic.BadRequestError, match="image"):
            ask(scene, messages=messages)
        assert scene.seen == []
        return
    assert words(ask(scene, messages=messages)) == scenes.SAID
    assert url in json.dumps(scene.bodies[0])


FETCHES_NOTHING = ("bedrock-nova", "ollama")
TEXTS_OF_TOOLS_ONLY = ("cohere",)


def test_document(scene: Scene) -> None:
    scene.play(scenes.TEXT)
    block = {"type": "text", "text": scenes.QUESTION}
    messages = [{"role": "user", "content": [TEXT_FILE, block]}]
    assert words(ask(scene, messages=messages)) == scenes.SAID


def test_system_blocks(scene: Scene) -> None:
    """Marks for the cache go to providers that know them."""
    scene.play(scenes.TEXT)
    mark = {"cache_control": {"type": "ephemeral"}}
    system = [{"type": "text", "text": "Be short."}, {"type": "text", "text": "Be kind.", **mark}]
    ask(scene, system=system)
    (question,) = scene.asked
    assert "".join("".join(question.system).split()) == "Beshort.Bekind."
    known = any(word in json.dumps(scene.bodies[0]) for word in ("cache_control", "cachePoint"))
    assert known is (scene.name in MARKS)


MARKS = ("anthropic", "anthropic-old", "bedrock-claude", "bedrock-nova")


def test_limits_and_stop_sequences(scene: Scene) -> None:
    scene.play(dataclasses.replace(scenes.TEXT, finish="length"))
    message = ask(scene, stop_sequences=["END", "STOP"], extra_body={"temperature": 0.5})
    assert message.stop_reason == "max_tokens"
    limits = scene.asked[0].limits
    assert (limits["stop"], limits["temperature"]) == (["END", "STOP"], 0.5)


def test_count_of_tokens(scene: Scene) -> None:
    """By the provider where it counts such requests; elsewhere it is an estimate, which is told."""
    asked: Any = {"model": scene.name, "messages": ASK, "system": "Be short."}
    scene.play(Plan.json({"input_tokens": 14}))
    with client_of(scene) as client:
        reply = client.messages.with_raw_response.count_tokens(**asked)
    counted = reply.parse().input_tokens
    if scene.route.streams.name == "anthropic":
        assert counted == 14
        assert [seen.path.endswith("/messages/count_tokens") for seen in scene.seen] == [True]
        return
    assert 5 < counted < 30
    assert reply.headers[TOLD] == "emulated=count_tokens"
    assert scene.seen == []


ERRORS = [
    (400, anthropic.BadRequestError, "invalid_request_error"),
    (401, anthropic.AuthenticationError, "authentication_error"),
    (429, anthropic.RateLimitError, "rate_limit_error"),
    (500, anthropic.InternalServerError, "api_error"),
    (529, anthropic.OverloadedError, "overloaded_error"),
]


@both
def test_errors(scene: Scene, streamed: bool) -> None:
    """Each as the SDK knows it, with the provider's words; its own types pass where it speaks this API."""
    for status, kind, name in ERRORS:
        scene.play(Plan.json(scene.route.streams.refusal(), status))
        with pytest.raises(kind) as caught:
            ask(scene, streamed)
        error = caught.value
        assert error.status_code == status
        own = scene.route.streams.name == "anthropic"
        assert error.type == ("rate_limit_error" if own else name)
        assert "The kit broke this answer on purpose." in str(error.api_message)
        assert error.response.headers["x-request-id"]


@pytest.mark.parametrize("failure", [Failure.CUT, Failure.FAILED], ids=lambda it: it.name)
def test_broken_streams_raise(scene: Scene, failure: Failure) -> None:
    """What came before is told; no such stream has an end."""
    scene.play(failure)
    events = []
    with (
        client_of(scene) as client,
        pytest.raises(anthropic.APIError),
        client.messages.stream(model=scene.name, max_tokens=MOST, messages=ASK) as stream,
    ):
        events.extend(stream)
    # Some providers' streams break before their first word: then there is no stream.
    assert "".join(event.text for event in events if event.type == "text") in ("", "This answer")
    assert "message_stop" not in [event.type for event in events]


def test_what_is_dropped_is_told(scene: Scene) -> None:
    """Or refused, where strictness is asked for."""
    asked: Any = {"model": scene.name, "max_tokens": MOST, "messages": ASK}
    asked |= {"extra_body": {"context_management": {"edits": [{"type": "a"}]}}}
    scene.play(scenes.TEXT, scenes.TEXT)
    with client_of(scene) as client:
        told = client.messages.with_raw_response.create(**asked).headers.get(TOLD)
        if scene.name in ("anthropic", "anthropic-old"):
            assert told is None
            return
        assert told == "dropped=context_management"
        with pytest.raises(anthropic.BadRequestError) as caught:
            client.messages.create(**asked, extra_headers={"x-tidegate-strict": "true"})
    assert "context_management" in str(caught.value.api_message)
    assert len(scene.seen) == 1


def test_unknown_model(scene: Scene) -> None:
    with client_of(scene) as client, pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(model="nope", max_tokens=MOST, messages=ASK)
    assert caught.value.type == "not_found_error"
    assert "nope" in str(caught.value.api_message)


def test_models(scene: Scene) -> None:
    with client_of(scene) as client:
        listed = list(client.models.list(limit=3))
        assert scene.name in [model.id for model in listed]
        model = client.models.retrieve(scene.name)
        with pytest.raises(anthropic.NotFoundError):
            client.models.retrieve("nope")
    assert (model.id, model.type, model.display_name) == (scene.name, "model", scene.name)


def stalled(scene: Scene) -> Plan:
    """The beginning of an answer that does not go on."""
    streams = scene.route.streams
    if scene.route.other and is_asked_in_its_own_words(scene):
        streams = scene.route.other.streams
    script = streams.script(scenes.TEXT, {})
    pieces = streams.written(script.start + script.body[:4])
    return Plan(headers={"content-type": streams.content_type}, pieces=pieces, ending="stall")


def test_leaving_a_stream_cancels_the_call(scene: Scene) -> None:
    scene.play(stalled(scene))
    with (
        client_of(scene) as client,
        client.messages.stream(model=scene.name, max_tokens=MOST, messages=ASK) as stream,
    ):
        next(stream.text_stream)
    assert scene.seen[0].disconnected.wait(5), "the provider's answer goes on"


def test_async_client(scene: Scene) -> None:
    scene.play(scenes.CALLS, scenes.TEXT, stalled(scene))
    asked: Any = {"model": scene.name, "max_tokens": MOST, "tools": scenes.MESSAGES_TOOLS}

    async def run() -> None:
        async with anthropic.AsyncAnthropic(
            base_url=scene.base, api_key="anything", max_retries=0, timeout=20
        ) as client:
            message = await client.messages.create(**asked, messages=ASK)
            said = {"role": "assistant", "content": message.content}
            messages: Any = [*ASK, said, results(message)]
            async with client.messages.stream(**asked, messages=messages) as stream:
                told = [text async for text in stream.text_stream]
            assert "".join(told) == scenes.SAID
            async with client.messages.stream(**asked, messages=ASK) as stream:
                task = asyncio.ensure_future(stream.get_final_message())
                await asyncio.to_thread(eventually, lambda: len(scene.seen) == 3, "a third call")
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    scenes.assert_holds(scene.asked[1], scenes.after(scenes.CALLS), scene.route)
    assert scene.seen[2].disconnected.wait(5), "the provider's answer goes on"

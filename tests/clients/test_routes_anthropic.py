"""Anthropic's Python SDK on routes to providers of every dialect."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

from scripted import scenes
from scripted.stage import Scene

ASK: list[Any] = [{"role": "user", "content": scenes.QUESTION}]
MOST = 5000
"""Tokens of an answer."""

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
    assert message.id.startswith("msg_") or scene.route.reads.native or message.id
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
    assert len(said) > 1 or scene.route.streams.name in ("bedrock",)


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
            tools=[anthropic.beta_tool(scenes.get_weather), anthropic.beta_tool(scenes.list_cities)],
            stream=streamed,
        )
        assert words(runner.until_done()) == scenes.SAID
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

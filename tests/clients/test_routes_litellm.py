"""LiteLLM's client on routes to providers of every dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripted import scenes
from scripted.stage import Scene

pytestmark = pytest.mark.filterwarnings("ignore")
"""LiteLLM warns of itself."""

ASK: list[Any] = [{"role": "user", "content": scenes.QUESTION}]

both = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


def _ask(scene: Scene, streamed: bool, messages: list[Any], **more: Any) -> Any:
    """The whole answer; a stream is put together by LiteLLM itself."""
    import litellm  # only here: that takes seconds

    answer = litellm.completion(
        model=f"openai/{scene.name}",
        api_base=scene.url,
        api_key="anything",
        messages=messages,
        stream=streamed,
        stream_options={"include_usage": True} if streamed else None,
        max_retries=0,
        timeout=20,
        **more,
    )
    return litellm.stream_chunk_builder(list(answer)) if streamed else answer


@both
def test_text_and_usage(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.TEXT)
    answer = _ask(scene, streamed, ASK)
    assert answer.choices[0].message.content == scenes.SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens == scenes.USAGE.prompt
    assert answer.usage.completion_tokens == scenes.USAGE.completion


def _results(message: Any) -> list[Any]:
    """The messages that a client adds after a turn with calls."""
    results = [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "content": scenes.RESULTS[call.function.name],
        }
        for call in message.tool_calls
    ]
    return [message.model_dump(), *results]


@both
def test_tools_over_two_turns(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    message = _ask(scene, streamed, ASK, tools=scenes.TOOLS).choices[0].message
    assert [call.function.name for call in message.tool_calls] == ["get_weather", "list_cities"]
    messages = [*ASK, *_results(message)]
    last = _ask(scene, streamed, messages, tools=scenes.TOOLS)
    assert last.choices[0].message.content == scenes.SAID
    first, second = scene.asked
    scenes.assert_tools(first)
    scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


@both
def test_response_format(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.IN_SCHEMA)
    answer = _ask(scene, streamed, ASK, response_format=scenes.Weather)
    assert json.loads(answer.choices[0].message.content) == scenes.WEATHER_NOW.model_dump()
    scenes.assert_schema(scene.asked[0], scene.route)


@both
def test_signed_thoughts_go_back(thinking: Scene, streamed: bool) -> None:
    thinking.play(scenes.THOUGHT, scenes.TEXT)
    more = {
        "tools": scenes.TOOLS,
        "reasoning_effort": "medium",
        "allowed_openai_params": ["reasoning_effort"],
    }
    message = _ask(thinking, streamed, ASK, **more).choices[0].message
    assert message.reasoning_content == "".join(scenes.THOUGHTS)
    (block,) = message.thinking_blocks
    assert block["signature"] == scenes.SIGNATURE
    _ask(thinking, streamed, [*ASK, *_results(message)], **more)
    first, second = thinking.asked
    assert scenes.thinks(first, thinking.route) and scenes.thinks(second, thinking.route)
    scenes.assert_holds(second, scenes.after(scenes.THOUGHT), thinking.route)

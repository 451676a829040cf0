"""The OpenAI Python SDK's own helpers on routes to providers of every dialect."""

from __future__ import annotations

from typing import Any

import httpx
import openai
import pytest

from scripted import scenes
from scripted.stage import Scene

ASK: list[Any] = [{"role": "user", "content": scenes.QUESTION}]


@pytest.fixture
def client(scene: Scene) -> openai.OpenAI:
    return openai.OpenAI(base_url=scene.url, api_key="anything", max_retries=0, timeout=20)


def test_stream_helper_tells_text_and_usage(client: openai.OpenAI, scene: Scene) -> None:
    scene.play(scenes.TEXT)
    with client.chat.completions.stream(
        model=scene.name, messages=ASK, stream_options={"include_usage": True}
    ) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    assert "".join(e.delta for e in events if e.type == "content.delta") == scenes.SAID
    assert [e.content for e in events if e.type == "content.done"] == [scenes.SAID]
    assert final.choices[0].message.content == scenes.SAID
    assert final.choices[0].finish_reason == "stop"
    assert final.usage and final.usage.prompt_tokens == scenes.USAGE.prompt
    assert final.usage.completion_tokens == scenes.USAGE.completion


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_tools_over_two_turns(client: openai.OpenAI, scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    messages = [*ASK]
    tools: Any = scenes.TOOLS
    if streamed:
        with client.chat.completions.stream(
            model=scene.name, messages=messages, tools=tools
        ) as stream:
            done = [e for e in stream if e.type == "tool_calls.function.arguments.done"]
            message = stream.get_final_completion().choices[0].message
        # Providers whose streams pass as they are may send several calls at once: the SDK tells the end of one then.
        if scene.route.reads.api != "openai":
            assert [e.name for e in done] == ["get_weather", "list_cities"]
    else:
        answer = client.chat.completions.create(model=scene.name, messages=messages, tools=tools)
        assert answer.choices[0].finish_reason == "tool_calls"
        message = answer.choices[0].message
    assert message.content == "".join(scenes.PLAN)
    calls: Any = message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather", "list_cities"]
    messages.append(message.to_dict())
    for call in calls:
        result = scenes.RESULTS[call.function.name]
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    last = client.chat.completions.create(model=scene.name, messages=messages, tools=tools)
    assert last.choices[0].message.content == scenes.SAID
    first, second = scene.asked
    scenes.assert_tools(first)
    assert first.stream is streamed
    scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


def test_parse(client: openai.OpenAI, scene: Scene) -> None:
    scene.play(scenes.IN_SCHEMA)
    raw = client.chat.completions.with_raw_response.parse(
        model=scene.name, messages=ASK, response_format=scenes.Weather
    )
    choice = raw.parse().choices[0]
    assert choice.message.parsed == scenes.WEATHER_NOW
    assert choice.finish_reason == "stop"
    told = raw.headers.get("x-tidegate-translation")
    assert told == ("emulated=json_schema" if scene.route.emulates else None)
    scenes.assert_schema(scene.asked[0], scene.route)


def test_parse_as_a_stream(client: openai.OpenAI, scene: Scene) -> None:
    scene.play(scenes.IN_SCHEMA)
    with client.chat.completions.stream(
        model=scene.name, messages=ASK, response_format=scenes.Weather
    ) as stream:
        parsed = [e.parsed for e in stream if e.type == "content.done"]
        final = stream.get_final_completion()
    assert parsed == [scenes.WEATHER_NOW]
    assert final.choices[0].message.parsed == scenes.WEATHER_NOW
    assert not final.choices[0].message.tool_calls
    scenes.assert_schema(scene.asked[0], scene.route)


def test_parse_gives_the_arguments_of_calls(client: openai.OpenAI, scene: Scene) -> None:
    scene.play(scenes.CALLED)
    tool = openai.pydantic_function_tool(scenes.Weather)
    answer = client.chat.completions.parse(model=scene.name, messages=ASK, tools=[tool])
    calls: Any = answer.choices[0].message.tool_calls
    assert [call.function.parsed_arguments for call in calls] == [scenes.WEATHER_NOW]


def test_thinking_goes_on_after_calls_without_thoughts(thinking: Scene) -> None:
    """Claude thinks once, before the first call of a row; it may go on when that thought comes back."""
    thinking.play(scenes.THOUGHT, scenes.MORE, scenes.TEXT)
    messages = [*ASK]
    for _ in range(3):
        body = {"model": thinking.name, "messages": messages, "tools": scenes.TOOLS}
        reply = httpx.post(
            f"{thinking.url}/chat/completions", json={**body, "reasoning_effort": "low"}
        )
        message = reply.json()["choices"][0]["message"]
        messages.append(message)
        for call in message.get("tool_calls", []):
            result = scenes.RESULTS[call["function"]["name"]]
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})
    last = thinking.asked[-1]
    scenes.assert_holds(last, scenes.after(scenes.THOUGHT, scenes.MORE), thinking.route)
    assert scenes.thinks(last, thinking.route)

"""LangChain (`langchain-openai`) on routes to providers of every dialect."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI

from scripted import scenes
from scripted.stage import Scene


@pytest.fixture
def chat(scene: Scene) -> ChatOpenAI:
    settings: dict[str, Any] = {"base_url": scene.url, "api_key": "anything", "max_retries": 0}
    return ChatOpenAI(model=scene.name, stream_usage=True, **settings)


def _whole(pieces: Any) -> AIMessage:
    """The message that a stream tells."""
    first, *others = pieces
    for piece in others:
        first += piece
    assert isinstance(first, AIMessageChunk)
    return first


def test_streaming(chat: ChatOpenAI, scene: Scene) -> None:
    scene.play(scenes.TEXT)
    message = _whole(chat.stream(scenes.QUESTION))
    assert message.text == scenes.SAID
    assert message.usage_metadata is not None
    assert message.usage_metadata["input_tokens"] == scenes.USAGE.prompt
    assert message.usage_metadata["output_tokens"] == scenes.USAGE.completion
    assert message.response_metadata["finish_reason"] == "stop"


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_tools_over_two_turns(chat: ChatOpenAI, scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    model = chat.bind_tools([scenes.get_weather, scenes.list_cities])
    asked = [HumanMessage(scenes.QUESTION)]
    said = _whole(model.stream(asked)) if streamed else model.invoke(asked)
    assert [call["name"] for call in said.tool_calls] == ["get_weather", "list_cities"]
    results = [
        ToolMessage(scenes.RESULTS[call["name"]], tool_call_id=call["id"])
        for call in said.tool_calls
    ]
    last = [*asked, said, *results]
    answer = _whole(model.stream(last)) if streamed else model.invoke(last)
    assert answer.text == scenes.SAID
    first, second = scene.asked
    assert first.stream is second.stream is streamed
    scenes.assert_tools(first)
    scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_structured_output_by_schema(chat: ChatOpenAI, scene: Scene) -> None:
    scene.play(scenes.IN_SCHEMA, scenes.IN_SCHEMA)
    model = chat.with_structured_output(scenes.Weather, method="json_schema")
    assert model.invoke(scenes.QUESTION) == scenes.WEATHER_NOW
    assert list(model.stream(scenes.QUESTION))[-1] == scenes.WEATHER_NOW
    for question in scene.asked:
        scenes.assert_schema(question, scene.route)


def test_structured_output_by_a_call(chat: ChatOpenAI, scene: Scene) -> None:
    scene.play(scenes.CALLED, scenes.CALLED)
    model = chat.with_structured_output(scenes.Weather, method="function_calling")
    assert model.invoke(scenes.QUESTION) == scenes.WEATHER_NOW
    assert list(model.stream(scenes.QUESTION))[-1] == scenes.WEATHER_NOW
    for question in scene.asked:
        assert [tool.name for tool in question.tools] == ["Weather"]
        assert question.format is None

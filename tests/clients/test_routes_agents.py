"""OpenAI's agents SDK on routes to providers of every dialect: it runs the tools itself, turn by turn."""

from __future__ import annotations

import asyncio
from typing import Any

import agents
import openai
import pytest
from agents.result import RunResultBase
from openai.types.shared import Reasoning

from scripted import scenes
from scripted.stage import Scene

agents.set_tracing_disabled(True)

pytestmark = pytest.mark.filterwarnings("ignore")
"""LiteLLM warns of itself."""

TOOLS: list[Any] = [
    agents.function_tool(scenes.get_weather),
    agents.function_tool(scenes.list_cities),
]


def _client(scene: Scene) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=scene.url, api_key="anything", max_retries=0, timeout=20)


async def _run(model: agents.Model, streamed: bool, **agent: Any) -> RunResultBase:
    """Runs an agent to its end."""
    made: agents.Agent[None] = agents.Agent("Guide", model=model, **agent)
    if not streamed:
        return await agents.Runner.run(made, scenes.QUESTION)
    result = agents.Runner.run_streamed(made, scenes.QUESTION)
    async for _ in result.stream_events():
        pass
    return result


def _ask(scene: Scene, streamed: bool, **agent: Any) -> RunResultBase:
    """Runs an agent on the route."""

    async def run() -> RunResultBase:
        async with _client(scene) as client:
            model = agents.OpenAIChatCompletionsModel(scene.name, client)
            return await _run(model, streamed, **agent)

    return asyncio.run(run())


both = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


@both
def test_tools_over_two_turns(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    settings = agents.ModelSettings(include_usage=True)
    result = _ask(scene, streamed, tools=TOOLS, model_settings=settings)
    assert result.final_output == scenes.SAID
    usage = result.context_wrapper.usage
    assert usage.input_tokens == 2 * scenes.USAGE.prompt
    assert usage.output_tokens == 2 * scenes.USAGE.completion
    first, second = scene.asked
    assert first.stream is second.stream is streamed
    scenes.assert_tools(first)
    scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


@both
def test_output_type(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.IN_SCHEMA)
    result = _ask(scene, streamed, output_type=scenes.Weather)
    assert result.final_output == scenes.WEATHER_NOW
    scenes.assert_schema(scene.asked[0], scene.route)


@both
def test_output_type_after_tools(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.IN_SCHEMA)
    result = _ask(scene, streamed, tools=TOOLS, output_type=scenes.Weather)
    assert result.final_output == scenes.WEATHER_NOW
    scenes.assert_holds(scene.asked[1], scenes.after(scenes.CALLS), scene.route)


@both
def test_signed_thoughts_go_back(thinking: Scene, streamed: bool) -> None:
    """Through the SDK's LiteLLM model: it sends them to models whose names tell Claude or Anthropic, as the route's does."""
    from agents.extensions.models.litellm_model import LitellmModel

    thinking.play(scenes.THOUGHT, scenes.TEXT)
    model = LitellmModel(f"openai/{thinking.name}", thinking.url, "anything")
    result = asyncio.run(_think(model, streamed, allowed_openai_params=["reasoning_effort"]))
    assert result.final_output == scenes.SAID
    first, second = thinking.asked
    assert scenes.thinks(first, thinking.route) and scenes.thinks(second, thinking.route)
    scenes.assert_holds(second, scenes.after(scenes.THOUGHT), thinking.route)


@both
def test_thoughts_that_do_not_go_back_end_thinking(thinking: Scene, streamed: bool) -> None:
    """The SDK's own model shows thoughts but sends none back; asked to think without them, Anthropic would refuse."""
    thinking.play(scenes.THOUGHT, scenes.TEXT)

    async def run() -> RunResultBase:
        async with _client(thinking) as client:
            model = agents.OpenAIChatCompletionsModel(thinking.name, client)
            return await _think(model, streamed)

    result = asyncio.run(run())
    thoughts: list[Any] = [it.raw_item for it in result.new_items if it.type == "reasoning_item"]
    assert [it.summary[0].text for it in thoughts] == ["".join(scenes.THOUGHTS)]
    assert [it.encrypted_content for it in thoughts] == [scenes.SIGNATURE]
    first, second = thinking.asked
    assert scenes.thinks(first, thinking.route) and not scenes.thinks(second, thinking.route)
    scenes.assert_holds(second, scenes.after(scenes.THOUGHTLESS), thinking.route)


async def _think(model: agents.Model, streamed: bool, **extra: Any) -> RunResultBase:
    settings = agents.ModelSettings(reasoning=Reasoning(effort="medium"), extra_args=extra)
    return await _run(model, streamed, tools=TOOLS, model_settings=settings)

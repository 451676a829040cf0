"""OpenAI's Python and agents SDKs at the Responses API, on routes to providers of every dialect."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import agents
import openai
import pytest
from agents.result import RunResultBase
from openai.types.shared import Reasoning

from coding_agents.scenes import PNG_BASE64
from replay.meaning import Media
from scripted import scenes
from scripted.providers import Failure
from scripted.stage import Scene
from support.gateway import eventually
from support.plans import Plan

agents.set_tracing_disabled(True)

TOLD = "x-tidegate-translation"

both = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


def client_of(scene: Scene) -> openai.OpenAI:
    return openai.OpenAI(base_url=scene.url, api_key="anything", max_retries=0, timeout=20)


def async_client_of(scene: Scene) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=scene.url, api_key="anything", max_retries=0, timeout=20)


def ask(scene: Scene, streamed: bool = False, said: Any = scenes.QUESTION, **more: Any) -> Any:
    """The whole response; a stream is put together by the SDK itself."""
    with client_of(scene) as client:
        if not streamed:
            return client.responses.create(model=scene.name, input=said, **more)
        with client.responses.stream(model=scene.name, input=said, **more) as stream:
            return stream.get_final_response()


def is_asked_in_its_own_words(scene: Scene) -> bool:
    """The provider speaks the Responses API: requests pass as they are."""
    return scene.route.other is not None and scene.route.other.streams.name == "openai-responses"


def calls(response: Any) -> list[Any]:
    return [item for item in response.output if item.type == "function_call"]


def results(response: Any) -> list[Any]:
    """The items that a client adds after calls."""
    return [
        {
            "type": "function_call_output",
            "call_id": call.call_id,
            "output": scenes.RESULTS[call.name],
        }
        for call in calls(response)
    ]


@both
def test_text_and_usage(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.TEXT)
    response = ask(scene, streamed, max_output_tokens=500)
    assert response.output_text == scenes.SAID
    assert (response.object, response.status) == ("response", "completed")
    assert [item.type for item in response.output] == ["message"]
    assert response.usage.input_tokens == scenes.USAGE.prompt
    assert response.usage.output_tokens == scenes.USAGE.completion
    assert response.usage.total_tokens == scenes.USAGE.total
    (question,) = scene.asked
    assert question.stream is streamed
    assert question.limits["max_tokens"] == 500
    scenes.assert_holds(question, scenes.after(), scene.route)


def test_events_in_order(scene: Scene) -> None:
    """Numbered, items one inside the other, and one end."""
    scene.play(scenes.CALLS)
    with client_of(scene) as client:
        events: list[Any] = list(
            client.responses.create(
                model=scene.name,
                input=scenes.QUESTION,
                tools=scenes.RESPONSES_TOOLS,
                stream=True,
            )
        )
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    said = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(said) == "".join(scenes.PLAN)
    done = [event for event in events if event.type == "response.output_item.done"]
    assert [event.output_index for event in done] == [0, 1, 2]
    assert [event.item for event in done] == events[-1].response.output
    assert [item.type for item in events[-1].response.output] == [
        "message",
        "function_call",
        "function_call",
    ]


@both
def test_tools_over_two_turns(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    response = ask(scene, streamed, tools=scenes.RESPONSES_TOOLS)
    assert response.output_text == "".join(scenes.PLAN)
    called = [(call.name, json.loads(call.arguments)) for call in calls(response)]
    assert called == [(call.name, call.arguments) for call in scenes.CALLS.calls]
    said = [{"role": "user", "content": scenes.QUESTION}, *response.output, *results(response)]
    last = ask(scene, streamed, said, tools=scenes.RESPONSES_TOOLS)
    assert last.output_text == scenes.SAID
    first, second = scene.asked
    scenes.assert_tools(first)
    scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


@both
def test_signatures_go_back(signing_items: Scene, streamed: bool) -> None:
    """A model thinks once, before the first call of a row; it may go on when that thought comes back."""
    scene = signing_items
    scene.play(scenes.THOUGHT, scenes.MORE, scenes.TEXT)
    said: list[Any] = [{"role": "user", "content": scenes.QUESTION}]
    for turn in range(3):
        response = ask(
            scene,
            streamed,
            said,
            tools=scenes.RESPONSES_TOOLS,
            reasoning={"effort": "low", "summary": "auto"},
            include=["reasoning.encrypted_content"],
            store=False,
        )
        thoughts = [item for item in response.output if item.type == "reasoning"]
        if turn == 0:
            told = "".join(part.text for item in thoughts for part in item.summary)
            assert told == "".join(scenes.THOUGHTS)
        said += [*response.output, *results(response)]
    assert response.output_text == scenes.SAID
    first, _, last = scene.asked
    assert scenes.thinks(first, scene.route) and scenes.thinks(last, scene.route)
    scenes.assert_holds(last, scenes.after(scenes.THOUGHT, scenes.MORE), scene.route)


@both
def test_parse(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.IN_SCHEMA)
    asked: Any = {
        "model": scene.name,
        "input": scenes.QUESTION,
        "text_format": scenes.Weather,
    }
    with client_of(scene) as client:
        if streamed:
            with client.responses.stream(**asked) as stream:
                response = stream.get_final_response()
        else:
            raw = client.responses.with_raw_response.parse(**asked)
            assert raw.headers.get(TOLD) == (
                "emulated=json_schema" if scene.route.emulates else None
            )
            response = raw.parse()
    assert response.output_parsed == scenes.WEATHER_NOW
    assert [item.type for item in response.output] == ["message"]
    scenes.assert_schema(scene.asked[0], scene.route)


def test_image(scene: Scene) -> None:
    scene.play(scenes.TEXT)
    content = [
        {"type": "input_text", "text": scenes.QUESTION},
        {"type": "input_image", "image_url": f"data:image/png;base64,{PNG_BASE64}"},
    ]
    response = ask(scene, said=[{"role": "user", "content": content}])
    assert response.output_text == scenes.SAID
    parts = [part for turn in scene.asked[0].turns for part in turn.parts]
    (image,) = [part for part in parts if isinstance(part, Media)]
    assert (image.kind, image.media_type, image.data) == ("image", "image/png", PNG_BASE64)


def test_what_ends_early_is_incomplete(scene: Scene) -> None:
    scene.play(dataclasses.replace(scenes.TEXT, finish="length"))
    response = ask(scene, instructions="Be short.")
    if not is_asked_in_its_own_words(scene):
        assert response.status == "incomplete"
        assert response.incomplete_details.reason == "max_output_tokens"
    assert scene.asked[0].system == ["Be short."]


def test_what_nobody_keeps_is_refused(scene: Scene) -> None:
    """But for a provider that keeps responses."""
    asked: Any = {"model": scene.name, "input": "Go on.", "previous_response_id": "resp_1"}
    scene.play(scenes.TEXT)
    with client_of(scene) as client:
        if is_asked_in_its_own_words(scene):
            assert client.responses.create(**asked).output_text == scenes.SAID
            assert scene.bodies[0]["previous_response_id"] == "resp_1"
            return
        with pytest.raises(openai.BadRequestError, match="previous_response_id") as caught:
            client.responses.create(**asked)
    assert caught.value.param == "previous_response_id"
    assert scene.seen == []


ERRORS = [
    (400, openai.BadRequestError),
    (401, openai.AuthenticationError),
    (429, openai.RateLimitError),
    (500, openai.InternalServerError),
]


@both
def test_errors(scene: Scene, streamed: bool) -> None:
    for status, kind in ERRORS:
        scene.play(Plan.json(scene.route.streams.refusal(), status))
        with pytest.raises(kind) as caught:
            ask(scene, streamed)
        assert caught.value.status_code == status
        assert "The kit broke this answer on purpose." in caught.value.message
        assert caught.value.request_id


@pytest.mark.parametrize("failure", [Failure.CUT, Failure.FAILED], ids=lambda it: it.name)
def test_broken_streams_have_no_end(scene: Scene, failure: Failure) -> None:
    """They tell of the failure: as an error of the SDK, or as a response that failed."""
    scene.play(failure)
    events: list[Any] = []
    try:
        with client_of(scene) as client:
            events.extend(
                client.responses.create(model=scene.name, input=scenes.QUESTION, stream=True)
            )
    except openai.APIError as error:
        assert error.message
    else:
        assert events[-1].type in ("response.failed", "error")
    kinds = {event.type for event in events}
    assert kinds.isdisjoint({"response.completed", "response.incomplete"})


def test_what_is_dropped_is_told(scene: Scene) -> None:
    """Or refused, where strictness is asked for."""
    asked: Any = {"model": scene.name, "input": scenes.QUESTION, "max_tool_calls": 3}
    scene.play(scenes.TEXT, scenes.TEXT)
    with client_of(scene) as client:
        told = client.responses.with_raw_response.create(**asked).headers.get(TOLD)
        if is_asked_in_its_own_words(scene):
            assert told is None
            return
        assert told == "dropped=max_tool_calls"
        with pytest.raises(openai.BadRequestError) as caught:
            client.responses.create(**asked, extra_headers={"x-tidegate-strict": "true"})
    assert caught.value.code == "not_carried"
    assert len(scene.seen) == 1


def stalled(scene: Scene) -> Plan:
    """The beginning of an answer that does not go on."""
    route = scene.route
    streams = (
        route.other.streams if route.other and is_asked_in_its_own_words(scene) else route.streams
    )
    script = streams.script(scenes.TEXT, {})
    pieces = streams.written(script.start + script.body[:4])
    return Plan(headers={"content-type": streams.content_type}, pieces=pieces, ending="stall")


def test_async_client(scene: Scene) -> None:
    """Up to a call that is left while its answer comes."""
    scene.play(scenes.CALLS, scenes.TEXT, stalled(scene))
    asked: Any = {"model": scene.name, "tools": scenes.RESPONSES_TOOLS}

    async def run() -> None:
        async with async_client_of(scene) as client:
            said: list[Any] = [{"role": "user", "content": scenes.QUESTION}]
            response = await client.responses.create(**asked, input=said)
            said += [*response.output, *results(response)]
            async with client.responses.stream(**asked, input=said) as stream:
                assert (await stream.get_final_response()).output_text == scenes.SAID
            async with client.responses.stream(**asked, input=said) as stream:
                task = asyncio.ensure_future(stream.get_final_response())
                await asyncio.to_thread(eventually, lambda: len(scene.seen) == 3, "a third call")
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    scenes.assert_holds(scene.asked[1], scenes.after(scenes.CALLS), scene.route)
    assert scene.seen[2].disconnected.wait(5), "the provider's answer goes on"


TOOLS: list[Any] = [
    agents.function_tool(scenes.get_weather),
    agents.function_tool(scenes.list_cities),
]


def run_agent(scene: Scene, streamed: bool, **agent: Any) -> RunResultBase:
    """Runs an agent on the route with the agents SDK's own model."""

    async def run() -> RunResultBase:
        async with async_client_of(scene) as client:
            model = agents.OpenAIResponsesModel(scene.name, client)
            made: agents.Agent[None] = agents.Agent("Guide", model=model, **agent)
            if not streamed:
                return await agents.Runner.run(made, scenes.QUESTION)
            result = agents.Runner.run_streamed(made, scenes.QUESTION)
            async for _ in result.stream_events():
                pass
            return result

    return asyncio.run(run())


@both
def test_agent_runs_tools(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.CALLS, scenes.TEXT)
    result = run_agent(scene, streamed, tools=TOOLS)
    assert result.final_output == scenes.SAID
    assert result.context_wrapper.usage.input_tokens == 2 * scenes.USAGE.prompt
    scenes.assert_holds(scene.asked[1], scenes.after(scenes.CALLS), scene.route)


@both
def test_agent_answers_in_a_schema(scene: Scene, streamed: bool) -> None:
    scene.play(scenes.IN_SCHEMA)
    result = run_agent(scene, streamed, output_type=scenes.Weather)
    assert result.final_output == scenes.WEATHER_NOW
    scenes.assert_schema(scene.asked[0], scene.route)


@both
def test_agent_sends_signatures_back(signing_items: Scene, streamed: bool) -> None:
    scene = signing_items
    scene.play(scenes.THOUGHT, scenes.TEXT)
    settings = agents.ModelSettings(
        reasoning=Reasoning(effort="low", summary="auto"),
        response_include=["reasoning.encrypted_content"],
        store=False,
    )
    result = run_agent(scene, streamed, tools=TOOLS, model_settings=settings)
    assert result.final_output == scenes.SAID
    first, second = scene.asked
    assert scenes.thinks(first, scene.route) and scenes.thinks(second, scene.route)
    scenes.assert_holds(second, scenes.after(scenes.THOUGHT), scene.route)

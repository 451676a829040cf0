"""Claude Code at `/v1/messages`, on routes to providers of five dialects."""

from __future__ import annotations

import json

import pytest

from coding_agents import claude_code
from coding_agents.program import Home
from coding_agents.scenes import (
    COMMAND,
    OUTPUT,
    PNG_BASE64,
    QUESTION,
    SCHEMA,
    assert_holds,
    calls,
    images,
)
from scripted import scenes
from scripted.providers import Failure
from scripted.stage import Scene

TOKENS = (scenes.USAGE.prompt, scenes.USAGE.completion)
RUN = calls(claude_code.SHELL, claude_code.command(COMMAND))


def test_tools_over_two_turns(behind_messages: Scene, home: Home) -> None:
    scene = behind_messages
    scene.play(RUN, scenes.TEXT)
    told = claude_code.ask(home, scene.base, scene.name, QUESTION)
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    assert told.tokens == (2 * TOKENS[0], 2 * TOKENS[1])
    first, second = scene.asked
    assert first.stream and second.stream
    assert {"Bash", "Read", "Edit", "Write"} <= {tool.name for tool in first.tools}
    assert assert_holds(second, RUN, scene.route) == OUTPUT


def test_signed_thoughts_go_back(behind_messages: Scene, home: Home) -> None:
    scene = behind_messages
    if not scene.route.signs:
        pytest.skip("this provider signs no thoughts")
    run = calls(claude_code.SHELL, claude_code.command(COMMAND), *scenes.THOUGHTS)
    scene.play(run, scenes.TEXT)
    told = claude_code.ask(home, scene.base, scene.name, QUESTION)
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    first, second = scene.asked
    assert scenes.thinks(first, scene.route) and scenes.thinks(second, scene.route)
    assert_holds(second, run, scene.route)


def test_an_image(behind_messages: Scene, home: Home) -> None:
    scene = behind_messages
    scene.play(scenes.TEXT)
    source = {"type": "base64", "media_type": "image/png", "data": PNG_BASE64}
    content = [{"type": "image", "source": source}, {"type": "text", "text": QUESTION}]
    told = claude_code.ask(home, scene.base, scene.name, content)
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    (image,) = images(scene.asked[0])
    assert (image.kind, image.media_type, image.data) == ("image", "image/png", PNG_BASE64)


def test_an_answer_of_a_schema(behind_messages: Scene, home: Home) -> None:
    """The client asks for it as a call of a tool."""
    scene = behind_messages
    answer = scenes.WEATHER_NOW.model_dump()
    scene.play(calls(claude_code.SCHEMA, json.dumps(answer)), scenes.TEXT)
    schema = json.dumps(SCHEMA)
    told = claude_code.ask(home, scene.base, scene.name, QUESTION, "--json-schema", schema)
    assert (told.status, told.error, told.structured) == (0, "", answer)
    (tool,) = [tool for tool in scene.asked[0].tools if tool.name == claude_code.SCHEMA]
    assert tool.schema["properties"].keys() == SCHEMA["properties"].keys()


@pytest.mark.parametrize("failure", Failure, ids=lambda failure: failure.name)
def test_asks_again_after_a_failure(behind_messages: Scene, home: Home, failure: Failure) -> None:
    """Once a stream has reported an error, for a plain answer; gateways report as an error where it was cut."""
    scene = behind_messages
    scene.play(failure, scenes.TEXT)
    told = claude_code.ask(home, scene.base, scene.name, QUESTION)
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    # Gemini's stream breaks before its first word: then there is none.
    reported = failure is not Failure.REFUSED and scene.route.streams.name != "gemini"
    assert [question.stream for question in scene.asked] == [True, not reported]


def test_tells_the_providers_error(behind_messages: Scene, home: Home) -> None:
    scene = behind_messages
    scene.play(Failure.REFUSED, Failure.REFUSED)
    told = claude_code.ask(home, scene.base, scene.name, QUESTION)
    assert told.status == 1
    assert "The kit broke this answer on purpose." in told.error

"""Codex at `/v1/responses`, on routes to providers of five dialects."""

from __future__ import annotations

import json

import pytest

from coding_agents import codex
from coding_agents.program import Home
from coding_agents.scenes import (
    COMMAND,
    OUTPUT,
    PNG,
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
RUN = calls(codex.SHELL, codex.command(COMMAND))


def test_tools_over_two_turns(behind_responses: Scene, home: Home) -> None:
    scene = behind_responses
    scene.play(RUN, scenes.TEXT)
    told = codex.ask(home, scene.base, scene.name, QUESTION)
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    assert told.tokens == (2 * TOKENS[0], 2 * TOKENS[1])
    first, second = scene.asked
    assert first.stream and second.stream
    assert {"exec_command", "view_image"} <= {tool.name for tool in first.tools}
    assert assert_holds(second, RUN, scene.route).endswith(f"\nOutput:\n{OUTPUT}\n")


def test_signed_thoughts_go_back(behind_responses: Scene, home: Home) -> None:
    scene = behind_responses
    if not scene.route.signs and not (scene.route.other and scene.route.other.signs):
        pytest.skip("this provider signs no thoughts")
    run = calls(codex.SHELL, codex.command(COMMAND), *scenes.THOUGHTS)
    scene.play(run, scenes.TEXT)
    effort = '--config=model_reasoning_effort="low"'
    told = codex.ask(home, scene.base, scene.name, QUESTION, effort)
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    first, second = scene.asked
    assert scenes.thinks(first, scene.route) and scenes.thinks(second, scene.route)
    assert_holds(second, run, scene.route)


def test_an_image(behind_responses: Scene, home: Home) -> None:
    scene = behind_responses
    scene.play(scenes.TEXT)
    (home.work / "square.png").write_bytes(PNG)
    told = codex.ask(home, scene.base, scene.name, QUESTION, "--image=square.png")
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    (image,) = images(scene.asked[0])
    assert (image.kind, image.media_type) == ("image", "image/png")


def test_an_answer_of_a_schema(behind_responses: Scene, home: Home) -> None:
    scene = behind_responses
    scene.play(scenes.IN_SCHEMA)
    (home.work / "schema.json").write_text(json.dumps(SCHEMA))
    told = codex.ask(home, scene.base, scene.name, QUESTION, "--output-schema=schema.json")
    assert (told.status, json.loads(told.text)) == (0, scenes.WEATHER_NOW.model_dump())
    (question,) = scene.asked
    if scene.route.streams.name == "gemini":
        # This model takes no schema beside tools: it answers by a call.
        schemas = [tool.schema["properties"].keys() for tool in question.tools]
        assert {"city", "degrees"} in schemas
        return
    scenes.assert_schema(question, scene.route)


@pytest.mark.parametrize("failure", [Failure.CUT, Failure.FAILED], ids=lambda it: it.name)
def test_asks_again_after_a_broken_stream(
    behind_responses: Scene, home: Home, failure: Failure
) -> None:
    scene = behind_responses
    scene.play(failure, scenes.TEXT)
    told = codex.ask(home, scene.base, scene.name, QUESTION)
    if scene.route.streams.name == "gemini" and failure is Failure.FAILED:
        # It fails before its first word: that is no stream, but a refusal.
        assert told.error.startswith("exceeded retry limit, last status: 429 Too Many Requests")
        return
    assert (told.status, told.error, told.text) == (0, "", scenes.SAID)
    assert [question.stream for question in scene.asked] == [True, True]


def test_tells_that_it_was_refused(behind_responses: Scene, home: Home) -> None:
    """Without asking again."""
    scene = behind_responses
    scene.play(Failure.REFUSED)
    told = codex.ask(home, scene.base, scene.name, QUESTION)
    assert told.status == 1
    assert told.error.startswith("exceeded retry limit, last status: 429 Too Many Requests")
    assert len(scene.asked) == 1

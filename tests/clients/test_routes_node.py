"""The Node SDKs of OpenAI and Anthropic on routes to providers of every dialect."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from scripted import scenes
from scripted.providers import Failure
from scripted.stage import Scene
from support.environments import CLIENTS, json_of, node
from support.gateway import clean_environment


def given_by(program: str, scene: Scene, tools: list[Any]) -> Any:
    """What a program's calls gave."""
    told = {
        "QUESTION": scenes.QUESTION,
        "RESULTS": scenes.RESULTS,
        "ROUTE": scene.name,
        "TOOLS": tools,
    }
    done = subprocess.run(
        [node(), program],
        cwd=CLIENTS / "node",
        env=clean_environment(GATEWAY_URL=scene.base, SCENE=json.dumps(told)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return json_of(done)


CALLED = [[call.name, call.arguments] for call in scenes.CALLS.calls]
TURNS = [scenes.CALLS, scenes.TEXT]


def test_helpers(scene: Scene) -> None:
    scene.play(scenes.TEXT, *TURNS, *TURNS, scenes.IN_SCHEMA, scenes.IN_SCHEMA)
    given = given_by("routes.mjs", scene, scenes.TOOLS)
    assert given["text"].pop("usage")["prompt_tokens"] == scenes.USAGE.prompt
    said = {"said": scenes.SAID, "content": scenes.SAID, "finish_reason": "stop"}
    assert given["text"] == said
    for name in ("tools", "streamedTools"):
        assert given[name] == {"content": scenes.SAID, "called": CALLED}
    for name in ("parsed", "parsedStream"):
        assert given[name] == scenes.WEATHER_NOW.model_dump()
    questions = scene.asked
    assert [it.stream for it in questions] == [True, False, False, True, True, False, True]
    for second in (questions[2], questions[4]):
        scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)
    for question in questions[5:]:
        scenes.assert_schema(question, scene.route)


REFUSED = {"known": True, "status": 429, "hasID": True}


def test_messages(scene: Scene) -> None:
    end = (scenes.IN_SCHEMA, Failure.REFUSED, Failure.CUT)
    scene.play(scenes.TEXT, *TURNS, *TURNS, *end)
    given = given_by("messages.mjs", scene, scenes.MESSAGES_TOOLS)
    assert given["text"].pop("usage")["input_tokens"] == scenes.USAGE.prompt
    said = {"said": scenes.SAID, "content": scenes.SAID, "stop_reason": "end_turn"}
    assert given["text"] == said
    for name in ("tools", "streamedTools"):
        assert given[name] == {"content": scenes.SAID, "called": CALLED}
    assert given["parsed"] == scenes.WEATHER_NOW.model_dump()
    assert given["refused"] == REFUSED
    assert given["cut"]["known"] is True
    questions = scene.asked
    assert [it.stream for it in questions] == [True, False, False, True, True, False, False, True]
    for second in (questions[2], questions[4]):
        scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)


def test_responses(scene: Scene) -> None:
    end = (scenes.IN_SCHEMA, scenes.IN_SCHEMA, Failure.REFUSED)
    scene.play(scenes.TEXT, *TURNS, *TURNS, *end)
    given = given_by("responses.mjs", scene, scenes.RESPONSES_TOOLS)
    assert given["text"].pop("usage")["input_tokens"] == scenes.USAGE.prompt
    said = {"said": scenes.SAID, "content": scenes.SAID, "status": "completed"}
    assert given["text"] == said
    for name in ("tools", "streamedTools"):
        assert given[name] == {"content": scenes.SAID, "called": CALLED}
    for name in ("parsed", "parsedStream"):
        assert given[name] == scenes.WEATHER_NOW.model_dump()
    assert given["refused"] == REFUSED
    questions = scene.asked
    assert [it.stream for it in questions] == [True, False, False, True, True, False, True, False]
    for second in (questions[2], questions[4]):
        scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)
    for question in questions[5:7]:
        scenes.assert_schema(question, scene.route)

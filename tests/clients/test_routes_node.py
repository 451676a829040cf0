"""The OpenAI Node SDK's own helpers on routes to providers of every dialect."""

from __future__ import annotations

import json
import subprocess

from scripted import scenes
from scripted.stage import Scene
from support.environments import CLIENTS, json_of, node
from support.gateway import clean_environment


def test_helpers(scene: Scene) -> None:
    tools = [scenes.CALLS, scenes.TEXT]
    scene.play(scenes.TEXT, *tools, *tools, scenes.IN_SCHEMA, scenes.IN_SCHEMA)
    told = {
        "QUESTION": scenes.QUESTION,
        "RESULTS": scenes.RESULTS,
        "ROUTE": scene.name,
        "TOOLS": scenes.TOOLS,
    }
    done = subprocess.run(
        [node(), "routes.mjs"],
        cwd=CLIENTS / "node",
        env=clean_environment(GATEWAY_URL=scene.url.removesuffix("/v1"), SCENE=json.dumps(told)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    given = json_of(done)
    assert given["text"].pop("usage")["prompt_tokens"] == scenes.USAGE.prompt
    said = {"said": scenes.SAID, "content": scenes.SAID, "finish_reason": "stop"}
    assert given["text"] == said
    for name in ("tools", "streamedTools"):
        called = [[call.name, call.arguments] for call in scenes.CALLS.calls]
        assert given[name] == {"content": scenes.SAID, "called": called}
    for name in ("parsed", "parsedStream"):
        assert given[name] == scenes.WEATHER_NOW.model_dump()
    questions = scene.asked
    assert [it.stream for it in questions] == [True, False, False, True, True, False, True]
    for second in (questions[2], questions[4]):
        scenes.assert_holds(second, scenes.after(scenes.CALLS), scene.route)
    for question in questions[5:]:
        scenes.assert_schema(question, scene.route)

"""LlamaIndex on routes to providers of every dialect: one run of a program, since its import takes seconds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from scripted import scenes
from scripted.routes import ROUTES
from scripted.stage import Scene, Stage
from support import answers
from support.environments import CLIENTS, json_of, run_program
from support.gateway import Gateway
from support.upstream import FakeUpstream

TEXTS = ("complete", "stream_complete", "chat", "stream_chat")
LOSES_CALLS = {"mistral"}
"""Streams with several calls in one chunk, of which LlamaIndex (llms-openai 0.8.3, `update_tool_calls`) reads the first."""
FIRST_CALL = dataclasses.replace(scenes.CALLS, calls=scenes.CALLS.calls[:1])
ANSWERS = (*[scenes.TEXT] * len(TEXTS), *[scenes.CALLS, scenes.TEXT] * 2)


def test_every_route(
    stage: Stage, gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    found = [Scene(stage, route) for route in ROUTES if route.name not in stage.unserved]
    for scene in found:
        scene.play(*ANSWERS)
    program = CLIENTS / "programs/llamaindex.py"
    names = [scene.name for scene in found]
    urls = [f"{stage.gateway.url}/v1", f"{gateway.url}/v1"]
    got = json_of(run_program("llamaindex", program, *urls, *names, cwd=tmp_path))

    one = answers.VECTOR
    assert got["embeddings"] == {"text": one, "query": one, "batch": [one] * 3, "async": one}
    inputs = [seen.json.get("input") for seen in upstream.requests]
    assert inputs == [["a"], ["a"], ["a", "b", "c"], ["a"], None, None]
    assert got["completions"] == [answers.TEXT] * 2
    assert {seen.path for seen in upstream.requests[-2:]} == {"/v1/completions"}
    for scene in found:
        told = [*TEXTS, "agent", "agent streamed"]
        assert got[scene.name] == dict.fromkeys(told, scenes.SAID), scene.name
        asked = scene.asked
        streamed = [False, True, False, True, False, False, True, True]
        assert [it.stream for it in asked] == streamed, scene.name
        plain, streaming = asked[4:6], asked[6:8]
        for first, second in (plain, streaming):
            scenes.assert_tools(first)
            loses = scene.name in LOSES_CALLS and second.stream
            calls = FIRST_CALL if loses else scenes.CALLS
            scenes.assert_holds(second, scenes.after(calls), scene.route)

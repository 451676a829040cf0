"""MLflow 3's data-plane paths: SDKs that MLflow traces, and MLflow's assistant, on Tidegate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import StartGateway
from scripted import scenes, whole
from support import answers, configs
from support.environments import CLIENTS, json_of, run_program
from support.plans import Plan
from support.upstream import FakeUpstream, Seen


def _answer(seen: Seen) -> Plan:
    if seen.path.endswith("/responses"):
        return Plan.json(whole.responses(scenes.TEXT))
    if seen.path.endswith("/messages"):
        return Plan.json(whole.anthropic(scenes.TEXT))
    return answers.like_openai(seen)


def _claude(base: str) -> dict[str, Any]:
    config = {"anthropic_api_key": "sk-test", "anthropic_api_base": base}
    model = {"provider": "anthropic", "name": "claude-sonnet-4-5", "config": config}
    return {"name": "claude", "route_type": "llm/v1/chat", "model": model}


TOKENS = [answers.USAGE["prompt_tokens"], answers.USAGE["completion_tokens"]]
SCENE_TOKENS = [scenes.USAGE.prompt, scenes.USAGE.completion]


def test_data_plane(start_gateway: StartGateway, upstream: FakeUpstream, tmp_path: Path) -> None:
    upstream.otherwise = _answer
    gateway = start_gateway([*configs.standard_routes(upstream.base), _claude(upstream.base)])
    done = run_program(
        "mlflow-3",
        CLIENTS / "programs/mlflow_doors.py",
        gateway.url,
        cwd=tmp_path,
        MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path}/runs.db",
    )
    got = json_of(done)
    assert got["models"] == ["completions", "chat", "embeddings", "instruct", "claude"]
    for name, said, tokens in (
        ("mlflow chat", answers.TEXT, TOKENS),
        ("openai chat", answers.TEXT, TOKENS),
        ("openai streamed", answers.TEXT, [None, None]),
        ("openai responses", scenes.SAID, SCENE_TOKENS),
        ("anthropic messages", scenes.SAID, SCENE_TOKENS),
        ("anthropic messages over OpenAI", answers.TEXT, TOKENS),
        ("proxy chat", answers.TEXT, TOKENS),
        ("proxy streamed", answers.TEXT, [None, None]),
    ):
        found = got[name]
        assert (found["said"], found["state"], found["tokens"]) == (said, "OK", tokens), name
        assert found["spans"], name
    assert got["openai embeddings"] == [len(answers.VECTOR)] * 2
    refused = {"type": "NotFoundError", "status": 404}
    assert got["unknown"] == got["unknown to the proxy"] == refused
    spoken = [
        data["event"]["delta"]["text"] for kind, data in got["assistant"] if kind == "stream_event"
    ]
    assert "".join(spoken) == answers.TEXT
    assert got["assistant"][-1][0] == "done"
    asked = [(seen.path, seen.json["model"]) for seen in upstream.requests]
    assert asked == [
        ("/v1/chat/completions", "gpt-4o-mini"),
        ("/v1/chat/completions", "gpt-4o-mini"),
        ("/v1/chat/completions", "gpt-4o-mini"),
        ("/v1/responses", "gpt-4o-mini"),
        ("/v1/embeddings", "text-embedding-ada-002"),
        ("/v1/messages", "claude-sonnet-4-5"),
        ("/v1/chat/completions", "gpt-4o-mini"),
        ("/v1/chat/completions", "gpt-4o"),
        ("/v1/chat/completions", "gpt-4o"),
        ("/v1/chat/completions", "gpt-4o-mini"),
    ]
    for seen in upstream.requests:
        keys = (seen.header("authorization"), seen.header("x-api-key"))
        assert keys in (("Bearer sk-test", None), (None, "sk-test"))
    tools = {tool["function"]["name"] for tool in upstream.last.json["tools"]}
    assert "Bash" in tools

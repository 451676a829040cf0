"""Trace contexts: what any client sends at any door, and `mlflow.openai.autolog` of MLflow 2 and 3."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from support import answers
from support.doors import PLAIN, STREAMING, answer
from support.environments import CLIENTS, json_of, run_program
from support.gateway import Gateway
from support.upstream import FakeUpstream

CONTEXT = {
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
}
COUNTING = "/v1/messages/count_tokens"
"""Over OpenAI's API the gateway counts by itself."""


def test_every_door_passes_the_context(gateway: Gateway, upstream: FakeUpstream) -> None:
    """As it is, plain and streamed; where a client sends none, none is made up."""
    upstream.otherwise = answer
    asked = [*PLAIN, *[(path, {**body, "stream": True}) for path, body, _ in STREAMING]]
    client = httpx.Client(base_url=gateway.url)
    for path, body in asked:
        for headers in (CONTEXT, {}):
            upstream.requests.clear()
            reply = client.post(path, json=body, headers=headers)
            assert reply.status_code == 200, (path, reply.text)
            if path == COUNTING:
                continue
            seen = upstream.last
            got = {name: seen.header(name) for name in CONTEXT if seen.header(name)}
            assert got == headers, path


@pytest.mark.parametrize("environment", ["mlflow-2.22.5", "mlflow-3"])
def test_mlflow_autolog(
    environment: str, gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    """Calls are traced, the store holds the traces, and contexts arrive: 3 sends one with every call."""
    done = run_program(
        environment,
        CLIENTS / "programs/mlflow_autolog.py",
        gateway.url,
        cwd=tmp_path,
        MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path}/runs.db",
    )
    got = json_of(done)
    assert got["stored"] == 5
    calls = got["calls"]
    assert {name: (it["said"], it["status"], it["spans"]) for name, it in calls.items()} == {
        "chat": (answers.TEXT, "OK", ["Completions"]),
        "streamed": (answers.TEXT, "OK", ["Completions"]),
        "embeddings": (answers.VECTOR, "OK", ["Embeddings"]),
        "in_a_span": (answers.TEXT, "OK", ["caller", "Completions"]),
        "refused": (404, "ERROR", ["Completions"]),
    }
    parents = [seen.header("traceparent") for seen in upstream.requests]
    assert parents[3] == got["sent"]
    assert upstream.requests[3].header("tracestate") == "team=blue"
    traces = [calls[name]["trace"] for name in ("chat", "streamed", "embeddings", "in_a_span")]
    if environment == "mlflow-3":
        assert [str(it).split("-")[1] for it in parents] == traces
    else:
        assert parents[:3] == [None] * 3
        assert str(parents[3]).split("-")[1] == traces[3]

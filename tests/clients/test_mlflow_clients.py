"""The MLflow Python clients of four releases, and the documentation's examples with each; MLflow 3 with `tidegate.compat`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import StartGateway
from support import answers, configs, seed
from support.environments import CLIENTS, json_of, restored, run_program
from support.gateway import Gateway
from support.upstream import FakeUpstream

RELEASES = ["mlflow-2.8.1", "mlflow-2.15.1", "mlflow-2.22.5", "mlflow-3"]
WITH_DEPLOYMENTS = ["mlflow-2.15.1", "mlflow-2.22.5", "mlflow-3"]
KINDS = {"completions": "completions", "chat": "chat", "embeddings": "embeddings"}


def run_seed(name: str, environment: str, gateway: Gateway, folder: Path) -> str:
    """Runs a Python example of the documentation; what it printed."""
    program = folder / f"example_{name}"
    chain = folder / "chain.py"
    text = seed.example(name, environment, gateway=gateway.url, chain=str(chain))
    program.write_text(text)
    if str(chain) in text:
        chain.write_text(seed.chain_of(text))
    done = run_program(
        environment,
        program,
        cwd=folder,
        MLFLOW_GATEWAY_URI=gateway.url,
        MLFLOW_TRACKING_URI=f"sqlite:///{folder}/runs.db",
        **restored(environment, folder),
    )
    assert done.returncode == 0, done.stdout + done.stderr[-6000:]
    return done.stdout


@pytest.mark.parametrize("environment", RELEASES)
def test_fluent_functions_and_client(
    environment: str, gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    program = CLIENTS / "programs/mlflow_gateway.py"
    env = restored(environment, tmp_path)
    got = json_of(run_program(environment, program, gateway.url, cwd=tmp_path, **env))
    assert got["version"].startswith(environment.removeprefix("mlflow-"))
    assert got["uri"] == gateway.url
    for name in ("query chat", "client query"):
        assert got[name]["candidates"][0]["message"]["content"] == answers.TEXT
        assert got[name]["choices"][0]["message"]["content"] == answers.TEXT
    assert got["query completions"]["candidates"][0]["text"] == answers.TEXT
    assert got["query embeddings"]["data"][1]["embedding"] == answers.VECTOR
    routes = [_route(gateway, r) for r in configs.standard_routes("")]
    assert got["search_routes"] == got["client search_routes"] == routes
    assert got["page token"] is None
    assert got["get_route"] == routes[1] and got["client get_route"] == routes[2]
    assert got["get_route unknown"]["status"] == 404
    assert "The route 'nope' is not present" in got["get_route unknown"]["text"]
    assert got["query unknown"]["status"] == 404
    assert got["query invalid"]["status"] == 422
    assert got["query refused"]["status"] == 422
    assert "is not permitted to be passed" in got["query refused"]["text"]
    for name in ("get_limits", "set_limits", "client get_limits", "client set_limits"):
        assert got[name]["status"] == 501, got[name]
    scaled = next(r.json for r in upstream.requests if r.json.get("max_tokens") == 9)
    assert scaled["temperature"] == 1.0


def _route(gateway: Gateway, route: dict[str, Any]) -> dict[str, Any]:
    """A route as the client shows it: with an absolute URL."""
    return {
        "name": route["name"],
        "route_type": route["route_type"],
        "model": {"name": route["model"]["name"], "provider": "openai"},
        "route_url": f"{gateway.url}/gateway/{route['name']}/invocations",
        "limit": None,
    }


@pytest.mark.parametrize("environment", WITH_DEPLOYMENTS)
def test_deployments_client(
    environment: str, gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    program = CLIENTS / "programs/mlflow_deployments.py"
    got = json_of(run_program(environment, program, gateway.url, cwd=tmp_path))
    names = [e["name"] for e in got["list_endpoints"]]
    assert names == ["completions", "chat", "embeddings", "instruct"]
    assert got["get_endpoint"] == got["list_endpoints"][1]
    assert got["get_endpoint"]["endpoint_url"] == f"{gateway.url}/gateway/chat/invocations"
    assert got["chat"]["choices"][0]["message"]["content"] == answers.TEXT
    assert "candidates" not in got["chat"]
    assert got["completions"]["choices"][0]["text"] == answers.TEXT
    assert got["embeddings"]["data"][0]["embedding"] == answers.VECTOR
    assert "The endpoint 'nope' is not present" in got["get_endpoint unknown"]["text"]
    assert "404" in got["predict unknown"]["text"]
    sent = upstream.requests[0].json
    assert (sent["temperature"], sent["n"]) == (1.5, 7)


@pytest.mark.parametrize("environment", RELEASES)
def test_seed_quickstart(environment: str, gateway: Gateway, tmp_path: Path) -> None:
    printed = run_seed("quickstart.py", environment, gateway, tmp_path)
    answer = eval(printed)
    assert answer["candidates"][0]["message"]["content"] == answers.TEXT
    assert answer["metadata"]["route_type"] == "llm/v1/chat"


@pytest.mark.parametrize("environment", RELEASES)
def test_seed_fluent_and_client(environment: str, gateway: Gateway, tmp_path: Path) -> None:
    assert "0.25" in run_seed("fluent.py", environment, gateway, tmp_path)
    printed = run_seed("client.py", environment, gateway, tmp_path).splitlines()
    assert len(printed) == 5 and "name='completions'" in printed[0]
    assert eval(printed[-1])["choices"][0]["message"]["content"] == answers.TEXT


@pytest.mark.parametrize("environment", RELEASES)
def test_seed_additional_parameters(
    environment: str, start_gateway: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    route = configs.openai_route("completions-gpt4", "completions", "gpt-4", upstream.base)
    run_seed("additional_parameters.py", environment, start_gateway([route]), tmp_path)
    sent = upstream.last.json
    assert sent["model"] == "gpt-4" and sent["max_tokens"] == 1000 and sent["n"] == 1
    assert sent["frequency_penalty"] == 0.2 and sent["presence_penalty"] == 0.2
    assert sent["temperature"] == 1.0


@pytest.mark.parametrize("environment", ["mlflow-2.8.1", "mlflow-2.22.5", "mlflow-3"])
def test_seed_model_that_queries_the_gateway(
    environment: str, start_gateway: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    route = configs.openai_route("completions-claude", "completions", "gpt-4", upstream.base)
    printed = run_seed("pyfunc.py", environment, start_gateway([route]), tmp_path)
    assert eval(printed.splitlines()[-1]) == [answers.TEXT, answers.TEXT]
    prompts = [r.json["messages"][0]["content"] for r in upstream.requests]
    assert prompts[-2:] == ["Tell me about Jupiter", "Tell me about Saturn"]

"""Models served by real MLflow, behind routes: pyfunc models of two releases, and a chat model that streams."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from conftest import StartGateway
from support.environments import CLIENTS, run_program
from support.gateway import Gateway
from support.model_servers import ModelServer, agent_server, scoring_server

NO_STREAM = "The chat streaming route is not implemented for MLflow Model Serving models."
TWO: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
Serve = Callable[..., list[ModelServer]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers side by side; they end with the test."""
    started: list[ModelServer] = []

    def start(*servers: ModelServer) -> list[ModelServer]:
        started.extend(servers)
        for server in servers:
            server.wait()
        return list(servers)

    yield start
    for server in started:
        server.stop()


def save_models(environment: str, folder: Path) -> Path:
    done = run_program(environment, CLIENTS / "programs/mlflow_models.py", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr[-6000:]
    return folder


def route(name: str, route_type: str, server: ModelServer, **config: str) -> dict[str, Any]:
    settings = {"model_server_url": server.url, **config}
    model = {"provider": "mlflow-model-serving", "name": f"my-{name}", "config": settings}
    return {"name": name, "route_type": f"llm/v1/{route_type}", "model": model}


def ask(gateway: Gateway, name: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{gateway.url}/gateway/{name}/invocations", json=body, timeout=30)


def sdk(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="any", max_retries=0, timeout=30)


@pytest.mark.parametrize("environment", ["mlflow-2.22.5", "mlflow-3"])
def test_pyfunc_models(
    environment: str, serve: Serve, start_gateway: StartGateway, tmp_path: Path
) -> None:
    models = save_models(environment, tmp_path)
    names = ["completions", "chat", "embeddings"]
    servers = serve(*[scoring_server(environment, models / name) for name in names])
    gateway = start_gateway([route(n, n, s) for n, s in zip(names, servers, strict=True)])

    said = ask(gateway, "completions", prompt="Hello", temperature=0.25, n=2, top_k=3).json()
    assert said["model"] == "my-completions" and said["usage"]["total_tokens"] is None
    assert [c["index"] for c in said["choices"]] == [0, 1]
    told = json.loads(said["choices"][1]["text"])
    assert told["asked"] == "Hello"
    assert (told["params"]["temperature"], told["params"]["n"]) == (0.25, 2)

    said = ask(gateway, "chat", messages=TWO[1:], candidate_count=1, stop=["x"]).json()
    told = json.loads(said["candidates"][0]["message"]["content"])
    assert told["asked"] == "Hi" and told["params"]["stop"] == ["x"]
    assert ask(gateway, "chat", messages=TWO).status_code == 422

    said = ask(gateway, "embeddings", input=["a", "four"]).json()
    assert [item["embedding"] for item in said["data"]] == [[1.0, 0.5], [4.0, 0.5]]
    assert ask(gateway, "embeddings", text="four").json()["embeddings"] == [[4.0, 0.5]]
    vectors = sdk(gateway).embeddings.create(model="embeddings", input=["four"]).data
    assert vectors[0].embedding == [4.0, 0.5]

    for streamed in ({"messages": TWO[1:]}, {"messages": TWO}):
        refused = ask(gateway, "chat", **streamed, stream=True)
        assert (refused.status_code, refused.json()) == (501, {"detail": NO_STREAM})
    refused = ask(gateway, "completions", prompt="Hello", stream=True)
    assert refused.status_code == 501
    failed = ask(gateway, "completions", prompt="fail")
    assert failed.status_code == 400 and failed.json()["detail"]["error_code"] == "BAD_REQUEST"


def test_chat_model(serve: Serve, start_gateway: StartGateway, tmp_path: Path) -> None:
    """The scoring server answers a chat model plainly only, the agent server streams it too."""
    model = save_models("mlflow-3", tmp_path) / "chat-model"
    plain, agent = serve(scoring_server("mlflow-3", model), agent_server("mlflow-3", model))
    openai_form = {"model_server_format": "openai"}
    gateway = start_gateway(
        [
            route("plain", "chat", plain, **openai_form),
            route("agent", "chat", agent, **openai_form),
        ]
    )
    for name in ("plain", "agent"):
        said = ask(gateway, name, messages=TWO, n=1).json()
        assert said["choices"][0]["message"]["content"] == "Be brief. Hi"
        assert said["choices"][0]["finish_reason"] == "stop" and said["model"] == "echo"
        assert said["usage"]["total_tokens"] == 12
        said = ask(gateway, name, messages=TWO, candidate_count=1).json()
        assert said["candidates"][0]["message"]["content"] == "Be brief. Hi"

    refused = ask(gateway, "plain", messages=TWO, stream=True)
    assert (refused.status_code, refused.json()) == (501, {"detail": NO_STREAM})

    frames = ask(gateway, "agent", messages=TWO, stream=True).text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]
    assert [c["choices"][0]["delta"]["content"] for c in chunks] == ["Be brief.", " Hi"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    parts = sdk(gateway).chat.completions.create(model="agent", messages=TWO, stream=True)
    assert "".join(part.choices[0].delta.content or "" for part in parts) == "Be brief. Hi"

    failed = ask(gateway, "agent", messages=[{"role": "user", "content": "fail"}], stream=True)
    assert failed.status_code == 502 and "the echo is gone" in failed.json()["detail"]

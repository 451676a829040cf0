"""The documentation's config files and curl examples against the real gateway."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from support import answers, seed
from support.gateway import Gateway, clean_environment, run_command
from support.upstream import FakeUpstream

KEYS = {"OPENAI_API_KEY": "sk-seed", "AZURE_AAD_TOKEN": "aad-seed"}
StartSeed = Callable[..., Gateway]


@pytest.fixture
def start_seed(tmp_path: Path, upstream: FakeUpstream) -> Any:
    """Starts a gateway on a config of the documentation."""
    started: list[Gateway] = []

    def start(name: str, *options: str) -> Gateway:
        path = tmp_path / name
        path.write_text(seed.example(name, upstream=upstream.base.removesuffix("/v1")))
        started.append(Gateway(path, *options, env=KEYS))
        return started[-1]

    yield start
    for gateway in started:
        gateway.kill()


def test_corrections_are_listed() -> None:
    written = (seed.SEED / "CORRECTIONS.md").read_text()
    assert written.endswith(seed.corrections_table())


@pytest.mark.parametrize("name", seed.names("*.py"))
def test_python_examples_parse(name: str) -> None:
    ast.parse(seed.example(name, gateway="http://127.0.0.1:1"))


@pytest.mark.parametrize("name", seed.names("*.yaml"))
def test_every_config_serves_its_routes(
    name: str, start_seed: StartSeed, upstream: FakeUpstream
) -> None:
    gateway = start_seed(name, "--host", "127.0.0.1", "--workers", "2")
    written = yaml.safe_load(seed.example(name, upstream="x"))["routes"]
    listed = httpx.get(f"{gateway.url}/api/2.0/gateway/routes/").json()["routes"]
    assert [r["name"] for r in listed] == [r["name"] for r in written]
    for route in written:
        kind = route.get("route_type", "llm/v1/chat")
        body: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}]}
        if kind == "llm/v1/completions":
            body = {"prompt": "Hi"}
        if kind == "llm/v1/embeddings":
            body = {"input": ["Hi"]}
        reply = httpx.post(f"{gateway.url}/gateway/{route['name']}/invocations", json=body)
        assert reply.status_code == 200, reply.text
        key = KEYS[route["model"]["config"]["openai_api_key"].removeprefix("$")]
        seen = upstream.last
        assert key in (seen.header("authorization") or seen.header("api-key") or "")


def test_azure_example_calls_the_deployment(start_seed: StartSeed, upstream: FakeUpstream) -> None:
    gateway = start_seed("azure.yaml")
    httpx.post(f"{gateway.url}/gateway/completions/invocations", json={"prompt": "Hi"})
    wanted = "/openai/deployments/tide/chat/completions?api-version=2023-05-15"
    assert upstream.last.target == wanted
    assert upstream.last.header("authorization") == "Bearer aad-seed"


@pytest.mark.parametrize("variable", ["MLFLOW_GATEWAY_CONFIG_PATH", "MLFLOW_GATEWAY_CONFIG"])
def test_config_path_from_the_environment(tmp_path: Path, variable: str) -> None:
    missing = tmp_path / "nope.yaml"
    done = run_command("start", "--port", "0", **{variable: str(missing)})
    assert done.returncode == 2
    assert f"{missing} does not exist" in done.stderr


def curl(name: str, gateway: Gateway) -> Any:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing")
    command = seed.example(name, gateway=gateway.url).replace(
        "curl ", "curl -sS --fail-with-body ", 1
    )
    done = subprocess.run(
        ["sh", "-c", command], env=clean_environment(), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


ROUTE = {
    "name": "embeddings",
    "route_type": "llm/v1/embeddings",
    "model": {"name": "text-embedding-ada-002", "provider": "openai"},
    "route_url": "/gateway/embeddings/invocations",
    "limit": None,
}
USAGE = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12, "model": answers.MODEL}


def test_curl_metadata(start_seed: StartSeed) -> None:
    gateway = start_seed("quickstart.yaml")
    assert curl("curl_get_route.sh", gateway) == ROUTE
    listed = curl("curl_list_routes.sh", gateway)
    assert [r["name"] for r in listed["routes"]] == ["completions", "chat", "embeddings"]
    assert listed["routes"][2] == ROUTE
    assert listed["next_page_token"] is None


def test_curl_chat_answers_in_both_shapes(start_seed: StartSeed, upstream: FakeUpstream) -> None:
    answer = curl("curl_chat.sh", start_seed("quickstart.yaml"))
    message = {"role": "assistant", "content": answers.TEXT}
    assert answer["candidates"] == [{"message": message, "metadata": {"finish_reason": "stop"}}]
    assert answer["metadata"] == {**USAGE, "route_type": "llm/v1/chat"}
    choice = answer["choices"][0]
    assert choice["message"]["content"] == answers.TEXT and choice["finish_reason"] == "stop"
    assert answer["usage"] == answers.USAGE
    limerick = "Can you write a limerick about orange flavored popsicles?"
    assert upstream.last.json == {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": limerick}],
        "temperature": 0.0,
        "n": 1,
    }


def test_curl_completions(start_seed: StartSeed, upstream: FakeUpstream) -> None:
    answer = curl("curl_completions.sh", start_seed("quickstart.yaml"))
    assert answer["object"] == "text_completion"
    assert answer["choices"][0]["text"] == answers.TEXT
    assert answer["candidates"][0]["text"] == answers.TEXT
    assert answer["metadata"] == {**USAGE, "route_type": "llm/v1/completions"}
    assert upstream.last.path == "/v1/chat/completions"


def test_curl_embeddings(start_seed: StartSeed, upstream: FakeUpstream) -> None:
    answer = curl("curl_embeddings.sh", start_seed("quickstart.yaml"))
    assert [d["embedding"] for d in answer["data"]] == [answers.VECTOR, answers.VECTOR]
    assert [d["index"] for d in answer["data"]] == [0, 1]
    assert len(upstream.last.json["input"]) == 2

"""`tidegate import mlflow` from the real tracking server of MLflow 3, and the endpoints served from what it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from support import answers
from support.gateway import Gateway, run_command
from support.model_servers import ModelServer, tracking_server
from support.upstream import FakeUpstream, Seen

KEY = "sk-fake-key-of-the-first-secret"
OTHER = "sk-fake-key-of-the-other-secret"
HI: Any = [{"role": "user", "content": "Hi"}]


class Database:
    """MLflow's gateway API, as a person fills it."""

    def __init__(self, server: ModelServer) -> None:
        self._api = httpx.Client(base_url=f"{server.url}/api/3.0/mlflow/gateway/", timeout=30)

    def create(self, what: str, **body: Any) -> str:
        """Creates a thing and returns its id."""
        answer = self._api.post(f"{what}s/create", json=body)
        assert answer.status_code == 200, answer.text
        name = what.replace("-", "_")
        return str(answer.json()[name][f"{name}_id"])

    def secret(self, name: str, key: str, base: str) -> str:
        return self.create(
            "secret",
            secret_name=name,
            secret_value={"api_key": key},
            provider="openai",
            auth_config={"api_base": base},
        )

    def model(self, name: str, secret: str) -> str:
        return self.create(
            "model-definition", name=name, model_name=name, provider="openai", secret_id=secret
        )

    def endpoint(self, name: str, *models: str, **more: Any) -> str:
        weight = 1 / len(models)
        configs = [
            {"model_definition_id": model, "linkage_type": "PRIMARY", "weight": weight}
            for model in models
        ]
        return self.create("endpoint", name=name, model_configs=configs, **more)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ModelServer]:
    started = tracking_server("mlflow-3", tmp_path)
    try:
        started.wait()
        yield started
    finally:
        started.stop()


def test_endpoints_of_the_database_are_served(
    server: ModelServer, upstream: FakeUpstream, tmp_path: Path
) -> None:
    database = Database(server)
    first = database.secret("openai-key", KEY, upstream.base)
    other = database.secret("Other Team", OTHER, upstream.base)
    small, large = database.model("gpt-4o-mini", first), database.model("gpt-4o", other)
    database.endpoint("chat", small)
    database.endpoint("embeddings", database.model("text-embedding-3-small", other))
    split = {"routing_strategy": "REQUEST_BASED_TRAFFIC_SPLIT"}
    database.endpoint("both", small, large, **split)

    config = tmp_path / "config.yaml"
    done = run_command("import", "mlflow", server.url, "--output", str(config))
    assert done.returncode == 0, done.stderr
    assert KEY not in config.read_text() + done.stderr
    assert "\n  OPENAI_KEY          api_key of MLflow's secret `openai-key`\n" in done.stderr
    assert "\n  OTHER_TEAM_API_KEY  api_key of MLflow's secret `Other Team`\n" in done.stderr

    keys = {"OPENAI_KEY": KEY, "OTHER_TEAM_API_KEY": OTHER}
    checked = run_command("check", "--strict", "--config-path", str(config), **keys)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr
    gateway = Gateway(config, env=keys)
    try:
        # The path of MLflow's own gateway, and its way to name an endpoint.
        client = openai.OpenAI(
            base_url=f"{gateway.url}/gateway/mlflow/v1", api_key="any", max_retries=0
        )
        answer = client.chat.completions.create(model="chat", messages=HI)
        assert answer.choices[0].message.content == answers.TEXT
        assert (upstream.last.json["model"], bearer(upstream.last)) == ("gpt-4o-mini", KEY)
        vectors = client.embeddings.create(model="embeddings", input="Hi", encoding_format="float")
        assert vectors.data[0].embedding == answers.VECTOR
        assert bearer(upstream.last) == OTHER
        for _ in range(40):
            client.chat.completions.create(model="both", messages=HI)
        asked = {(seen.json["model"], bearer(seen)) for seen in upstream.requests[2:]}
        assert asked == {("gpt-4o-mini", KEY), ("gpt-4o", OTHER)}
    finally:
        gateway.stop()


def bearer(seen: Seen) -> str:
    return (seen.header("authorization") or "").removeprefix("Bearer ")

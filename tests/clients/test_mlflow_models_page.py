"""`docs/clients/mlflow-models.md` in both directions, with MLflow 2 and 3: a model that asks the gateway, and is asked through it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from conftest import StartGateway
from support import answers
from support.environments import CLIENTS, json_of, python_of, run_program
from support.gateway import PROJECT, Gateway
from support.model_servers import ModelServer
from support.nginx import free_port
from support.plans import Plan
from support.upstream import FakeUpstream, Seen

PAGE = PROJECT / "docs/clients/mlflow-models.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GATEWAY = "http://127.0.0.1:5000"
SERVER = "http://127.0.0.1:5001"
VERDICT = {"result": "yes", "rationale": "Because.", "score": 5, "justification": "Good."}
JUDGED = [5, "Good."]
NO_VERDICT = "Failed to score model on payload. Error: 'endpoint_type'"

ASKING: list[tuple[str, dict[str, str]]] = [("mlflow.deployments", {})]
"""Clients by which the model asks: what of the page's program each has in another's place."""


def blocks(language: str) -> list[str]:
    return [text for name, text in FENCE.findall(PAGE.read_text()) if name == language]


def answer(seen: Seen) -> Plan:
    """A verdict to whoever asks for one."""
    is_judge = re.search("rationale|justification", json.dumps(seen.json))
    return Plan.json(answers.chat(json.dumps(VERDICT) if is_judge else answers.TEXT))


def served(environment: str, command: str, gateway: Gateway, folder: Path) -> ModelServer:
    """The page's command, on a free port."""
    port = free_port()
    command = command.replace(GATEWAY, gateway.url).replace("5001", str(port))
    words = shlex.split(command.replace("\\\n", " "))
    program = next(number for number, word in enumerate(words) if "=" not in word)
    words[program] = str(python_of(environment).parent / words[program])
    return ModelServer(environment, ["env", *words], port, folder)


@pytest.mark.parametrize("environment", ["mlflow-2.22.5", "mlflow-3"])
@pytest.mark.parametrize("changes", [it for _, it in ASKING], ids=[name for name, _ in ASKING])
def test_both_directions(
    environment: str,
    changes: dict[str, str],
    gateway: Gateway,
    start_gateway: StartGateway,
    upstream: FakeUpstream,
    tmp_path: Path,
) -> None:
    upstream.otherwise = answer
    is_3 = environment == "mlflow-3"
    programs = []
    for number, text in enumerate(blocks("python")):
        for old, new in {**changes, GATEWAY: gateway.url}.items():
            text = text.replace(old, new)
        if is_3 or "mlflow.genai.evaluate" not in text:
            programs.append(tmp_path / f"block-{number}.py")
            programs[-1].write_text(text)
    program = CLIENTS / "programs/mlflow_models_page.py"
    got = json_of(run_program(environment, program, *map(str, programs), cwd=tmp_path))
    assert got == {
        "batch": [answers.TEXT] * 20,
        "function": [[answers.TEXT, *JUDGED]] * 2,
        "model": [[answers.TEXT, *JUDGED]],
        "genai": [1.0] if is_3 else [],
        "gateway:/": JUDGED if is_3 else [None, NO_VERDICT],
        "endpoints:/": JUDGED,
    }
    batch = [seen.json for seen in upstream.requests[:20]]
    assert {body["temperature"] for body in batch} == {0.7}
    texts = [body["messages"][0]["content"] for body in batch]
    assert sorted(texts) == ["What is a comet made of?"] * 10 + ["Where is the moon?"] * 10

    (command,) = blocks("sh")
    (config,) = blocks("yaml")
    server = served(environment, command, gateway, tmp_path)
    try:
        server.wait()
        behind = start_gateway(yaml.safe_load(config.replace(SERVER, server.url))["endpoints"])
        ask = {"prompt": "Where is the sun?", "temperature": 0.5}
        said: Any = httpx.post(f"{behind.url}/gateway/answers/invocations", json=ask, timeout=60)
        assert said.json()["choices"][0]["text"] == answers.TEXT, said.text
    finally:
        server.stop()
    last = upstream.last.json
    assert (last["messages"][0]["content"], last["temperature"]) == ("Where is the sun?", 0.5)

"""`tidegate.testing` with the real program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tidegate
from tidegate.testing import RunningGateway, gateway, sandbox_route, tidegate_gateway

__all__ = ["tidegate_gateway"]

HELLO = {"messages": [{"role": "user", "content": "Hello"}]}
SAID = 'Hello from the sandbox. No model was asked. You wrote 1 word: "Hello"'
INVALID = {"endpoints": [{"name": "chat", "endpoint_type": "llm/v2/chat"}]}
StartGateway = Callable[..., RunningGateway]


def text(answer: dict[str, Any]) -> str:
    said: str = answer["choices"][0]["message"]["content"]
    return said


def names(gw: RunningGateway) -> list[str]:
    return [route.name for route in gw.client().search_routes()]


def test_routes_unless_told(tidegate_gateway: StartGateway) -> None:
    gw = tidegate_gateway()
    client = gw.client()
    assert names(gw) == ["chat", "completions", "embeddings"]
    assert text(client.query("chat", HELLO)) == SAID
    assert client.query("completions", {"prompt": "Hi"})["choices"][0]["text"].endswith('"Hi"')
    assert len(client.query("embeddings", {"input": ["a", "b"]})["data"]) == 2
    with client.stream("chat", HELLO) as frames:
        deltas = [frame["choices"][0]["delta"].get("content") or "" for frame in frames]
    assert "".join(deltas) == SAID
    assert f"listens on {gw.uri}" in gw.log()


def test_config(tidegate_gateway: StartGateway) -> None:
    """The sandbox is the model of routes without one; sections and other models are passed on; variables are the gateway's."""
    theirs = {"provider": "openai", "name": "gpt", "config": {"openai_api_key": "$KEY"}}
    config = {
        "endpoints": [
            {"name": "one", "endpoint_type": "llm/v1/chat"},
            {"name": "two", "endpoint_type": "llm/v1/chat", "model": theirs},
            sandbox_route("refuses", failure_rate=1, failure_status=418),
        ],
        "routes": [
            {
                "name": "split",
                "task_type": "llm/v1/chat",
                "destinations": [{"name": "one", "traffic_percentage": 100}],
            }
        ],
    }
    gw = tidegate_gateway(config, env={"KEY": "sk-1"})
    models = {route.name: str(route.model) for route in gw.client().search_routes()}
    assert models["one"] == "name='sandbox' provider='sandbox'"
    assert models["two"] == "name='gpt' provider='openai'"
    for name in ("one", "split"):
        assert text(gw.client().query(name, HELLO)) == SAID, name
    with pytest.raises(tidegate.GatewayStatusError) as refused:
        gw.client().query("refuses", HELLO)
    assert refused.value.status == 418
    assert "failed on purpose" in refused.value.message


def test_delay(tidegate_gateway: StartGateway) -> None:
    gw = tidegate_gateway({"routes": [sandbox_route("slow", delay_ms=60_000)]})
    with pytest.raises(tidegate.GatewayTimeoutError):
        gw.client(timeout=0.05).query("slow", HELLO)


def test_arguments(tidegate_gateway: StartGateway) -> None:
    gw = tidegate_gateway(args=["--root-path", "/llm"])
    client = tidegate.TidegateClient(f"{gw.uri}/llm")
    assert text(client.query("chat", HELLO)) == SAID


def test_configure(tidegate_gateway: StartGateway) -> None:
    gw = tidegate_gateway({"routes": [sandbox_route("first")]})
    for name in ("second", "third", "third"):
        gw.configure({"routes": [sandbox_route(name)]})
        assert names(gw) == [name]
    with pytest.raises(tidegate.ConfigurationError, match=r"did you mean `llm/v1/chat`\?"):
        gw.configure(INVALID)
    assert names(gw) == ["third"]
    gw.configure(None)
    assert names(gw) == ["chat", "completions", "embeddings"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"config": INVALID}, r"exit status 2(.|\n)*did you mean `llm/v1/chat`\?"),
        ({"args": ["--nope"]}, "unexpected argument '--nope'"),
        ({"config": {"routes": [{"name": {1}}]}}, "cannot be written as JSON"),
    ],
    ids=["config", "argument", "no JSON"],
)
def test_a_gateway_that_does_not_start_says_why(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(tidegate.ConfigurationError) as failed, gateway(**settings):
        pass
    assert re.search(told, str(failed.value))


def test_a_program_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIDEGATE_BIN", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError, match="TIDEGATE_BIN is set to"), gateway():
        pass


def test_ends_with_the_block() -> None:
    with gateway() as gw:
        gw.client().get_route("chat")
    with pytest.raises(tidegate.GatewayConnectionError):
        gw.client(max_retries=0).get_route("chat")


def test_ends_when_the_test_fails() -> None:
    with pytest.raises(ZeroDivisionError), gateway() as gw:
        raise ZeroDivisionError
    with pytest.raises(tidegate.GatewayConnectionError):
        gw.client(max_retries=0).get_route("chat")


USERS = """
import pytest

{imported}

@pytest.mark.parametrize("name", ["chat", "completions"])
def test_route(tidegate_gateway, monkeypatch, name):
    import tidegate

    gw = tidegate_gateway()
    monkeypatch.setenv("TIDEGATE_URI", gw.uri)
    assert tidegate.get_route(name).name == name
"""


@pytest.mark.parametrize(
    "imported",
    ["from tidegate.testing import tidegate_gateway", 'pytest_plugins = ["tidegate.testing"]'],
)
def test_fixture_in_a_users_project(imported: str, tmp_path: Path) -> None:
    (tmp_path / "test_users.py").write_text(USERS.format(imported=imported))
    package = str(Path(tidegate.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": package},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_needs_no_pytest() -> None:
    code = "import sys; sys.modules['pytest'] = None; import tidegate.testing as t; print(hasattr(t, 'tidegate_gateway'))"
    package = str(Path(tidegate.__file__).parents[1])
    printed = subprocess.check_output(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": package}
    )
    assert printed.strip() == b"False"

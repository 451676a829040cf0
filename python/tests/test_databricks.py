"""What each method asks of a workspace, and what it makes of the answer."""

from __future__ import annotations

import asyncio
import dataclasses
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tidegate
from conftest import Caller
from databricks_stand_in import TOKENS, Workspace, need_sdk
from stand_in import Answer
from tidegate import Limit, LimitsConfig, Route, RouteModelInfo
from tidegate._databricks import _access, _endpoints, _tokens

TOKEN = "dapi-s3cret"
LIST = "/api/2.0/serving-endpoints"


@pytest.fixture(autouse=True)
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(_access, "_sdk", lambda: None)
    monkeypatch.setattr(_tokens, "_sources", {})
    with Workspace() as stand_in:
        monkeypatch.setenv("DATABRICKS_HOST", stand_in.uri)
        monkeypatch.setenv("DATABRICKS_TOKEN", TOKEN)
        yield stand_in


def asked(workspace: Workspace) -> list[tuple[str, str, Any]]:
    """Method, path and body of each request, which showed the token."""
    for it in workspace.asked:
        assert it.headers["authorization"] == f"Bearer {TOKEN}"
        assert it.headers["user-agent"].startswith("tidegate-python/")
    return [(it.method, it.path, it.json if it.body else None) for it in workspace.asked]


def served(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "creator": "ada@example.com", "state": {"ready": "READY"}, **fields}


def external(**fields: Any) -> dict[str, Any]:
    model = {
        "name": "gpt-4o-mini",
        "provider": "openai",
        "task": "llm/v1/chat",
        "openai_config": {},
    }
    return {
        "config": {"served_entities": [{"name": "gpt-4o-mini", "external_model": model}]},
        **fields,
    }


LLAMA = {
    "foundation_model": {"name": "llama-3", "display_name": "Llama"},
    "entity_name": "system.ai.llama",
}
ROUTES = [
    (served("chat", task="llm/v1/chat", **external()), "llm/v1/chat", RouteModelInfo("gpt-4o-mini", "openai")),
    (served("chat", **external()), "llm/v1/chat", RouteModelInfo("gpt-4o-mini", "openai")),
    (served("a b", task="llm/v1/chat", config={"served_entities": [LLAMA, external()["config"]["served_entities"][0]]}), "llm/v1/chat", RouteModelInfo("llama-3", "databricks")),
    (served("churn", config={"served_entities": [{"entity_name": "ml.churn", "entity_version": "3"}]}), "", RouteModelInfo("ml.churn", "databricks")),
    (served("old", task=None, config={"served_models": [{"model_name": "m", "model_version": "1"}]}), "", RouteModelInfo("m", "databricks")),
    (served("new", task="llm/v1/chat", config={}, pending_config=external()["config"]), "llm/v1/chat", RouteModelInfo("gpt-4o-mini", "openai")),
    (served("empty", config=None), "", RouteModelInfo(None, "databricks")),
]  # fmt: skip


def route(case: tuple[dict[str, Any], str, RouteModelInfo], workspace: Workspace) -> Route:
    name = case[0]["name"].replace(" ", "%20")
    url = f"{workspace.uri}/serving-endpoints/{name}/invocations"
    return Route(case[0]["name"], case[1], case[2], url)


@pytest.mark.parametrize("case", ROUTES, ids=lambda it: it[0]["name"])
def test_a_route(case: Any, caller: Caller, workspace: Workspace) -> None:
    workspace.then(Answer.json(case[0]))
    name = case[0]["name"]
    assert caller.call("get_route", name, uri="databricks") == route(case, workspace)
    assert asked(workspace) == [("GET", f"{LIST}/{name.replace(' ', '%20')}", None)]


def test_all_routes(caller: Caller, workspace: Workspace) -> None:
    workspace.then(Answer.json({"endpoints": [it[0] for it in ROUTES]}), Answer.json({}))
    page = caller.call("search_routes", uri="databricks")
    assert page == [route(it, workspace) for it in ROUTES] and page.token is None
    assert caller.call("search_routes", uri="databricks") == []
    assert asked(workspace) == [("GET", LIST, None)] * 2
    with pytest.raises(tidegate.ConfigurationError, match="without a page token"):
        caller.call("search_routes", "2", uri="databricks")


def test_the_fluent_functions(workspace: Workspace) -> None:
    tidegate.set_gateway_uri("databricks")
    workspace.then(Answer.json({"endpoints": [ROUTES[0][0]]}), Answer.json({"predictions": [1]}))
    assert tidegate.search_routes() == [route(ROUTES[0], workspace)]
    assert tidegate.query("churn", {"inputs": [[None]]}) == {"predictions": [1]}
    assert asked(workspace)[1] == (
        "POST",
        "/serving-endpoints/churn/invocations",
        {"inputs": [[None]]},
    )


OPENAI = {"openai_api_key": "sk-1", "openai_api_type": "openai"}
MODELS = [
    ({"openai_config": OPENAI}, {"openai_config": {"openai_api_key_plaintext": "sk-1", "openai_api_type": "openai"}}),
    ({"openai_config": {"openai_api_key": "{{secrets/s/k}}"}}, {"openai_config": {"openai_api_key": "{{secrets/s/k}}"}}),
    (
        {"amazon_bedrock_config": {"aws_region": "r", "aws_access_key_id": "a", "aws_secret_access_key": "b", "bedrock_provider": "Amazon"}},
        {"amazon_bedrock_config": {"aws_region": "r", "aws_access_key_id_plaintext": "a", "aws_secret_access_key_plaintext": "b", "bedrock_provider": "Amazon"}},
    ),
    (
        {"custom_provider_config": {"custom_provider_url": "u", "api_key_auth": {"key": "x-key", "value": "v"}}},
        {"custom_provider_config": {"custom_provider_url": "u", "api_key_auth": {"key": "x-key", "value_plaintext": "v"}}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "sent"), MODELS, ids=lambda it: next(iter(it)))
def test_a_new_route(given: Any, sent: Any, caller: Caller, workspace: Workspace) -> None:
    workspace.then(Answer.json(ROUTES[0][0]))
    model = {"name": "gpt-4o-mini", "provider": "openai", **given}
    made = caller.call("create_route", "chat", "llm/v1/chat", model, uri="databricks")
    assert made == route(ROUTES[0], workspace)
    whole = {"name": "gpt-4o-mini", "provider": "openai", "task": "llm/v1/chat", **sent}
    body = {"name": "chat", "config": {"served_entities": [{"external_model": whole}]}}
    assert asked(workspace) == [("POST", LIST, body)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chat",), "^create_route needs route_type and model: write for example"),
        (("chat", "llm/v1/chat", {}), "^create_route needs model: "),
        (("chat", None, {"name": "m", "provider": "p"}), "^create_route needs route_type: "),
        (("chat", "llm/v1/chat", {"openai_config": OPENAI}), r"needs model\['name'\] and model\['provider'\]"),
        (("", "llm/v1/chat", {"name": "m", "provider": "p"}), "^A non-empty string is required for the route"),
    ],
)  # fmt: skip
def test_a_new_route_of_which_too_little_is_said(
    arguments: Any, words: str, caller: Caller, workspace: Workspace
) -> None:
    with pytest.raises(tidegate.ConfigurationError, match=words):
        caller.call("create_route", *arguments, uri="databricks")
    assert workspace.asked == []


def test_the_secrets_are_those_of_the_sdk() -> None:
    need_sdk()
    serving = pytest.importorskip("databricks.sdk.service.serving")
    kinds = [it for it in vars(serving).values() if dataclasses.is_dataclass(it)]
    names = {it.name for kind in kinds for it in dataclasses.fields(kind)}
    plain = {it for it in names if it.endswith("_plaintext")}
    assert {f"{it}_plaintext" for it in _endpoints.SECRETS} == plain


def test_a_route_is_removed(caller: Caller, workspace: Workspace) -> None:
    workspace.then(Answer(200, (), {"content-length": "0"}), Answer.json({}))
    for _ in range(2):
        assert caller.call("delete_route", "a/b", uri="databricks") is None
    assert asked(workspace) == [("DELETE", f"{LIST}/a%2Fb", None)] * 2


GIVEN = [
    {"key": "user", "renewal_period": "minute", "calls": 50},
    {"key": "route", "renewal_period": "minute", "calls": 0},
    {"renewal_period": "minute", "calls": 9},
    {"key": "user_group", "principal": "g", "renewal_period": "minute", "tokens": 1000},
]
WRITTEN = [GIVEN[0], {**GIVEN[1], "key": "endpoint"}, {**GIVEN[2], "key": "endpoint"}, GIVEN[3]]
TOLD = LimitsConfig([Limit(50, "user"), Limit(0, "route"), Limit(9, "route")])
OTHER = {"usage_tracking_config": {"enabled": True}, "guardrails": {"input": {"pii": {"behavior": "BLOCK"}}}}  # fmt: skip


@pytest.mark.parametrize("settings", [{}, {"ai_gateway": {**OTHER, "rate_limits": [GIVEN[0]]}}])
def test_limits_are_set_and_other_settings_stay(
    settings: Any, caller: Caller, workspace: Workspace
) -> None:
    kept = {it: value for it, value in settings.get("ai_gateway", {}).items() if it in OTHER}
    body = {**kept, "rate_limits": WRITTEN}
    workspace.then(Answer.json(served("chat", **settings)), Answer.json(body))
    assert caller.call("set_limits", "chat", GIVEN, uri="databricks") == TOLD
    path = f"{LIST}/chat"
    assert asked(workspace) == [("GET", path, None), ("PUT", f"{path}/ai-gateway", body)]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, LimitsConfig([])),
        ({"ai_gateway": OTHER}, LimitsConfig([])),
        ({"ai_gateway": {"rate_limits": WRITTEN}}, TOLD),
        ({"ai_gateway": {"rate_limits": [GIVEN[2]]}}, LimitsConfig([Limit(9, None)])),
    ],
)
def test_limits(settings: Any, told: LimitsConfig, caller: Caller, workspace: Workspace) -> None:
    workspace.then(Answer.json(served("chat", **settings)))
    assert caller.call("get_limits", "chat", uri="databricks") == told
    assert asked(workspace) == [("GET", f"{LIST}/chat", None)]


@pytest.mark.parametrize("limits", [{"calls": 1}, [1], None])
def test_limits_that_are_none(limits: Any, caller: Caller, workspace: Workspace) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="^Limits are a list such as"):
        caller.call("set_limits", "chat", limits, uri="databricks")
    assert workspace.asked == []


def test_an_error(caller: Caller, workspace: Workspace) -> None:
    body = {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": "The endpoint with name x does not exist.",
    }
    workspace.then(Answer.json(body, 404))
    with pytest.raises(tidegate.GatewayStatusError) as caught:
        caller.call("get_route", "x", uri="databricks")
    error = caught.value
    assert str(error) == f"404 from GET {workspace.uri}{LIST}/x: {body['message']}"
    assert (error.status, error.body) == (404, body)
    assert TOKEN not in repr(error)


def test_what_is_asked_again(caller: Caller, workspace: Workspace, pauses: list[float]) -> None:
    limit = Answer.json(
        {"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "m"}, 429, retry_after="3"
    )
    workspace.then(limit, Answer.json({"predictions": []}))
    assert caller.call("query", "x", {"inputs": []}, uri="databricks") == {"predictions": []}
    assert pauses == [3.0]


def test_another_attempt_shows_a_new_token(
    caller: Caller, workspace: Workspace, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setenv("DATABRICKS_CLIENT_ID", "id")
    monkeypatch.setenv("DATABRICKS_CLIENT_SECRET", TOKEN)
    workspace.lifetime = 39
    workspace.then(Answer.json({"message": "m"}, 503), Answer.json(ROUTES[0][0]))
    assert caller.call("get_route", "chat", uri="databricks") == route(ROUTES[0], workspace)
    told = [it.headers["authorization"] for it in workspace.asked if it.method == "GET"]
    assert told == ["Bearer token-1", "Bearer token-2"]
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("databricks://scope:prefix", r"^Databricks secret scopes \(`databricks://SCOPE:PREFIX`\)"),
        ("databricks://ada:pa55word@h", "can be read only inside Databricks"),
        ("databricks://", "^`databricks://` names no profile: write"),
        ("databricks:/x", "names no profile"),
        ("databricks://a/b", "^`databricks://a/b` names no profile"),
        ("databricks-uc", "must begin with http:// or https://"),
        ("databricks-uc://profile", "must begin with http:// or https://"),
    ],
)
def test_an_address_that_is_none(uri: str, words: str, caller: Caller) -> None:
    with pytest.raises(tidegate.ConfigurationError, match=words) as caught:
        caller.call("get_route", "x", uri=uri)
    assert "pa55word" not in str(caught.value)


def test_a_profile_of_a_client_that_was_pickled(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    (tmp_path / ".databrickscfg").write_text(f"[Ada]\nhost={workspace.uri}\ntoken={TOKEN}\n")
    workspace.then(Answer.json(ROUTES[0][0]))
    pickled = pickle.dumps(tidegate.TidegateClient("databricks://Ada"))
    assert TOKEN.encode() not in pickled
    assert pickle.loads(pickled).get_route("chat") == route(ROUTES[0], workspace)
    assert len(asked(workspace)) == 1


def test_an_event_loop_runs_on_while_a_token_is_awaited(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is asked for only once the loop has done something else."""
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setenv("DATABRICKS_CLIENT_ID", "id")
    monkeypatch.setenv("DATABRICKS_CLIENT_SECRET", TOKEN)
    begun, may_go_on = threading.Event(), threading.Event()
    ask = _access.of

    def slow(profile: str | None) -> Any:
        begun.set()
        assert may_go_on.wait(10)
        return ask(profile)

    monkeypatch.setattr(_access, "of", slow)
    workspace.then(Answer.json(served("chat")))

    async def run() -> Any:
        async with tidegate.AsyncTidegateClient("databricks") as client:
            task = asyncio.ensure_future(client.get_limits("chat"))
            while not begun.is_set():
                await asyncio.sleep(0)
            may_go_on.set()
            return await task

    assert asyncio.run(run()) == LimitsConfig([])
    assert workspace.paths() == [TOKENS, f"GET {LIST}/chat"]

"""What each method asks, and what it makes of the answer."""

from __future__ import annotations

import pickle
from types import MappingProxyType
from typing import Any, Optional

import httpx
import pytest
import tidegate
from conftest import Caller
from stand_in import Answer, StandIn
from tidegate._exchange import _keeps

ROUTE = {
    "name": "chat",
    "route_type": "llm/v1/chat",
    "model": {"name": "m", "provider": "p"},
    "route_url": "/gateway/chat/invocations",
}
LIMITS = {"limits": [{"calls": 50, "key": "user", "renewal_period": "minute"}]}
LIMIT_LIST = [{"key": "user", "renewal_period": "minute", "calls": 50}]
ENTITY = tidegate.LimitsConfig([tidegate.Limit(50, "user", "minute")])


def route(uri: str) -> tidegate.Route:
    model = tidegate.RouteModelInfo("m", "p")
    return tidegate.Route("chat", "llm/v1/chat", model, f"{uri}/gateway/chat/invocations")


Case = tuple[str, tuple[Any, ...], str, str, Optional[Any], Any]
CASES: list[Case] = [
    (
        "query",
        ("chat", {"n": 1, "é": None}),
        "POST",
        "/gateway/chat/invocations",
        {"n": 1, "é": None},
        {"any": ["thing"]},
    ),
    ("query", ("a b/c?", {}), "POST", "/gateway/a%20b%2Fc%3F/invocations", {}, {}),
    ("get_route", ("chat",), "GET", "/api/2.0/gateway/routes/chat", None, ROUTE),
    (
        "search_routes",
        (),
        "GET",
        "/api/2.0/gateway/routes/",
        None,
        {"routes": [ROUTE], "next_page_token": None},
    ),
    (
        "search_routes",
        ("a=b",),
        "GET",
        "/api/2.0/gateway/routes/?page_token=a%3Db",
        None,
        {"routes": [], "next_page_token": "c"},
    ),
    (
        "set_limits",
        ("chat", LIMIT_LIST),
        "POST",
        "/api/2.0/gateway/limits/",
        {"route": "chat", "limits": LIMIT_LIST},
        LIMITS,
    ),
    ("get_limits", ("chat",), "GET", "/api/2.0/gateway/limits/chat", None, LIMITS),
]


@pytest.mark.parametrize("prefix", ["", "/", "/prefix"])
@pytest.mark.parametrize("case", CASES, ids=lambda it: f"{it[0]}{it[3]}")
def test_a_call(case: Case, prefix: str, caller: Caller, gateway: StandIn) -> None:
    name, arguments, method, path, body, answer = case
    gateway.then(Answer.json(answer))
    uri = gateway.uri + prefix
    value = caller.call(name, *arguments, uri=uri)

    (asked,) = gateway.asked
    assert (asked.method, asked.path) == (method, prefix.rstrip("/") + path)
    assert asked.headers["user-agent"].startswith("tidegate-python/")
    if body is not None:
        assert asked.json == body and asked.headers["content-type"] == "application/json"
    expected = {"get_route": route(uri.rstrip("/")), "set_limits": ENTITY, "get_limits": ENTITY}
    if name == "search_routes":
        assert value == [route(uri.rstrip("/"))] * len(answer["routes"])
        assert value.token == answer["next_page_token"]
    else:
        assert value == expected.get(name, answer)


def test_an_absolute_url_of_a_route_stays(gateway: StandIn, caller: Caller) -> None:
    gateway.then(Answer.json({**ROUTE, "route_url": "https://elsewhere/x"}))
    assert caller.call("get_route", "chat", uri=gateway.uri).route_url == "https://elsewhere/x"


def test_the_fluent_functions(gateway: StandIn) -> None:
    tidegate.set_gateway_uri(gateway.uri)
    pages = [
        {"routes": [ROUTE], "next_page_token": "2"},
        {"routes": [ROUTE], "next_page_token": ""},
    ]
    gateway.then(*map(Answer.json, [*pages, ROUTE, {"a": 1}, LIMITS, LIMITS]))
    assert tidegate.search_routes() == [route(gateway.uri)] * 2
    assert tidegate.get_route("chat") == route(gateway.uri)
    assert tidegate.query(route="chat", data={"prompt": "x"}) == {"a": 1}
    assert tidegate.set_limits(route="chat", limits=LIMIT_LIST) == ENTITY
    assert tidegate.get_limits(route="chat") == ENTITY
    paths = [it.path.rpartition("/api/2.0/gateway")[2] for it in gateway.asked]
    assert paths[:3] == ["/routes/", "/routes/?page_token=2", "/routes/chat"]


@pytest.mark.parametrize("name", ["create_route", "delete_route"])
def test_what_only_databricks_can_do(name: str, caller: Caller, gateway: StandIn) -> None:
    with pytest.raises(
        tidegate.ConfigurationError,
        match=f"^The {name} API is only available when running within Databricks",
    ):
        caller.call(name, "chat", uri=gateway.uri)
    assert gateway.asked == []


@pytest.mark.parametrize(
    "name,arguments", [("get_route", ("",)), ("get_limits", ("",)), ("query", ("", {}))]
)
def test_a_route_has_a_name(
    name: str, arguments: tuple[Any, ...], caller: Caller, gateway: StandIn
) -> None:
    with pytest.raises(
        tidegate.ConfigurationError, match="^A non-empty string is required for the route.$"
    ):
        caller.call(name, *arguments, uri=gateway.uri)


@pytest.mark.parametrize("data", [{"a": {1}}, {"a": float("nan")}])
def test_what_is_no_json_is_not_asked(
    data: dict[str, Any], caller: Caller, gateway: StandIn
) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="cannot be written as JSON"):
        caller.call("query", "chat", data, uri=gateway.uri)
    assert gateway.asked == []


ERRORS = [
    ({"detail": "Not Found"}, "Not Found"),
    (
        {
            "detail": [
                {"loc": ["body", "messages", 0, "role"], "msg": "Field required"},
                {"loc": ["body"], "msg": "no"},
            ]
        },
        "messages.0.role: Field required; no",
    ),
    ({"detail": {"message": "too long"}}, "too long"),
    ({"error": {"message": "no model", "code": "model_not_found"}}, "no model"),
    ({"error": "Rate limit exceeded: 1 per 1 minute"}, "Rate limit exceeded: 1 per 1 minute"),
    ({"error_code": "BAD_REQUEST", "message": "wrong"}, "wrong"),
    ({"other": 1}, '{"other": 1}'),
    ([1], "[1]"),
]


@pytest.mark.parametrize("body,message", ERRORS, ids=[it[1] for it in ERRORS])
def test_an_error_tells_all(body: Any, message: str, caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.json(body, 422, x_request_id="r-1", retry_after="7"))
    with pytest.raises(tidegate.GatewayStatusError) as caught:
        caller.call("query", "chat", {}, uri=gateway.uri)
    error = caught.value
    url = f"{gateway.uri}/gateway/chat/invocations"
    assert str(error) == f"422 from POST {url}: {message} (request id r-1)"
    assert (error.status, error.message, error.body) == (422, message, body)
    assert (error.request_id, error.retry_after, error.url) == ("r-1", 7.0, url)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b" too large\n", "too large"),
        (b"", "Not Found"),
        (b"<html>nginx</html>", "a page of HTML, by something in front of the gateway"),
    ],
)
def test_an_error_without_json(body: bytes, message: str, caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer(404, (body,)))
    with pytest.raises(tidegate.GatewayStatusError) as caught:
        caller.call("query", "chat", {}, uri=gateway.uri)
    assert (caught.value.message, caught.value.body) == (message, body.decode())


@pytest.mark.parametrize("answer", [b"<html>", b"", b"[]", b'{"name":"x"}'])
def test_what_no_gateway_answers(answer: bytes, caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer(200, (answer,)))
    with pytest.raises(
        tidegate.GatewayResponseError, match="not as a gateway does.*Is the address right"
    ):
        caller.call("get_route", "chat", uri=gateway.uri)


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_call_is_followed(
    status: int, caller: Caller, gateway: StandIn
) -> None:
    gateway.then(Answer(status, (), {"location": "/other"}), Answer.json({"a": 1}))
    assert caller.call("query", "chat", {"b": 2}, uri=gateway.uri) == {"a": 1}
    assert [(it.method, it.path, it.json) for it in gateway.asked[1:]] == [
        ("POST", "/other", {"b": 2})
    ]


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_that_would_change_the_call_is_told(
    status: int, caller: Caller, gateway: StandIn
) -> None:
    """A 301 would make it a GET, another host would get its headers and prompt."""
    gateway.then(Answer(status, (), {"location": "https://gw.example/x?signature=hush"}))
    with pytest.raises(
        tidegate.GatewayStatusError,
        match="redirected to https://gw.example/x: if that is the gateway, make it the address$",
    ):
        caller.call("query", "chat", {}, uri=gateway.uri)


def test_headers_of_the_program(caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.json({}))
    caller.call("query", "chat", {}, uri=gateway.uri, headers={"x-tidegate-strict": "true"})
    assert gateway.asked[0].headers["x-tidegate-strict"] == "true"


@pytest.mark.parametrize(
    "settings",
    [
        {"timeout": 0},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": None},
        {"timeout": "60"},
        {"max_retries": -1},
        {"max_retries": "3"},
        {"max_retries": 2.5},
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(tidegate.ConfigurationError, match=next(iter(settings))):
        tidegate.TidegateClient("http://h", **settings)


def test_a_client_can_be_pickled(gateway: StandIn) -> None:
    gateway.then(Answer.json({}), Answer.json({}))
    client = tidegate.MlflowGatewayClient(gateway.uri, headers={"a": "b"})
    client.query("chat", {})
    copy = pickle.loads(pickle.dumps(client))
    copy.query("chat", {})
    assert gateway.asked[1].headers["a"] == "b"


@pytest.mark.parametrize("name", [".", "..", "\ud800"])
def test_what_cannot_be_a_name(name: str, caller: Caller, gateway: StandIn) -> None:
    """`..` would climb to another path."""
    with pytest.raises(tidegate.ConfigurationError, match="cannot be the name of a route"):
        caller.call("query", name, {}, uri=gateway.uri)


@pytest.mark.parametrize("name", [None, 5, b"chat"])
def test_a_name_is_a_text(name: Any, caller: Caller, gateway: StandIn) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="A non-empty string is required"):
        caller.call("get_route", name, uri=gateway.uri)


@pytest.mark.parametrize("method", ["query", "stream"])
def test_what_is_asked_is_a_mapping(method: str, caller: Caller, gateway: StandIn) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="must be a mapping .*, not NoneType"):
        caller.call(method, "chat", None, uri=gateway.uri)


def test_query_does_not_stream(caller: Caller, gateway: StandIn) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="call `stream` instead"):
        caller.call("query", "chat", {"stream": True}, uri=gateway.uri)


def test_headers_of_the_program_win(
    caller: Caller, gateway: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "theirs")
    gateway.then(Answer.json({}))
    headers = {"authorization": "Bearer mine", "User-Agent": "me"}
    caller.call("query", "chat", {}, uri=gateway.uri, headers=headers)
    sent = gateway.asked[0].headers
    assert (sent["authorization"], sent["user-agent"]) == ("Bearer mine", "me")


@pytest.mark.parametrize("token", ["se\ncret", "sécret"])
def test_a_header_that_cannot_be_sent_is_not_shown(
    token: str, caller: Caller, gateway: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    with pytest.raises(tidegate.ConfigurationError, match="^The header `Authorization`") as caught:
        caller.call("query", "chat", {}, uri=gateway.uri)
    assert token not in str(caught.value) and caught.value.__cause__ is None


def test_a_mapping_of_any_kind_is_asked(caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.json({}))
    inner = MappingProxyType({"b": 1})
    caller.call("query", "chat", MappingProxyType({"a": inner}), uri=gateway.uri)
    assert gateway.asked[0].json == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("asked", "then", "follows"),
    [
        ("http://h/a", "http://h/b", True),
        ("http://h/a", "https://h/a", True),
        ("http://h:8080/a", "https://h:8443/a", True),
        ("https://h/a", "http://h/a", False),
        ("https://h/a", "https://h:444/a", False),
        ("https://h/a", "https://other/a", False),
    ],
)
def test_whom_a_redirect_may_lead_to(asked: str, then: str, follows: bool) -> None:
    assert _keeps(httpx.Request("POST", asked), httpx.Request("POST", then)) is follows


def test_a_proxy_that_makes_no_sense(
    caller: Caller, gateway: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://user:hush@proxy")
    with pytest.raises(tidegate.ConfigurationError, match="A proxy in the environment") as caught:
        caller.call("query", "chat", {}, uri=gateway.uri)
    assert "hush" not in str(caught.value)

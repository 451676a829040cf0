"""What is asked again, after which pause; never what may have run."""

from __future__ import annotations

import socket

import pytest
import tidegate
from conftest import Caller
from stand_in import Answer, StandIn
from tidegate._retry import Retries, retry_after

QUERY = ("query", "chat", {})
READ = ("search_routes",)
GOOD = Answer.json({"routes": []})


def failing(status: int | None, **headers: str) -> Answer | None:
    return None if status is None else Answer.json({"detail": "x"}, status, **headers)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, None])
def test_reading_is_repeated(
    status: int | None, caller: Caller, gateway: StandIn, pauses: list[float]
) -> None:
    gateway.then(failing(status), failing(status), GOOD)
    assert caller.call(*READ, uri=gateway.uri) == []
    assert len(gateway.asked) == 3
    assert 0.25 <= pauses[0] <= 0.5 and 0.5 <= pauses[1] <= 0.75


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409, 425, 529, None])
def test_what_may_have_run_is_not_repeated(
    status: int | None, caller: Caller, gateway: StandIn, pauses: list[float]
) -> None:
    gateway.then(failing(status))
    with pytest.raises(tidegate.TidegateError) as caught:
        caller.call(*QUERY, uri=gateway.uri)
    assert len(gateway.asked) == 1 and pauses == []
    if status is None:
        assert (
            isinstance(caught.value, tidegate.GatewayConnectionError) and caught.value.may_have_run
        )


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_turned_away_is_repeated(
    status: int, caller: Caller, gateway: StandIn, pauses: list[float]
) -> None:
    gateway.then(
        failing(status, retry_after="3"),
        failing(status, retry_after_ms="1500", retry_after="9"),
        GOOD,
    )
    assert caller.call(*QUERY, uri=gateway.uri) == {"routes": []}
    assert pauses == [3.0, 1.5]


def test_a_long_wait_is_the_programs_own(
    caller: Caller, gateway: StandIn, pauses: list[float]
) -> None:
    gateway.then(failing(429, retry_after="61"))
    with pytest.raises(tidegate.GatewayStatusError) as caught:
        caller.call(*QUERY, uri=gateway.uri)
    assert caught.value.retry_after == 61.0 and pauses == []


@pytest.mark.parametrize("most", [0, 2])
def test_repetitions_end(most: int, caller: Caller, gateway: StandIn, pauses: list[float]) -> None:
    gateway.then(*[failing(429)] * 3)
    with pytest.raises(tidegate.GatewayStatusError):
        caller.call(*QUERY, uri=gateway.uri, max_retries=most)
    assert len(gateway.asked) == most + 1 and len(pauses) == most


def test_mlflows_variables(
    caller: Caller, gateway: StandIn, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "4")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", "0")
    monkeypatch.setenv("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", "false")
    gateway.then(*[failing(429, retry_after="1")] * 3)
    with pytest.raises(tidegate.GatewayStatusError):
        caller.call(*QUERY, uri=gateway.uri)
    assert pauses == [4.0, 8.0]


@pytest.mark.parametrize(
    "variable,value",
    [
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "-1"),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1.5"),
        ("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "slow"),
        ("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", "maybe"),
    ],
)
def test_a_variable_that_makes_no_sense(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(tidegate.ConfigurationError, match=f"^{variable} is `{value}`: write"):
        tidegate.TidegateClient("http://h")


def test_a_gateway_that_does_not_listen(caller: Caller, pauses: list[float]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(
            tidegate.GatewayConnectionError, match="cannot be reached.*Is it running"
        ) as caught:
            caller.call(*QUERY, uri=uri, max_retries=2)
    assert not caught.value.may_have_run and len(pauses) == 2


def test_a_gateway_that_does_not_answer_in_time(caller: Caller, pauses: list[float]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(
            tidegate.GatewayTimeoutError, match="The provider has timed out while generating"
        ) as caught:
            caller.call(*QUERY, uri=uri, timeout=0.05)
    assert caught.value.may_have_run and pauses == []


@pytest.mark.parametrize(
    "headers,seconds",
    [
        ({}, None),
        ({"retry-after": "5"}, 5.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed Oct 21 07:28:00 2015"}, 0.0),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "١"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "."}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_pauses_grow_to_a_bound() -> None:
    retries = Retries(most=2000, jitter=0)
    broken = tidegate.GatewayConnectionError("", may_have_run=False)
    pauses = [retries.after_break(it, "GET", broken) for it in (1, 2, 5, 6, 7, 2000, 2001)]
    assert pauses == [0.25, 0.5, 4.0, 8.0, 8.0, 8.0, None]

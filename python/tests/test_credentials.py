"""MLflow's variables for passwords, tokens and certificates."""

from __future__ import annotations

from pathlib import Path

import pytest
import tidegate
from conftest import Caller
from stand_in import Answer, StandIn

ANN = "Basic YW5uOnNlY3JldA=="
BOB = "Basic Ym9iOnBhc3M="
USER = {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "secret"}
TOKEN = {"MLFLOW_TRACKING_TOKEN": "t"}
FILE = "[mlflow]\nmlflow_tracking_username = bob\nmlflow_tracking_password = pass\n"

CASES = [
    ({}, None, None),
    (TOKEN, None, "Bearer t"),
    ({"MLFLOW_TRACKING_TOKEN": "t\n"}, None, "Bearer t"),
    (USER, None, ANN),
    ({**USER, **TOKEN}, None, ANN),
    ({"MLFLOW_TRACKING_USERNAME": "ann", **TOKEN}, None, "Bearer t"),
    ({}, FILE, BOB),
    (TOKEN, FILE, BOB),
    (USER, FILE, ANN),
    ({"MLFLOW_TRACKING_PASSWORD": "50%"}, FILE, "Basic Ym9iOjUwJQ=="),
    (TOKEN, "[other]\na = b\n", "Bearer t"),
]


@pytest.mark.parametrize("variables,file,expected", CASES)
def test_who_asks(
    variables: dict[str, str],
    file: str | None,
    expected: str | None,
    caller: Caller,
    gateway: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        (tmp_path / ".mlflow").mkdir()
        (tmp_path / ".mlflow/credentials").write_text(file)
    gateway.then(Answer.json({}))
    caller.call("query", "chat", {}, uri=gateway.uri)
    assert gateway.asked[0].headers.get("authorization") == expected


def test_they_are_read_for_every_call(gateway: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tidegate.TidegateClient(gateway.uri)
    for token in ("one", "two"):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
        gateway.then(Answer.json({}))
        client.query("chat", {})
    assert [it.headers["authorization"] for it in gateway.asked] == ["Bearer one", "Bearer two"]


def test_a_password_in_the_address(caller: Caller, gateway: StandIn) -> None:
    gateway.then(Answer.json({}))
    caller.call("query", "chat", {}, uri=gateway.uri.replace("//", "//ann:secret@"))
    assert gateway.asked[0].headers["authorization"] == ANN


def test_a_broken_file_is_named_and_not_shown(gateway: StandIn, tmp_path: Path) -> None:
    (tmp_path / ".mlflow").mkdir()
    (tmp_path / ".mlflow/credentials").write_text("mlflow_tracking_password = hush\n")
    with pytest.raises(tidegate.ConfigurationError, match="credentials` cannot be read") as caught:
        tidegate.TidegateClient(gateway.uri).query("chat", {})
    assert "hush" not in repr(caught.value) and caught.value.__cause__ is None


@pytest.mark.parametrize(
    "variables,message",
    [
        (
            {"MLFLOW_TRACKING_INSECURE_TLS": "perhaps"},
            "MLFLOW_TRACKING_INSECURE_TLS is `perhaps`: write true or false",
        ),
        (
            {"MLFLOW_TRACKING_SERVER_CERT_PATH": "/none"},
            "MLFLOW_TRACKING_SERVER_CERT_PATH: `/none` cannot be used",
        ),
        (
            {"MLFLOW_TRACKING_CLIENT_CERT_PATH": "/none"},
            "MLFLOW_TRACKING_CLIENT_CERT_PATH: `/none` cannot be used",
        ),
        (
            {"MLFLOW_TRACKING_INSECURE_TLS": "true", "MLFLOW_TRACKING_SERVER_CERT_PATH": "/none"},
            "contradict each other",
        ),
    ],
)
def test_certificates_that_cannot_be_used(
    variables: dict[str, str],
    message: str,
    caller: Caller,
    gateway: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(tidegate.ConfigurationError, match=message):
        caller.call("query", "chat", {}, uri=gateway.uri)

"""Which gateway is talked to."""

from __future__ import annotations

import pytest
import tidegate
from stand_in import Answer, StandIn

MISSING = "The gateway uri provided is missing required elements. Ensure that the schema and netloc are provided."


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:5000",
        "https://h/prefix/",
        "databricks",
        "databricks://profile",
        "http://[::1]:5000",
    ],
)
def test_an_address_that_is_set_is_given(uri: str) -> None:
    tidegate.set_gateway_uri(gateway_uri=uri)
    assert tidegate.get_gateway_uri() == uri
    assert tidegate.TidegateClient().gateway_uri == uri


@pytest.mark.parametrize(
    "uri", ["", "localhost", "localhost:5000", "http://", "/gateway", "http://[::1"]
)
def test_what_is_no_address_is_refused(uri: str) -> None:
    with pytest.raises(tidegate.ConfigurationError, match=MISSING):
        tidegate.set_gateway_uri(uri)
    with pytest.raises(tidegate.ConfigurationError, match="No Gateway server uri has been set"):
        tidegate.get_gateway_uri()


def test_the_environment_is_asked_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="TIDEGATE_URI or MLFLOW_GATEWAY_URI"):
        tidegate.TidegateClient()
    monkeypatch.setenv("MLFLOW_GATEWAY_URI", "http://mlflow:1")
    assert tidegate.get_gateway_uri() == "http://mlflow:1"
    monkeypatch.setenv("TIDEGATE_URI", "http://tidegate:1")
    assert tidegate.get_gateway_uri() == "http://tidegate:1"
    tidegate.set_gateway_uri("http://set:1")
    assert tidegate.get_gateway_uri() == "http://set:1"
    assert tidegate.TidegateClient("http://told:1").gateway_uri == "http://told:1"


@pytest.mark.parametrize(
    "uri", ["ftp://host", "no-address", "http:/one", "http://:5000", "http://h:port", " http://h"]
)
def test_a_client_says_at_its_first_call_what_is_no_address(uri: str) -> None:
    with pytest.raises(
        tidegate.ConfigurationError, match="must begin with http:// or https:// and name a host"
    ):
        tidegate.TidegateClient(uri).search_routes()


def test_no_password_of_an_address_is_shown() -> None:
    client = tidegate.TidegateClient("http://ann:secret@127.0.0.1:9/p", max_retries=0)
    assert repr(client) == "TidegateClient('http://127.0.0.1:9/p')"
    with pytest.raises(tidegate.GatewayConnectionError) as caught:
        client.search_routes()
    assert "secret" not in str(caught.value) and "http://127.0.0.1:9/p/api" in str(caught.value)


@pytest.mark.parametrize("uri", ["http://h/?x=1", "http://h/#part"])
def test_an_address_ends_before_its_query(uri: str) -> None:
    with pytest.raises(tidegate.ConfigurationError, match="must end before `\\?` and `#`"):
        tidegate.TidegateClient(uri).search_routes()


@pytest.mark.parametrize("password", ["pa#ss", "pa/ss", "pa?ss", "pa@ss", "%70ass"])
def test_no_password_is_shown_however_it_is_written(password: str) -> None:
    client = tidegate.TidegateClient(f"http://ann:{password}@127.0.0.1:9/p", max_retries=0)
    with pytest.raises(tidegate.TidegateError) as caught:
        client.search_routes()
    for shown in (str(caught.value), repr(client), repr(vars(client))):
        assert "ss@" not in shown and password not in shown


def test_no_password_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with StandIn() as gateway, caplog.at_level("DEBUG"):
        gateway.then(Answer.json({}))
        uri = gateway.uri.replace("//", "//ann:p%61ss@")
        tidegate.TidegateClient(uri, headers={"x-key": "hush"}).query("chat", {})
    assert gateway.asked[0].headers["authorization"] == "Basic YW5uOnBhc3M="
    assert "HTTP Request" in caplog.text and "ss@" not in caplog.text

"""How host and token of a workspace are found, and that the SDK finds the same."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tidegate
from databricks_stand_in import TOKENS, Workspace, need_sdk
from stand_in import Answer
from tidegate._databricks import _access, _own, _tokens

SECRET = "s3cret"
INSTALL = r"pip install databricks-sdk$"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cloud, no program, and no token of another test."""
    for name in list(os.environ):
        if name.startswith(
            ("DATABRICKS_", "ARM_", "AZURE_", "GOOGLE_", "GITHUB_", "ACTIONS_", "SYSTEM_")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(_access, "_configs", {})
    monkeypatch.setattr(_tokens, "_sources", {})


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with Workspace() as stand_in:
        yield stand_in


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@dataclass(frozen=True)
class Case:
    """`{H}` stands for the workspace's address. `finds` is the `Authorization`, or `error` the error's words."""

    name: str
    env: dict[str, str] = field(default_factory=dict)
    file: str | None = None
    profile: str | None = None
    finds: str = ""
    error: str = ""
    host: str = "{H}"
    sdk_differs: bool = False
    """Whether the SDK can do what is refused without it."""


HOST = {"DATABRICKS_HOST": "{H}"}
PAT = {**HOST, "DATABRICKS_TOKEN": SECRET}
USER = {"DATABRICKS_USERNAME": "ada", "DATABRICKS_PASSWORD": SECRET}
PRINCIPAL = {"DATABRICKS_CLIENT_ID": "id", "DATABRICKS_CLIENT_SECRET": SECRET}
FILE = """
[__settings__]
[DEFAULT]
host = {H}
token = of-default
[other]
host = {H}/
token = of-%other
[ada]
host = {H}
username = ada
password = s3cret
[principal]
host = {H}
client_id = id
client_secret = s3cret
scopes = sql, all-apis
[no-host]
token = s3cret
[cli]
host = {H}
auth_type = databricks-cli
[two]
host = {H}
token = s3cret
username = ada
password = s3cret
[chosen]
host = {H}
token = s3cret
username = ada
password = s3cret
auth_type = basic
[empty]
host = {H}
token =
"""

CASES = [
    Case("token", PAT, finds=f"Bearer {SECRET}"),
    Case("trailing slash", {**PAT, "DATABRICKS_HOST": "{H}/"}, finds=f"Bearer {SECRET}"),
    Case("path", {**PAT, "DATABRICKS_HOST": "{H}/a/"}, finds=f"Bearer {SECRET}", host="{H}/a"),
    Case("password", {**HOST, **USER}, finds=basic("ada", SECRET)),
    Case("principal", {**HOST, **PRINCIPAL}, finds="Bearer token-1"),
    Case("empty variables", {**PAT, "DATABRICKS_USERNAME": ""}, finds=f"Bearer {SECRET}"),
    Case("token and password", {**PAT, **USER}, error="basic and pat"),
    Case("token and principal", {**PAT, **PRINCIPAL}, error="oauth and pat"),
    Case("token and half a password", {**PAT, "DATABRICKS_USERNAME": "ada"}, error="basic and pat"),
    Case("token and another cloud's", {**PAT, "ARM_CLIENT_ID": "x"}, error="azure and pat"),
    Case("pat chosen", {**PAT, **USER, "DATABRICKS_AUTH_TYPE": "pat"}, finds=f"Bearer {SECRET}"),
    Case("basic chosen", {**PAT, **USER, "DATABRICKS_AUTH_TYPE": "basic"}, finds=basic("ada", SECRET)),
    Case("m2m chosen", {**PAT, **PRINCIPAL, "DATABRICKS_AUTH_TYPE": "oauth-m2m"}, finds="Bearer token-1"),
    Case("chosen but not set", {**HOST, **USER, "DATABRICKS_AUTH_TYPE": "pat"}, error="no way to log in"),
    Case("nothing", error="^No Databricks host is set"),
    Case("host only", HOST, error="no way to log in"),
    Case("token only", {"DATABRICKS_TOKEN": SECRET}, error="^No Databricks host is set"),
    Case("principal without secret", {**HOST, "DATABRICKS_CLIENT_ID": "id"}, error="no way to log in"),
    Case("file's default", file=FILE, finds="Bearer of-default"),
    Case("file's other", file=FILE, profile="other", finds="Bearer of-%other"),
    Case("profile by variable", {"DATABRICKS_CONFIG_PROFILE": "other"}, FILE, finds="Bearer of-%other"),
    Case("profile over variable", {"DATABRICKS_CONFIG_PROFILE": "ada"}, FILE, "other", finds="Bearer of-%other"),
    Case("file's user", file=FILE, profile="ada", finds=basic("ada", SECRET)),
    Case("file's principal", file=FILE, profile="principal", finds="Bearer token-1"),
    Case("file's way of several", file=FILE, profile="chosen", finds=basic("ada", SECRET)),
    Case("file's several", file=FILE, profile="two", error="basic and pat"),
    Case("default does not fill in", file=FILE, profile="no-host", error="^No Databricks host is set"),
    Case("file's empty token", file=FILE, profile="empty", error="no way to log in"),
    Case("no such profile", file=FILE, profile="nobody", error="has no profile `nobody`"),
    Case("settings are no profile", file=FILE, profile="__settings__", error="is no profile"),
    Case("variables hide the file", PAT, FILE, finds=f"Bearer {SECRET}"),
    Case("host hides the file", HOST, FILE, error="no way to log in"),
    Case("token hides the file", {"DATABRICKS_TOKEN": SECRET}, FILE, error="^No Databricks host is set"),
    Case("variables over the profile", PAT, FILE, "other", finds=f"Bearer {SECRET}"),
    Case("token over the profile", {"DATABRICKS_TOKEN": SECRET}, FILE, "other", finds=f"Bearer {SECRET}"),
    Case("host with the profile", HOST, FILE, "no-host", finds=f"Bearer {SECRET}"),
    Case("token against the profile", {"DATABRICKS_TOKEN": "x"}, FILE, "ada", error="basic and pat"),
    Case("no file", profile="other", error="^No Databricks host is set"),
    Case("no file but variables", PAT, profile="other", finds=f"Bearer {SECRET}"),
    Case("settings' default", file="[__settings__]\ndefault_profile = b\n[DEFAULT]\nhost = {H}\ntoken = d\n[b]\nhost = {H}\ntoken = b\n", finds="Bearer b"),
    Case("settings' missing default", file="[__settings__]\ndefault_profile = b\n[DEFAULT]\nhost = {H}\ntoken = d\n", error="has no profile `b`"),
    Case("file without default", file="[other]\nhost = {H}\ntoken = x\n", error="^No Databricks host is set"),
    Case("no option", file="[DEFAULT]\nhost\n", error="`.*databrickscfg` cannot be read \\(ParsingError\\)"),
    Case("azure", {**HOST, "ARM_CLIENT_ID": "x", "ARM_CLIENT_SECRET": SECRET, "ARM_TENANT_ID": "t"}, error=f"by `azure` .*{INSTALL}", sdk_differs=True),
    Case("command line", file=FILE, profile="cli", error=f"by `databricks-cli` .*{INSTALL}", sdk_differs=True),
    Case("metadata service", {**HOST, "DATABRICKS_METADATA_SERVICE_URL": "http://127.0.0.1:1/x"}, error=f"`metadata-service` .*{INSTALL}", sdk_differs=True),
    Case("group of a token", {**PAT, "DATABRICKS_GROUP_ID": "g"}, error=f"`group_id` .*{INSTALL}"),
    Case("discovery is for principals", {**PAT, "DATABRICKS_DISCOVERY_URL": "x"}, finds=f"Bearer {SECRET}"),
    Case("discovery", {**HOST, **PRINCIPAL, "DATABRICKS_DISCOVERY_URL": "{H}/oidc/.well-known/oauth-authorization-server"}, error=f"`discovery_url` .*{INSTALL}", sdk_differs=True),
    Case("group", {**HOST, **PRINCIPAL, "DATABRICKS_GROUP_ID": "g"}, error=f"`group_id` .*{INSTALL}", sdk_differs=True),
]  # fmt: skip


def prepare(case: Case, uri: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in case.env.items():
        monkeypatch.setenv(name, value.replace("{H}", uri))
    if case.file is not None:
        (tmp_path / ".databrickscfg").write_text(case.file.replace("{H}", uri))


@pytest.mark.parametrize("case", CASES, ids=lambda it: it.name)
def test_without_the_sdk(
    case: Case, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_access, "_sdk", lambda: None)
    prepare(case, workspace.uri, monkeypatch, tmp_path)
    if case.error:
        with pytest.raises(tidegate.ConfigurationError, match=case.error) as caught:
            _access.of(case.profile)
        assert SECRET not in str(caught.value)
        return
    found = _access.of(case.profile)
    assert found.base == case.host.replace("{H}", workspace.uri)
    assert found.headers == {"Authorization": case.finds}
    assert case.finds not in repr(found)


@pytest.mark.parametrize("case", [it for it in CASES if not it.sdk_differs], ids=lambda it: it.name)
def test_the_sdk_finds_the_same(
    case: Case, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_sdk()
    prepare(case, workspace.uri, monkeypatch, tmp_path)
    if case.error:
        with pytest.raises(tidegate.ConfigurationError) as caught:
            _access.of(case.profile)
        assert SECRET not in str(caught.value)
        return
    found = _access.of(case.profile)
    assert found.base == case.host.replace("{H}", workspace.uri)
    assert found.headers == {"Authorization": case.finds}


HOSTS = [
    ("dbc-1.cloud.databricks.com", "https://dbc-1.cloud.databricks.com"),
    ("dbc-1.cloud.databricks.com/", "https://dbc-1.cloud.databricks.com"),
    ("https://dbc-1.cloud.databricks.com:443/", "https://dbc-1.cloud.databricks.com"),
    ("https://dbc-1.cloud.databricks.com:8443/a/", "https://dbc-1.cloud.databricks.com:8443/a"),
    ("HTTPS://Dbc-1.cloud.databricks.com//", "https://Dbc-1.cloud.databricks.com"),
    ("http://127.0.0.1:80", "http://127.0.0.1:80"),
    ("https://adb-1.azuredatabricks.net/?o=1", "https://adb-1.azuredatabricks.net?o=1"),
]


@pytest.mark.parametrize(("given", "normal"), HOSTS)
def test_a_host(given: str, normal: str) -> None:
    assert _own.normal(given) == normal


@pytest.mark.parametrize(("given", "normal"), HOSTS)
def test_the_sdk_takes_a_host_for_the_same(given: str, normal: str) -> None:
    need_sdk()
    client = pytest.importorskip("databricks.sdk._base_client")
    assert client._fix_host_if_needed(given) == normal


BAD_HOSTS = ["https://", "ftp://h", "https://h?o=1", "https://h#x", "https://[h", f"h:{SECRET}"]


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_a_host_that_is_none(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_access, "_sdk", lambda: None)
    monkeypatch.setenv("DATABRICKS_HOST", host)
    monkeypatch.setenv("DATABRICKS_TOKEN", SECRET)
    with pytest.raises(
        tidegate.ConfigurationError, match="such as https://dbc-1234.cloud"
    ) as caught:
        tidegate.TidegateClient("databricks").get_route("x")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("sdk", [False, True])
def test_the_workspace_of_a_shared_host_is_named(
    sdk: bool, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sdk:
        need_sdk()
    else:
        monkeypatch.setattr(_access, "_sdk", lambda: None)
    monkeypatch.setenv("DATABRICKS_HOST", workspace.uri)
    monkeypatch.setenv("DATABRICKS_TOKEN", SECRET)
    monkeypatch.setenv("DATABRICKS_WORKSPACE_ID", "123")
    expected = {"Authorization": f"Bearer {SECRET}", "X-Databricks-Workspace-Id": "123"}
    assert _access.of(None).headers == expected


@pytest.fixture(params=["own", "sdk"])
def principal(
    request: pytest.FixtureRequest, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """A workspace to log in to with a service principal, in either way."""
    if request.param == "sdk":
        pytest.importorskip("databricks.sdk.core")
    else:
        monkeypatch.setattr(_access, "_sdk", lambda: None)
    for name, value in {"DATABRICKS_HOST": workspace.uri, **PRINCIPAL}.items():
        monkeypatch.setenv(name, value)
    return workspace


def test_a_token_is_asked_for_once(principal: Workspace) -> None:
    for _ in range(3):
        assert _access.of(None).headers == {"Authorization": "Bearer token-1"}
    assert principal.paths() == [TOKENS]
    asked = next(it for it in principal.asked if it.path == "/oidc/v1/token")
    assert asked.headers["authorization"] == basic("id", SECRET)
    assert sorted(asked.body.decode().split("&")) == [
        "grant_type=client_credentials",
        "scope=all-apis",
    ]


def test_a_token_is_renewed_shortly_before_its_end(principal: Workspace) -> None:
    principal.lifetime = 39
    found = [_access.of(None).headers["Authorization"] for _ in range(3)]
    assert found == ["Bearer token-1", "Bearer token-2", "Bearer token-3"]


def test_another_principal_gets_another_token(
    principal: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _access.of(None).headers == {"Authorization": "Bearer token-1"}
    monkeypatch.setenv("DATABRICKS_CLIENT_ID", "another")
    assert _access.of(None).headers == {"Authorization": "Bearer token-2"}


def test_a_profile_that_changes_is_read_anew(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for token in ("one", "three"):
        (tmp_path / ".databrickscfg").write_text(f"[p]\nhost={workspace.uri}\ntoken={token}\n")
        assert _access.of("p").headers == {"Authorization": f"Bearer {token}"}


def refusal(answer: Any, status: int, workspace: Workspace) -> tidegate.TidegateError:
    workspace.refusals.append(Answer.json(answer, status))
    with pytest.raises(tidegate.TidegateError) as caught:
        _access.of(None)
    assert SECRET not in str(caught.value)
    return caught.value


def test_a_principal_that_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_access, "_sdk", lambda: None)
    for name, value in {"DATABRICKS_HOST": workspace.uri, **PRINCIPAL}.items():
        monkeypatch.setenv(name, value)
    url = f"{workspace.uri}/oidc/v1/token"
    error = refusal({"error": "invalid_client"}, 401, workspace)
    assert isinstance(error, tidegate.GatewayStatusError)
    assert str(error) == f"401 from POST {url}: invalid_client"
    for answer in (
        {"access_token": SECRET},
        [SECRET],
        {"access_token": SECRET, "token_type": "Bearer", "expires_in": "soon"},
    ):
        error = refusal(answer, 200, workspace)
        assert str(error) == f"{url} answered 200, but not with a token."
    monkeypatch.setenv("DATABRICKS_HOST", "http://127.0.0.1:1")
    with pytest.raises(
        tidegate.GatewayConnectionError, match="^No token came from http://127.0.0.1:1/oidc"
    ) as caught:
        _access.of(None)
    assert not caught.value.may_have_run
    assert SECRET not in repr(_tokens._sources)


def test_the_sdk_s_errors_keep_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    class Config:
        def __init__(self, **settings: object) -> None:
            assert settings == {"profile": None, "retry_timeout_seconds": 10}
            raise ValueError("no way. Config: host=https://ada:s3cret@h, token=***")

    pytest.importorskip("requests")
    monkeypatch.setattr(_access, "_sdk", lambda: Config)
    with pytest.raises(tidegate.ConfigurationError) as caught:
        _access.of(None)
    assert str(caught.value) == "The Databricks SDK: no way. Config: host=https://h, token=***"


def test_the_sdk_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, tidegate; tidegate.TidegateClient('databricks'); print('databricks' in sys.modules)"
    path = os.pathsep.join(sys.path)
    run = [sys.executable, "-c", code]
    told = subprocess.run(run, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"

"""A provider key never comes out: not in an answer, not in a log, whatever goes wrong."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import httpx
import pytest

from conftest import StartGateway
from support import answers, configs
from support.gateway import Gateway, eventually, run_command
from support.plans import Plan, frames
from support.upstream import FakeUpstream

CANARY = "sk-canary-7Qx9ZpL2mVt4RkW8sYb3"
SECOND = "sk-canary-file-4Hn6TcJ1dFg5XuE0aQo"
ASK = {"messages": [{"role": "user", "content": "Hello"}]}
DOORS = ("gateway", "endpoints", "v1")


def needles(key: str) -> list[str]:
    """The key's tail, and its base64 at each of the three alignments."""
    tail = key[-12:]
    found = [tail]
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + tail.encode()).decode().rstrip("=")
        found.append(text[4:-4])
    return found


def assert_absent(text: str, where: str) -> None:
    for key in (CANARY, SECOND):
        for needle in needles(key):
            assert needle not in text, f"a key shows in {where}"


@pytest.fixture
def canary(start_gateway: StartGateway, upstream: FakeUpstream, tmp_path: Path) -> Gateway:
    """A gateway at the most talkative log level; one key from the environment, one from a file."""
    key_file = tmp_path / "key.txt"
    key_file.write_text(SECOND + "\n")
    routes = configs.standard_routes(upstream.base, "$CANARY_KEY")
    routes.append(configs.openai_route("filed", "chat", "gpt-4", upstream.base, str(key_file)))
    routes.append(
        configs.openai_route("dead", "chat", "gpt-4", "http://127.0.0.1:9/v1", "$CANARY_KEY")
    )
    env = {"CANARY_KEY": CANARY, "RUST_LOG": "trace"}
    has_level = "--log-level" in run_command("start", "--help").stdout
    options = ("--log-level", "debug") if has_level else ()
    return start_gateway(routes, *options, env=env)


def call(gateway: Gateway, door: str, route: str, stream: bool = False) -> httpx.Response:
    body = {**ASK, **({"stream": True} if stream else {})}
    if door == "v1":
        url = f"{gateway.url}/v1/chat/completions"
        body["model"] = route
    else:
        url = f"{gateway.url}/{door}/{route}/invocations"
    try:
        return httpx.post(url, json=body, timeout=20)
    except httpx.RemoteProtocolError as error:
        return httpx.Response(599, text=str(error))


def echo(status: int, key: str) -> list[Plan]:
    """Errors that quote the key in every place where a provider could put it."""
    text = f"Incorrect API key provided: {key}. Authorization: Bearer {key}"
    as_json = {"content-type": "application/json"}
    bodies = [
        Plan.error(status, text, "invalid_request_error", "invalid_api_key"),
        Plan.json({"error": text}, status),
        Plan.json({"message": text, "list": [text], key: 1}, status),
        Plan.json({"error": {"message": "x", "type": key, "param": key, "code": key}}, status),
        Plan(status, {"content-type": "text/plain"}, text.encode()),
        Plan(status, {"content-type": "text/html"}, f"<p>{text}".encode()),
        Plan(status, as_json, f'{{"broken": "{text}'.encode()),
    ]
    header = Plan.error(status, "x", "y", None, x_request_id=key, retry_after="1", x_echo=text)
    return [*bodies, header]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_errors_that_echo_the_key(
    canary: Gateway, upstream: FakeUpstream, door: str, status: int
) -> None:
    for route, key in (("chat", CANARY), ("filed", SECOND)):
        for stream in (False, True):
            for plan in echo(status, key):
                upstream.next(plan)
                reply = call(canary, door, route, stream)
                where = f"{status} on {door}, {route}, stream {stream}, {plan.body[:60]!r}"
                assert_absent(reply.text + str(reply.headers.raw), where)
    assert_absent(canary.log, "the log")


@pytest.mark.parametrize("door", DOORS)
def test_broken_answers_and_streams(canary: Gateway, upstream: FakeUpstream, door: str) -> None:
    good = answers.chat_frames()
    failed = {"error": {"message": f"bad key {CANARY}", "type": CANARY, "code": None}}
    broken = [
        Plan.stream(good[:2], ending="cut"),
        Plan.stream(good[:2] + frames(failed)),
        Plan.stream(good[:2] + frames('{"broken": ')),
        Plan.stream([]),
        Plan(body=b"{"),
        Plan(body=b"[]"),
        Plan(body=b"", ending="cut"),
        Plan(headers={"content-type": "text/html"}, body=b"<p>no"),
    ]
    for plan in broken:
        upstream.next(plan)
        reply = call(canary, door, "chat", stream=plan.pieces is not None)
        assert_absent(reply.text + str(reply.headers.raw), f"{door}: {plan.body!r} {plan.pieces!r}")
    for stream in (False, True):
        assert_absent(call(canary, door, "dead", stream).text, f"{door}: no upstream")
    assert_absent(canary.log, "the log")


PAGES = [
    "/health",
    "/docs",
    "/openapi.json",
    "/api/2.0/gateway/routes/",
    "/api/2.0/gateway/routes/chat",
    "/api/2.0/endpoints/",
    "/api/2.0/endpoints/chat",
    "/api/3.0/gateway/endpoint/chat",
    "/v1/models",
    "/v1/models/chat",
    "/gateway/mlflow/v1/models",
    "/metrics",
    "/nope",
]


def test_pages_and_their_assets(canary: Gateway) -> None:
    seen = 0
    for page in PAGES:
        reply = httpx.get(canary.url + page, follow_redirects=True)
        seen += reply.status_code == 200
        assert_absent(reply.text + str(reply.headers.raw), page)
        for asset in re.findall(r"""(?:src|href)=["']([^"'#:]+)["']""", reply.text):
            inner = httpx.get(str(reply.url.join(asset)))
            assert_absent(inner.text, f"{asset} of {page}")
    assert seen >= 10
    assert_absent(canary.log, "the log")


@pytest.mark.parametrize(
    "damage",
    [
        {"route_type": "llm/v1/nope"},
        {"name": CANARY + " with blank"},
        {"model": {"provider": "nope", "name": "x", "config": {"openai_api_key": CANARY}}},
        {"model": {"provider": "openai", "name": "x", "config": {"openai_api_key": [CANARY]}}},
        {"model": {"provider": "openai", "name": "x", "config": {"openai_api_kye": CANARY}}},
        {"model": {"provider": "openai", "name": "x", "config": CANARY}},
        {"limit": {"calls": -5, "renewal_period": "minute"}},
        {"limit": {"openai_api_key": CANARY}},
    ],
    ids=lambda damage: ",".join(damage),
)
def test_config_errors(tmp_path: Path, upstream: FakeUpstream, damage: dict[str, object]) -> None:
    """An inline key in a broken file; only a name that the author put in clear may be quoted."""
    route = {**configs.openai_route("chat", "chat", "gpt-4", upstream.base, CANARY), **damage}
    path = configs.write(tmp_path / "broken.yaml", [route])
    for command in (("check",), ("check", "--strict"), ("start", "--port", "0")):
        done = run_command(*command, "--config-path", str(path))
        assert done.returncode != 0, command
        output = done.stdout + done.stderr
        if "name" in damage:
            output = output.replace(f"{CANARY} with blank", "")
        assert_absent(output, f"the output of {command}")


@pytest.mark.parametrize(
    "text", ["routes: [{openai_api_key: KEY", "- KEY\n", "KEY: {a: [\n", "\tKEY"]
)
def test_files_that_are_not_yaml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text.replace("KEY", CANARY))
    done = run_command("check", "--config-path", str(path))
    assert done.returncode != 0
    assert_absent(done.stdout + done.stderr, "the output of check")


def test_broken_reload(canary: Gateway, upstream: FakeUpstream) -> None:
    """A config that turns bad is reported in the log, without what it holds."""
    before = len(canary.log)
    bad = configs.openai_route("chat", "nope", "gpt-4", upstream.base, CANARY)
    configs.write(canary.config, [bad])
    eventually(lambda: "nvalid" in canary.log[before:], "the log tells of the bad config")
    assert call(canary, "v1", "chat").status_code == 200
    assert_absent(canary.log, "the log")


def test_requests_that_the_gateway_refuses(canary: Gateway) -> None:
    bodies = [
        b"",
        b"{",
        b"[]",
        json.dumps({"messages": []}).encode(),
        json.dumps({**ASK, "n": 0}).encode(),
    ]
    for door in (
        "/gateway/chat/invocations",
        "/endpoints/chat/invocations",
        "/v1/chat/completions",
    ):
        for body in bodies:
            reply = httpx.post(canary.url + door, content=body)
            assert reply.status_code >= 400
            assert_absent(reply.text, f"{door} {body!r}")
    assert_absent(canary.log, "the log")

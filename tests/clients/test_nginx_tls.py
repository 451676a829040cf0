"""Behind Nginx as `docs/security.md` sets it up: TLS and passwords, streams, breaks, departures, at every door."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import answers
from support.doors import CHAT, CLAUDE, MESSAGES, PLAIN, PROXY, STREAMING, answer
from support.gateway import Gateway, eventually
from support.plans import Plan, frames
from support.security_page import Secured
from support.upstream import FakeUpstream

METADATA = [
    "/v1/models",
    "/api/2.0/gateway/routes/",
    "/api/2.0/endpoints/chat",
    "/api/3.0/gateway/endpoint/chat",
    "/openapi.json",
    "/docs",
]


@pytest.fixture
def secured(gateway: Gateway, upstream: FakeUpstream, tmp_path: Path) -> Iterator[Secured]:
    secured = Secured(gateway, tmp_path)
    yield secured
    secured.stop()


@pytest.fixture
def client(secured: Secured) -> Iterator[httpx.Client]:
    """Trusts the page's certificate, knows the password."""
    with httpx.Client(
        base_url=secured.url, auth=secured.auth, verify=secured.context(), timeout=20
    ) as client:
        yield client


def lines_of(reply: httpx.Response) -> list[str]:
    return [line for line in reply.iter_lines() if line]


def test_every_door(secured: Secured, client: httpx.Client, upstream: FakeUpstream) -> None:
    """Nothing without the password; with it everything, plain and streamed; the password goes no further."""
    upstream.otherwise = answer
    stranger = httpx.Client(base_url=secured.url, verify=secured.context())
    for auth in (None, ("ann", "wrong"), ("bob", secured.password)):
        for path, body in PLAIN:
            refused = stranger.post(path, json=body, auth=auth)
            assert refused.status_code == 401, path
            assert refused.headers["www-authenticate"] == 'Basic realm="LLM gateway"'
        for path in METADATA:
            assert stranger.get(path, auth=auth).status_code == 401, path
    assert upstream.requests == []
    for path in METADATA:
        assert client.get(path).status_code == 200, path
    for path, body in PLAIN:
        reply = client.post(path, json=body)
        assert reply.status_code == 200, (path, reply.text)
        assert isinstance(reply.json(), dict), path
    for path, body, last in STREAMING:
        with client.stream("POST", path, json={**body, "stream": True}) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream"), path
            assert lines_of(reply)[-1] == last, path
    assert {seen.header("authorization") for seen in upstream.requests} == {"Bearer sk-test"}
    assert secured.password not in str([seen.headers for seen in upstream.requests])


def test_probes_need_no_password(secured: Secured) -> None:
    stranger = httpx.Client(base_url=secured.url, verify=secured.context())
    for path in ("/health", "/health/live", "/health/ready"):
        assert stranger.get(path).json() == {"status": "OK"}, path
    for path in ("/health?verbose", "/health/ready?verbose"):
        assert "generation" not in stranger.get(path).json(), path
    assert stranger.get("/healthy").status_code == 401


def test_tls(secured: Secured) -> None:
    """The two versions; nobody is believed whose certificate is not known."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = secured.context()
        context.minimum_version = context.maximum_version = version
        assert httpx.get(f"{secured.url}/health", verify=context).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secured.url}/health")


def test_redirect_keeps_the_post(secured: Secured, upstream: FakeUpstream) -> None:
    path = "/gateway/chat/invocations"
    reply = httpx.post(f"{secured.plain_url}{path}?a=1", json=CHAT, auth=secured.auth)
    assert reply.status_code == 308
    assert reply.headers["location"] == f"{secured.url}{path}?a=1"
    done = subprocess.run(
        ["curl", "-sSL", "--location-trusted", "--cacert", str(secured.certificate)]
        + ["-u", ":".join(secured.auth), "-d", json.dumps(CHAT), secured.plain_url + path],
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout)["candidates"][0]["message"]["content"]
    assert said == answers.TEXT, done.stderr
    assert upstream.last.json["messages"] == MESSAGES


def test_events_arrive_as_they_are_made(client: httpx.Client, upstream: FakeUpstream) -> None:
    for path, body, last in STREAMING:
        check_events(client, upstream, path, body, last)


def test_events_pass_a_buffering_nginx(
    gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    """Streams ask not to be held back."""
    secured = Secured(gateway, tmp_path, without="proxy_buffering off;")
    try:
        with httpx.Client(
            base_url=secured.url, auth=secured.auth, verify=secured.context(), timeout=20
        ) as client:
            for path, body, last in STREAMING:
                check_events(client, upstream, path, body, last)
    finally:
        secured.stop()


def check_events(
    client: httpx.Client, upstream: FakeUpstream, path: str, body: dict[str, Any], last: str
) -> None:
    """The first event is here while the upstream still holds the others back; more follow one by one."""
    is_text = "prompt" in body and path.startswith("/v1")
    upstream.next(held := text_plan() if is_text else chat_plan())
    with client.stream("POST", path, json={**body, "stream": True}) as reply:
        lines = (line for line in reply.iter_lines() if line)
        seen = []
        for gate in held.gates.values():
            seen.append(next(lines))
            gate.set()
        assert [*seen, *lines][-1] == last, path


def chat_plan() -> Plan:
    pieces = answers.chat_frames()
    return Plan.stream(pieces, gates={n: threading.Event() for n in (2, 3, 4)})


def text_plan() -> Plan:
    text = {**answers.completion(), "choices": [{"index": 0, "text": "Hi", "logprobs": None}]}
    pieces = frames(text, text, text, text, "[DONE]")
    return Plan.stream(pieces, gates={n: threading.Event() for n in (2, 3, 4)})


BROKEN = [
    ("/gateway/chat/invocations", CHAT, '"stream_interrupted"'),
    ("/endpoints/chat/invocations", CHAT, '"stream_interrupted"'),
    ("/v1/chat/completions", {"model": "chat", **CHAT}, '"stream_interrupted"'),
    ("/v1/messages", CLAUDE, '"api_error"'),
]


def test_a_stream_cut_at_the_provider_ends_with_an_error(
    client: httpx.Client, upstream: FakeUpstream
) -> None:
    for path, body, code in BROKEN:
        upstream.next(Plan.stream(answers.chat_frames()[:3], ending="cut"))
        with client.stream("POST", path, json={**body, "stream": True}) as reply:
            lines = lines_of(reply)
        assert code in lines[-1] and "The provider's stream broke" in lines[-1], path


def test_a_proxied_stream_cut_at_the_provider_is_cut(
    client: httpx.Client, upstream: FakeUpstream
) -> None:
    upstream.next(Plan.stream(answers.chat_frames()[:3], ending="cut"))
    with (
        client.stream("POST", PROXY, json={**CHAT, "model": "gpt-4o", "stream": True}) as reply,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        lines_of(reply)


def test_a_gateway_that_ends_is_no_end_of_a_stream(
    gateway: Gateway, client: httpx.Client, upstream: FakeUpstream
) -> None:
    upstream.next(Plan.stream(answers.chat_frames()[:3], ending="stall"))
    ask = {"model": "chat", **CHAT, "stream": True}
    with client.stream("POST", "/v1/chat/completions", json=ask) as reply:
        lines = reply.iter_lines()
        assert next(lines).startswith("data: ")
        gateway.signal(signal.SIGKILL)
        with pytest.raises(httpx.RemoteProtocolError):
            list(lines)
    gateway.process.wait(10)
    assert client.post("/v1/chat/completions", json=ask).status_code == 502


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_call(
    stream: bool, secured: Secured, upstream: FakeUpstream
) -> None:
    """Its connection closes while the answer has not ended, or not begun."""
    streamed = Plan.stream(answers.chat_frames()[:2], ending="stall")
    upstream.next(streamed if stream else Plan(gates={0: threading.Event()}))
    arguments = ["-sN", "--cacert", str(secured.certificate), "-u", ":".join(secured.auth)]
    ask = json.dumps({"model": "chat", **CHAT, "stream": stream})
    with subprocess.Popen(
        ["curl", *arguments, "-d", ask, f"{secured.url}/v1/chat/completions"],
        stdout=subprocess.PIPE,
    ) as curl:
        (seen,) = upstream.wait_for(1)
        if stream:
            assert curl.stdout is not None and curl.stdout.readline().startswith(b"data: ")
        assert not seen.disconnected.is_set()
        curl.kill()
    assert seen.disconnected.wait(10)


def test_pages_of_other_sites_are_refused(client: httpx.Client, upstream: FakeUpstream) -> None:
    """With the browser's password too."""
    site = {"sec-fetch-site": "cross-site", "origin": "https://page.example"}
    for path, body in PLAIN:
        assert client.post(path, json=body, headers=site).status_code == 403, path
    assert upstream.requests == []


def test_the_log_tells_who_asked(secured: Secured, client: httpx.Client, gateway: Gateway) -> None:
    """The request id is the one of the gateway's access log; neither holds password, prompt or answer."""
    asked = [{"role": "user", "content": "A private matter"}]
    reply = client.post("/v1/chat/completions", json={"model": "chat", "messages": asked})
    request_id = reply.headers["x-request-id"]
    eventually(lambda: request_id in secured.log.read_text(), "nginx logs the call")
    line = secured.log.read_text().splitlines()[-1].split()
    assert (line[1], line[-2], line[-1]) == ("ann", "200", request_id)
    eventually(lambda: request_id in gateway.log, "the gateway logs the call")
    logged = secured.log.read_text() + gateway.log
    for secret in (secured.password, "sk-test", "A private matter", answers.TEXT):
        assert secret not in logged

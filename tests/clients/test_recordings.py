"""Recorded answers played upstream: a client of `/v1` gets what was recorded, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from support import configs
from support.gateway import Gateway
from support.recordings import Recording, all_recordings, routes_for
from support.upstream import FakeUpstream

RECORDINGS = all_recordings()
OPERATIONS = {"chat": "chat/completions", "completions": "completions", "embeddings": "embeddings"}
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, FakeUpstream]]:
    """One gateway with a route for every recorded model, and the upstream behind it."""
    upstream = FakeUpstream()
    path = tmp_path_factory.mktemp("recordings") / "gateway.yaml"
    configs.write(path, routes_for(RECORDINGS, upstream.base))
    gateway = Gateway(path)
    yield gateway, upstream
    gateway.kill()
    upstream.close()


@pytest.fixture(params=RECORDINGS, ids=lambda r: r.name)
def recording(request: pytest.FixtureRequest) -> Recording:
    chosen: Recording = request.param
    return chosen


def test_bytes_are_the_recorded_ones(
    recording: Recording, stage: tuple[Gateway, FakeUpstream]
) -> None:
    gateway, upstream = stage
    url = f"{gateway.url}/v1/{OPERATIONS[recording.kind]}"
    for seed in SEEDS if recording.is_stream else SEEDS[:1]:
        upstream.next(recording.plan(seed))
        reply = httpx.post(url, json=recording.request_body, timeout=20)
        assert reply.status_code == recording.status
        assert reply.content == recording.body
        sent = upstream.last.json
        if not recording.is_azure:
            assert sent == recording.data["request"]["body"]
        assert {**sent, "model": ""} == {**recording.request_body, "model": ""}


def test_sdk_objects_are_the_recorded_ones(
    recording: Recording, stage: tuple[Gateway, FakeUpstream]
) -> None:
    gateway, upstream = stage
    upstream.next(recording.plan(7))
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="k", max_retries=0) as client:
        if recording.status >= 400:
            with pytest.raises(openai.APIStatusError) as caught:
                _ask(client, recording)
            assert caught.value.status_code == recording.status
            assert caught.value.response.content == recording.body
            return
        answer = _ask(client, recording)
        if recording.is_stream:
            assert [part.to_dict() for part in answer] == _events(recording.body)
        else:
            assert answer.to_dict() == json.loads(recording.body)


def _ask(client: openai.OpenAI, recording: Recording) -> Any:
    body = recording.request_body
    if recording.kind == "chat":
        required = {"model": body.pop("model"), "messages": body.pop("messages")}
        resource: Any = client.chat.completions
    elif recording.kind == "completions":
        required = {"model": body.pop("model"), "prompt": body.pop("prompt")}
        resource = client.completions
    else:
        required = {"model": body.pop("model"), "input": body.pop("input")}
        required["encoding_format"] = body.pop("encoding_format", "float")
        resource = client.embeddings
    body.pop("stream", None)
    return (
        resource.create(**required, stream=True, extra_body=body)
        if recording.is_stream
        else (resource.create(**required, extra_body=body))
    )


def _events(body: bytes) -> list[Any]:
    lines = [line[5:].strip() for line in body.decode().splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines if line != "[DONE]"]

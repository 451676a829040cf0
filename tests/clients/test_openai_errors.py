"""The OpenAI Python SDK against `/v1` when something goes wrong, or the client leaves."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import openai
import pytest

from support import answers
from support.gateway import Gateway
from support.plans import Plan
from support.upstream import FakeUpstream

ASK: list[Any] = [{"role": "user", "content": "Hello"}]
CANCEL_LIMIT = 0.5
"""Seconds: the gateway should need well under 0.1; the rest is for a busy machine."""


def test_unknown_model(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="nope", messages=ASK)
    assert caught.value.code == "model_not_found"
    assert "nope" in caught.value.message
    assert upstream.requests == []


def test_route_of_another_type(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="embeddings", messages=ASK)
    assert caught.value.type == "invalid_request_error"


@pytest.mark.parametrize("stream", [False, True])
def test_upstream_refuses_the_key(
    client: openai.OpenAI, upstream: FakeUpstream, stream: bool
) -> None:
    upstream.next(Plan.error(401, "Incorrect API key", "invalid_request_error", "invalid_api_key"))
    with pytest.raises(openai.AuthenticationError) as caught:
        client.chat.completions.create(model="chat", messages=ASK, stream=stream)
    assert caught.value.code == "invalid_api_key"


@pytest.mark.parametrize("stream", [False, True])
def test_upstream_limits_the_rate(
    client: openai.OpenAI, upstream: FakeUpstream, stream: bool
) -> None:
    refusal = Plan.error(429, "Slow down", "tokens", "rate_limit_exceeded", retry_after="7")
    upstream.next(refusal)
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="chat", messages=ASK, stream=stream)
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.code == "rate_limit_exceeded"


def test_sdk_retries_what_the_gateway_relays(gateway: Gateway, upstream: FakeUpstream) -> None:
    client = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="k", max_retries=1)
    upstream.next(Plan.error(429, "Slow down", "tokens", None, retry_after_ms="1"))
    assert client.chat.completions.create(model="chat", messages=ASK).id == "chatcmpl-abc"
    assert len(upstream.requests) == 2


def test_cut_stream_is_an_error(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    upstream.next(Plan.stream(answers.chat_frames()[:2], ending="cut"))
    received = []
    with pytest.raises(openai.APIError):
        for part in client.chat.completions.create(model="chat", messages=ASK, stream=True):
            received.append(part)
    assert len(received) == 2


def test_leaving_a_stream_cancels_the_upstream(
    client: openai.OpenAI, upstream: FakeUpstream
) -> None:
    upstream.next(Plan.stream(answers.chat_frames()[:2], ending="stall"))
    stream = client.chat.completions.create(model="chat", messages=ASK, stream=True)
    next(stream)
    left_at = time.monotonic()
    stream.close()
    assert upstream.last.disconnected.wait(5), "the upstream call goes on"
    assert upstream.last.disconnected_at - left_at < CANCEL_LIMIT


@pytest.mark.parametrize("ending", ["plain", "stream"])
def test_async_cancellation_reaches_the_upstream(
    gateway: Gateway, upstream: FakeUpstream, ending: str
) -> None:
    """A task cancelled while it waits: for a plain answer, or for the next event."""
    plan = Plan.stream(answers.chat_frames()[:1], ending="stall")
    if ending == "plain":
        plan = Plan.json(answers.chat())
        plan.gates = {0: threading.Event()}
    upstream.next(plan)

    async def main() -> float:
        async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key="k") as client:

            async def ask() -> None:
                if ending == "plain":
                    await client.chat.completions.create(model="chat", messages=ASK)
                    return
                stream = await client.chat.completions.create(
                    model="chat", messages=ASK, stream=True
                )
                async with stream:
                    async for _ in stream:
                        pass

            task = asyncio.create_task(ask())
            await asyncio.to_thread(upstream.wait_for, 1)
            left_at = time.monotonic()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return left_at

    left_at = asyncio.run(main())
    assert upstream.last.disconnected.wait(5), "the upstream call goes on"
    assert upstream.last.disconnected_at - left_at < CANCEL_LIMIT

"""The OpenAI Python SDK against `/v1`, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import openai
import pytest
from pydantic import BaseModel

from support import answers
from support.gateway import Gateway
from support.plans import Plan, frames
from support.upstream import FakeUpstream

ASK: list[Any] = [{"role": "user", "content": "Hello"}]


def test_models_are_the_routes(client: openai.OpenAI) -> None:
    listed = client.models.list().data
    assert [m.id for m in listed] == ["completions", "chat", "embeddings", "instruct"]
    assert {m.object for m in listed} == {"model"}
    assert client.models.retrieve("chat").id == "chat"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("nope")
    assert caught.value.code == "model_not_found"


def test_chat_gives_the_upstream_answer(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    answer = client.chat.completions.create(model="chat", messages=ASK)
    assert answer.to_dict() == answers.chat()
    assert upstream.last.path == "/v1/chat/completions"
    assert upstream.last.header("authorization") == "Bearer sk-test"
    assert upstream.last.json == {"messages": ASK, "model": "gpt-4o-mini"}


def test_unknown_fields_and_number_spelling_pass(gateway: Gateway, upstream: FakeUpstream) -> None:
    body = b'{"model" : "chat", "messages":[{"role":"user","content":"x","future":1.0}], "big":12345678901234567890123, "e":1e2}'
    reply = httpx.post(f"{gateway.url}/v1/chat/completions", content=body)
    assert reply.status_code == 200
    assert upstream.last.body == body.replace(b'"chat"', b'"gpt-4o-mini"')


def test_chat_stream(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    with client.chat.completions.create(model="chat", messages=ASK, stream=True) as stream:
        chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == answers.TEXT
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert upstream.last.json["stream"] is True
    assert "stream_options" not in upstream.last.json


def test_stream_usage_when_asked_for(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="chat", messages=ASK, stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[-1].usage is not None and chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens == answers.USAGE["total_tokens"]


def test_chunks_arrive_as_they_are_sent(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    """Each event comes through while the upstream still holds the next one back."""
    pieces = answers.chat_frames()
    gates = {n: threading.Event() for n in range(1, len(pieces))}
    upstream.next(Plan.stream(pieces, gates=gates))
    stream = client.chat.completions.create(model="chat", messages=ASK, stream=True)
    for gate in gates.values():
        next(stream)
        gate.set()
    assert list(stream) == []


TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "pattern": "x"}},
                "required": ["city"],
            },
        },
    }
]


def test_tool_calls(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    function = {"name": "get_weather", "arguments": '{"city":"Oslo"}'}
    call = {"id": "call_1", "type": "function", "function": function}
    upstream.next(Plan.json(answers.chat(None, "tool_calls", tool_calls=[call])))
    answer = client.chat.completions.create(
        model="chat", messages=ASK, tools=TOOLS, tool_choice="auto"
    )
    calls = answer.choices[0].message.tool_calls
    assert calls is not None and calls[0].to_dict() == call
    assert upstream.last.json["tools"] == TOOLS


def test_streamed_tool_calls(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    def delta(**function: str) -> dict[str, Any]:
        return answers.chat_chunk(tool_calls=[{"index": 0, "function": function}])

    first = {"index": 0, "id": "c1", "type": "function", "function": {"name": "get_weather"}}
    upstream.next(
        Plan.stream(
            frames(
                answers.chat_chunk(role="assistant", content=None, tool_calls=[first]),
                delta(arguments='{"city"'),
                delta(arguments=':"Oslo"}'),
                answers.chat_chunk("tool_calls"),
                "[DONE]",
            )
        )
    )
    with client.chat.completions.stream(model="chat", messages=ASK, tools=TOOLS) as stream:
        final = stream.get_final_completion()
    calls = final.choices[0].message.tool_calls
    assert calls is not None and calls[0].function.arguments == '{"city":"Oslo"}'


class Weather(BaseModel):
    city: str
    degrees: int


def test_structured_output(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    upstream.next(Plan.json(answers.chat('{"city":"Oslo","degrees":-3}')))
    answer = client.chat.completions.parse(model="chat", messages=ASK, response_format=Weather)
    assert answer.choices[0].message.parsed == Weather(city="Oslo", degrees=-3)
    sent = upstream.last.json["response_format"]
    assert sent["json_schema"]["schema"]["properties"].keys() == {"city", "degrees"}


def test_completion_on_a_chat_model(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    answer = client.completions.create(model="completions", prompt="Hello", max_tokens=5)
    assert answer.object == "text_completion"
    assert answer.choices[0].text == answers.TEXT
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None and answer.usage.total_tokens == 12
    sent = upstream.last
    assert sent.path == "/v1/chat/completions"
    assert sent.json == {"model": "gpt-4o-mini", "messages": ASK, "max_tokens": 5}


def test_streamed_completion_on_a_chat_model(client: openai.OpenAI) -> None:
    chunks = list(client.completions.create(model="completions", prompt="Hello", stream=True))
    assert {c.object for c in chunks} == {"text_completion"}
    assert "".join(c.choices[0].text or "" for c in chunks if c.choices) == answers.TEXT
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_completion_on_a_completion_model(client: openai.OpenAI, upstream: FakeUpstream) -> None:
    answer = client.completions.create(model="instruct", prompt=["a", "b"], echo=True)
    assert answer.to_dict() == answers.completion()
    assert upstream.last.path == "/v1/completions"


@pytest.mark.parametrize("extra", [{"echo": True}, {"suffix": "x"}, {"prompt": ["a", "b"]}])
def test_what_a_chat_model_cannot_complete(client: openai.OpenAI, extra: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        client.completions.create(**{"model": "completions", "prompt": "a", **extra})


@pytest.mark.parametrize("extra", [{}, {"encoding_format": "float"}])
def test_embeddings(client: openai.OpenAI, upstream: FakeUpstream, extra: dict[str, Any]) -> None:
    answer = client.embeddings.create(model="embeddings", input=["a", "b"], **extra)
    assert [d.embedding for d in answer.data] == [answers.VECTOR, answers.VECTOR]
    assert upstream.last.json["encoding_format"] == extra.get("encoding_format", "base64")
    assert upstream.last.json["model"] == "text-embedding-ada-002"


def test_async_chat_stream_and_embeddings(gateway: Gateway) -> None:
    async def main() -> tuple[str, str, list[float]]:
        async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key="k") as client:
            plain, stream, vectors = await asyncio.gather(
                client.chat.completions.create(model="chat", messages=ASK),
                client.chat.completions.create(model="chat", messages=ASK, stream=True),
                client.embeddings.create(model="embeddings", input="a"),
            )
            parts = [c.choices[0].delta.content or "" async for c in stream]
            content = plain.choices[0].message.content or ""
            return content, "".join(parts), vectors.data[0].embedding

    assert asyncio.run(main()) == (answers.TEXT, answers.TEXT, answers.VECTOR)

"""LangChain: the documentation's examples, the MLflow wrappers of two eras, and `langchain-openai`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI, OpenAI, OpenAIEmbeddings

from support import answers
from support.environments import CLIENTS, json_of, restored, run_program
from support.gateway import Gateway
from support.plans import Plan
from support.upstream import FakeUpstream
from test_mlflow_clients import run_seed

OLD = "langchain-0.0.350"
NEW = "mlflow-3"


@pytest.mark.parametrize("name", ["langchain.py", "page_completions.py"])
@pytest.mark.parametrize("environment", [OLD, NEW])
def test_seed_chain(
    environment: str, name: str, gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    printed = run_seed(name, environment, gateway, tmp_path).splitlines()
    assert printed[0] == answers.TEXT
    assert answers.TEXT in printed[-1]
    sent = upstream.requests[0].json
    assert sent["messages"] == [{"role": "user", "content": "Tell me a funny joke"}]
    assert sent["top_p"] == 0.1 and "candidate_count" not in sent and "stop" not in sent


@pytest.mark.parametrize("environment", [OLD, NEW])
def test_seed_embeddings(
    environment: str, gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    printed = run_seed("page_embeddings.py", environment, gateway, tmp_path)
    assert str(answers.VECTOR) in printed.splitlines()[0]
    assert [r.json["input"] for r in upstream.requests] == [["hello"], ["hello"]]


@pytest.mark.parametrize("environment", [OLD, "mlflow-2.22.5", NEW])
def test_mlflow_wrappers(environment: str, gateway: Gateway, tmp_path: Path) -> None:
    program = CLIENTS / "programs/langchain_wrappers.py"
    if environment == OLD:
        program = CLIENTS / "programs/langchain_old_wrappers.py"
    env = restored(environment, tmp_path)
    got = json_of(run_program(environment, program, gateway.url, cwd=tmp_path, **env))
    vectors = {name: value for name, value in got.items() if "embeddings" in name}
    for name in vectors:
        assert vectors[name] == [answers.VECTOR, answers.VECTOR], name
    texts = {name: value for name, value in got.items() if name not in vectors}
    assert texts == {name: answers.TEXT for name in texts}


def test_langchain_openai(gateway: Gateway, upstream: FakeUpstream) -> None:
    base: dict[str, Any] = {
        "base_url": f"{gateway.url}/v1",
        "api_key": "anything",
        "max_retries": 0,
    }
    chat = ChatOpenAI(model="chat", stream_usage=True, **base)
    assert chat.invoke("Hello").content == answers.TEXT
    streamed = list(chat.stream("Hello"))
    assert "".join(str(part.content) for part in streamed) == answers.TEXT
    usages = [part.usage_metadata for part in streamed if part.usage_metadata]
    assert usages and usages[-1]["total_tokens"] == answers.USAGE["total_tokens"]
    assert OpenAI(model="completions", **base).invoke("Hello") == answers.TEXT
    vectors = OpenAIEmbeddings(model="embeddings", check_embedding_ctx_length=False, **base)
    assert vectors.embed_documents(["a", "b"]) == [answers.VECTOR, answers.VECTOR]


def test_langchain_openai_tools(gateway: Gateway, upstream: FakeUpstream) -> None:
    def weather(city: str) -> str:
        """The weather in a city."""
        return f"Rain in {city}"

    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
    }
    upstream.next(Plan.json(answers.chat(None, "tool_calls", tool_calls=[call])))
    settings: dict[str, Any] = {"base_url": f"{gateway.url}/v1", "api_key": "k", "max_retries": 0}
    model = ChatOpenAI(model="chat", **settings)
    question = HumanMessage("Weather in Oslo?")
    asked = model.bind_tools([weather]).invoke([question])
    assert asked.tool_calls[0]["args"] == {"city": "Oslo"}
    result = ToolMessage(weather("Oslo"), tool_call_id="call_1")
    assert model.invoke([question, asked, result]).content == answers.TEXT
    sent = upstream.last.json["messages"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "call_1"

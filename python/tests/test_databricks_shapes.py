"""What is asked of an endpoint, and what its answer becomes: in the words of the seed's clients, or of OpenAI's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import tidegate
from conftest import Caller
from databricks_stand_in import Workspace
from stand_in import Answer
from tidegate._databricks import _access

URI = "databricks"
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1700000001,
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
}  # fmt: skip
COUNTS = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12, "model": "gpt-4o-mini"}
CHAT_SEED = {
    "candidates": [{"message": {"role": "assistant", "content": "Hello."}, "metadata": {"finish_reason": "stop"}}],
    "metadata": {**COUNTS, "route_type": "llm/v1/chat"},
}  # fmt: skip
TEXT = {**CHAT, "object": "text_completion", "choices": [{"index": 0, "text": "Hi", "finish_reason": "length"}, {"index": 1, "text": "Ho"}]}  # fmt: skip
TEXT_SEED = {
    "candidates": [{"text": "Hi", "metadata": {"finish_reason": "length"}}, {"text": "Ho", "metadata": {}}],
    "metadata": {**COUNTS, "route_type": "llm/v1/completions"},
}  # fmt: skip
VECTORS = {
    "object": "list",
    "model": "bge",
    "data": [{"object": "embedding", "index": 1, "embedding": [1.0]}, {"object": "embedding", "index": 0, "embedding": [0.5]}],
    "usage": {"prompt_tokens": 4, "total_tokens": 4},
}  # fmt: skip
VECTORS_SEED = {
    "embeddings": [[0.5], [1.0]],
    "metadata": {"input_tokens": 4, "output_tokens": 0, "total_tokens": 4, "model": "bge", "route_type": "llm/v1/embeddings"},
}  # fmt: skip
REASONS = [{"type": "reasoning", "summary": []}, {"type": "text", "text": "It is "}, {"type": "text", "text": "4."}]  # fmt: skip


def chat(message: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message}], **fields}


def chat_seed(content: str | None) -> dict[str, Any]:
    counts = dict.fromkeys(("input_tokens", "output_tokens", "total_tokens", "model"))
    message = {"role": "assistant", "content": content}
    candidate = {"message": message, "metadata": {"finish_reason": None}}
    return {"candidates": [candidate], "metadata": {**counts, "route_type": "llm/v1/chat"}}


MESSAGES = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
AGENT = {"object": "response", "output": [{"type": "message", "content": []}]}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]}

CASES = [
    # What LangChain's classes for the MLflow AI Gateway send (langchain-community 0.0.38 and 0.4.2).
    ("LLM, params", {"prompt": "hi", "temperature": 0.0, "candidate_count": 1, "stop": None, "max_tokens": None, "top_p": 0.1}, {"prompt": "hi", "temperature": 0.0, "n": 1, "top_p": 0.1}, TEXT, TEXT_SEED),
    ("LLM, stop", {"prompt": "hi", "temperature": 0.0, "candidate_count": 1, "stop": ["X"], "max_tokens": None}, {"prompt": "hi", "temperature": 0.0, "n": 1, "stop": ["X"]}, TEXT, TEXT_SEED),
    ("LLM, no params", {"prompt": "hi"}, {"prompt": "hi"}, TEXT, {**TEXT, **TEXT_SEED}),
    ("Chat, params", {"messages": MESSAGES, "temperature": 0.1, "candidate_count": 1, "stop": None, "max_tokens": None}, {"messages": MESSAGES, "temperature": 0.1, "n": 1}, CHAT, CHAT_SEED),
    ("Chat, no params", {"messages": MESSAGES}, {"messages": MESSAGES}, CHAT, {**CHAT, **CHAT_SEED}),
    ("Embeddings", {"text": ["a", "b"]}, {"input": ["a", "b"]}, VECTORS, VECTORS_SEED),
    # The seed's and OpenAI's words.
    ("one text", {"text": "a"}, {"input": "a"}, VECTORS, VECTORS_SEED),
    ("n", {"messages": MESSAGES, "n": 2}, {"messages": MESSAGES, "n": 2}, CHAT, CHAT),
    ("input", {"input": ["a"], "dimensions": 2}, {"input": ["a"], "dimensions": 2}, VECTORS, VECTORS),
    ("null count", {"messages": MESSAGES, "candidate_count": None}, {"messages": MESSAGES}, CHAT, {**CHAT, **CHAT_SEED}),
    ("nulls below", {"messages": [CALL], "n": 1}, {"messages": [CALL], "n": 1}, CHAT, CHAT),
    ("text is another parameter of chat", {"messages": MESSAGES, "text": "x", "n": 1}, {"messages": MESSAGES, "text": "x", "n": 1}, CHAT, CHAT),
    ("order", {"candidate_count": 1, "prompt": "hi"}, {"n": 1, "prompt": "hi"}, TEXT, TEXT_SEED),
    # Answers of other kinds.
    ("reasoning", {"messages": MESSAGES, "candidate_count": 1}, {"messages": MESSAGES, "n": 1}, chat({"content": REASONS}), chat_seed("It is 4.")),
    ("tool call", {"messages": MESSAGES, "candidate_count": 1}, {"messages": MESSAGES, "n": 1}, chat(CALL), chat_seed(None)),
    ("null usage", {"messages": MESSAGES, "candidate_count": 1}, {"messages": MESSAGES, "n": 1}, chat({"content": "a"}, usage=None), chat_seed("a")),
    ("own metadata", {"messages": MESSAGES}, {"messages": MESSAGES}, chat({"content": "a"}, metadata={"x": 1}), {**chat_seed("a"), **chat({"content": "a"}, metadata={"x": 1})}),
    ("agent", {"input": [{"role": "user", "content": "u"}], "text": {"format": {}}}, {"input": [{"role": "user", "content": "u"}], "text": {"format": {}}}, AGENT, AGENT),
    ("chat agent", {"messages": MESSAGES}, {"messages": MESSAGES}, {"messages": []}, {"messages": []}),
    ("records", {"dataframe_records": [{"prompt": None}], "params": None}, {"dataframe_records": [{"prompt": None}], "params": None}, {"predictions": [1]}, {"predictions": [1]}),
    ("split", {"dataframe_split": {"columns": ["a"], "data": [[1]]}}, {"dataframe_split": {"columns": ["a"], "data": [[1]]}}, {"predictions": [1]}, {"predictions": [1]}),
    ("inputs", {"inputs": {"text": "a"}, "candidate_count": 1}, {"inputs": {"text": "a"}, "candidate_count": 1}, [1], [1]),
    ("predictions", {"prompt": "a"}, {"prompt": "a"}, {"predictions": ["b"]}, {"predictions": ["b"]}),
    ("predictions of candidates", {"prompt": "a", "candidate_count": 1}, {"prompt": "a", "n": 1}, {"predictions": ["b"]}, {"predictions": ["b"]}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(_access, "_sdk", lambda: None)
    with Workspace() as stand_in:
        monkeypatch.setenv("DATABRICKS_HOST", stand_in.uri)
        monkeypatch.setenv("DATABRICKS_TOKEN", "token")
        yield stand_in


@pytest.mark.parametrize(("name", "given", "sent", "answer", "told"), CASES, ids=lambda it: it if isinstance(it, str) else "")  # fmt: skip
def test_a_query(
    name: str, given: Any, sent: Any, answer: Any, told: Any, caller: Caller, workspace: Workspace
) -> None:
    workspace.then(Answer.json(answer))
    before = repr(given)
    assert caller.call("query", "a b", given, uri=URI) == told
    (asked,) = workspace.asked
    assert (asked.method, asked.path) == ("POST", "/serving-endpoints/a%20b/invocations")
    assert list(asked.json.items()) == list(sent.items())
    assert repr(given) == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"prompt": "a", "n": 1, "candidate_count": 1}, "^Invalid parameter `n`. Use `candidate_count` instead.$"),
        ({"text": "a", "input": "a"}, "^Invalid parameter `input`. Use `text` instead.$"),
    ],
)  # fmt: skip
def test_both_words(given: Any, words: str, caller: Caller, workspace: Workspace) -> None:
    for method in ("query", "stream"):
        with pytest.raises(tidegate.ConfigurationError, match=words):
            caller.call(method, "x", given, uri=URI)
    assert workspace.asked == []


def test_an_answer_that_makes_no_sense(caller: Caller, workspace: Workspace) -> None:
    workspace.then(Answer.json({"choices": [{"text": "no message"}]}))
    with pytest.raises(tidegate.GatewayResponseError, match="not as a gateway does .KeyError"):
        caller.call("query", "x", {"messages": MESSAGES}, uri=URI)


def test_a_stream(caller: Caller, workspace: Workspace) -> None:
    frames = [{"choices": [{"index": 0, "delta": {"content": it}}], "usage": None} for it in "ab"]
    data = b"".join(b"data: %s\n\n" % json.dumps(it).encode() for it in frames)
    workspace.then(Answer.stream(data, b"data: [DONE]\n\n"))
    came: list[Any] = []
    caller.frames(URI, came)
    assert came == frames
    (asked,) = workspace.asked
    assert asked.json == {"messages": [], "stream": True}
    assert asked.path == "/serving-endpoints/chat/invocations"
    assert asked.headers["accept"] == "text/event-stream"


def test_a_stream_in_the_words_of_the_seed(workspace: Workspace) -> None:
    workspace.then(Answer.stream(b'data: {"choices":[]}\n\n', b"data: [DONE]\n\n"))
    with tidegate.TidegateClient(URI).stream(
        "x", {"prompt": "a", "candidate_count": 1, "stop": None}
    ) as it:
        assert list(it) == [{"choices": []}]
    assert workspace.asked[0].json == {"prompt": "a", "n": 1, "stream": True}

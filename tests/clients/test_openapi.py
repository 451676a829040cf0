"""The OpenAPI document: it is valid, its examples work, and what is sent fits what it says."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from conftest import StartGateway
from replay.bytestreams import objects
from support.gateway import Gateway
from support.recordings import all_recordings

OPERATIONS = {
    "chat": "/v1/chat/completions",
    "completions": "/v1/completions",
    "embeddings": "/v1/embeddings",
}
PIECES = {
    "/v1/chat/completions": "ChatCompletionChunk",
    "/v1/completions": "Completion",
    "/v1/messages": "MessagesEvent",
    "/v1/responses": "ResponsesEvent",
}


@pytest.fixture
def sandbox(start_gateway: StartGateway) -> Gateway:
    """A gateway with a route of each type to the sandbox."""
    model = {"provider": "sandbox", "name": "sandbox-1"}
    names = OPERATIONS.keys()
    routes = [{"name": n, "route_type": f"llm/v1/{n}", "model": model} for n in names]
    return start_gateway(routes)


@pytest.fixture
def document(sandbox: Gateway) -> Any:
    return httpx.get(f"{sandbox.url}/openapi.json").json()


def problems(document: Any, schema: Any, value: Any) -> list[str]:
    """What of a value does not fit a schema of the document."""
    within = {**schema, "components": document["components"]}
    errors = OAS31Validator(within).iter_errors(value)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def test_the_document_is_valid(document: Any) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_examples_work(document: Any, sandbox: Gateway) -> None:
    tried = []
    for path, item in document["paths"].items():
        media = (
            item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        )
        if not media:
            continue
        examples = {n: it["value"] for n, it in media.get("examples", {}).items()}
        for name, body in (examples or {"": media["example"]}).items():
            assert problems(document, media["schema"], body) == [], (path, name)
            reply = httpx.post(f"{sandbox.url}{path}", json=body)
            assert reply.status_code == 200, (path, name, reply.text)
            content = item["post"]["responses"]["200"]["content"]
            check_answer(document, path, content, reply)
            tried.append((path, name))
    assert len(tried) > 12, tried


def check_answer(document: Any, path: str, content: Any, reply: httpx.Response) -> None:
    """An answer is of a kind that the document names, and fits its schema."""
    kind = reply.headers["content-type"].partition(";")[0]
    if kind == "application/json":
        assert problems(document, content[kind]["schema"], reply.json()) == [], path
        return
    assert kind in content
    schema = {"$ref": f"#/components/schemas/{PIECES[path]}"}
    for chunk in objects(reply.text):
        assert problems(document, schema, chunk) == [], path


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat/completions", {"model": "nope", "messages": []}, 404),
        ("/v1/chat/completions", {"messages": []}, 400),
        ("/v1/embeddings", {"model": "chat", "input": "a"}, 400),
    ],
)
def test_errors_fit(document: Any, sandbox: Gateway, path: str, body: Any, status: int) -> None:
    reply = httpx.post(f"{sandbox.url}{path}", json=body)
    assert reply.status_code == status
    response = document["paths"][path]["post"]["responses"][str(status)]
    schema = response["content"]["application/json"]["schema"]
    assert problems(document, schema, reply.json()) == []


def test_error_examples_fit(document: Any) -> None:
    for path in OPERATIONS.values():
        for status, response in document["paths"][path]["post"]["responses"].items():
            media = response["content"]["application/json"]
            for example in media.get("examples", {}).values():
                assert problems(document, media["schema"], example["value"]) == [], status


def test_recorded_exchanges_fit(document: Any) -> None:
    """What real clients sent to OpenAI, and what it answered."""
    found = []
    for recording in all_recordings():
        if recording.status != 200:
            continue
        path = OPERATIONS[recording.kind]
        call = document["paths"][path]["post"]
        asks = call["requestBody"]["content"]["application/json"]["schema"]
        body = {**recording.request_body, "model": recording.kind}
        said = [problems(document, asks, body)]
        if recording.is_stream:
            schema = {"$ref": f"#/components/schemas/{PIECES[path]}"}
            # Azure's filter speaks before the answer, without a kind.
            chunks = [it for it in objects(recording.body.decode()) if it["object"]]
            said += [problems(document, schema, it) for it in chunks]
        else:
            gives = call["responses"]["200"]["content"]["application/json"]["schema"]
            said.append(problems(document, gives, json.loads(recording.body)))
        found += [f"{recording.name} {line}" for lines in said for line in lines]
    assert found == [], "\n".join(found)[:6000]

"""Amazon Bedrock's Converse API, and the embedding models behind InvokeModel."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..bytestreams import Message, messages
from ..meaning import Call, Media, Part, Question, Result, Text, Texts, Thought, Tool, Turn
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from . import anthropic
from .dialect import Dialect

Json = Any

LIMITS = {
    "max_tokens": "maxTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop": "stopSequences",
}
FINISH = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "html": "text/html",
}


# Requests


def question(request: Request) -> Question:
    """Reads a request of Converse."""
    body = dict(request.body)
    streams = request.path.endswith("/converse-stream")
    found = Question(request.named("/model/", "/converse"), streams)
    system = body.pop("system", [])
    found.system = [block["text"] for block in system if "text" in block]
    found.left_out = {name for block in system for name in block.keys() - {"text"}}
    for message in body.pop("messages"):
        found.turns.append(Turn(message["role"], list(_parts(message["content"], found.left_out))))
    inference = dict(body.pop("inferenceConfig", {}))
    found.limits = {name: inference.pop(own, None) for name, own in LIMITS.items()}
    _add_tools(body.pop("toolConfig", {}), found)
    output = body.pop("outputConfig", {}).get("textFormat", {}).get("structure", {})
    schema = output.get("jsonSchema", {}).get("schema")
    found.format = json.loads(schema) if schema else None
    found.left_out |= {*body, *inference}
    return found


def invoked(request: Request) -> Question:
    """Reads a request of Claude's own API: model and stream stand in the path."""
    body = {name: it for name, it in request.body.items() if name != "anthropic_version"}
    body["model"] = request.named("/model/", "/invoke")
    body["stream"] = request.path.endswith("/invoke-with-response-stream")
    return anthropic.question(Request(request.target, body))


def _parts(blocks: list[Json], left_out: set[str]) -> Iterable[Part]:
    for block in blocks:
        match block:
            case {"text": text}:
                yield Text(text)
            case {"reasoningContent": {"reasoningText": thought}}:
                yield Thought(thought["text"], thought.get("signature", ""))
            case {"reasoningContent": {"redactedContent": data}}:
                yield Thought(sealed=data)
            case {"toolUse": use}:
                yield Call(use["name"], use["input"], use["toolUseId"])
            case {"toolResult": result}:
                yield Result(_result(result["content"], left_out), result["toolUseId"])
                left_out |= {"status of a result"} if result.get("status") == "error" else set()
            case {"image": {"source": {"bytes": data}, "format": form}}:
                yield Media("image", f"image/{form}", data)
            case {"document": {"source": {"bytes": data}, "format": form, "name": name}}:
                yield Media("file", MEDIA_TYPES.get(form, form), data, name=name)
            case _:
                left_out |= block.keys()


def _result(blocks: list[Json], left_out: set[str]) -> Json:
    """Texts and JSON; OpenAI's results hold nothing else."""
    left_out |= {
        f"{name} in a result" for block in blocks for name in block.keys() - {"text", "json"}
    }
    return [
        block.get("text", block.get("json")) for block in blocks if block.keys() & {"text", "json"}
    ]


def _add_tools(config: Json, into: Question) -> None:
    for tool in config.get("tools", []):
        spec = tool.get("toolSpec")
        if spec is None:
            into.left_out |= tool.keys()
            continue
        said = (spec["name"], spec.get("description") or "", spec["inputSchema"]["json"])
        into.tools.append(Tool(*said, strict=bool(spec.get("strict"))))
    match config.get("toolChoice"):
        case {"tool": named}:
            into.tool_choice = {"name": named["name"]}
        case {"any": _}:
            into.tool_choice = "required"


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer of Converse."""
    if recording.status >= 400:
        return Told(status=recording.status, error=_words(recording.answer))
    if not recording.streams:
        return from_answer(recording.answer)
    return from_messages(messages(recording.bytes))


def _words(body: Json) -> str:
    return str(body.get("message") or body.get("Message"))


def from_answer(body: Json) -> Told:
    """Reads a plain answer. What stands beside citations is text; calls of the server's tools concern no client."""
    choice = Choice(finish={FINISH.get(body["stopReason"], "stop")})
    for block in body["output"]["message"]["content"]:
        match block:
            case {"text": text}:
                choice.text += text
            case {"citationsContent": cited}:
                choice.text += "".join(part["text"] for part in cited.get("content", []))
            case {"reasoningContent": {"reasoningText": thought}}:
                choice.reasoning += thought["text"]
                choice.seals += [thought["signature"]] if "signature" in thought else []
            case {"reasoningContent": {"redactedContent": data}}:
                choice.seals.append(data)
            case {"toolUse": use} if use.get("type") != "server_tool_use":
                choice.calls.append(ToolCall(use["name"], use["input"], use["toolUseId"]))
    return Told([choice], usage(body["usage"]))


def usage(counts: Json) -> Usage:
    """The tokens: those that come from a cache or go to one are told beside the others."""
    cached, written = (
        counts.get("cacheReadInputTokens") or 0,
        counts.get("cacheWriteInputTokens") or 0,
    )
    return Usage(counts["inputTokens"] + cached + written, counts["outputTokens"], cached, written)


def from_messages(stream: list[Message]) -> Told:
    """Puts the messages of a stream together."""
    choice, counts = Choice(), Usage()
    open_calls: dict[int, dict[str, str]] = {}
    for message in stream:
        body = message.payload
        if message.headers[":message-type"] != "event":
            return Told(error=_words(body))
        match message.headers[":event-type"], body:
            case "contentBlockStart", {"start": {"toolUse": use}} if (
                use.get("type") != "server_tool_use"
            ):
                open_calls[body["contentBlockIndex"]] = {**use, "input": ""}
            case "contentBlockDelta", {"delta": delta}:
                call = open_calls.get(body["contentBlockIndex"])
                if call is not None:
                    call["input"] += delta.get("toolUse", {}).get("input", "")
                choice.text += delta.get("text", "")
                _think(delta.get("reasoningContent", {}), choice)
            case "messageStop", _:
                choice.finish = {FINISH.get(body["stopReason"], "stop")}
            case "metadata", _:
                counts = usage(body["usage"])
    for call in open_calls.values():
        choice.calls.append(ToolCall.of_text(call["name"], call["input"], call["toolUseId"]))
    return Told([choice], counts)


def _think(delta: Json, choice: Choice) -> None:
    choice.reasoning += delta.get("text", "")
    choice.seals += [delta[name] for name in ("signature", "redactedContent") if name in delta]


# Embeddings


def texts(request: Request) -> Texts:
    """Reads a request for vectors, of Titan or of Cohere's models on Bedrock."""
    body = dict(request.body)
    found = body.pop("texts", None) or [body.pop("inputText")]
    dimensions = body.pop("dimensions", None) or body.pop("output_dimension", None)
    own = {"input_type", "truncate", "normalize", "embedding_types", "embeddingTypes"}
    return Texts(request.named("/model/", "/invoke"), found, dimensions, left_out=body.keys() - own)


def vectors(recording: Recording) -> Told:
    """Reads recorded vectors."""
    if recording.status >= 400:
        return Told(status=recording.status, error=_words(recording.answer))
    body = recording.answer
    if "embedding" in body:
        return Told(vectors=[body["embedding"]], usage=Usage(body["inputTextTokenCount"]))
    found = body["embeddings"]
    return Told(vectors=found["float"] if isinstance(found, dict) else found)


CONVERSE = Dialect("chat", r"/model/[^/]+/converse(-stream)?", question, told)
INVOKE = Dialect(
    "chat", r"/model/[^/]+/invoke(-with-response-stream)?", invoked, anthropic.told
)
EMBED = Dialect("embeddings", r"/model/[^/]+/invoke", texts, vectors)

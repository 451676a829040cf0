"""OpenAI's completions and embeddings. Requests pass as they are."""

from __future__ import annotations

import base64
import struct
from typing import Any

from ..meaning import Question, Texts
from ..recording import Recording, Request
from ..told import Told
from . import openai_chat
from .dialect import Dialect

Json = Any


def completion(request: Request) -> Question:
    """Reads a completions request: all of it must arrive as it is."""
    body = {name: value for name, value in request.body.items() if value is not None}
    model = body.pop("model", "")
    body.pop("stream_options", None)
    return Question(model, bool(body.pop("stream", False)), others=body)


def completion_body(recording: Recording) -> Json:
    """The recorded request, or a short prompt."""
    if recording.request:
        return dict(recording.request.body)
    return {"model": "model", "prompt": "Hello"}


def texts(request: Request) -> Texts:
    """Reads an embeddings request. In which form the vectors come is the client's choice."""
    body = {name: value for name, value in request.body.items() if value is not None}
    given = body.pop("input")
    body.pop("encoding_format", None)
    model, dimensions = body.pop("model", ""), body.pop("dimensions", None)
    listed = given if isinstance(given, list) else [given]
    return Texts(model, listed, dimensions, others=body)


def texts_body(recording: Recording) -> Json:
    """The recorded request; the vectors are asked for in the form in which they were recorded."""
    assert recording.request
    body = dict(recording.request.body)
    data = recording.answer.get("data") or []
    packed = any(isinstance(item["embedding"], str) for item in data)
    return {**body, "encoding_format": "base64" if packed else "float"}


def vectors(recording: Recording) -> Told:
    """Reads recorded vectors."""
    if recording.status >= 400:
        return Told(status=recording.status, error=openai_chat.error_words(recording.answer))
    return from_answer(recording.answer)


def from_answer(body: Json) -> Told:
    """Reads vectors: lists of numbers, or numbers of 32 bits in base64."""
    items = sorted(body.get("data") or [], key=lambda item: item.get("index") or 0)
    found = [_vector(item["embedding"]) for item in items]
    return Told(vectors=found, usage=openai_chat.usage(body.get("usage")))


def _vector(value: Json) -> list[float]:
    if not isinstance(value, str):
        return [float(number) for number in value]
    packed = base64.b64decode(value)
    return list(struct.unpack(f"<{len(packed) // 4}f", packed))


COMPLETIONS = Dialect(
    "completions",
    r"(?<!chat)/completions",
    completion,
    openai_chat.told,
    completion_body,
    api="openai",
)
EMBEDDINGS = Dialect("embeddings", r"/embeddings", texts, vectors, texts_body, api="openai")

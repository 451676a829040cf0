"""The OpenAI Python SDK as a client."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import openai

from .got import Got

Json = Any

REPORT = "x-tidegate-translation"


class Tee(httpx2.BaseTransport):
    """Keeps the bytes of the last answer, and what the gateway could not carry."""

    def __init__(self) -> None:
        self.inner = httpx2.HTTPTransport(verify=False)
        self.pieces: list[bytes] = []
        self.report = ""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.pieces = []
        response = self.inner.handle_request(request)
        self.report = response.headers.get(REPORT, "")
        response.stream = _Kept(response.stream, self.pieces)
        return response


class _Kept(httpx2.SyncByteStream):
    def __init__(self, inner: Any, pieces: list[bytes]) -> None:
        self.inner = inner
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.inner:
            self.pieces.append(piece)
            yield piece

    def close(self) -> None:
        self.inner.close()


class PythonSdk:
    """One client per thread."""

    name = "python"

    def __init__(self, gateway: str) -> None:
        self.base = f"{gateway}/v1"
        self._local = threading.local()

    def ask(self, kind: str, body: Json, headers: dict[str, str], lawful: bool) -> Got:
        """Asks, and waits for the whole answer."""
        del lawful
        got = self._ask(kind, body, headers)
        got.report = self._client()[1].report
        return got

    def _ask(self, kind: str, body: Json, headers: dict[str, str]) -> Got:
        client, tee = self._client()
        resource: Any = {
            "chat": client.chat.completions,
            "completions": client.completions,
            "embeddings": client.embeddings,
        }[kind]
        own = inspect.signature(resource.create).parameters.keys()
        known = {name: value for name, value in body.items() if name in own}
        others = {name: value for name, value in body.items() if name not in own}
        try:
            answer = resource.create(**known, extra_body=others, extra_headers=headers)
            if not body.get("stream"):
                return Got(answer=answer.to_dict(warnings=False))
            chunks = [chunk.to_dict(warnings=False) for chunk in answer]
            return Got(chunks=chunks, raw=b"".join(tee.pieces))
        except openai.APIStatusError as error:
            return Got(status=error.status_code, error=_words(error), kind=type(error).__name__)
        except openai.APIError as error:
            raw = b"".join(tee.pieces)
            return Got(error=_words(error), kind=type(error).__name__, raw=raw)

    def close(self) -> None:
        """Nothing to end: sockets go with their threads."""

    def _client(self) -> tuple[openai.OpenAI, Tee]:
        if not hasattr(self._local, "client"):
            tee = Tee()
            http = httpx2.Client(transport=tee, timeout=30)
            self._local.client = openai.OpenAI(
                base_url=self.base, api_key="anything", max_retries=0, http_client=http
            )
            self._local.tee = tee
        return self._local.client, self._local.tee


def _words(error: openai.APIError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else error.message

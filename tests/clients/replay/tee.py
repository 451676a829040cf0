"""A transport for the Python SDKs that keeps what came over the wire."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import httpx2

REPORT = "x-tidegate-translation"
PATIENCE = 30.0

Client = TypeVar("Client")


class Tee(httpx2.BaseTransport):
    """Keeps the bytes of the last answer, and what the gateway could not carry."""

    def __init__(self) -> None:
        self.inner = httpx2.HTTPTransport(verify=False)
        self.pieces: list[bytes] = []
        self.report = ""

    @property
    def raw(self) -> bytes:
        """The bytes of the last answer."""
        return b"".join(self.pieces)

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


class PerThread(Generic[Client]):
    """A client for each thread, with what it keeps."""

    def __init__(self, make: Callable[[httpx2.Client], Client]) -> None:
        self._make = make
        self._local = threading.local()

    def get(self) -> tuple[Client, Tee]:
        """This thread's client."""
        if not hasattr(self._local, "client"):
            self._local.tee = Tee()
            http = httpx2.Client(transport=self._local.tee, timeout=PATIENCE)
            self._local.client = self._make(http)
        return self._local.client, self._local.tee


def words(body: object, otherwise: str) -> str:
    """The message of an error's body."""
    found = body.get("error", body) if isinstance(body, dict) else None
    message = found.get("message") if isinstance(found, dict) else None
    return message if isinstance(message, str) else otherwise

"""Steady traffic from a few threads, every answer of which is checked."""

from __future__ import annotations

import threading
from types import TracebackType

import httpx

from . import answers

ASK = {"messages": [{"role": "user", "content": "Hello"}]}


class SteadyLoad:
    """Plain and streamed requests without pause, while the `with` block runs."""

    def __init__(self, url: str, plain: int = 1, streamed: int = 1) -> None:
        self.url = url
        self.done = 0
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        targets = [self._plain] * plain + [self._streamed] * streamed
        self._threads = [threading.Thread(target=self._loop, args=(t,)) for t in targets]

    def __enter__(self) -> SteadyLoad:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _loop(self, one: object) -> None:
        assert callable(one)
        turn = 0
        while not self._stop.is_set():
            # Every 20 requests a new connection: refused ones must show too.
            with httpx.Client(timeout=20) as client:
                for _ in range(20):
                    if self._stop.is_set():
                        break
                    turn += 1
                    try:
                        one(client, turn)
                    except (httpx.HTTPError, AssertionError, KeyError, ValueError) as error:
                        with self._lock:
                            self.failures.append(f"{type(error).__name__}: {error}")
                    with self._lock:
                        self.done += 1

    def _plain(self, client: httpx.Client, turn: int) -> None:
        if turn % 2:
            reply = client.post(f"{self.url}/gateway/chat/invocations", json=ASK)
        else:
            reply = client.post(f"{self.url}/v1/chat/completions", json={**ASK, "model": "chat"})
        assert reply.status_code == 200, f"{reply.status_code} {reply.text}"
        assert reply.json()["choices"][0]["message"]["content"] == answers.TEXT

    def _streamed(self, client: httpx.Client, turn: int) -> None:
        body = {**ASK, "model": "chat", "stream": True}
        reply = client.post(f"{self.url}/v1/chat/completions", json=body)
        assert reply.status_code == 200, f"{reply.status_code} {reply.text}"
        assert reply.content == b"".join(answers.chat_frames()), reply.text

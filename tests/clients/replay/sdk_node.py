"""The OpenAI Node SDK as a client: one process that reads jobs from its input, a line each."""

from __future__ import annotations

import json
import subprocess
import threading
from concurrent.futures import Future
from typing import Any

from support.environments import CLIENTS
from support.gateway import clean_environment

from .got import Got

Json = Any
PATIENCE = 60.0


class NodeSdk:
    """Jobs are written by any thread; one thread reads the results."""

    name = "node"

    def __init__(self, node: str, gateway: str) -> None:
        self.process = subprocess.Popen(
            [node, "replay.mjs"],
            cwd=CLIENTS / "node",
            env=clean_environment(GATEWAY_URL=gateway),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._waiting: dict[int, Future[Json]] = {}
        self._lock = threading.Lock()
        self._count = 0
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, kind: str, body: Json, headers: dict[str, str], lawful: bool) -> Got:
        """Asks, and waits for the whole answer; a stream that obeys the law is put together by the SDK too."""
        result: Future[Json] = Future()
        with self._lock:
            self._count += 1
            number = self._count
            self._waiting[number] = result
            job = {
                "number": number,
                "kind": kind,
                "body": body,
                "headers": headers,
                "lawful": lawful,
            }
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()
        return Got(**result.result(PATIENCE))

    def close(self) -> None:
        """Ends the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            result = json.loads(line)
            with self._lock:
                waiting = self._waiting.pop(result.pop("number"))
            waiting.set_result(result)
        for waiting in self._waiting.values():
            waiting.set_exception(RuntimeError("the Node process has ended"))

"""A gateway that answers what a test says, and tells what it was asked."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """`pieces` are written one by one; the connection is closed after them. `None` in place of an answer only closes it."""

    status: int = 200
    pieces: tuple[bytes, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Answer:
        named = {name.replace("_", "-"): it for name, it in headers.items()}
        body = json.dumps(value).encode()
        length = {"content-type": "application/json", "content-length": str(len(body))}
        return cls(status, (body,), {**length, **named})

    @classmethod
    def stream(cls, *pieces: bytes) -> Answer:
        """A stream; without `data: [DONE]` it is cut."""
        return cls(200, pieces, {"content-type": "text/event-stream", "x-request-id": "r-1"})


class StandIn:
    """Serves while it is a context manager."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: deque[Answer | None] = deque()
        self.left = threading.Event()
        """Set when a client closed its connection in the midst of an answer."""
        self.holds = False
        """Whether an answer's last piece is never sent, but the client's leaving waited for."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self._server.server_port}"

    def then(self, *answers: Answer | None) -> None:
        """Queues what is answered next."""
        self.answers.extend(answers)

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            stand_in.asked.append(asked)
            self.close_connection = True
            answer = stand_in.answers.popleft()
            if answer is None:
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("connection", "close")
            self.end_headers()
            for index, piece in enumerate(answer.pieces):
                if stand_in.holds and index == len(answer.pieces) - 1:
                    self.wait_for_the_client_to_leave()
                    return
                self.wfile.write(piece)
                self.wfile.flush()

        def wait_for_the_client_to_leave(self) -> None:
            self.connection.settimeout(10)
            try:
                left = self.rfile.read(1) == b""
            except ConnectionError:
                left = True
            if left:
                stand_in.left.set()

        do_GET = do_POST = do_DELETE = do_PUT = answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler

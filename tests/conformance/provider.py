"""The scripted provider: every dialect under a path of its own. What it answers stands in the user's message."""

from __future__ import annotations

import json
import random
import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .cases import Case
from .dialects import DIALECTS
from .dialects.framing import dump
from .faults import Reply

MARKER = re.compile(rb"case:([a-z0-9.-]+)")
PATIENCE = 30.0
"""Seconds until a stalled connection is given up."""
LARGEST_PIECE = 24


class Provider(ThreadingHTTPServer):
    """Listens as soon as it is made; `close` ends it."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), Handler)
        self.heard: dict[str, str] = {}
        """For each case that was asked: "" if it was asked well, or what was wrong."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A gateway may leave whenever it likes."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request, then closes the connection."""

    protocol_version = "HTTP/1.1"
    server: Provider

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = self._body()
        name, _, path = self.path.lstrip("/").partition("/")
        dialect = DIALECTS.get(name)
        errand = dialect.errand("/" + path.partition("?")[0]) if dialect else None
        if errand is not None:
            return self._send(Reply([dump(errand)], "application/json"))
        found = MARKER.search(body)
        if found is None:
            return self._strange("no case is named in the request")
        case = Case.parse(found.group(1).decode())
        if case is None or case.dialect is not dialect:
            return self._strange(f"`{found.group(1).decode()}` is no case of `{name}`")
        asked = _object(body)
        if not dialect.understands("/" + path, asked):
            self.server.heard[case.name] = f"asked in another dialect: {self.command} /{path}"
            return self._strange(f"`{name}` does not stream at /{path}")
        self.server.heard[case.name] = ""
        self._send(case.reply(asked), random.Random(case.name) if case.in_bytes else None)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def _strange(self, why: str) -> None:
        self._send(
            Reply(
                [dump({"error": {"message": f"conformance kit: {why}"}})],
                "application/json",
                status=404,
            )
        )

    def _send(self, reply: Reply, dice: random.Random | None = None) -> None:
        """Writes a reply frame by frame, or in small random pieces."""
        if not reply.answers:
            return
        head = (
            f"HTTP/1.1 {reply.status} Kit\r\ncontent-type: {reply.content_type}\r\n"
            "transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        )
        self.connection.sendall(head.encode())
        whole = b"".join(reply.pieces)
        for piece in reply.pieces if dice is None else _pieces(whole, dice):
            chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
            for part in [chunk] if dice is None else _pieces(chunk, dice):
                self.connection.sendall(part)
        if reply.ending == "whole":
            self.connection.sendall(b"0\r\n\r\n")
        elif reply.ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif reply.ending == "stall":
            self.connection.settimeout(PATIENCE)
            self.connection.recv(1)


def _pieces(data: bytes, dice: random.Random) -> list[bytes]:
    pieces = []
    while data:
        size = dice.randint(1, LARGEST_PIECE)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def _object(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}

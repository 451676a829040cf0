"""Just enough of HTTP/1.1 for a fake server: reading requests, writing answers."""

from __future__ import annotations

import asyncio
from http import HTTPStatus


async def read_head(reader: asyncio.StreamReader) -> tuple[str, str, list[tuple[str, str]]] | None:
    """Method, target and headers (lower-case names) of the next request; None at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    request_line, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _version = request_line.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    return method, target, [(name.lower(), value.strip()) for name, _, value in fields]


async def read_body(reader: asyncio.StreamReader, headers: list[tuple[str, str]]) -> bytes:
    """The request's body, by length or by chunks."""
    fields = dict(headers)
    if "chunked" not in fields.get("transfer-encoding", ""):
        return await reader.readexactly(int(fields.get("content-length", "0")))
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        body += await reader.readexactly(size)
        await reader.readline()
        if size == 0:
            return body


def head_bytes(status: int, headers: list[tuple[str, str]]) -> bytes:
    """Status line and header block."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    lines = [f"HTTP/1.1 {status} {reason}"] + [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; empty data is the last chunk."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"

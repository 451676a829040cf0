"""Stopping: what is in flight ends well, nothing new is taken, and a second signal does not wait."""

from __future__ import annotations

import signal
import socket
import threading

import httpx
import pytest

from support import answers
from support.gateway import Gateway, eventually
from support.plans import Plan
from support.upstream import FakeUpstream

BODY = {"model": "chat", "messages": [{"role": "user", "content": "Hello"}], "stream": True}
SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])


def takes_connections(gateway: Gateway) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", gateway.port)) == 0


@SIGNALS
def test_streams_end_before_the_process(
    gateway: Gateway, upstream: FakeUpstream, number: signal.Signals
) -> None:
    gate = threading.Event()
    pieces = answers.chat_frames()
    upstream.next(Plan.stream(pieces, gates={2: gate}))
    with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=BODY, timeout=20) as reply:
        parts = reply.iter_raw()
        received = next(parts)
        gateway.signal(number)
        eventually(lambda: not takes_connections(gateway), "new connections are refused")
        assert gateway.process.poll() is None
        gate.set()
        received += b"".join(parts)
    assert received == b"".join(pieces)
    assert gateway.process.wait(10) == 0


def test_idle_connections_do_not_delay(gateway: Gateway) -> None:
    with httpx.Client() as client:
        assert client.get(f"{gateway.url}/health").status_code == 200
        gateway.signal(signal.SIGTERM)
        assert gateway.process.wait(5) == 0


@SIGNALS
def test_second_signal_stops_at_once(
    gateway: Gateway, upstream: FakeUpstream, number: signal.Signals
) -> None:
    upstream.next(Plan.stream(answers.chat_frames()[:1], ending="stall"))
    with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=BODY, timeout=20) as reply:
        next(reply.iter_raw())
        gateway.signal(number)
        eventually(lambda: not takes_connections(gateway), "new connections are refused")
        assert gateway.process.poll() is None
        gateway.signal(number)
        gateway.process.wait(3)
    assert upstream.last.disconnected.wait(5)

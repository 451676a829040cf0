"""The OpenAI Node SDK against `/v1`: runs `node --test`, and serves its remote control."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import answers
from support.environments import CLIENTS, node
from support.gateway import Gateway, clean_environment
from support.plans import Plan, frames
from support.upstream import FakeUpstream

CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'},
}
PLANS = {
    "tools": lambda: Plan.json(answers.chat(None, "tool_calls", tool_calls=[CALL])),
    "tools-stream": lambda: Plan.stream(
        frames(
            answers.chat_chunk(role="assistant", tool_calls=[{"index": 0, **CALL}]),
            answers.chat_chunk("tool_calls"),
            "[DONE]",
        )
    ),
    "structured": lambda: Plan.json(answers.chat('{"city":"Oslo","degrees":-3}')),
    "401": lambda: Plan.error(401, "Incorrect key", "invalid_request_error", "invalid_api_key"),
    "429": lambda: Plan.error(429, "Slow down", "tokens", "rate_limit_exceeded", retry_after="7"),
    "cut": lambda: Plan.stream(answers.chat_frames()[:2], ending="cut"),
    "stall": lambda: Plan.stream(answers.chat_frames()[:2], ending="stall"),
}


@pytest.fixture
def control(upstream: FakeUpstream) -> Iterator[str]:
    """The URL by which a Node test steers the fake upstream."""

    class Control(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            verb, _, name = self.path.strip("/").partition("/")
            value: object = None
            if verb == "next":
                upstream.next(PLANS[name]())
            elif verb == "last":
                value = {"path": upstream.last.path, "json": upstream.last.json}
            elif verb == "disconnected":
                asked, seen = time.monotonic(), upstream.last
                if seen.disconnected.wait(5):
                    value = (seen.disconnected_at - asked) * 1000
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_node_sdk(gateway: Gateway, control: str) -> None:
    done = subprocess.run(
        [node(), "--test", "openai.test.mjs"],
        cwd=CLIENTS / "node",
        env=clean_environment(GATEWAY_URL=gateway.url, CONTROL_URL=control),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr

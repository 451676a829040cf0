"""Behind a stock Nginx: the documentation's block, and two ways of mounting under a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from conftest import StartGateway
from support import answers, configs, seed
from support.gateway import Gateway
from support.nginx import Nginx, free_port, password_line
from support.upstream import FakeUpstream

AUTH = ("ann", "secret")
StartNginx = Callable[[str, int], Nginx]
MOUNT = """
http {{
    upstream gw {{ server 127.0.0.1:{gateway}; }}
    server {{
        listen 127.0.0.1:{port};
        location /llm/ {{ proxy_pass http://gw{path}; }}
    }}
}}
"""


@pytest.fixture
def start_nginx(tmp_path: Path) -> Iterator[StartNginx]:
    started: list[Nginx] = []

    def start(http_block: str, port: int) -> Nginx:
        started.append(Nginx(http_block, tmp_path, port))
        return started[-1]

    yield start
    for nginx in started:
        nginx.stop()


def check_all_doors(base: str, auth: httpx.BasicAuth | None = None) -> None:
    """Metadata, a plain and a streamed answer of each kind of door."""
    ask: Any = {"messages": [{"role": "user", "content": "Hello"}]}
    with httpx.Client(base_url=base, auth=auth) as client:
        assert client.get("/health").json() == {"status": "OK"}
        route = client.get("/api/2.0/gateway/routes/chat").json()
        assert route["route_url"] == "/gateway/chat/invocations"
        invocations = route["route_url"]
        plain = client.post(invocations, json=ask)
        assert plain.json()["candidates"][0]["message"]["content"] == answers.TEXT
        with client.stream("POST", invocations, json={**ask, "stream": True}) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream")
            lines = [line for line in reply.iter_lines() if line]
        assert lines[-1] == "data: [DONE]"
        header = {"authorization": plain.request.headers.get("authorization", "Bearer anything")}
    sdk = openai.OpenAI(base_url=f"{base}/v1", api_key="k", default_headers=header, max_retries=0)
    parts = sdk.chat.completions.create(model="chat", stream=True, **ask)
    assert "".join(p.choices[0].delta.content or "" for p in parts) == answers.TEXT


def test_seed_block(gateway: Gateway, start_nginx: StartNginx, tmp_path: Path) -> None:
    """HTTP/1.0 to the gateway, buffering on, basic authentication."""
    (tmp_path / ".htpasswd").write_text(password_line(*AUTH))
    port = free_port()
    block = seed.example("nginx.conf", gateway=gateway.url, port=str(port), folder=str(tmp_path))
    nginx = start_nginx(block, port)
    assert httpx.get(f"{nginx.url}/health").status_code == 401
    check_all_doors(nginx.url, httpx.BasicAuth(*AUTH))
    root = httpx.get(f"{nginx.url}/", auth=AUTH)
    assert root.status_code == 307 and root.headers["location"].endswith("/docs")


def check_pages(base: str) -> None:
    """`/docs` works under the path: what it and the API description point at can be fetched."""
    docs = httpx.get(f"{base}/docs")
    assert docs.status_code == 200
    for asset in re.findall(r"""(?:src|href)=["']([^"'#:]+)["']""", docs.text):
        assert httpx.get(str(docs.url.join(asset))).status_code == 200, asset
    assert httpx.get(f"{base}/openapi.json").json()["openapi"].startswith("3.")


def test_stripped_path(gateway: Gateway, start_nginx: StartNginx) -> None:
    port = free_port()
    nginx = start_nginx(MOUNT.format(gateway=gateway.port, port=port, path="/"), port)
    check_all_doors(f"{nginx.url}/llm")
    check_pages(f"{nginx.url}/llm")


def test_kept_path(
    start_gateway: StartGateway, upstream: FakeUpstream, start_nginx: StartNginx
) -> None:
    gateway = start_gateway(configs.standard_routes(upstream.base), "--root-path", "/llm")
    port = free_port()
    nginx = start_nginx(MOUNT.format(gateway=gateway.port, port=port, path=""), port)
    check_all_doors(f"{nginx.url}/llm")
    check_pages(f"{nginx.url}/llm")
    servers = httpx.get(f"{nginx.url}/llm/openapi.json").json()["servers"]
    assert [s["url"] for s in servers] == ["/llm"]

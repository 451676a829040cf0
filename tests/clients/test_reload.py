"""Changes of the config under load: no request fails, whatever way the file is replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import StartGateway
from support import answers, configs
from support.gateway import Gateway, eventually
from support.load import SteadyLoad
from support.plans import Plan
from support.upstream import FakeUpstream

RELOADS = int(os.environ.get("TIDEGATE_RELOADS", "1000"))
SECONDS = float(os.environ.get("TIDEGATE_RELOAD_SECONDS", "45"))
ASK = {"messages": [{"role": "user", "content": "Hello"}]}


def routes_of(generation: int, base: str) -> list[dict[str, Any]]:
    """The standard routes and one that tells the generation."""
    mark = configs.openai_route(f"generation-{generation}", "chat", "gpt-4", base)
    return [*configs.standard_routes(base), mark]


def serves(gateway: Gateway, generation: int) -> bool:
    route = f"/api/2.0/gateway/routes/generation-{generation}"
    return httpx.get(gateway.url + route).status_code == 200


def swap_folder(folder: Path, generation: int, base: str) -> None:
    """As Kubernetes replaces a mounted config map: `..data` becomes another folder at once."""
    fresh = folder / f"..{generation}"
    fresh.mkdir()
    configs.write(fresh / "gateway.yaml", routes_of(generation, base))
    (folder / "..new").symlink_to(fresh.name)
    (folder / "..new").replace(folder / "..data")


@pytest.mark.parametrize(("method", "share"), [("signal", 1.0), ("rename", 0.1), ("symlink", 0.1)])
def test_reloads_under_load(
    upstream: FakeUpstream, tmp_path: Path, method: str, share: float
) -> None:
    """Watched files are slower to be noticed than signals, so fewer of them fit in the time."""
    path = tmp_path / "gateway.yaml"
    change: Callable[[int], None]
    if method == "symlink":
        swap_folder(tmp_path, 0, upstream.base)
        path.symlink_to("..data/gateway.yaml")

        def change(generation: int) -> None:
            swap_folder(tmp_path, generation, upstream.base)
    else:
        configs.write(path, routes_of(0, upstream.base))

        def change(generation: int) -> None:
            configs.write(path, routes_of(generation, upstream.base))
            if method == "signal":
                gateway.signal(signal.SIGHUP)

    gateway = Gateway(path)
    try:
        deadline = time.monotonic() + SECONDS * max(share, 0.4)
        reloads = 0
        with SteadyLoad(gateway.url) as load:
            while reloads < RELOADS * share and time.monotonic() < deadline:
                reloads += 1
                change(reloads)
                eventually(lambda: serves(gateway, reloads), f"reload {reloads} shows", 5)
        print(f"{method}: {reloads} reloads, {load.done} requests")
        assert load.failures == []
        assert not serves(gateway, reloads - 1)
        assert reloads >= min(10, RELOADS * share) and load.done >= 50
        assert gateway.stop() == 0
    finally:
        gateway.kill()


def test_a_bad_config_changes_nothing(gateway: Gateway, upstream: FakeUpstream) -> None:
    good = gateway.config.read_text()
    gateway.config.write_text("routes: [")
    eventually(lambda: "nvalid" in gateway.log, "the log tells of the bad config")
    assert httpx.post(f"{gateway.url}/gateway/chat/invocations", json=ASK).status_code == 200
    gateway.config.unlink()
    assert httpx.post(f"{gateway.url}/gateway/chat/invocations", json=ASK).status_code == 200
    gateway.config.write_text(good)
    configs.write(gateway.config, routes_of(1, upstream.base))
    eventually(lambda: serves(gateway, 1), "the repaired config is in force")


def test_a_stream_outlives_its_route(gateway: Gateway, upstream: FakeUpstream) -> None:
    """A route is removed while it streams: the stream ends well, the next request is a 404."""
    gate = threading.Event()
    pieces = answers.chat_frames()
    upstream.next(Plan.stream(pieces, gates={2: gate}))
    body = {**ASK, "model": "chat", "stream": True}
    with httpx.stream("POST", f"{gateway.url}/v1/chat/completions", json=body, timeout=20) as reply:
        parts = reply.iter_raw()
        received = next(parts)
        configs.write(gateway.config, routes_of(1, upstream.base)[2:])
        eventually(lambda: serves(gateway, 1), "the new config is in force")
        gate.set()
        received += b"".join(parts)
    assert received == b"".join(pieces)
    assert httpx.post(f"{gateway.url}/gateway/chat/invocations", json=ASK).status_code == 404


def test_sighup_reads_key_files_again(
    start_gateway: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    key_file = tmp_path / "key.txt"
    key_file.write_text("sk-first\n")
    route = configs.openai_route("chat", "chat", "gpt-4", upstream.base, str(key_file))
    gateway = start_gateway([route])

    def key_in_use() -> str | None:
        httpx.post(f"{gateway.url}/gateway/chat/invocations", json=ASK)
        return upstream.last.header("authorization")

    assert key_in_use() == "Bearer sk-first"
    key_file.write_text("sk-second\r\n")
    gateway.signal(signal.SIGHUP)
    eventually(lambda: key_in_use() == "Bearer sk-second", "the new key is in use")

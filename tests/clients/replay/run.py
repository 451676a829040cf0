"""One run: finds out what is built, starts the gateway, replays, and reports."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

from support.environments import CLIENTS

from .doors import DOORS
from .play import Outcome, Sdk, cases_of, play_all
from .providers import PROVIDERS, Provider
from .raw_http import RawHttp
from .scoreboard import Report
from .sdk_anthropic import AnthropicSdk
from .sdk_node import NodeSdk
from .sdk_python import PythonSdk, ResponsesSdk
from .stage import Case, Routes, Upstream, is_known, start


def node_program() -> str | None:
    """Node, if it and the SDK are installed."""
    return shutil.which("node") if (CLIENTS / "node/node_modules/openai").exists() else None


def run(
    folder: Path, names: list[str], doors: list[str] | None = None
) -> tuple[Report, list[Case]]:
    """Replays the recordings of these providers, or of all, at these doors, or at all."""
    chosen = [it for it in PROVIDERS if not names or it.name in names or it.file in names]
    upstream = Upstream()
    report = Report()
    routes = Routes(upstream.address)
    cases: list[Case] = []
    for provider, unknown in zip(chosen, _known(chosen, folder, upstream), strict=True):
        if unknown is not None:
            report.not_built[provider.name] = unknown
        else:
            for door in doors or DOORS:
                cases += cases_of(provider, DOORS[door], routes, report.unreadable)
    if cases:
        gateway = start(folder, routes)
        try:
            report.outcomes = _play(cases, gateway.url, upstream)
        finally:
            gateway.kill()
    report.sort_out()
    upstream.server.close()
    return report, cases


def _known(providers: list[Provider], folder: Path, upstream: Upstream) -> list[str | None]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda it: is_known(it, folder, upstream.address), providers))


def _play(cases: list[Case], url: str, upstream: Upstream) -> list[Outcome]:
    node = node_program()
    with ExitStack() as clients:
        sdks: dict[str, list[Sdk]] = {
            "openai": [PythonSdk(url)],
            "messages": [AnthropicSdk(url), RawHttp(url, "messages")],
            "responses": [ResponsesSdk(url), RawHttp(url, "responses")],
        }
        if node is not None:
            sdks["openai"].append(clients.enter_context(closing(NodeSdk(node, url))))
        return play_all(cases, sdks, upstream)

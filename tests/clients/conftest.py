"""Fixtures: a fake upstream, and gateways in front of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from coding_agents.program import Home  # noqa: E402
from scripted.routes import DIRECT_MESSAGES, DIRECT_RESPONSES, ROUTES, Route  # noqa: E402
from scripted.stage import Direct, Scene, Stage  # noqa: E402
from support import configs  # noqa: E402
from support.gateway import Gateway, binary  # noqa: E402
from support.upstream import FakeUpstream  # noqa: E402

# Prices come with LiteLLM's package; by default it fetches newer ones.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

StartGateway = Callable[..., Gateway]

DOORS: frozenset[str] = frozenset({"messages", "responses"})
"""Of `messages` and `responses` the doors that the gateway has. For want of one, coding agents ask a provider of its dialect themselves."""
AGENTS_ROUTES = ("anthropic", "openai", "gemini", "bedrock-claude", "groq")
"""Where coding agents go once there are doors for them."""


def pytest_configure(config: pytest.Config) -> None:
    if not binary().exists() and not config.option.collectonly:
        raise pytest.UsageError(f"no gateway at {binary()}: build it, or set TIDEGATE_BIN")


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    """A fake OpenAI that records what it is asked."""
    server = FakeUpstream()
    yield server
    server.close()


@pytest.fixture
def start_gateway(tmp_path: Path) -> Iterator[StartGateway]:
    """Starts gateways that end with the test: `start_gateway(routes, *options, env=…, **sections)`."""
    started: list[Gateway] = []

    def start(
        routes: list[dict[str, Any]],
        *options: str,
        env: dict[str, str] | None = None,
        **sections: Any,
    ) -> Gateway:
        path = configs.write(tmp_path / f"gateway-{len(started)}.yaml", routes, **sections)
        gateway = Gateway(path, *options, env=env)
        started.append(gateway)
        return gateway

    yield start
    for gateway in started:
        gateway.kill()


@pytest.fixture
def gateway(start_gateway: StartGateway, upstream: FakeUpstream) -> Gateway:
    """A gateway with the standard routes in front of the fake upstream."""
    return start_gateway(configs.standard_routes(upstream.base))


@pytest.fixture
def client(gateway: Gateway) -> openai.OpenAI:
    """The SDK, pointed at the gateway, without retries."""
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key="anything", max_retries=0, timeout=20
    )


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A gateway with a route to a scripted provider of each dialect."""
    stage = Stage(tmp_path_factory.mktemp("stage"))
    yield stage
    stage.close()


@pytest.fixture(params=ROUTES, ids=lambda route: route.name)
def scene(stage: Stage, request: pytest.FixtureRequest) -> Scene:
    """Each route in turn, but for those that the gateway does not serve yet."""
    return _scene(stage, request.param)


@pytest.fixture(params=[route for route in ROUTES if route.thinks], ids=lambda route: route.name)
def thinking(stage: Stage, request: pytest.FixtureRequest) -> Scene:
    """Each route whose provider signs what it thinks."""
    return _scene(stage, request.param)


@pytest.fixture(params=[route for route in ROUTES if route.signs], ids=lambda route: route.name)
def signing(stage: Stage, request: pytest.FixtureRequest) -> Scene:
    """Each route whose provider signs what it thinks or calls."""
    return _scene(stage, request.param)


@pytest.fixture(
    params=[it for it in ROUTES if it.signs or (it.other and it.other.signs)],
    ids=lambda route: route.name,
)
def signing_items(stage: Stage, request: pytest.FixtureRequest) -> Scene:
    """The same at the Responses API, in which OpenAI signs too."""
    return _scene(stage, request.param)


@pytest.fixture(scope="session")
def direct() -> Iterator[Direct]:
    """Providers that clients ask without a gateway."""
    direct = Direct()
    yield direct
    direct.close()


def _behind(door: str, direct: Route) -> list[Route]:
    """The routes that an agent asks at a door."""
    routes = [route for route in ROUTES if route.name in AGENTS_ROUTES]
    return routes if door in DOORS else [direct]


@pytest.fixture(params=_behind("messages", DIRECT_MESSAGES), ids=lambda route: route.name)
def behind_messages(request: pytest.FixtureRequest) -> Scene:
    """Each route that Claude Code asks."""
    return _agents_scene(request)


@pytest.fixture(params=_behind("responses", DIRECT_RESPONSES), ids=lambda route: route.name)
def behind_responses(request: pytest.FixtureRequest) -> Scene:
    """Each route that Codex asks."""
    return _agents_scene(request)


def _agents_scene(request: pytest.FixtureRequest) -> Scene:
    route: Route = request.param
    if route in (DIRECT_MESSAGES, DIRECT_RESPONSES):
        return Scene(request.getfixturevalue("direct"), route)
    return _scene(request.getfixturevalue("stage"), route)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A coding agent's home; after the test, no other host has been asked for anything."""
    home = Home(tmp_path / "home")
    yield home
    home.close()
    assert home.refused == []


def _scene(stage: Stage, route: Route) -> Scene:
    if reason := stage.unserved.get(route.name):
        assert route.is_to_come, f"{route.name}: {reason}"
        pytest.skip(f"not served yet: {reason}")
    return Scene(stage, route)

"""One gateway with a route for every model that recordings name, and the fake upstream behind it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from support import configs
from support.gateway import Gateway, run_command
from support.plans import Plan
from support.upstream import FakeUpstream, Seen

from .dialects.dialect import Dialect
from .doors.door import Asked, Door
from .providers import KEY, TOKENS, Json, Provider
from .recording import Recording

JOB = "x-replay-job"
"""The header by which the fake upstream knows what to play; the gateway is told to forward it."""


@dataclass(frozen=True)
class Case:
    """A recording that is to be replayed on a route at a door."""

    door: Door
    provider: Provider
    recording: Recording
    dialect: Dialect
    asked: Asked
    route: str

    @property
    def body(self) -> Json:
        """What a client sends."""
        return {**self.asked.body, "model": self.route}

    @property
    def native(self) -> bool:
        """The provider speaks the door's own API."""
        return self.dialect.api == self.door.name

    @property
    def passes(self) -> bool:
        """The body and the answer must pass byte for byte, but for the model's name."""
        return self.native and self.door.passes


class Routes:
    """Routes by provider, kind, model and whether calls of its own API are translated. Names are unlike the models', so that mix-ups show."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.blocks: dict[tuple[str, str, str, bool], Json] = {}

    def add(self, provider: Provider, kind: str, model: str, translated: bool = False) -> str:
        """The name of the route to a model; `translated`: calls of the Responses API become chat completions."""
        key = (provider.name, kind, model, translated and bool(provider.responds))
        if key not in self.blocks:
            self.blocks[key] = self._route(*key, provider)
        return str(self.blocks[key]["name"])

    def _route(
        self, name: str, kind: str, model: str, translated: bool, provider: Provider
    ) -> Json:
        name = f"{name}-{kind}-{len(self.blocks)}".replace(" ", "").replace("/", "-")
        block = {**provider.configure(self.upstream, model), "name": model or "deployed"}
        if translated:
            block["config"] = {**block["config"], provider.responds: False}
        return {"name": name, "route_type": f"llm/v1/{kind}", "model": block}


class Upstream:
    """The fake upstream: plays to each job its answer, and keeps what it was asked."""

    def __init__(self) -> None:
        self.server = FakeUpstream()
        self.server.otherwise = self._answer
        self._plans: dict[str, Plan] = {}
        self._seen: dict[str, list[Seen]] = {}
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def expect(self, job: str, plan: Plan) -> None:
        """Readies the answer to a job's request."""
        with self._lock:
            self._plans[job] = plan
            self._seen[job] = []

    def seen(self, job: str) -> list[Seen]:
        """What was asked for a job; forgets the job."""
        with self._lock:
            self._plans.pop(job, None)
            return self._seen.pop(job, [])

    def _answer(self, seen: Seen) -> Plan:
        if seen.path == TOKENS:
            return Plan.json({"access_token": KEY, "expires_in": 3600, "token_type": "Bearer"})
        job = seen.header(JOB) or ""
        with self._lock:
            if job not in self._plans:
                return Plan.error(500, f"no such job: {job!r}", "replay", None)
            self._seen[job].append(seen)
            return self._plans[job]


def is_known(provider: Provider, folder: Path, upstream: str) -> str | None:
    """Why the gateway cannot load a route to this provider; `None` if it can."""
    routes = Routes(upstream)
    kinds = {dialect.route_kind for dialect in provider.operations.values()}
    for kind in sorted(kinds):
        routes.add(provider, kind, "model")
    path = folder / f"check-{provider.name.replace(' ', '').replace('/', '-')}.yaml"
    configs.write(path, [*routes.blocks.values()])
    done = run_command("check", "--config-path", str(path))
    if done.returncode == 0:
        return None
    words = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    return words[0].partition("': ")[2] if words else done.stderr.strip()


def start(folder: Path, routes: Routes) -> Gateway:
    """A gateway with these routes."""
    path = folder / "replay.yaml"
    blocks = [*routes.blocks.values()]
    configs.write(path, blocks, upstream={"forward_headers": [JOB]})
    return Gateway(path)

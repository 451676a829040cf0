"""One gateway with all routes in front of their scripted providers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import httpx
from conformance.answers import Answer

from replay.meaning import Question
from support import configs
from support.gateway import Gateway, run_command
from support.upstream import Seen

from .providers import Answers, Providers
from .routes import DIRECT_MESSAGES, DIRECT_RESPONSES, ROUTES, Route

Json = Any


class Stage:
    """`unserved` says of routes why the gateway does not serve them."""

    def __init__(self, folder: Path) -> None:
        self.unserved: dict[str, str] = {}
        self.providers = Providers(ROUTES)
        loaded = [route for route in ROUTES if self._is_loaded(route, folder)]
        blocks = [route.block(self.providers.address) for route in loaded]
        self.gateway = Gateway(configs.write(folder / "scripted.yaml", blocks))
        for route in loaded:
            self._try(route)

    def base(self, route: Route) -> str:
        """Where clients ask; the same for all routes."""
        del route
        return self.gateway.url

    def close(self) -> None:
        self.gateway.kill()
        self.providers.close()

    def _is_loaded(self, route: Route, folder: Path) -> bool:
        block = route.block(self.providers.address)
        path = configs.write(folder / f"{route.name}.yaml", [block])
        done = run_command("check", "--config-path", str(path))
        if done.returncode == 0:
            return True
        words = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
        self.unserved[route.name] = words[0].partition("': ")[2] if words else done.stderr.strip()
        return False

    def _try(self, route: Route) -> None:
        """Asks once: a provider that is not built answers 501, and an older API of it is asked in another form."""
        self.providers.set(route, Answer("text", (("Hello",),)))
        body = {"model": route.name, "messages": [{"role": "user", "content": "Hello"}]}
        reply = httpx.post(f"{self.gateway.url}/v1/chat/completions", json=body, timeout=20)
        if reply.status_code == 501:
            self.unserved[route.name] = f"501: {reply.json()['error']['message']}"
            return
        seen = self.providers.seen(route)
        if len(self.providers.asked(route)) < len(seen):
            self.unserved[route.name] = f"not asked in its present API: POST {seen[0].path}"


class Direct:
    """The providers of doors whose dialect is a provider's, asked without a gateway."""

    def __init__(self) -> None:
        self.providers = Providers((DIRECT_MESSAGES, DIRECT_RESPONSES))

    def base(self, route: Route) -> str:
        """Where clients ask; another place for each route."""
        return f"{self.providers.address}/{route.name}"

    def close(self) -> None:
        self.providers.close()


class Place(Protocol):
    """Where clients reach scripted providers: a gateway, or the providers themselves."""

    providers: Providers

    def base(self, route: Route) -> str: ...


class Scene:
    """One route of a place, for one test. `base` is where clients ask, `url` the same for those of OpenAI."""

    def __init__(self, place: Place, route: Route) -> None:
        self._providers = place.providers
        self.route = route
        self.name = route.name
        self.base = place.base(route)
        self.url = f"{self.base}/v1"
        self.play()

    def play(self, *answers: Answers) -> None:
        """The provider's coming answers; what was asked before is forgotten."""
        self._providers.set(self.route, *answers)

    @property
    def asked(self) -> list[Question]:
        return self._providers.asked(self.route)

    @property
    def seen(self) -> list[Seen]:
        return self._providers.seen(self.route)

    @property
    def bodies(self) -> list[Json]:
        return [seen.json for seen in self.seen]

"""A real gateway for tests: the program on a free port, with the sandbox provider, which needs no key and no network.

    from tidegate.testing import gateway

    with gateway() as gw:
        answer = gw.client().query("chat", {"messages": [{"role": "user", "content": "Hello"}]})

With pytest there is a fixture:

    from tidegate.testing import tidegate_gateway  # or in conftest.py: pytest_plugins = ["tidegate.testing"]

    def test_answer(tidegate_gateway):
        gw = tidegate_gateway()
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Callable

import httpx

from tidegate._binary import find_binary
from tidegate.client import TidegateClient
from tidegate.errors import ConfigurationError, TidegateError

_LISTENS = re.compile(r"listens on (http\S+)")
_LISTS = ("endpoints", "routes")
_LIMIT = 20.0
"""Seconds within which the program listens, or takes a new config."""
_STOP_LIMIT = 5.0
"""Seconds that calls in flight have to finish at the end."""


def sandbox_route(
    name: str,
    route_type: str = "llm/v1/chat",
    *,
    delay_ms: int = 0,
    word_delay_ms: int = 0,
    failure_rate: float = 0,
    failure_status: int = 503,
) -> dict[str, Any]:
    """A route that the sandbox answers, for a config.

    Args:
        name: what clients call.
        route_type: `llm/v1/chat`, `llm/v1/completions` or `llm/v1/embeddings`.
        delay_ms: milliseconds before each answer.
        word_delay_ms: milliseconds between the words of a stream.
        failure_rate: share of the calls that fail, from 0 to 1.
        failure_status: their status, from 400 to 599.
    """
    model = _sandbox(
        delay_ms=delay_ms,
        word_delay_ms=word_delay_ms,
        failure_rate=failure_rate,
        failure_status=failure_status,
    )
    return {"name": name, "route_type": route_type, "model": model}


def _sandbox(**settings: float) -> dict[str, Any]:
    return {"provider": "sandbox", "name": "sandbox", "config": settings}


class RunningGateway:
    """A gateway that runs until the end of its test."""

    uri: str
    """The gateway's address, for `set_gateway_uri`, clients, and the variables `TIDEGATE_URI` and `MLFLOW_GATEWAY_URI`."""

    def __init__(
        self,
        folder: Path,
        config: Mapping[str, Any] | None,
        args: Sequence[str],
        env: Mapping[str, str],
    ) -> None:
        self._program = find_binary()
        self._env = {**os.environ, **env}
        self._path = folder / "config.json"
        self._path.write_text(_text(config))
        self._log: list[str] = []
        self._clients: list[TidegateClient] = []
        self._ended = False
        self._news = threading.Condition()
        command = [self._program, "start", "--config-path", str(self._path), "--port", "0", *args]
        self._process = subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.uri = self._listens()
        except BaseException:
            self.stop()
            raise

    def client(self, **settings: Any) -> TidegateClient:
        """A client for it, closed at its end; `settings` are those of `TidegateClient`."""
        client = TidegateClient(self.uri, **settings)
        self._clients.append(client)
        return client

    def log(self) -> str:
        """What the program has written until now, its access log too."""
        with self._news:
            return "".join(self._log)

    def configure(self, config: Mapping[str, Any] | None) -> None:
        """Puts another config in service while the gateway runs, and waits until it is.

        Raises:
            ConfigurationError: it is invalid; the former stays in service.
        """
        text = _text(config)
        if text == self._path.read_text():
            return
        new = self._path.with_name("new.json")
        new.write_text(text)
        self._check(new)
        before = self._health()["generation"]
        os.replace(new, self._path)
        deadline = time.monotonic() + _LIMIT
        while self._health()["generation"] == before:
            if time.monotonic() > deadline:
                why = self._health().get("error") or self.log()
                raise TidegateError(
                    f"The gateway did not take the new config within {_LIMIT:g} s:\n{why}"
                )
            time.sleep(0.01)

    def stop(self) -> None:
        """Ends it; calls in flight have 5 seconds."""
        for client in self._clients:
            client.close()
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _check(self, path: Path) -> None:
        done = subprocess.run(
            [self._program, "check", "--config-path", str(path)],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode != 0:
            raise ConfigurationError(done.stdout.decode(errors="replace").strip())

    def _health(self) -> dict[str, Any]:
        try:
            answer = httpx.get(f"{self.uri}/health?verbose", trust_env=False)
            health: dict[str, Any] = answer.json()
            return health
        except (httpx.HTTPError, ValueError) as error:
            raise TidegateError(
                f"The gateway does not answer ({error!r}):\n{self.log()}"
            ) from error

    def _listens(self) -> str:
        with self._news:
            came = self._news.wait_for(lambda: self._address() or self._ended, _LIMIT)
            address = self._address()
        if address is not None:
            return address
        if not came:
            raise TidegateError(f"The gateway did not listen within {_LIMIT:g} s:\n{self.log()}")
        status = self._process.wait()
        raise ConfigurationError(
            f"The gateway did not start (exit status {status}).\n{self.log().strip()}"
        )

    def _address(self) -> str | None:
        found = (_LISTENS.search(line) for line in self._log)
        return next((it.group(1) for it in found if it), None)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._log.append(line.decode(errors="replace"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


@contextmanager
def gateway(
    config: Mapping[str, Any] | None = None,
    *,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[RunningGateway]:
    """Runs a gateway while the `with` block runs.

    Args:
        config: what a config file holds, as a dict; the sandbox answers routes that have no `model`. Unless told, the routes `chat`,
            `completions` and `embeddings`, which the sandbox answers.
        args: more arguments of `tidegate start`, such as `["--log-level", "debug"]`.
        env: variables that are added to this process's.

    Raises:
        ConfigurationError: the config or an argument is invalid; the message is the program's.
        TidegateNotFound: the program is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="tidegate-") as folder:
        running = RunningGateway(Path(folder), config, args, env or {})
        try:
            yield running
        finally:
            running.stop()


try:
    import pytest
except ImportError:  # the context manager needs none
    pass
else:

    @pytest.fixture
    def tidegate_gateway() -> Iterator[Callable[..., RunningGateway]]:
        """Starts gateways that run until the test ends; called with the arguments of `gateway`."""
        with ExitStack() as started:
            yield lambda *args, **settings: started.enter_context(gateway(*args, **settings))


def _text(config: Mapping[str, Any] | None) -> str:
    if config is None:
        types = ("chat", "completions", "embeddings")
        config = {"routes": [sandbox_route(it, f"llm/v1/{it}") for it in types]}
    if not isinstance(config, Mapping):
        raise ConfigurationError(f"The config must be a dict, not {type(config).__name__}.")
    whole = {
        key: [_with_model(it) for it in value]
        if key in _LISTS and isinstance(value, list)
        else value
        for key, value in config.items()
    }
    try:
        return json.dumps(whole, indent=2)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"The config cannot be written as JSON: {error}.") from error


def _with_model(route: Any) -> Any:
    """A route with the sandbox as its model, unless it has one or is a traffic split."""
    if not isinstance(route, Mapping) or "model" in route or "destinations" in route:
        return route
    return {**route, "model": _sandbox(word_delay_ms=0)}

"""What the package's tests share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tidegate
from stand_in import StandIn

VARIABLES = ("TIDEGATE_", "MLFLOW_", "DATABRICKS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine, and no file of its user, is read."""
    import os

    for name in list(os.environ):
        if name.upper().startswith(VARIABLES) and name != "TIDEGATE_BIN":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("tidegate._uri._uri", None)


@pytest.fixture
def gateway() -> Iterator[StandIn]:
    """A stand-in for a gateway."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts, which are not made."""
    made: list[float] = []

    async def pause(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(time, "sleep", made.append)
    monkeypatch.setattr("tidegate.aio.asyncio.sleep", pause)
    return made


class Caller:
    """Calls a client of either kind, so that one test serves both."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def call(self, name: str, *arguments: Any, uri: str, **settings: Any) -> Any:
        """The value of a client's method."""
        if self.kind == "thread":
            with tidegate.TidegateClient(uri, **settings) as client:
                return getattr(client, name)(*arguments)

        async def run() -> Any:
            async with tidegate.AsyncTidegateClient(uri, **settings) as client:
                return await getattr(client, name)(*arguments)

        return asyncio.run(run())

    def frames(self, uri: str, into: list[Any], **settings: Any) -> None:
        """Puts the frames of a stream, one by one, into a list."""
        ask = ("chat", {"messages": []})
        if self.kind == "thread":
            with tidegate.TidegateClient(uri, **settings) as client:
                into.extend(iter(client.stream(*ask)))
            return

        async def run() -> None:
            async with tidegate.AsyncTidegateClient(uri, **settings) as client:
                async for frame in await client.stream(*ask):
                    into.append(frame)

        asyncio.run(run())


@pytest.fixture(params=["thread", "loop"])
def caller(request: pytest.FixtureRequest) -> Caller:
    """Both kinds of client."""
    return Caller(request.param)

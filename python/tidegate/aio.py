"""The client that an event loop awaits."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Callable, TypeVar
from weakref import WeakKeyDictionary

import httpx

from tidegate import _setup
from tidegate._call import Access, Call, Calls, Pair, Service
from tidegate._credentials import Tls, context
from tidegate._exchange import (
    LIMITS,
    Broken,
    Locate,
    Outcome,
    Pause,
    connecting,
    no_stream,
    read,
    request_id,
    streams,
)
from tidegate._frames import Frames
from tidegate._uri import without_password
from tidegate.entities import LimitsConfig, PagedList, Route

_T = TypeVar("_T")
_C = TypeVar("_C", bound="AsyncTidegateClient")


class AsyncTidegateClient:
    """The same as `TidegateClient`, with calls to await. It may be shared between tasks."""

    def __init__(
        self,
        gateway_uri: str | None = None,
        *,
        timeout: float = _setup.TIMEOUT,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._setup = _setup.Setup.of(gateway_uri, timeout, max_retries, headers)
        self._http = _Connections()

    @property
    def gateway_uri(self) -> str:
        """The gateway's address."""
        return self._setup.uri

    async def query(self, route: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Asks a route, and gives its answer as it came."""
        return await self._ask(lambda service: service.query(route, data))

    async def stream(self, route: str, data: Mapping[str, Any]) -> AsyncStream:
        """Asks a route and gives the frames of its answer as they come:

        async with await client.stream("chat", {"messages": [...]}) as frames:
            async for frame in frames:
                print(frame["choices"][0]["delta"].get("content") or "", end="")
        """
        service = self._setup.service()
        call = service.stream(route, data)
        response = await self._run(service, call, streamed=True)
        if not streams(response):
            await response.aclose()
            raise no_stream(response)
        return AsyncStream(response, call)

    async def get_route(self, name: str) -> Route:
        """One route."""
        return await self._ask(lambda service: service.get_route(name))

    async def search_routes(self, page_token: str | None = None) -> PagedList[Route]:
        """A page of the routes; its `token` asks for the next, and is None on the last."""
        return await self._ask(lambda service: service.search_routes(page_token))

    async def create_route(
        self, name: str, route_type: str | None = None, model: Mapping[str, Any] | None = None
    ) -> Route:
        """Makes a route. Only Databricks can; a gateway's routes stand in its config file."""
        return await self._ask(lambda service: service.create_route(name, route_type, model))

    async def delete_route(self, name: str) -> None:
        """Removes a route. Only Databricks can; a gateway's routes stand in its config file."""
        await self._ask(lambda service: service.delete_route(name))

    async def set_limits(self, route: str, limits: list[dict[str, Any]]) -> LimitsConfig:
        """Sets a route's limits. Only Databricks can; a gateway's limits stand in its config file (it answers 501)."""
        return await self._ask(lambda service: service.set_limits(route, limits))

    async def get_limits(self, route: str) -> LimitsConfig:
        """A route's limits, where `set_limits` works."""
        return await self._ask(lambda service: service.get_limits(route))

    async def close(self) -> None:
        """Closes this event loop's connections, those of calls and streams under way too. The next call makes new ones."""
        await self._http.close()

    async def __aenter__(self: _C) -> _C:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({without_password(self.gateway_uri)!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {"_setup": self._setup}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._http = _Connections()

    async def _ask(self, make: Callable[[Service], Calls[_T]]) -> _T:
        service = self._setup.service()
        call = make(service)
        if isinstance(call, Pair):
            call = call.then(read(call.first, await self._run(service, call.first)))
        return read(call, await self._run(service, call))

    async def _run(
        self, service: Service, call: Call[Any], *, streamed: bool = False
    ) -> httpx.Response:
        http = self._http.get()
        course = self._setup.exchange(call, streamed=streamed)
        outcome: Outcome = None
        try:
            while True:
                step = course.send(outcome)
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                    outcome = None
                elif isinstance(step, Locate):
                    outcome = await _access(service)
                else:
                    outcome = await _send(http, step.request, streamed)
        except StopIteration as end:
            response: httpx.Response = end.value
            return response


async def _access(service: Service) -> Access:
    return await asyncio.to_thread(service.access) if service.blocks else service.access()


async def _send(http: httpx.AsyncClient, request: httpx.Request, streamed: bool) -> Outcome:
    try:
        response = await http.send(request, stream=True)
        if not (streamed and response.is_success):
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response
    except httpx.RequestError as error:
        return Broken(error)


class AsyncStream(AsyncIterator[dict[str, Any]]):
    """The frames of an answer, in the order in which they come.

    The end of the iteration is the stream's own end. A stream that breaks off raises `GatewayStreamError`.
    """

    def __init__(self, response: httpx.Response, call: Call[dict[str, Any]]) -> None:
        self.request_id = request_id(response)
        self._response = response
        self._left = False
        self._read = call.read
        self._frames = Frames(self.request_id)
        self._pieces = response.aiter_bytes()

    def __aiter__(self) -> AsyncStream:
        return self

    async def __anext__(self) -> dict[str, Any]:
        try:
            return self._read(await self._next())
        except BaseException:
            await self.close()
            raise

    async def _next(self) -> dict[str, Any]:
        while not self._left:
            frame = self._frames.take()
            if frame is not None:
                return frame
            if self._frames.ended:
                break
            try:
                self._frames.feed(await self._pieces.__anext__())
            except StopAsyncIteration:
                self._frames.finish()
            except httpx.RequestError as error:
                raise self._frames.cut(f" ({error or type(error).__name__})") from error
        raise StopAsyncIteration

    async def close(self) -> None:
        """Ends the call, at the provider too if it is under way; then no frame follows."""
        self._left = True
        await self._response.aclose()

    async def __aenter__(self) -> AsyncStream:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class _Connections:
    """The connections of a client, one set for each event loop, made when they are first needed: anew after a fork, and when the
    TLS variables change."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[tuple[int, Tls], httpx.AsyncClient]
        ] = WeakKeyDictionary()

    def get(self) -> httpx.AsyncClient:
        """Connections for the running loop and the settings of this moment."""
        loop = asyncio.get_running_loop()
        wanted = (os.getpid(), Tls.of_environment())
        made = self._made.get(loop)
        if made is None or made[0] != wanted:
            with connecting():
                client = httpx.AsyncClient(verify=context(wanted[1]), limits=LIMITS)
            made = self._made[loop] = (wanted, client)
        return made[1]

    async def close(self) -> None:
        """Closes those of the running loop."""
        made = self._made.pop(asyncio.get_running_loop(), None)
        if made is not None:
            await made[1].aclose()

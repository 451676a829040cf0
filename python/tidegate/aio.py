"""The client that an event loop awaits."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Callable, TypeVar

import httpx

from tidegate import _setup
from tidegate._call import Access, Call, Calls, Pair, Service
from tidegate._credentials import Tls, context
from tidegate._exchange import (
    Broken,
    Locate,
    Outcome,
    Pause,
    read,
    request_id,
    streaming,
)
from tidegate._frames import Frames
from tidegate._uri import without_password
from tidegate.entities import LimitsConfig, PagedList, Route

_T = TypeVar("_T")


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
        return AsyncStream(streaming(await self._run(service, call, streamed=True)), call)

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
        """Closes the connections that wait for the next call."""
        await self._http.close()

    async def __aenter__(self) -> AsyncTidegateClient:
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
        while True:
            frame = self._frames.take()
            if frame is not None:
                return frame
            if self._frames.ended:
                raise StopAsyncIteration
            try:
                self._frames.feed(await self._pieces.__anext__())
            except StopAsyncIteration:
                raise self._frames.cut() from None
            except httpx.RequestError as error:
                raise self._frames.cut(f" ({error or type(error).__name__})") from error

    async def close(self) -> None:
        """Ends the call, at the provider too if it is under way."""
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
    """The connections of a client, made when they are first needed: anew in another event loop or after a fork, and when the
    TLS variables change."""

    def __init__(self) -> None:
        self._made: tuple[tuple[object, ...], httpx.AsyncClient] | None = None

    def get(self) -> httpx.AsyncClient:
        """Connections for the settings of this moment."""
        tls = Tls.of_environment()
        wanted = (os.getpid(), id(asyncio.get_running_loop()), tls)
        made = self._made
        if made is None or made[0] != wanted:
            made = self._made = (wanted, httpx.AsyncClient(verify=context(tls)))
        return made[1]

    async def close(self) -> None:
        """Closes them; the next call makes new ones."""
        made, self._made = self._made, None
        if made is not None:
            await made[1].aclose()

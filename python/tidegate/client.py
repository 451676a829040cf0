"""The client that a thread calls and waits for."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import TracebackType
from typing import Any, Callable, TypeVar

import httpx

from tidegate import _setup
from tidegate._call import Call, Calls, Pair, Service
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
_C = TypeVar("_C", bound="TidegateClient")


class TidegateClient:
    """Calls a gateway: Tidegate, an MLflow AI Gateway, or the serving endpoints of a Databricks workspace.

    It may be shared between threads, pickled (as part of a logged model, say), and used as a context manager.

    Args:
        gateway_uri: the gateway's address, or `databricks`, or `databricks://PROFILE`; unless told, what
            `get_gateway_uri` gives.
        timeout: seconds to wait for a connection, and for each next piece of an answer.
        max_retries: repetitions of a call that fails; unless told, `MLFLOW_HTTP_REQUEST_MAX_RETRIES` or 5. A call that may
            have reached a model is never repeated.
        headers: sent with every call.

    Raises:
        ConfigurationError: there is no gateway to call.

    Every call raises a `TidegateError` when it fails; see `tidegate.errors`.
    """

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

    def query(self, route: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Asks a route, and gives its answer as it came.

        Args:
            route: the route's name.
            data: `messages` for chat, `prompt` for completions, `input` for embeddings, and parameters.
        """
        return self._ask(lambda service: service.query(route, data))

    def stream(self, route: str, data: Mapping[str, Any]) -> Stream:
        """Asks a route and gives the frames of its answer as they come.

        The call is made at once, so that an error is raised here; the frames are then iterated over:

            with client.stream("chat", {"messages": [...]}) as frames:
                for frame in frames:
                    print(frame["choices"][0]["delta"].get("content") or "", end="")

        A stream that is left before its end, or closed, ends the call at the provider.
        """
        service = self._setup.service()
        call = service.stream(route, data)
        response = self._run(service, call, streamed=True)
        if not streams(response):
            with closing(response):
                raise no_stream(response)
        return Stream(response, call)

    def get_route(self, name: str) -> Route:
        """One route."""
        return self._ask(lambda service: service.get_route(name))

    def search_routes(self, page_token: str | None = None) -> PagedList[Route]:
        """A page of the routes; its `token` asks for the next, and is None on the last."""
        return self._ask(lambda service: service.search_routes(page_token))

    def create_route(
        self, name: str, route_type: str | None = None, model: Mapping[str, Any] | None = None
    ) -> Route:
        """Makes a route. Only Databricks can; a gateway's routes stand in its config file."""
        return self._ask(lambda service: service.create_route(name, route_type, model))

    def delete_route(self, name: str) -> None:
        """Removes a route. Only Databricks can; a gateway's routes stand in its config file."""
        self._ask(lambda service: service.delete_route(name))

    def set_limits(self, route: str, limits: list[dict[str, Any]]) -> LimitsConfig:
        """Sets a route's limits. Only Databricks can; a gateway's limits stand in its config file (it answers 501)."""
        return self._ask(lambda service: service.set_limits(route, limits))

    def get_limits(self, route: str) -> LimitsConfig:
        """A route's limits, where `set_limits` works."""
        return self._ask(lambda service: service.get_limits(route))

    def close(self) -> None:
        """Closes the connections, those of calls and streams under way too. The next call makes new ones."""
        self._http.close()

    def __enter__(self: _C) -> _C:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({without_password(self.gateway_uri)!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {"_setup": self._setup}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._http = _Connections()

    def _ask(self, make: Callable[[Service], Calls[_T]]) -> _T:
        service = self._setup.service()
        call = make(service)
        if isinstance(call, Pair):
            call = call.then(read(call.first, self._run(service, call.first)))
        return read(call, self._run(service, call))

    def _run(self, service: Service, call: Call[Any], *, streamed: bool = False) -> httpx.Response:
        http = self._http.get()
        course = self._setup.exchange(call, streamed=streamed)
        outcome: Outcome = None
        try:
            while True:
                step = course.send(outcome)
                if isinstance(step, Pause):
                    time.sleep(step.seconds)
                    outcome = None
                elif isinstance(step, Locate):
                    outcome = service.access()
                else:
                    outcome = _send(http, step.request, streamed)
        except StopIteration as end:
            response: httpx.Response = end.value
            return response


def _send(http: httpx.Client, request: httpx.Request, streamed: bool) -> Outcome:
    try:
        response = http.send(request, stream=True)
        if not (streamed and response.is_success):
            try:
                response.read()
            finally:
                response.close()
        return response
    except httpx.RequestError as error:
        return Broken(error)


class Stream(Iterator[dict[str, Any]]):
    """The frames of an answer, in the order in which they come.

    The end of the iteration is the stream's own end. A stream that breaks off raises `GatewayStreamError`.
    """

    def __init__(self, response: httpx.Response, call: Call[dict[str, Any]]) -> None:
        self.request_id = request_id(response)
        self._response = response
        self._left = False
        self._read = call.read
        self._frames = Frames(self.request_id)
        self._pieces = response.iter_bytes()

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> dict[str, Any]:
        try:
            return self._read(self._next())
        except BaseException:
            self.close()
            raise

    def _next(self) -> dict[str, Any]:
        while not self._left:
            frame = self._frames.take()
            if frame is not None:
                return frame
            if self._frames.ended:
                break
            try:
                self._frames.feed(next(self._pieces))
            except StopIteration:
                self._frames.finish()
            except httpx.RequestError as error:
                raise self._frames.cut(f" ({error or type(error).__name__})") from error
        raise StopIteration

    def close(self) -> None:
        """Ends the call, at the provider too if it is under way; then no frame follows."""
        self._left = True
        self._response.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_pieces"):
            self.close()


class _Connections:
    """The connections of a client, made when they are first needed: anew after a fork, and when the TLS variables change."""

    def __init__(self) -> None:
        self._made: tuple[tuple[int, Tls], httpx.Client] | None = None

    def get(self) -> httpx.Client:
        """Connections for the settings of this moment."""
        wanted = (os.getpid(), Tls.of_environment())
        made = self._made
        if made is None or made[0] != wanted:
            with connecting():
                made = self._made = (wanted, httpx.Client(verify=context(wanted[1]), limits=LIMITS))
        return made[1]

    def close(self) -> None:
        """Closes them; the next call makes new ones."""
        made, self._made = self._made, None
        if made is not None:
            made[1].close()

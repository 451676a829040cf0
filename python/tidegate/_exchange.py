"""The course of one call without IO: what to send, when to pause, and what its end means.

`exchange` is a generator that yields what is to be done, and gets what came of it; the two clients do it, one in the calling
thread, one in an event loop.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, Union, cast
from urllib.parse import urlencode

import httpx

from tidegate._call import Access, Call
from tidegate._retry import Retries, retry_after
from tidegate._uri import without_password
from tidegate._version import VERSION
from tidegate.errors import (
    ConfigurationError,
    GatewayConnectionError,
    GatewayResponseError,
    GatewayStatusError,
    GatewayTimeoutError,
    TidegateError,
)

T = TypeVar("T")


@contextmanager
def connecting() -> Iterator[None]:
    """Around the making of connections: a proxy in the environment that makes no sense is told.

    Raises:
        ConfigurationError: there is one.
    """
    try:
        yield
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        if isinstance(error, ConfigurationError):
            raise
        raise ConfigurationError(
            f"A proxy in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) cannot be used: {without_password(str(error))}"
        ) from None


LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
"""As many calls at once as the program makes: none waits for another's connection."""

_REDIRECTS = 5
_SHOWN = 500
"""Characters of an answer that is no JSON, in an error."""
_AGENT = f"tidegate-python/{VERSION} python/{platform.python_version()}"


@dataclass(frozen=True)
class Locate:
    """Find out the service's access as it is now."""


@dataclass(frozen=True)
class Send:
    """Send this and read the answer's body, but for a stream's good answer. `Broken` if none comes."""

    request: httpx.Request
    streamed: bool


@dataclass(frozen=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Broken:
    """No whole answer came."""

    error: httpx.RequestError

    @property
    def stays(self) -> bool:
        """Whether another attempt would fail as well: the server's certificate is not trusted, or the request is no HTTP."""
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(self.error)
        return untrusted or isinstance(self.error, httpx.LocalProtocolError)


Step = Union[Locate, Send, Pause]
Outcome = Union[Access, httpx.Response, Broken, None]


def exchange(
    call: Call[Any],
    retries: Retries,
    timeout: float,
    extra_headers: Mapping[str, str],
    streamed: bool = False,
) -> Generator[Step, Outcome, httpx.Response]:
    """Ends with the good answer, read whole unless it is `streamed`.

    Raises:
        ConfigurationError: the call cannot be made.
        GatewayConnectionError: no answer came.
        GatewayStatusError: it is an error.
    """
    failure: TidegateError
    attempt = 0
    while True:
        attempt += 1
        access = cast("Access", (yield Locate()))
        request = _request(access, call, timeout, extra_headers, streamed)
        outcome = yield from _follow(request, streamed)
        if isinstance(outcome, Broken):
            broken = _broken(outcome.error, timeout)
            pause = None if outcome.stays else retries.after_break(attempt, call.method, broken)
            failure = broken
        elif outcome.is_success:
            return outcome
        else:
            wait = retry_after(outcome.headers)
            failure = refused(outcome, wait)
            pause = retries.after_status(attempt, call.method, outcome.status_code, wait)
        if pause is None:
            raise failure
        yield Pause(pause)


def _request(
    access: Access,
    call: Call[Any],
    timeout: float,
    extra_headers: Mapping[str, str],
    streamed: bool,
) -> httpx.Request:
    url = access.base + call.path + (f"?{urlencode(call.params)}" if call.params else "")
    body = None if call.body is None else _json(call.body)
    headers = _headers(
        {
            "user-agent": _AGENT,
            "accept": "text/event-stream" if streamed else "application/json",
            **({} if body is None else {"content-type": "application/json"}),
        },
        access.headers,
        extra_headers,
    )
    limits = httpx.Timeout(timeout, pool=None).as_dict()
    try:
        return httpx.Request(
            call.method, url, headers=headers, content=body, extensions={"timeout": limits}
        )
    except httpx.InvalidURL as error:
        raise ConfigurationError(
            f"`{without_password(access.base)}` is no address: {error}."
        ) from None


def _headers(*sources: Mapping[str, str]) -> httpx.Headers:
    """The headers of all sources; of one name, the last one's."""
    headers = httpx.Headers()
    for name, value in (it for source in sources for it in source.items()):
        if not (isinstance(value, str) and value.isascii() and value.isprintable()):
            # The value may be a secret: it is not shown.
            raise ConfigurationError(
                f"The header `{name}` cannot be sent: its value may hold printable ASCII characters only. Is there a line break"
                " in a token or password?"
            )
        headers[name] = value
    return headers


def _json(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, allow_nan=False, default=_plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"What is asked cannot be written as JSON: {error}.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _follow(
    request: httpx.Request, streamed: bool
) -> Generator[Step, Outcome, httpx.Response | Broken]:
    """Follows redirects that keep the call as it is: the method, and the host, so that headers and prompts reach no other."""
    for _ in range(_REDIRECTS):
        outcome = cast("httpx.Response | Broken", (yield Send(request, streamed)))
        if isinstance(outcome, Broken) or outcome.next_request is None:
            return outcome
        if not _keeps(request, outcome.next_request):
            return outcome
        request = outcome.next_request
    return outcome


def _keeps(asked: httpx.Request, then: httpx.Request) -> bool:
    at, to = asked.url, then.url
    here = (at.scheme, at.host, at.port) == (to.scheme, to.host, to.port)
    upgrade = (at.scheme, to.scheme) == ("http", "https") and at.host == to.host
    return then.method == asked.method and (here or upgrade)


def _broken(error: httpx.RequestError, timeout: float) -> GatewayConnectionError:
    url = without_password(str(error.request.url))
    never_sent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    if isinstance(error, httpx.ReadTimeout):
        return GatewayTimeoutError(
            "The provider has timed out while generating a response to your query. Please evaluate the available parameters"
            " for the query that you are submitting. Some parameter values and inputs can increase the computation time"
            f" beyond the allowable route timeout of {timeout:g} seconds. ({url})",
            may_have_run=True,
        )
    if isinstance(error, httpx.TimeoutException):
        return GatewayTimeoutError(
            f"The gateway at {url} did not take the call within {timeout:g} seconds.",
            may_have_run=not never_sent,
        )
    if never_sent:
        words = f"The gateway at {url} cannot be reached: {error}. Is it running, and is the address right?"
    else:
        words = f"The connection to the gateway at {url} broke: {str(error).rstrip('.') or type(error).__name__}."
    return GatewayConnectionError(words, may_have_run=not never_sent)


def refused(response: httpx.Response, wait: float | None) -> GatewayStatusError:
    """The error that an answer is; `wait` is its `Retry-After`."""
    body = _body(response)
    message = _message(body) or response.reason_phrase or "no explanation"
    if response.has_redirect_location:
        to = without_password(response.headers["location"]).partition("?")[0]
        message = f"the call was redirected to {to}: if that is the gateway, make it the address"
    return GatewayStatusError(
        message,
        status=response.status_code,
        method=response.request.method,
        url=without_password(str(response.request.url)),
        body=body,
        text=response.text,
        request_id=request_id(response),
        retry_after=wait,
    )


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return response.text


def _message(body: Any) -> str:
    """The words of an error in any of the forms in which gateways and Databricks write them."""
    if isinstance(body, str):
        page = body.lstrip().startswith("<")
        return (
            "a page of HTML, by something in front of the gateway"
            if page
            else body[:_SHOWN].strip()
        )
    if not isinstance(body, dict):
        return json.dumps(body)[:_SHOWN]
    names = ("detail", "error", "message")
    told = next((body[it] for it in names if body.get(it)), body)
    if isinstance(told, list):
        return "; ".join(_problem(it) for it in told)
    if isinstance(told, dict) and isinstance(told.get("message"), str):
        return str(told["message"])
    return told if isinstance(told, str) else json.dumps(told)[:_SHOWN]


def _problem(entry: Any) -> str:
    """An entry of a 422's list: where, and what."""
    if not isinstance(entry, dict):
        return json.dumps(entry)
    loc = entry.get("loc")
    where = ".".join(str(it) for it in loc if it != "body") if isinstance(loc, list) else ""
    return f"{where}: {entry.get('msg')}" if where else str(entry.get("msg"))


def read(call: Call[T], response: httpx.Response) -> T:
    """The value of a good answer.

    Raises:
        GatewayResponseError: it is not what a gateway answers.
    """
    try:
        return call.read(response.json() if response.content else None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        url = without_password(str(response.request.url))
        raise GatewayResponseError(
            f"{url} answered {response.status_code}, but not as a gateway does ({type(error).__name__}: {error}):"
            f" {response.text[:_SHOWN]!r}. Is the address right?",
            request_id=request_id(response),
        ) from error


def streams(response: httpx.Response) -> bool:
    """Whether a good answer is a stream."""
    kind: str = response.headers.get("content-type", "")
    return kind.lower().startswith("text/event-stream")


def no_stream(response: httpx.Response) -> GatewayResponseError:
    """The error of a good answer that is none."""
    kind = response.headers.get("content-type", "no content type")
    return GatewayResponseError(
        f"{without_password(str(response.request.url))} was asked to stream, but answered with {kind}: ask it with `query`.",
        request_id=request_id(response),
    )


def request_id(response: httpx.Response) -> str | None:
    """What names the call in the gateway's access log."""
    name: str | None = response.headers.get("x-request-id")
    return name

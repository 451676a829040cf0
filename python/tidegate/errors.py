"""What can go wrong between a program and its gateway.

Every error is a `TidegateError`; catch that for all of them.
"""

from __future__ import annotations

from typing import Any


class TidegateError(Exception):
    """Anything that this package reports. It can be pickled, as it is when it leaves a worker process."""

    def __reduce__(self) -> tuple[Any, ...]:
        return error_of, (type(self), self.args, vars(self))


def error_of(kind: Any, args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    """An error that holds this, made without its constructor."""
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(state)
    return error


class ConfigurationError(TidegateError, ValueError):
    """The call cannot be made as it is set up: no address, a name that is none, a variable that makes no sense."""


class GatewayConnectionError(TidegateError, ConnectionError):
    """There is no answer: the gateway cannot be reached, or the connection broke.

    `may_have_run` is true when the request was under way, so that the model may have been asked.
    """

    def __init__(self, message: str, *, may_have_run: bool) -> None:
        super().__init__(message)
        self.may_have_run = may_have_run


class GatewayTimeoutError(GatewayConnectionError, TimeoutError):
    """The gateway did not accept the connection, or did not answer, in time."""


class GatewayResponseError(TidegateError):
    """The gateway answered, but not with what was asked for.

    `request_id` names the call in the gateway's access log; it is missing when something else answered.
    """

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message if request_id is None else f"{message} (request id {request_id})")
        self.message = message
        self.request_id = request_id


class GatewayStatusError(GatewayResponseError):
    """The gateway refused the call, or passed on a provider's error.

    Attributes:
        status: the HTTP status.
        message: the gateway's words.
        request_id: names the call in the gateway's access log.
        body: the whole answer, read as JSON where it is JSON.
        text: the same as it came.
        retry_after: seconds after which to ask again, if the answer says so.
        url: what was asked, without a password.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str,
        url: str,
        body: Any = None,
        text: str = "",
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} from {method} {url}: {message}", request_id=request_id)
        self.message = message
        self.status = status
        self.method = method
        self.url = url
        self.body = body
        self.text = text
        self.retry_after = retry_after


class GatewayStreamError(GatewayResponseError):
    """A stream ended with an error, or without its end: what came before is incomplete.

    `code` is the error's code where the gateway gives one, such as `stream_interrupted`.
    """

    def __init__(
        self, message: str, *, code: str | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.code = code

"""Errors that are both: `tidegate`'s own, and those that MLflow's client raised and programs catch.

| `tidegate.errors` | also is |
|---|---|
| `ConfigurationError`, `GatewayConnectionError`, `GatewayTimeoutError` | `mlflow.exceptions.MlflowException` |
| `GatewayStatusError` | `requests.exceptions.HTTPError`, with its `response` |
| `GatewayResponseError` | `requests.exceptions.InvalidJSONError` |
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module
from typing import Any

from tidegate.errors import (
    ConfigurationError,
    GatewayConnectionError,
    GatewayResponseError,
    GatewayStatusError,
    GatewayTimeoutError,
    TidegateError,
    error_of,
)

_requests: Any = import_module("requests")
_MlflowException: Any = import_module("mlflow.exceptions").MlflowException
_codes: Any = import_module("mlflow.protos.databricks_pb2")
_HTTPError: Any = _requests.exceptions.HTTPError
_InvalidJSONError: Any = _requests.exceptions.InvalidJSONError


class MlflowConfigurationError(ConfigurationError, _MlflowException):  # type: ignore[misc]
    """The call cannot be made as it is set up."""


class MlflowConnectionError(GatewayConnectionError, _MlflowException):  # type: ignore[misc]
    """There is no answer."""


class MlflowTimeoutError(GatewayTimeoutError, _MlflowException):  # type: ignore[misc]
    """There is no answer in time."""


class MlflowHTTPError(GatewayStatusError, _HTTPError):  # type: ignore[misc]
    """The gateway refused the call, or passed on a provider's error."""


class MlflowResponseError(GatewayResponseError, _InvalidJSONError):  # type: ignore[misc]
    """The gateway answered, but not with what was asked for."""


@contextmanager
def as_mlflow() -> Iterator[None]:
    """Within it, `tidegate`'s errors are raised as MLflow's too."""
    try:
        yield
    except TidegateError as error:
        raise _both(error).with_traceback(error.__traceback__) from error.__cause__


def _both(error: TidegateError) -> Any:
    if isinstance(error, GatewayStatusError):
        response = _response(error)
        words = _words(error, response)
        state = {"response": response, "request": response.request}
        return error_of(MlflowHTTPError, (words,), {**vars(error), **state})
    if isinstance(error, GatewayResponseError):
        state = {"response": None, "request": None}
        return error_of(MlflowResponseError, (str(error),), {**state, **vars(error)})
    kind: Any
    if isinstance(error, GatewayTimeoutError):
        kind, code = MlflowTimeoutError, _codes.BAD_REQUEST
    elif isinstance(error, GatewayConnectionError):
        kind, code = MlflowConnectionError, _codes.INTERNAL_ERROR
    elif isinstance(error, ConfigurationError):
        kind, code = MlflowConfigurationError, _codes.BAD_REQUEST
    else:
        return error
    theirs = vars(_MlflowException(str(error), error_code=code))
    return error_of(kind, (str(error),), {**theirs, **vars(error)})


def _response(error: GatewayStatusError) -> Any:
    """The answer as `requests` would have given it."""
    response = _requests.Response()
    response.status_code = error.status
    response.reason = _reason(error.status)
    response.url = error.url
    response.encoding = "utf-8"
    response._content = error.text.encode()
    if not isinstance(error.body, str):
        response.headers["content-type"] = "application/json"
    if error.request_id is not None:
        response.headers["x-request-id"] = error.request_id
    if error.retry_after is not None:
        response.headers["retry-after"] = f"{error.retry_after:g}"
    response.request = _requests.Request(error.method, error.url).prepare()
    return response


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _words(error: GatewayStatusError, response: Any) -> str:
    """MLflow's words for it, such as `404 Client Error: Not Found for url: …. Response text: {…}`."""
    whose = "Client" if error.status < 500 else "Server"
    words = f"{error.status} {whose} Error: {response.reason} for url: {error.url}"
    return f"{words}. Response text: {response.text}" if response.text else words

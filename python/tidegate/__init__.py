"""Tidegate's Python package: the gateway's program, and clients for it with the names of `mlflow.gateway`.

import tidegate

tidegate.set_gateway_uri("http://localhost:5000")
tidegate.query("chat", {"messages": [{"role": "user", "content": "Hello"}]})

Modules are loaded when a name of theirs is first used: the program, and a Python that only starts with the switch of
`tidegate.compat` on, need none of them.
"""

from importlib import import_module as _import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tidegate import aio, client, compat, entities, errors, fluent, testing
    from tidegate._uri import get_gateway_uri, set_gateway_uri
    from tidegate._version import VERSION as __version__
    from tidegate.aio import AsyncStream, AsyncTidegateClient
    from tidegate.client import Stream, TidegateClient
    from tidegate.client import TidegateClient as MlflowGatewayClient
    from tidegate.entities import Limit, LimitsConfig, PagedList, Route, RouteModelInfo
    from tidegate.errors import (
        ConfigurationError,
        GatewayConnectionError,
        GatewayResponseError,
        GatewayStatusError,
        GatewayStreamError,
        GatewayTimeoutError,
        TidegateError,
    )
    from tidegate.fluent import (
        create_route,
        delete_route,
        get_limits,
        get_route,
        query,
        search_routes,
        set_limits,
        stream,
    )

_MODULES = ("aio", "client", "compat", "entities", "errors", "fluent", "testing")
_NAMES = {
    "_uri": ("get_gateway_uri", "set_gateway_uri"),
    "aio": ("AsyncStream", "AsyncTidegateClient"),
    "client": ("Stream", "TidegateClient"),
    "entities": ("Limit", "LimitsConfig", "PagedList", "Route", "RouteModelInfo"),
    "errors": (
        "ConfigurationError",
        "GatewayConnectionError",
        "GatewayResponseError",
        "GatewayStatusError",
        "GatewayStreamError",
        "GatewayTimeoutError",
        "TidegateError",
    ),
    "fluent": (
        "create_route",
        "delete_route",
        "get_limits",
        "get_route",
        "query",
        "search_routes",
        "set_limits",
        "stream",
    ),
}
"""Where each name is at home."""
_OTHER_NAMES = {
    "MlflowGatewayClient": ("client", "TidegateClient"),  # the name that MLflow 2 gave its client
    "__version__": ("_version", "VERSION"),
}

__all__ = [
    "AsyncStream",
    "AsyncTidegateClient",
    "ConfigurationError",
    "GatewayConnectionError",
    "GatewayResponseError",
    "GatewayStatusError",
    "GatewayStreamError",
    "GatewayTimeoutError",
    "Limit",
    "LimitsConfig",
    "MlflowGatewayClient",
    "PagedList",
    "Route",
    "RouteModelInfo",
    "Stream",
    "TidegateClient",
    "TidegateError",
    "__version__",
    "aio",
    "client",
    "compat",
    "create_route",
    "delete_route",
    "entities",
    "errors",
    "fluent",
    "get_gateway_uri",
    "get_limits",
    "get_route",
    "query",
    "search_routes",
    "set_gateway_uri",
    "set_limits",
    "stream",
    "testing",
]


if not TYPE_CHECKING:  # which then says what is not here

    def __getattr__(name):
        if name in _MODULES:
            return _import_module(f"tidegate.{name}")
        homes = ((module, name) for module, names in _NAMES.items() if name in names)
        module, original = _OTHER_NAMES.get(name) or next(homes, ("", ""))
        if not module:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(_import_module(f"tidegate.{module}"), original)
        globals()[name] = value
        return value


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})

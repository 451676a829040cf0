"""Tidegate's Python package: the gateway's program, and clients for it with the names of `mlflow.gateway`.

import tidegate

tidegate.set_gateway_uri("http://localhost:5000")
tidegate.query("chat", {"messages": [{"role": "user", "content": "Hello"}]})
"""

from tidegate._uri import get_gateway_uri, set_gateway_uri
from tidegate._version import VERSION as __version__
from tidegate.aio import AsyncStream, AsyncTidegateClient
from tidegate.client import Stream, TidegateClient
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

MlflowGatewayClient = TidegateClient
"""The name that MLflow 2 gave its client."""

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
    "create_route",
    "delete_route",
    "get_gateway_uri",
    "get_limits",
    "get_route",
    "query",
    "search_routes",
    "set_gateway_uri",
    "set_limits",
    "stream",
]

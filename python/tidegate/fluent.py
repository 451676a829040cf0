"""Functions for the gateway that the process set: set the address once, then ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate._kept import Kept, all_routes
from tidegate._uri import get_gateway_uri
from tidegate.client import Stream, TidegateClient
from tidegate.entities import LimitsConfig, Route


def query(route: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Asks a route, and gives its answer as it came.

    query("chat", {"messages": [{"role": "user", "content": "Hello"}]})
    """
    return _gateway().query(route, data)


def stream(route: str, data: Mapping[str, Any]) -> Stream:
    """Asks a route and gives the frames of its answer as they come; see `TidegateClient.stream`."""
    return _gateway().stream(route, data)


def get_route(name: str) -> Route:
    """One route."""
    return _gateway().get_route(name)


def search_routes() -> list[Route]:
    """All routes, however many pages they are."""
    return all_routes(_gateway())


def create_route(
    name: str, route_type: str | None = None, model: Mapping[str, Any] | None = None
) -> Route:
    """Makes a route. Only Databricks can; a gateway's routes stand in its config file."""
    return _gateway().create_route(name, route_type, model)


def delete_route(name: str) -> None:
    """Removes a route. Only Databricks can; a gateway's routes stand in its config file."""
    _gateway().delete_route(name)


def set_limits(route: str, limits: list[dict[str, Any]]) -> LimitsConfig:
    """Sets a route's limits. Only Databricks can; a gateway's limits stand in its config file (it answers 501)."""
    return _gateway().set_limits(route, limits)


def get_limits(route: str) -> LimitsConfig:
    """A route's limits, where `set_limits` works."""
    return _gateway().get_limits(route)


_kept = Kept(TidegateClient)


def _gateway() -> TidegateClient:
    return _kept.at(get_gateway_uri())

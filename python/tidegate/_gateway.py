"""The API of Tidegate, and of the MLflow AI Gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from tidegate import _credentials
from tidegate._call import Access, Call
from tidegate._uri import is_valid, without_password
from tidegate.entities import LimitsConfig, PagedList, Route
from tidegate.errors import ConfigurationError

_ROUTES = "/api/2.0/gateway/routes/"
_LIMITS = "/api/2.0/gateway/limits/"


class Gateway:
    """A gateway at an address of its own."""

    blocks: ClassVar[bool] = False

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def access(self) -> Access:
        base = self._uri[:-1] if self._uri.endswith("/") else self._uri
        if not is_valid(base) or urlsplit(base).scheme not in ("http", "https"):
            raise ConfigurationError(
                f"The gateway's address `{without_password(base)}` must begin with http:// or https:// and name a host,"
                " such as http://localhost:5000."
            )
        return Access(base, _credentials.headers())

    def query(self, route: str, data: Mapping[str, Any]) -> Call[dict[str, Any]]:
        return Call("POST", f"/gateway/{piece(route)}/invocations", _as_it_is, data)

    def stream(self, route: str, data: Mapping[str, Any]) -> Call[dict[str, Any]]:
        return self.query(route, {**data, "stream": True})

    def get_route(self, name: str) -> Call[Route]:
        return Call("GET", _ROUTES + piece(name), self._route)

    def search_routes(self, page_token: str | None) -> Call[PagedList[Route]]:
        params = None if page_token is None else {"page_token": page_token}
        return Call("GET", _ROUTES, self._routes, params=params)

    def create_route(
        self, name: str, route_type: str | None, model: Mapping[str, Any] | None
    ) -> Call[Route]:
        raise ConfigurationError(
            "The create_route API is only available when running within Databricks. Route creation is handled through"
            " creating a configuration YAML file during startup or through updating a running Gateway server."
        )

    def delete_route(self, name: str) -> Call[None]:
        raise ConfigurationError(
            "The delete_route API is only available when running within Databricks. Route deletion is handled through"
            " uploading a modified configuration YAML file to the location specified when starting the Gateway server. To"
            " delete a route, remove the route entry from the configuration file."
        )

    def set_limits(self, route: str, limits: list[dict[str, Any]]) -> Call[LimitsConfig]:
        body = {"route": route, "limits": limits}
        return Call("POST", _LIMITS, LimitsConfig.from_dict, body)

    def get_limits(self, route: str) -> Call[LimitsConfig]:
        return Call("GET", _LIMITS + piece(route), LimitsConfig.from_dict)

    def _route(self, answer: Mapping[str, Any]) -> Route:
        url = answer["route_url"]
        base = without_password(self._uri).rstrip("/")
        whole = url if is_valid(url) else f"{base}/{url.lstrip('/')}"
        return Route.from_dict({**answer, "route_url": whole})

    def _routes(self, answer: Mapping[str, Any]) -> PagedList[Route]:
        routes = [self._route(it) for it in answer.get("routes", [])]
        return PagedList(routes, answer.get("next_page_token") or None)


def _as_it_is(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


def piece(route: str) -> str:
    """A route's name as a piece of a path."""
    if not route:
        raise ConfigurationError("A non-empty string is required for the route.")
    return quote(route, safe="")

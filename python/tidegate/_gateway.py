"""The API of Tidegate, and of the MLflow AI Gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit

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
        """A name and password in the address win over those of the environment."""
        shown = without_password(self._uri)
        if not is_valid(self._uri) or urlsplit(self._uri).scheme not in ("http", "https"):
            raise ConfigurationError(
                f"The gateway's address `{shown}` must begin with http:// or https:// and name a host, such as"
                " http://localhost:5000. In a password in it, write special characters as %XX."
            )
        parts = urlsplit(self._uri)
        if parts.query or parts.fragment:
            raise ConfigurationError(
                f"The gateway's address `{shown}` must end before `?` and `#`."
            )
        base = shown[:-1] if shown.endswith("/") else shown
        if parts.username is None:
            return Access(base, _credentials.headers())
        return Access(
            base, _credentials.basic(unquote(parts.username), unquote(parts.password or ""))
        )

    def query(self, route: str, data: Mapping[str, Any]) -> Call[dict[str, Any]]:
        return Call("POST", f"/gateway/{piece(route)}/invocations", _as_it_is, whole(data))

    def stream(self, route: str, data: Mapping[str, Any]) -> Call[dict[str, Any]]:
        return Call("POST", f"/gateway/{piece(route)}/invocations", _as_it_is, streamed(data))

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
        address = url if is_valid(url) else f"{base}/{url.lstrip('/')}"
        return Route.from_dict({**answer, "route_url": address})

    def _routes(self, answer: Mapping[str, Any]) -> PagedList[Route]:
        routes = [self._route(it) for it in answer.get("routes", [])]
        return PagedList(routes, answer.get("next_page_token") or None)


def _as_it_is(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise TypeError("no JSON object")
    return answer


def piece(route: str) -> str:
    """A route's name as a piece of a path.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(route, str) or not route:
        raise ConfigurationError("A non-empty string is required for the route.")
    try:
        name = quote(route, safe="")
    except UnicodeEncodeError:
        name = ""
    if name in ("", ".", ".."):
        raise ConfigurationError(f"{route!r} cannot be the name of a route.")
    return name


def whole(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `query` is asked.

    Raises:
        ConfigurationError: it is no mapping, or asks for a stream.
    """
    if not isinstance(data, Mapping):
        raise ConfigurationError(
            f"What a route is asked must be a mapping such as {{'prompt': 'Hello'}}, not {type(data).__name__}."
        )
    if data.get("stream"):
        raise ConfigurationError("`stream` is true: `query` answers whole; call `stream` instead.")
    return data


def streamed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `stream` is asked.

    Raises:
        ConfigurationError: it is no mapping.
    """
    if isinstance(data, Mapping):
        data = {name: value for name, value in data.items() if name != "stream"}
    return {**whole(data), "stream": True}

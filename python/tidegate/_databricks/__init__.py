"""A Databricks workspace, whose serving endpoints are the routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from tidegate._call import Access, Call, Pair
from tidegate._databricks import _access, _endpoints, _shapes
from tidegate._gateway import piece, streamed, whole
from tidegate._uri import is_valid, without_password
from tidegate.entities import LimitsConfig, PagedList, Route
from tidegate.errors import ConfigurationError

_ENDPOINTS = "/api/2.0/serving-endpoints"


class Workspace:
    """The workspace of a profile: `databricks` for the default one, `databricks://PROFILE` for another."""

    blocks: ClassVar[bool] = True

    def __init__(self, uri: str) -> None:
        self._profile = _profile(uri)
        self._host = ""

    def access(self) -> Access:
        found = _access.of(self._profile)
        if not _is_base(found.base):
            raise ConfigurationError(
                f"The workspace's host `{without_password(found.base)}` must be a name or an address such as"
                " https://dbc-1234.cloud.databricks.com, without `?` and what follows it."
            )
        self._host = without_password(found.base)
        return found

    def query(self, route: str, data: Mapping[str, Any]) -> Call[Any]:
        return self._invocation(
            route, _shapes.request(whole(data)), lambda answer: _shapes.answer(data, answer)
        )

    def stream(self, route: str, data: Mapping[str, Any]) -> Call[Any]:
        return self._invocation(route, _shapes.request(streamed(data)), lambda frame: frame)

    def _invocation(
        self, route: str, body: Mapping[str, Any], read: Callable[[Any], Any]
    ) -> Call[Any]:
        return Call("POST", _endpoints.invocations(piece(route)), read, body)

    def get_route(self, name: str) -> Call[Route]:
        return Call("GET", _endpoint(name), self._route)

    def search_routes(self, page_token: str | None) -> Call[PagedList[Route]]:
        if page_token is not None:
            raise ConfigurationError(
                "Databricks lists all its endpoints on one page: call search_routes without a page token."
            )
        return Call("GET", _ENDPOINTS, self._routes)

    def create_route(
        self, name: str, route_type: str | None, model: Mapping[str, Any] | None
    ) -> Call[Route]:
        piece(name)
        return Call("POST", _ENDPOINTS, self._route, _endpoints.new(name, route_type, model))

    def delete_route(self, name: str) -> Call[None]:
        return Call("DELETE", _endpoint(name), lambda _: None)

    def set_limits(self, route: str, limits: list[dict[str, Any]]) -> Pair[LimitsConfig]:
        """The endpoint's AI Gateway settings are replaced as a whole, so the others are read first and sent again."""
        written = _endpoints.rate_limits(limits)

        def replace(settings: Mapping[str, Any]) -> Call[LimitsConfig]:
            body = {**settings, "rate_limits": written}
            return Call("PUT", f"{_endpoint(route)}/ai-gateway", _endpoints.limits, body)

        return Pair(Call("GET", _endpoint(route), _endpoints.ai_gateway), replace)

    def get_limits(self, route: str) -> Call[LimitsConfig]:
        return Call(
            "GET", _endpoint(route), lambda it: _endpoints.limits(_endpoints.ai_gateway(it))
        )

    def _route(self, description: Mapping[str, Any]) -> Route:
        return _endpoints.route(description, self._host)

    def _routes(self, answer: Mapping[str, Any]) -> PagedList[Route]:
        return PagedList([self._route(it) for it in answer.get("endpoints") or []], None)


def _endpoint(name: str) -> str:
    return f"{_ENDPOINTS}/{piece(name)}"


def _is_base(host: str) -> bool:
    if not is_valid(host):
        return False
    parts = urlsplit(host)
    return parts.scheme in ("http", "https") and not parts.query and not parts.fragment


def _profile(uri: str) -> str | None:
    if uri == "databricks":
        return None
    profile = uri.partition("://")[2].rstrip("/")
    if ":" in profile:
        # What stands after the colon may be a password that was put there by mistake: it is not shown.
        raise ConfigurationError(
            "Databricks secret scopes (`databricks://SCOPE:PREFIX`) can be read only inside Databricks: put host and token into"
            " the environment (DATABRICKS_HOST, DATABRICKS_TOKEN) or a profile, and write `databricks` or `databricks://PROFILE`."
        )
    if not profile or "/" in profile:
        raise ConfigurationError(
            f"`{uri}` names no profile: write `databricks` or `databricks://PROFILE`."
        )
    return profile

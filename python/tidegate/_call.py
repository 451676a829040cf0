"""One call of a gateway's API as a value: what is asked, and how the answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, ClassVar, Generic, Protocol, TypeVar, Union

from tidegate.entities import LimitsConfig, PagedList, Route

T = TypeVar("T")


@dataclass(frozen=True)
class Call(Generic[T]):
    """`path` is below the service's base; `read` makes the value from the answer's JSON."""

    method: str
    path: str
    read: Callable[[Any], T]
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    params: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Pair(Generic[T]):
    """Two calls, of which the second is made from what the first one gave."""

    first: Call[Any]
    then: Callable[[Any], Call[T]]


Calls = Union[Call[T], Pair[T]]


@dataclass(frozen=True)
class Access:
    """Where a service is, and what shows it who asks."""

    base: str
    headers: Mapping[str, str] = field(repr=False)


class Service(Protocol):
    """A kind of gateway: its address, and its words for what a client can ask."""

    blocks: ClassVar[bool]
    """Whether `access` may wait for another server, so that an event loop leaves it to a thread."""

    def access(self) -> Access:
        """Resolved anew for every request, because tokens expire and models move to other machines."""

    def query(self, route: str, data: Mapping[str, Any]) -> Call[dict[str, Any]]: ...

    def stream(self, route: str, data: Mapping[str, Any]) -> Call[dict[str, Any]]:
        """The call, and how each frame of its stream is read."""

    def get_route(self, name: str) -> Call[Route]: ...

    def search_routes(self, page_token: str | None) -> Call[PagedList[Route]]: ...

    def create_route(
        self, name: str, route_type: str | None, model: Mapping[str, Any] | None
    ) -> Call[Route]: ...

    def delete_route(self, name: str) -> Call[None]: ...

    def set_limits(self, route: str, limits: list[dict[str, Any]]) -> Calls[LimitsConfig]: ...

    def get_limits(self, route: str) -> Call[LimitsConfig]: ...

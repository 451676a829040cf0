"""What the gateway tells of its routes, with the fields and the look of MLflow's own classes.

Keys that are not known here are left out: newer gateways may tell more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

_T = TypeVar("_T")


class _Entity:
    """`repr` shows the class, `str` only the fields, as MLflow's classes do."""

    def __str__(self) -> str:
        shown = (f"{it.name}={getattr(self, it.name)!r}" for it in fields(self))  # type: ignore[arg-type]
        return " ".join(shown)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for JSON."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True)
class RouteModelInfo(_Entity):
    """The model behind a route: the provider's name for it, if one is configured, and the provider."""

    name: str | None = None
    provider: str = ""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RouteModelInfo:
        """Reads what a gateway sent.

        Raises:
            KeyError: a field is missing.
        """
        return cls(name=values.get("name"), provider=values["provider"])


@dataclass(frozen=True)
class Limit(_Entity):
    """`calls` are taken per `renewal_period` (such as `minute`), for each `key` (`user` or `route`)."""

    calls: int
    key: str | None = None
    renewal_period: str = "minute"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Limit:
        """Reads what a gateway sent.

        Raises:
            KeyError: a field is missing.
        """
        return cls(
            calls=values["calls"], key=values.get("key"), renewal_period=values["renewal_period"]
        )


@dataclass(frozen=True)
class LimitsConfig(_Entity):
    """The limits of a route."""

    limits: list[Limit] | None = field(default_factory=list)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LimitsConfig:
        """Reads what a gateway sent.

        Raises:
            KeyError: a field is missing.
        """
        limits = values.get("limits")
        return cls(None if limits is None else [Limit.from_dict(it) for it in limits])


@dataclass(frozen=True)
class Route(_Entity):
    """An endpoint of the gateway.

    `route_type` is `llm/v1/chat`, `llm/v1/completions` or `llm/v1/embeddings`; `route_url` is the whole address of its calls.
    """

    name: str
    route_type: str
    model: RouteModelInfo
    route_url: str
    limit: Limit | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Route:
        """Reads what a gateway sent.

        Raises:
            KeyError: a field is missing.
        """
        limit = values.get("limit")
        return cls(
            name=values["name"],
            route_type=values["route_type"],
            model=RouteModelInfo.from_dict(values["model"]),
            route_url=values["route_url"],
            limit=None if limit is None else Limit.from_dict(limit),
        )


class PagedList(list[_T]):
    """A page of a list; `token` asks for the next one and is None on the last."""

    def __init__(self, items: Iterable[_T], token: str | None) -> None:
        super().__init__(items)
        self.token = token

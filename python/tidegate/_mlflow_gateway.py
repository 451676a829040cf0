"""What `tidegate.compat` puts into `mlflow.gateway`. Logged models refer to this module and its names: they stay.

The functions and the client are those of `tidegate`, but for MLflow's address of the gateway and MLflow's errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Callable, TypeVar

from tidegate._call import Calls, Service
from tidegate._kept import Kept, all_routes
from tidegate._mlflow_errors import as_mlflow
from tidegate.client import Stream, TidegateClient
from tidegate.entities import LimitsConfig, Route

FUNCTIONS = (
    "create_route",
    "delete_route",
    "get_limits",
    "get_route",
    "query",
    "search_routes",
    "set_limits",
)
CLASSES = ("MlflowGatewayClient",)

_T = TypeVar("_T")


class MlflowGatewayClient(TidegateClient):
    """Calls a gateway, as MLflow 2's client of this name did.

    Pickled, it is no more than its address, in MLflow 2's form: either side reads what the other wrote, but for the class's place.

    Args:
        gateway_uri: unless told, what `mlflow.gateway.get_gateway_uri` gives.

    Raises:
        mlflow.exceptions.MlflowException: there is no gateway to call.

    Every call raises `mlflow.exceptions.MlflowException` when there is no answer, and `requests.exceptions.HTTPError` when it is an
    error.
    """

    def __init__(self, gateway_uri: str | None = None) -> None:
        with as_mlflow():
            super().__init__(gateway_uri or _mlflow_uri())

    def stream(self, route: str, data: Mapping[str, Any]) -> Stream:
        """See `TidegateClient.stream`."""
        with as_mlflow():
            return super().stream(route, data)

    def __getstate__(self) -> dict[str, Any]:
        return {"_gateway_uri": self.gateway_uri}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_gateway_uri"])  # type: ignore[misc]

    def _ask(self, make: Callable[[Service], Calls[_T]]) -> _T:
        with as_mlflow():
            return super()._ask(make)


def query(route: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Asks a route, and gives its answer as it came.

    query("chat", {"messages": [{"role": "user", "content": "Hello"}]})
    """
    return _gateway().query(route, data)


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


_kept = Kept(MlflowGatewayClient)


def _gateway() -> MlflowGatewayClient:
    return _kept.at(_mlflow_uri())


def _mlflow_uri() -> str:
    uri: str = import_module("mlflow.gateway").get_gateway_uri()
    return uri

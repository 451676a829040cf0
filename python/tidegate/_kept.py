"""What the functions for a process's gateway need beside a client: one that is kept, and all pages of its routes."""

from __future__ import annotations

from typing import Callable, Generic, TypeVar

from tidegate.client import TidegateClient
from tidegate.entities import Route

C = TypeVar("C", bound=TidegateClient)


class Kept(Generic[C]):
    """One client as long as the address stays, so that its connections are used again."""

    def __init__(self, make: Callable[[str], C]) -> None:
        self._make = make
        self._client: C | None = None

    def at(self, uri: str) -> C:
        """The client for an address. Another thread may have set another one meanwhile."""
        client = self._client
        if client is None or client.gateway_uri != uri:
            client = self._client = self._make(uri)
        return client


def all_routes(client: TidegateClient) -> list[Route]:
    """All routes, however many pages they are."""
    page = client.search_routes()
    routes: list[Route] = list(page)
    while page.token:
        page = client.search_routes(page.token)
        routes += page
    return routes

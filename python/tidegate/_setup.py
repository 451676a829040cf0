"""What both clients are made of: the service, and how it is called."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tidegate._call import Call, Service
from tidegate._databricks import Workspace
from tidegate._exchange import Outcome, Step, exchange
from tidegate._gateway import Gateway
from tidegate._retry import Retries
from tidegate._uri import get_gateway_uri, is_databricks
from tidegate.errors import ConfigurationError

TIMEOUT = 300.0
"""Seconds, as MLflow's client waits."""
_LONGEST = 1_000_000
"""Seconds. Operating systems take no much longer ones."""


@dataclass(frozen=True)
class Setup:
    """A client's settings. They can be pickled with it: what belongs to a machine is looked up for every call."""

    uri: str = field(repr=False)
    timeout: float
    max_retries: int | None
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(
        cls,
        uri: str | None,
        timeout: float,
        max_retries: int | None,
        headers: Mapping[str, str] | None,
    ) -> Setup:
        """Fills in the gateway that the process set.

        Raises:
            ConfigurationError: there is none, or a number makes no sense.
        """
        if not isinstance(timeout, (int, float)) or not 0 < timeout <= _LONGEST:
            raise ConfigurationError(
                f"`timeout` is {timeout!r}: write seconds, more than 0 and at most {_LONGEST}."
            )
        Retries.of_environment(max_retries)
        return cls(uri or get_gateway_uri(), timeout, max_retries, dict(headers or {}))

    def service(self) -> Service:
        """What is at the address."""
        return Workspace(self.uri) if is_databricks(self.uri) else Gateway(self.uri)

    def exchange(
        self, call: Call[Any], *, streamed: bool = False
    ) -> Generator[Step, Outcome, httpx.Response]:
        """The course of a call."""
        retries = Retries.of_environment(self.max_retries)
        return exchange(call, retries, self.timeout, self.headers, streamed)

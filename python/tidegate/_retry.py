"""When a call is asked again, and after how long. The rule: never what may have run already.

A reading call (GET) is repeated after any failure that may pass. A call that asks a model is repeated only where it surely
was not begun: the connection was never made, or the gateway answered 429, or 503 with `Retry-After`, which it and its
providers say to calls that they do not take.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime

from tidegate._credentials import switch
from tidegate.errors import ConfigurationError, GatewayConnectionError

_PASSING = frozenset((429, 500, 502, 503, 504))
_LONGEST_PAUSE = 60.0
"""Seconds. Who is told to wait longer gets the error instead, with its `retry_after`."""
_LONGEST_BACKOFF = 8.0
"""Seconds."""


@dataclass(frozen=True)
class Retries:
    """How often a call is repeated, and how long the pauses are.

    Attributes:
        most: repetitions of one call, 0 or more.
        backoff: seconds of the first pause; each next is twice as long, up to 8.
        jitter: seconds by which a pause is drawn out at random.
        obey: whether `Retry-After` sets the pause.
    """

    most: int = 5
    backoff: float = 0.25
    jitter: float = 0.25
    obey: bool = True

    @classmethod
    def of_environment(cls, most: int | None = None) -> Retries:
        """Reads MLflow's variables, `MLFLOW_HTTP_REQUEST_MAX_RETRIES` and so on.

        Raises:
            ConfigurationError: one makes no sense.
        """
        if most is None:
            most = int(_number("MLFLOW_HTTP_REQUEST_MAX_RETRIES", cls.most, whole=True))
        elif not isinstance(most, int) or most < 0:
            raise ConfigurationError(f"`max_retries` is {most!r}: write a whole number, 0 or more.")
        return cls(
            most,
            _number("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", cls.backoff),
            _number("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", cls.jitter),
            switch("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", default=cls.obey),
        )

    def after_status(
        self, attempt: int, method: str, status: int, retry_after: float | None
    ) -> float | None:
        """Seconds to pause after the `attempt`-th answer (from 1), or None if it stands."""
        not_begun = status == 429 or (status == 503 and retry_after is not None)
        if attempt > self.most or not (not_begun or (method == "GET" and status in _PASSING)):
            return None
        if self.obey and retry_after is not None:
            return retry_after if retry_after <= _LONGEST_PAUSE else None
        return self._pause(attempt)

    def after_break(self, attempt: int, method: str, error: GatewayConnectionError) -> float | None:
        """The same after an attempt that got no answer."""
        if attempt > self.most or (error.may_have_run and method != "GET"):
            return None
        return self._pause(attempt)

    def _pause(self, attempt: int) -> float:
        doubled = self.backoff * 2.0 ** min(attempt - 1, 16)
        return min(doubled, _LONGEST_BACKOFF) + random.uniform(0, self.jitter)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3)."""
    milliseconds = _decimal(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _decimal(value)
    if seconds is not None:
        return seconds
    try:
        date = parsedate_to_datetime(value)
        if date.tzinfo is None:  # HTTP's dates are in GMT
            date = date.replace(tzinfo=timezone.utc)
        return max(0.0, date.timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _decimal(text: str) -> float | None:
    digits = text.strip()
    plain = len(digits) < 20 and digits.isascii() and digits.replace(".", "", 1).isdigit()
    return float(digits) if plain else None


def _number(variable: str, default: float, *, whole: bool = False) -> float:
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    value = _decimal(text)
    if value is None or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise ConfigurationError(f"{variable} is `{text}`: write {kind}, 0 or more.")
    return value

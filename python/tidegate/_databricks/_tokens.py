"""Tokens of service principals: OAuth's client credentials, kept until shortly before they end."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import httpx

from tidegate._credentials import Tls, context
from tidegate._exchange import refused
from tidegate._retry import retry_after
from tidegate._uri import without_password
from tidegate.errors import GatewayConnectionError, GatewayResponseError

_TIMEOUT = 60.0
"""Seconds, as the SDK waits."""
_EARLY = 40.0
"""Seconds. Azure refuses tokens that end within 30."""


@dataclass(frozen=True)
class Principal:
    """Who asks for tokens, and where."""

    host: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str


class _Source:
    """Gives the token of one principal. Threads that need a new one wait for the first of them to get it."""

    def __init__(self, principal: Principal) -> None:
        self._principal = principal
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0

    def authorization(self) -> str:
        with self._lock:
            # The wall clock, which runs on while the machine sleeps.
            if time.time() >= self._until:
                self._value, self._until = _ask(self._principal)
            return self._value


_sources: dict[Principal, _Source] = {}


def authorization(principal: Principal) -> str:
    """The header's value.

    Raises:
        GatewayConnectionError: the workspace cannot be reached.
        GatewayStatusError: it gives no token.
        GatewayResponseError: what it gives is none.
    """
    return _sources.setdefault(principal, _Source(principal)).authorization()


def _ask(principal: Principal) -> tuple[str, float]:
    url = f"{principal.host}/oidc/v1/token"
    form = {"grant_type": "client_credentials", "scope": principal.scope}
    try:
        with httpx.Client(verify=context(Tls.of_environment()), timeout=_TIMEOUT) as http:
            response = http.post(
                url, data=form, auth=(principal.client_id, principal.client_secret)
            )
    except httpx.RequestError as error:
        raise GatewayConnectionError(
            f"No token came from {without_password(url)}: {str(error) or type(error).__name__}.",
            may_have_run=False,
        ) from error
    if not response.is_success:
        raise refused(response, retry_after(response.headers))
    asked = time.time()
    try:
        told = response.json()
        return f"{told['token_type']} {told['access_token']}", asked + float(
            told["expires_in"]
        ) - _EARLY
    except (ValueError, KeyError, TypeError):
        # The answer may hold a token: it is not shown.
        raise GatewayResponseError(
            f"{without_password(url)} answered {response.status_code}, but not with a token."
        ) from None

"""A Databricks workspace that gives tokens, and whatever else a test queues."""

from __future__ import annotations

from collections import deque
from importlib.metadata import version
from typing import Any

import pytest
from stand_in import Answer, StandIn

TOKENS = "POST /oidc/v1/token"


class Workspace(StandIn):
    """Gives `token-1`, `token-2` and so on, and says where it does; other requests get what was queued.

    Attributes:
        lifetime: how long a token holds, in seconds.
        refusals: what is answered instead of tokens.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lifetime = 3600
        self.refusals: deque[Answer] = deque()
        self.answers = _Answers(self)

    def paths(self) -> list[str]:
        """What was asked, but for the requests by which the SDK finds its way."""
        told = [f"{it.method} {it.path}" for it in self.asked]
        return [it for it in told if "/.well-known/" not in it]


def need_sdk() -> None:
    """Skips a test where the SDK is missing, or older: those know neither `__settings__`, nor groups, nor hosts with a path or several workspaces."""
    pytest.importorskip("databricks.sdk.core")
    if tuple(map(int, version("databricks-sdk").split(".")[:2])) < (0, 156):
        pytest.skip("an older SDK")


class _Answers(deque[Any]):
    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def popleft(self) -> Any:
        workspace = self._workspace
        asked = workspace.asked[-1]
        endpoint = f"{workspace.uri}/oidc"
        if asked.path.endswith("/.well-known/databricks-config"):
            return Answer.json({"oidc_endpoint": endpoint})
        if asked.path == "/oidc/.well-known/oauth-authorization-server":
            return Answer.json(
                {"token_endpoint": f"{endpoint}/v1/token", "authorization_endpoint": ""}
            )
        if asked.path == "/oidc/v1/token":
            if workspace.refusals:
                return workspace.refusals.popleft()
            token = f"token-{workspace.paths().count(TOKENS)}"
            lifetime = workspace.lifetime
            return Answer.json(
                {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}
            )
        return super().popleft()

"""How a workspace is reached: by the Databricks SDK where it is installed, else by what needs no SDK."""

from __future__ import annotations

import functools
import importlib
import os
import re
import threading
from pathlib import Path
from typing import Any

from tidegate._call import Access
from tidegate._databricks import _own
from tidegate.errors import ConfigurationError, GatewayConnectionError

WORKSPACE_HEADER = "X-Databricks-Workspace-Id"
"""Tells a host of several workspaces which is meant, if it is set."""

_PATIENCE = 10
"""Seconds. The SDK asks a host about itself before anything else, and asks one that does not answer for five minutes."""
_PREFIXES = ("DATABRICKS_", "ARM_", "GOOGLE_", "HOME")
_configs: dict[str | None, tuple[object, Any]] = {}
_making = threading.Lock()


def of(profile: str | None) -> Access:
    """Host and headers as they are now.

    Raises:
        ConfigurationError: there is no way to log in.
        GatewayConnectionError: the server that gives tokens cannot be reached.
        GatewayStatusError: it gives none.
    """
    kind = _sdk()
    host, workspace, headers = _by_sdk(kind, profile) if kind is not None else _own.find(profile)
    return Access(host, {**headers, WORKSPACE_HEADER: workspace} if workspace else headers)


@functools.cache
def _sdk() -> Any | None:
    """The SDK's `Config`; looked for once, when it is first needed."""
    try:
        return importlib.import_module("databricks.sdk.core").Config
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0]
        if missing == "databricks":
            return None
        raise ConfigurationError(f"databricks-sdk cannot be imported: {error}.") from error


def _by_sdk(kind: Any, profile: str | None) -> tuple[str, str | None, dict[str, str]]:
    requests = importlib.import_module("requests")  # the SDK's HTTP
    try:
        config = _config(kind, profile)
        headers = config.authenticate()
    except requests.RequestException as error:
        raise GatewayConnectionError(_told(error), may_have_run=False) from None
    except Exception as error:  # the SDK raises many kinds, most of them as ValueError
        raise ConfigurationError(_told(error)) from None
    if not config.host:
        raise ConfigurationError(
            "No Databricks host is set: set DATABRICKS_HOST, or `host` in the profile."
        )
    return config.host, getattr(config, "workspace_id", None), dict(headers)


def _config(kind: Any, profile: str | None) -> Any:
    """Made once, because it renews its tokens itself; anew when what it was read from changes."""
    read_from = _surroundings()
    with _making:
        made = _configs.get(profile)
        if made is None or made[0] != read_from:
            made = _configs[profile] = (
                read_from,
                kind(profile=profile, retry_timeout_seconds=_PATIENCE),
            )
        return made[1]


def _surroundings() -> object:
    variables = tuple(sorted(it for it in os.environ.items() if it[0].startswith(_PREFIXES)))
    file = Path(os.environ.get("DATABRICKS_CONFIG_FILE") or "~/.databrickscfg").expanduser()
    try:
        state = file.stat()
    except OSError:
        return os.getpid(), variables
    return os.getpid(), variables, state.st_mtime_ns, state.st_size


def _told(error: Exception) -> str:
    """The SDK's words; it masks secrets, but not the password in an address."""
    return "The Databricks SDK: " + re.sub(r"//[^/@\s]*@", "//", str(error) or type(error).__name__)

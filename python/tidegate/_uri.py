"""Which gateway a program talks to: what it set, else what the environment says."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from tidegate.errors import ConfigurationError

VARIABLES = ("TIDEGATE_URI", "MLFLOW_GATEWAY_URI")
"""Read in this order."""

_uri: str | None = None


def set_gateway_uri(gateway_uri: str) -> None:
    """Sets the gateway that `query` and its kin talk to, for the whole process.

    Args:
        gateway_uri: an address with scheme and host, such as `http://localhost:5000` (a path prefix is kept), or
            `databricks`, or `databricks://` with the name of a profile.

    Raises:
        ConfigurationError: it is neither.
    """
    if not is_valid(gateway_uri):
        raise ConfigurationError(
            "The gateway uri provided is missing required elements. Ensure that the schema and netloc are provided."
        )
    global _uri
    _uri = gateway_uri


def get_gateway_uri() -> str:
    """The gateway that was set, else that of the environment variable `TIDEGATE_URI` or `MLFLOW_GATEWAY_URI`.

    Raises:
        ConfigurationError: there is none.
    """
    if _uri is not None:
        return _uri
    for variable in VARIABLES:
        value = os.environ.get(variable)
        if value:
            return value
    raise ConfigurationError(
        'No Gateway server uri has been set. Call `tidegate.set_gateway_uri("http://host:port")`, or set the environment'
        f" variable {VARIABLES[0]} or {VARIABLES[1]} to the address of the running gateway."
    )


def is_databricks(uri: str) -> bool:
    """Whether a URI means a Databricks workspace."""
    return uri == "databricks" or _scheme(uri) == "databricks"


def is_valid(uri: str) -> bool:
    """Whether a URI names a gateway: it has a scheme and a host, or means Databricks."""
    if is_databricks(uri):
        return True
    try:
        parts = urlsplit(uri)
        return bool(parts.scheme and parts.hostname and parts.port != 0) and uri == uri.strip()
    except ValueError:  # also of a port that is no number
        return False


def without_password(uri: str) -> str:
    """A URI that can be shown: without the user and password that it may hold."""
    scheme, colon, rest = uri.partition("://")
    if not colon:
        return uri
    authority, slash, path = rest.partition("/")
    if "@" not in authority and "@" in path:  # a slash in a password, or an @ in a path
        authority, slash, path = path.rpartition("@")[2].partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def _scheme(uri: str) -> str:
    try:
        return urlsplit(uri).scheme
    except ValueError:
        return ""

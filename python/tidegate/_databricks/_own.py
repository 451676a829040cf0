"""Access without the SDK, for what needs no program and no cloud: token, password, and a service principal's secret.

Sources, their order and which way wins are those of `databricks.sdk.config.Config`; a test compares the two. What else the
SDK can do is refused, never done differently.
"""

from __future__ import annotations

import base64
import configparser
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tidegate._databricks import _tokens
from tidegate.errors import ConfigurationError

_INSTALL = "pip install databricks-sdk"

_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "host": ("DATABRICKS_HOST",),
    "workspace_id": ("DATABRICKS_WORKSPACE_ID",),
    "group_id": ("DATABRICKS_GROUP_ID",),
    "discovery_url": ("DATABRICKS_DISCOVERY_URL",),
    "config_file": ("DATABRICKS_CONFIG_FILE",),
    "profile": ("DATABRICKS_CONFIG_PROFILE",),
    "auth_type": ("DATABRICKS_AUTH_TYPE",),
    "token": ("DATABRICKS_TOKEN",),
    "username": ("DATABRICKS_USERNAME",),
    "password": ("DATABRICKS_PASSWORD",),
    "client_id": ("DATABRICKS_CLIENT_ID",),
    "client_secret": ("DATABRICKS_CLIENT_SECRET",),
    "oidc_token_env": ("DATABRICKS_OIDC_TOKEN_ENV",),
    "oidc_token_filepath": ("DATABRICKS_OIDC_TOKEN_FILEPATH", "DATABRICKS_OIDC_TOKEN_FILE"),
    "google_service_account": ("DATABRICKS_GOOGLE_SERVICE_ACCOUNT",),
    "google_credentials": ("GOOGLE_CREDENTIALS",),
    "azure_workspace_resource_id": ("DATABRICKS_AZURE_RESOURCE_ID",),
    "azure_use_msi": ("ARM_USE_MSI",),
    "azure_client_secret": ("ARM_CLIENT_SECRET",),
    "azure_client_id": ("ARM_CLIENT_ID",),
    "azure_tenant_id": ("ARM_TENANT_ID",),
    "metadata_service_url": ("DATABRICKS_METADATA_SERVICE_URL",),
}
_FAMILIES: Mapping[str, str] = {
    "token": "pat",
    "username": "basic",
    "password": "basic",
    "client_id": "oauth",
    "client_secret": "oauth",
    "oidc_token_env": "env-oidc",
    "oidc_token_filepath": "file-oidc",
    "google_service_account": "google",
    "google_credentials": "google",
    "azure_workspace_resource_id": "azure",
    "azure_use_msi": "azure",
    "azure_client_secret": "azure",
    "azure_client_id": "azure",
    "azure_tenant_id": "azure",
    "metadata_service_url": "metadata-service",
}
"""Values that belong to a way of logging in. Two ways at once are an error unless `auth_type` chooses."""
_WAYS: Mapping[str, tuple[str, ...]] = {
    "pat": ("token",),
    "basic": ("username", "password"),
    "oauth-m2m": ("client_id", "client_secret"),
}
"""The ways that are known here, in the order in which they are tried, and what each needs."""
_SDK_ONLY: Mapping[str, tuple[str, ...]] = {
    "group_id": tuple(_WAYS),
    "discovery_url": ("oauth-m2m",),
    "authorization_details": ("oauth-m2m",),
}
"""Settings that need the SDK, and for which ways."""

Values = Mapping[str, str]


def find(profile: str | None) -> tuple[str, str | None, dict[str, str]]:
    """Host, workspace if several share the host, and headers.

    Raises:
        ConfigurationError: there is no way to log in, or it needs the SDK.
        GatewayConnectionError: the server that gives tokens cannot be reached.
        GatewayStatusError: it gives none.
    """
    values = _values(profile)
    way = _way(values)
    host = normal(values["host"])
    return host, values.get("workspace_id"), _headers(way, host, values)


def _values(profile: str | None) -> Values:
    values = {"profile": profile} if profile else {}
    for name, variables in _VARIABLES.items():
        value = next(filter(None, map(os.environ.get, variables)), None)
        if value and name not in values:
            values[name] = value
    said = any(values.get(name) for name in ("host", *_FAMILIES))
    if values.get("profile") or not said:
        values = {**_in_file(values), **values}
    return values


def _in_file(values: Values) -> Values:
    """The profile that is named, else the file's default one."""
    path = Path(values.get("config_file") or "~/.databrickscfg").expanduser()
    if not path.exists():
        return {}
    # To the parser, DEFAULT is a section as any other: its values are not those of other profiles.
    parser = configparser.ConfigParser(interpolation=None, default_section="\0")
    try:
        with path.open(encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, configparser.Error, UnicodeDecodeError) as error:
        # The file's lines may hold secrets: only the kind of the mistake is shown.
        raise ConfigurationError(f"`{path}` cannot be read ({type(error).__name__}).") from None
    profile = values.get("profile")
    if profile is None and parser.has_section("__settings__"):
        profile = parser["__settings__"].get("default_profile", "").strip() or None
    if profile == "__settings__":
        raise ConfigurationError(f"`__settings__` of `{path}` holds settings and is no profile.")
    if parser.has_section(profile or "DEFAULT"):
        return dict(parser[profile or "DEFAULT"])
    if profile:
        raise ConfigurationError(f"`{path}` has no profile `{profile}`.")
    return {}


def _way(values: Values) -> str:
    families = sorted({family for name, family in _FAMILIES.items() if name in values})
    chosen = values.get("auth_type")
    if len(families) > 1 and not chosen:
        raise ConfigurationError(
            f"More than one way to log in to Databricks is set ({' and '.join(families)}): unset all but one, or choose with"
            " DATABRICKS_AUTH_TYPE."
        )
    for way, needs in _WAYS.items():
        if chosen not in (None, "", way) or not all(map(values.get, ("host", *needs))):
            continue
        special = [it for it, ways in _SDK_ONLY.items() if way in ways and values.get(it)]
        if special:
            raise ConfigurationError(
                f"`{special[0]}` of Databricks needs the Databricks SDK: {_INSTALL}"
            )
        return way
    raise ConfigurationError(_nothing(values, families))


def _nothing(values: Values, families: list[str]) -> str:
    chosen = values.get("auth_type")
    other = (
        chosen
        if chosen and chosen not in _WAYS
        else next((it for it in families if it not in ("pat", "basic", "oauth")), None)
    )
    if other:
        return f"Logging in to Databricks by `{other}` needs the Databricks SDK: {_INSTALL}"
    if not values.get("host"):
        return (
            "No Databricks host is set: set DATABRICKS_HOST and DATABRICKS_TOKEN, or write `host` and `token` into a profile of"
            " ~/.databrickscfg."
        )
    return (
        "There is no way to log in to Databricks: set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or"
        f" DATABRICKS_USERNAME and DATABRICKS_PASSWORD, or the same in a profile. Other ways need the Databricks SDK: {_INSTALL}"
    )


def _headers(way: str, host: str, values: Values) -> dict[str, str]:
    if way == "pat":
        return {"Authorization": f"Bearer {values['token']}"}
    if way == "basic":
        pair = base64.b64encode(f"{values['username']}:{values['password']}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    scopes = sorted(set(filter(None, re.split(r"[, ]+", values.get("scopes", ""))))) or ["all-apis"]
    principal = _tokens.Principal(
        host, values["client_id"], values["client_secret"], " ".join(scopes)
    )
    return {"Authorization": _tokens.authorization(principal)}


def normal(host: str) -> str:
    """A host as an address: with a scheme, without a slash at its end and the port that goes without saying.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        parts = urlsplit(host if "://" in host else f"https://{host}")
        netloc = parts.netloc.rpartition("@")[2]
        if (parts.scheme, parts.port) == ("https", 443):
            netloc = netloc.rpartition(":")[0]
    except ValueError:
        raise ConfigurationError(
            "The Databricks host is no address: write one such as https://dbc-1234.cloud.databricks.com."
        ) from None
    return urlunsplit(parts._replace(netloc=netloc, path=parts.path.rstrip("/")))

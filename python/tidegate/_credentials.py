"""What MLflow's variables say of passwords, tokens and certificates.

MLflow's documentation, "Logging to a tracking server": `MLFLOW_TRACKING_USERNAME` with `MLFLOW_TRACKING_PASSWORD` (or the file
`~/.mlflow/credentials`), else `MLFLOW_TRACKING_TOKEN`; `MLFLOW_TRACKING_INSECURE_TLS`, `MLFLOW_TRACKING_SERVER_CERT_PATH`,
`MLFLOW_TRACKING_CLIENT_CERT_PATH`.
"""

from __future__ import annotations

import base64
import configparser
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import httpx

from tidegate.errors import ConfigurationError


def headers() -> dict[str, str]:
    """The `Authorization` of a request, or nothing."""
    in_file = _credentials_file()
    name = os.environ.get("MLFLOW_TRACKING_USERNAME") or in_file.get("mlflow_tracking_username")
    password = os.environ.get("MLFLOW_TRACKING_PASSWORD") or in_file.get("mlflow_tracking_password")
    if name and password:
        return basic(name, password)
    token = os.environ.get(
        "MLFLOW_TRACKING_TOKEN", ""
    ).strip()  # of files, a line break comes along
    return {"Authorization": f"Bearer {token}"} if token else {}


def basic(name: str, password: str) -> dict[str, str]:
    """The `Authorization` of a name and password (RFC 7617)."""
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def _credentials_file() -> dict[str, str]:
    path = Path(os.path.expanduser("~/.mlflow/credentials"))
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with path.open(encoding="utf-8") as file:
            parser.read_file(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, configparser.Error, UnicodeDecodeError) as error:
        # The file's lines may hold the password: only the kind of the mistake is shown.
        raise ConfigurationError(f"`{path}` cannot be read ({type(error).__name__})") from None
    return dict(parser["mlflow"]) if parser.has_section("mlflow") else {}


@dataclass(frozen=True)
class Tls:
    """How servers are checked, and with which certificate the client shows itself."""

    insecure: bool
    authorities: str | None
    client: str | None

    @classmethod
    def of_environment(cls) -> Tls:
        """Reads the variables.

        Raises:
            ConfigurationError: one makes no sense.
        """
        insecure = switch("MLFLOW_TRACKING_INSECURE_TLS", default=False)
        authorities = os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or None
        if insecure and authorities:
            raise ConfigurationError(
                "MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other: unset one of them."
            )
        return cls(
            insecure, authorities, os.environ.get("MLFLOW_TRACKING_CLIENT_CERT_PATH") or None
        )


@lru_cache(maxsize=8)  # reading the authorities costs more than the rest of a client
def context(tls: Tls) -> ssl.SSLContext:
    """What httpx takes as `verify`.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    made = httpx.create_ssl_context(verify=not tls.insecure)
    if tls.authorities:
        path = Path(tls.authorities)
        places = {"capath" if path.is_dir() else "cafile": str(path)}
        with _named("MLFLOW_TRACKING_SERVER_CERT_PATH", path):
            made.load_verify_locations(**places)
    if tls.client:
        path = Path(tls.client)
        with _named("MLFLOW_TRACKING_CLIENT_CERT_PATH", path):
            made.load_cert_chain(path)
    return made


@contextmanager
def _named(variable: str, path: Path) -> Iterator[None]:
    """Errors name the variable and the file."""
    try:
        yield
    except OSError as error:  # `ssl.SSLError` is one
        raise ConfigurationError(f"{variable}: `{path}` cannot be used: {error}") from None


def switch(variable: str, *, default: bool) -> bool:
    """A variable that is on or off, as MLflow reads them: `true` or `1`, `false` or `0`.

    Raises:
        ConfigurationError: it is something else.
    """
    value = os.environ.get(variable, "").strip().lower()
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    if not value:
        return default
    raise ConfigurationError(f"{variable} is `{value}`: write true or false.")

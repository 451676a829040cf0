"""What stands in the files that a page's configs name: certificates, keys, passwords."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import PurePath

from support.nginx import password_line


def content_for(path: str) -> str:
    """What a reader would keep under that path."""
    name = PurePath(path)
    if name.suffix == ".json":
        return _service_account()
    if name.suffix in (".pem", ".crt", ".cer", ".key"):
        return _key_and_certificate()
    if "htpasswd" in name.name:
        return password_line("ann", "secret")
    return "a-key\n"


@cache
def _key_and_certificate() -> str:
    """A private key and its certificate, in one text, so that it will do for either."""
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout - -out -"
    )
    return subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout


def _service_account() -> str:
    key = _key_and_certificate().partition("-----BEGIN CERTIFICATE-----")[0]
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "gateway@my-project.iam.gserviceaccount.com",
            "private_key": key,
            "private_key_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )

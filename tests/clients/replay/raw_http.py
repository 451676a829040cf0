"""Plain HTTP as a client, for answers that must pass byte for byte."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from .got import Got

Json = Any
PATHS = {
    ("messages", "chat"): "/v1/messages",
    ("messages", "count_tokens"): "/v1/messages/count_tokens",
    ("responses", "chat"): "/v1/responses",
}
PATIENCE = 30.0


def written(body: Json) -> bytes:
    """A body as this client sends it."""
    return json.dumps(body, ensure_ascii=False).encode()


class RawHttp:
    """A connection per request."""

    name = "raw"

    def __init__(self, gateway: str, door: str) -> None:
        self.host = urlsplit(gateway).netloc
        self.door = door

    def ask(self, kind: str, body: Json, headers: dict[str, str], lawful: bool) -> Got:
        """Asks, and gives status and bytes."""
        del lawful
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        try:
            asked = {"content-type": "application/json", **headers}
            connection.request("POST", PATHS[self.door, kind], written(body), asked)
            answer = connection.getresponse()
            return Got(status=answer.status, raw=answer.read())
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing to end."""

"""Anthropic's Python SDK as a client."""

from __future__ import annotations

from typing import Any

import anthropic

from .bytestreams import objects
from .got import Got
from .sdk_python import arguments
from .tee import PerThread, words

Json = Any


class AnthropicSdk:
    """Messages, and counts of their tokens."""

    name = "python"

    def __init__(self, gateway: str) -> None:
        self._clients = PerThread(
            lambda http: anthropic.Anthropic(
                base_url=gateway, api_key="anything", max_retries=0, timeout=30, http_client=http
            )
        )

    def ask(self, kind: str, body: Json, headers: dict[str, str], lawful: bool) -> Got:
        """Asks, and waits for the whole answer; the SDK puts a stream together itself."""
        del lawful
        client, tee = self._clients.get()
        try:
            if kind == "count_tokens":
                asked = arguments(client.messages.count_tokens, body, headers)
                got = Got(answer=client.messages.count_tokens(**asked).to_dict(warnings=False))
            elif body.get("stream"):
                given = {name: value for name, value in body.items() if name != "stream"}
                with client.messages.stream(
                    **arguments(client.messages.stream, given, headers)
                ) as stream:
                    final = stream.get_final_message().to_dict(warnings=False)
                got = Got(chunks=objects(tee.raw.decode()), final=final, raw=tee.raw)
            else:
                asked = arguments(client.messages.create, body, headers)
                got = Got(answer=client.messages.create(**asked).to_dict(warnings=False))
        except anthropic.APIStatusError as error:
            # An error inside a stream has the stream's status.
            status = error.status_code if error.status_code >= 400 else None
            got = Got(status=status, error=words(error.body, error.message), raw=tee.raw)
            got.kind = type(error).__name__
        except anthropic.APIError as error:
            said = words(error.body, error.message)
            got = Got(error=said, kind=type(error).__name__, raw=tee.raw)
        got.report = tee.report
        return got

    def close(self) -> None:
        """Nothing to end: sockets go with their threads."""

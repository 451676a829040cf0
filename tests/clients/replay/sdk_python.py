"""The OpenAI Python SDK as a client."""

from __future__ import annotations

import inspect
from typing import Any

import openai

from .bytestreams import objects
from .got import Got
from .tee import PerThread, words

Json = Any


class PythonSdk:
    """Chat completions, completions and embeddings."""

    name = "python"

    def __init__(self, gateway: str) -> None:
        self._clients = PerThread(
            lambda http: openai.OpenAI(
                base_url=f"{gateway}/v1", api_key="anything", max_retries=0, http_client=http
            )
        )

    def ask(self, kind: str, body: Json, headers: dict[str, str], lawful: bool) -> Got:
        """Asks, and waits for the whole answer."""
        client, tee = self._clients.get()
        try:
            got = self._answer(client, kind, body, headers, lawful)
            got.raw = tee.raw if got.chunks is not None else b""
        except openai.APIStatusError as error:
            said = words(error.body, error.message)
            got = Got(status=error.status_code, error=said, kind=type(error).__name__)
        except openai.APIError as error:
            said = words(error.body, error.message)
            got = Got(error=said, kind=type(error).__name__, raw=tee.raw)
        got.report = tee.report
        return got

    def _answer(
        self, client: openai.OpenAI, kind: str, body: Json, headers: dict[str, str], lawful: bool
    ) -> Got:
        del lawful
        resources: Json = {
            "chat": client.chat.completions,
            "completions": client.completions,
            "embeddings": client.embeddings,
        }
        return created(resources[kind].create, body, headers)

    def close(self) -> None:
        """Nothing to end: sockets go with their threads."""


class ResponsesSdk(PythonSdk):
    """Responses."""

    def _answer(
        self, client: openai.OpenAI, kind: str, body: Json, headers: dict[str, str], lawful: bool
    ) -> Got:
        del kind
        if not body.get("stream"):
            return created(client.responses.create, body, headers)
        tee = self._clients.get()[1]
        if not lawful:
            created(client.responses.create, body, headers)
            return Got(chunks=objects(tee.raw.decode()))
        # The SDK's own helper puts the response together, if the stream obeys the law.
        given = {name: value for name, value in body.items() if name != "stream"}
        asked = arguments(client.responses.stream, given, headers)
        with client.responses.stream(**asked) as stream:
            whole = any(event.type == "response.completed" for event in stream)
            final = stream.get_final_response().to_dict(warnings=False) if whole else None
        return Got(chunks=objects(tee.raw.decode()), final=final)


def arguments(method: Any, body: Json, headers: dict[str, str]) -> Json:
    """A body as arguments of a method: what that does not know goes into `extra_body`."""
    own = inspect.signature(method).parameters.keys()
    known = {name: value for name, value in body.items() if name in own}
    others = {name: value for name, value in body.items() if name not in own}
    return {**known, "extra_body": others, "extra_headers": headers}


def created(method: Any, body: Json, headers: dict[str, str]) -> Got:
    """Asks; gives an answer, or the chunks of a stream."""
    answer = method(**arguments(method, body, headers))
    if not body.get("stream"):
        return Got(answer=answer.to_dict(warnings=False))
    return Got(chunks=[chunk.to_dict(warnings=False) for chunk in answer])

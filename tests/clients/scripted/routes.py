"""The routes: a line each. Whatever the gateway does not serve yet is skipped, with the reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from replay.dialects import (
    anthropic,
    bedrock,
    cohere,
    gemini,
    ollama,
    openai_chat,
    openai_responses,
)
from replay.dialects import dialect as replay
from support.gateway import PROJECT

sys.path.insert(0, str(PROJECT / "tests"))

from conformance.answers import Answer  # noqa: E402
from conformance.dialects import DIALECTS  # noqa: E402
from conformance.dialects import base as kit  # noqa: E402

from . import invoke, whole  # noqa: E402

Json = Any


@dataclass(frozen=True)
class Route:
    """A route and the provider behind it.

    `streams` writes streamed answers, `whole` plain ones, `reads` reads what the provider is asked. `emulates`: an answer of a schema is
    asked for as a call of a tool. `thinks`: what of a request its reader leaves out where thinking is asked for; such a provider signs
    its thoughts. `signs_calls`: the same of one that signs its calls. `is_to_come`: the gateway need not serve it yet. `other`: another API of the provider, in which it may be asked as well.
    """

    name: str
    streams: kit.Dialect
    whole: Callable[[Answer], Json]
    reads: replay.Dialect
    model: str = ""
    emulates: bool = False
    thinks: str = ""
    signs_calls: str = ""
    is_to_come: bool = False
    other: Route | None = None

    @property
    def signs(self) -> bool:
        """True when the provider signs what it thinks or calls."""
        return bool(self.thinks or self.signs_calls)

    def spoken_at(self, target: str) -> Route:
        """The route as its provider speaks at this path."""
        return self.other if self.other and self.other.reads.is_asked_at(target) else self

    def block(self, upstream: str) -> Json:
        """The route in the config; its provider is at `upstream`."""
        model = self.streams.model(f"{upstream}/{self.name}")
        if self.model:
            model["name"] = self.model
        if self.other:
            # The kit keeps look-alikes from their second API; here it is asked.
            for switch in ("openai_responses", "responses"):
                model["config"].pop(switch, None)
        return {"name": self.name, "route_type": "llm/v1/chat", "model": model}


_ANTHROPIC = (DIALECTS["anthropic"], whole.anthropic, anthropic.MESSAGES)
_BEDROCK = (DIALECTS["bedrock"], whole.bedrock, bedrock.CONVERSE)
_INVOKE = (invoke.Invoke(), whole.anthropic, bedrock.INVOKE)
_RESPONSES = (DIALECTS["openai-responses"], whole.responses, openai_responses.RESPONSES)

ROUTES = (
    Route(
        "openai",
        DIALECTS["openai"],
        whole.openai,
        openai_chat.CHAT,
        other=Route("openai", *_RESPONSES, thinks="reasoning.summary"),
    ),
    Route(
        "groq",
        DIALECTS["groq"],
        whole.openai,
        openai_chat.CHAT,
        other=Route("groq", *_RESPONSES, thinks="reasoning.summary"),
    ),
    Route("mistral", DIALECTS["mistral"], whole.openai, openai_chat.CHAT),
    Route("anthropic", *_ANTHROPIC, model="claude-sonnet-4-5", thinks="thinking"),
    Route("anthropic-old", *_ANTHROPIC, model="claude-3-5-haiku-20241022", emulates=True),
    Route(
        "bedrock-claude",
        *_BEDROCK,
        model="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        thinks="additionalModelRequestFields",
        other=Route("bedrock-claude", *_INVOKE, thinks="thinking"),
    ),
    Route("bedrock-nova", *_BEDROCK, model="us.amazon.nova-lite-v1:0", emulates=True),
    Route(
        "gemini", DIALECTS["gemini"], whole.gemini, gemini.GENERATE, signs_calls="thinkingConfig"
    ),
    Route("vertex", DIALECTS["vertex"], whole.gemini, gemini.GENERATE, is_to_come=True),
    Route("cohere", DIALECTS["cohere"], whole.cohere, cohere.CHAT),
    Route("ollama", DIALECTS["ollama"], whole.ollama, ollama.CHAT),
)

DIRECT_MESSAGES = Route("messages", *_ANTHROPIC, thinks="thinking")
DIRECT_RESPONSES = Route("responses", *_RESPONSES, thinks="reasoning.summary")
"""Providers that clients ask themselves, without a gateway."""

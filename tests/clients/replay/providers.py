"""Whose recordings are replayed, by which dialects, and what the config of a route to each provider is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .dialects import (
    anthropic,
    bedrock,
    cohere,
    gemini,
    ollama,
    openai_chat,
    openai_others,
    openai_responses,
)
from .dialects.dialect import Dialect
from .recording import Recording

Json = Any
Operations = dict[str, Dialect]
Configure = Callable[[str, str], Json]
"""Makes the `model` block of a route without its name, of the fake upstream's address and the model."""

KEY = "sk-test"
TOKENS = "/token"
"""Where the fake upstream gives tokens to service accounts."""
PRIVATE_KEY = Path(__file__).parents[2] / "conformance" / "dialects" / "vertex-key.pem"
OPENAI: Operations = {
    "chat.completions": openai_chat.CHAT,
    "completions": openai_others.COMPLETIONS,
    "embeddings": openai_others.EMBEDDINGS,
}
RESPONSES: Operations = {"responses": openai_responses.RESPONSES}
CONVERSING = ("converse", "converse-stream")
EMBEDDING_MODELS = ("amazon.titan-embed", "cohere.embed")
"""Models of Bedrock whose `invoke` gives vectors."""


@dataclass(frozen=True)
class Provider:
    """A provider: `recordings` names the file, if it is not the provider's own.

    `responds`: the config's key that says whether it has the Responses API. `own_ids`: it takes ids of calls in a form of its
    own, so that others are written anew where the body is.
    """

    name: str
    operations: Operations
    configure: Configure
    recordings: str = ""
    names_model: bool = True
    responds: str = ""
    own_ids: bool = False

    @property
    def file(self) -> str:
        return self.recordings or self.name

    def dialect(self, recording: Recording, door: str) -> Dialect | None:
        """How a recording is replayed at a door; `None` if it is none of chat, completions and embeddings."""
        if door == "messages" and recording.operation in CONVERSING and _is_claude(recording):
            return None  # Claude on Bedrock is asked in its own dialect there.
        if recording.operation == "invoke":
            url = recording.data["request"]["url"]
            return (
                self.operations.get("invoke") if any(it in url for it in EMBEDDING_MODELS) else None
            )
        return self.operations.get(recording.operation)


def _is_claude(recording: Recording) -> bool:
    return "anthropic" in recording.data["request"]["url"]


def by_keys(provider: str, prefix: str, path: str) -> Configure:
    """A block with `<prefix>_api_key` and `<prefix>_api_base`; the base ends with `path`."""

    def configure(upstream: str, model: str) -> Json:
        del model
        keys = {f"{prefix}_api_key": KEY, f"{prefix}_api_base": upstream + path}
        return {"provider": provider, "config": keys}

    return configure


def preset(provider: str) -> Configure:
    """A block with `api_key` and `api_base`, as all who imitate OpenAI have."""

    def configure(upstream: str, model: str) -> Json:
        del model
        return {"provider": provider, "config": {"api_key": KEY, "api_base": f"{upstream}/v1"}}

    return configure


def responding(configure: Configure) -> Configure:
    """A block of OpenAI's, or one like it, whose chats are asked for by the Responses API."""

    def configured(upstream: str, model: str) -> Json:
        block = configure(upstream, model)
        return {**block, "config": {**block["config"], "openai_chat_api": "responses"}}

    return configured


def _azure(upstream: str, model: str) -> Json:
    config = {
        "openai_api_type": "azure",
        "openai_api_key": KEY,
        "openai_api_base": upstream,
        "openai_deployment_name": model or "deployed",
        "openai_api_version": "2024-10-21",
    }
    return {"provider": "openai", "config": config}


def _bedrock(upstream: str, model: str) -> Json:
    del model
    aws = {
        "aws_region": "us-east-1",
        "aws_access_key_id": "AKIATEST",
        "aws_secret_access_key": "secret",
        "aws_endpoint_url": upstream,
    }
    return {"provider": "bedrock", "config": {"aws_config": aws}}


def _vertex(upstream: str, model: str) -> Json:
    del model
    config = {
        "vertex_project": "project",
        "vertex_location": "us-central1",
        "vertex_api_base": upstream,
        "vertex_credentials": json.dumps(_service_account(upstream)),
    }
    return {"provider": "vertex", "config": config}


def _service_account(upstream: str) -> Json:
    """A service account whose tokens the fake upstream gives. Its private key opens nothing anywhere."""
    return {
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "replay",
        "private_key": PRIVATE_KEY.read_text(),
        "client_email": "replay@project.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": upstream + TOKENS,
    }


def _tgi(upstream: str, model: str) -> Json:
    del model
    config = {"hf_server_url": upstream}
    return {"provider": "huggingface-text-generation-inference", "config": config}


def _ollama(upstream: str, model: str) -> Json:
    del model
    return {"provider": "ollama", "config": {"ollama_api_base": upstream}}


OWN = by_keys("openai", "openai", "/v1")
PRESETS = ("groq", "deepseek", "xai", "fireworks", "openrouter", "perplexity", "vllm")
COMPATIBLE = preset("openai-compatible")
RESPONDERS = dict.fromkeys(
    ("groq", "deepseek", "xai", "fireworks", "openrouter", "vllm"), "responses"
)
"""Presets that have the Responses API."""
RESPONDING = ("bedrock-mantle", "mistralrs", "pydantic-gateway")
"""Others whose recordings hold some of it."""
OTHERS = (
    "bedrock-mantle",
    "cerebras",
    "crusoe",
    "doubleword",
    "gpustack",
    "llamacpp",
    "local",
    "mistralrs",
    "snowflake",
    "venice",
    "voyage",
    "zai",
)
"""Imitators without a preset: `openai-compatible` serves them."""

PROVIDERS = (
    Provider("openai", OPENAI, OWN, responds="openai_responses"),
    Provider("azure", OPENAI, _azure, names_model=False, responds="openai_responses"),
    Provider(
        "anthropic",
        {"messages": anthropic.MESSAGES, "messages.count_tokens": anthropic.COUNT},
        by_keys("anthropic", "anthropic", "/v1"),
    ),
    Provider(
        "bedrock",
        {
            "converse": bedrock.CONVERSE,
            "converse-stream": bedrock.CONVERSE,
            "invoke": bedrock.EMBED,
        },
        _bedrock,
    ),
    Provider(
        "cohere",
        {"chat.v2": cohere.CHAT, "embed.v2": cohere.EMBED},
        by_keys("cohere", "cohere", "/v1"),
    ),
    Provider(
        "gemini",
        {
            "generateContent": gemini.GENERATE,
            "streamGenerateContent": gemini.GENERATE,
            "batchEmbedContents": gemini.EMBED,
            "embedContent": gemini.EMBED,
        },
        by_keys("gemini", "gemini", "/v1beta/models"),
    ),
    Provider(
        "vertex",
        {
            "generateContent": gemini.GENERATE,
            "streamGenerateContent": gemini.GENERATE,
            "predict": gemini.PREDICT,
            "embedContent": gemini.EMBED,
        },
        _vertex,
    ),
    Provider("ollama", {"api.chat": ollama.CHAT}, _ollama),
    Provider("mistral", OPENAI, by_keys("mistral", "mistral", "/v1"), own_ids=True),
    Provider("together", OPENAI, by_keys("togetherai", "togetherai", "/v1")),
    Provider("tgi", OPENAI, _tgi),
    Provider("huggingface", OPENAI, _tgi),
    *(Provider(name, OPENAI, preset(name), responds=RESPONDERS.get(name, "")) for name in PRESETS),
    *(Provider(name, OPENAI, COMPATIBLE) for name in OTHERS),
    Provider("ollama /v1", OPENAI, COMPATIBLE, recordings="ollama"),
    Provider("gemini /openai", OPENAI, COMPATIBLE, recordings="gemini"),
    Provider("writer", {"chat.v1": openai_chat.CHAT}, COMPATIBLE),
    Provider("portkey", {"completions": openai_chat.CHAT}, COMPATIBLE),
    *(
        Provider(f"{name} /responses", RESPONSES, responding(OWN), recordings=name)
        for name in ("openai", "deepseek", "openrouter", "xai", *RESPONDING)
    ),
    Provider("azure /responses", RESPONSES, responding(_azure), recordings="azure"),
)

"""Config files for the gateway under test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

KEY = "sk-test"


def openai_route(
    name: str, route_type: str, model: str, base: str, key: str = KEY, **config: Any
) -> dict[str, Any]:
    """One route to the fake upstream, as the seed writes routes."""
    settings = {"openai_api_key": key, "openai_api_base": base, **config}
    return {
        "name": name,
        "route_type": f"llm/v1/{route_type}",
        "model": {"provider": "openai", "name": model, "config": settings},
    }


def azure_route(
    name: str, route_type: str, model: str, base: str, key: str = KEY
) -> dict[str, Any]:
    """One Azure route; `base` is the resource's root."""
    return openai_route(
        name,
        route_type,
        model,
        base,
        key,
        openai_api_type="azure",
        openai_deployment_name=f"deployment-{model}",
        openai_api_version="2023-05-15",
    )


def standard_routes(base: str, key: str = KEY) -> list[dict[str, Any]]:
    """The three routes of the seed's quickstart, and a completion-only model."""
    return [
        openai_route("completions", "completions", "gpt-4o-mini", base, key),
        openai_route("chat", "chat", "gpt-4o-mini", base, key),
        openai_route("embeddings", "embeddings", "text-embedding-ada-002", base, key),
        openai_route("instruct", "completions", "gpt-3.5-turbo-instruct", base, key),
    ]


def write(path: Path, routes: list[dict[str, Any]], **sections: Any) -> Path:
    """Writes a config file in one step, by renaming a finished file over the old one."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(yaml.safe_dump({"routes": routes, **sections}, sort_keys=False))
    fresh.replace(path)
    return path

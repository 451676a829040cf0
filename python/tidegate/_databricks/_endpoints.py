"""Serving endpoints as routes, and routes as serving endpoints.

The forms are those of Databricks' REST API 2.0, as databricks-sdk 0.156 has them (`databricks/sdk/service/serving.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tidegate.entities import Limit, LimitsConfig, Route, RouteModelInfo
from tidegate.errors import ConfigurationError

SECRETS = frozenset(
    (
        "ai21labs_api_key",
        "anthropic_api_key",
        "aws_access_key_id",
        "aws_secret_access_key",
        "cohere_api_key",
        "databricks_api_token",
        "microsoft_entra_client_secret",
        "openai_api_key",
        "palm_api_key",
        "private_key",
        "token",
        "value",
    )
)
"""Fields that hold a reference to a secret of Databricks; the secret itself goes into a twin that ends in `_plaintext`."""


def invocations(name: str) -> str:
    """The path of an endpoint's calls; `name` is a piece of a path."""
    return f"/serving-endpoints/{name}/invocations"


def route(description: Mapping[str, Any], host: str) -> Route:
    """An endpoint by its description, which is shorter in a list."""
    name = description["name"]
    entity = _entity(description)
    external = entity.get("external_model") or {}
    return Route(
        name=name,
        route_type=description.get("task") or external.get("task") or "",
        model=_model(entity),
        route_url=host + invocations(quote(name, safe="")),
    )


def _entity(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first of what is served; a new endpoint has it only in the config that is yet to come."""
    for config in (description.get("config"), description.get("pending_config")):
        for entities in ("served_entities", "served_models"):
            for entity in (config or {}).get(entities) or []:
                return entity  # type: ignore[no-any-return]
    return {}


def _model(entity: Mapping[str, Any]) -> RouteModelInfo:
    external = entity.get("external_model")
    if external:
        return RouteModelInfo(external.get("name"), external["provider"])
    foundation = entity.get("foundation_model") or {}
    name = foundation.get("name") or entity.get("entity_name") or entity.get("model_name")
    return RouteModelInfo(name, "databricks")


def new(name: str, route_type: str | None, model: Mapping[str, Any] | None) -> dict[str, Any]:
    """The request for an endpoint that serves a provider's model.

    Raises:
        ConfigurationError: something is missing.
    """
    wanted = {"route_type": route_type, "model": model}
    missing = [key for key, value in wanted.items() if not value]
    missing += [f"model[{key!r}]" for key in ("name", "provider") if model and not model.get(key)]
    if missing or not model:
        raise ConfigurationError(
            f'create_route needs {" and ".join(missing)}: write for example create_route("chat", "llm/v1/chat",'
            ' {"name": "gpt-4o-mini", "provider": "openai", "openai_config": {"openai_api_key": "{{secrets/scope/key}}"}}).'
        )
    external = {**_with_plaintext(model), "task": route_type}
    return {"name": name, "config": {"served_entities": [{"external_model": external}]}}


def _with_plaintext(values: Mapping[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            written[key] = _with_plaintext(value)
        elif key in SECRETS and not _is_reference(value):
            written[f"{key}_plaintext"] = value
        else:
            written[key] = value
    return written


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{{secrets/") and value.endswith("}}")


def ai_gateway(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an endpoint's AI Gateway does, rate limits among it."""
    return description.get("ai_gateway") or {}


def limits(settings: Mapping[str, Any]) -> LimitsConfig:
    """The rate limits in calls; those in tokens have no place here."""
    told = [it for it in settings.get("rate_limits") or [] if it.get("calls") is not None]
    return LimitsConfig(
        [
            Limit(it["calls"], _renamed(it.get("key"), "endpoint", "route"), it["renewal_period"])
            for it in told
        ]
    )


def rate_limits(limits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same for Databricks, which calls a route an endpoint.

    Raises:
        ConfigurationError: it is no list of limits.
    """
    if not isinstance(limits, list) or not all(isinstance(it, dict) for it in limits):
        raise ConfigurationError(
            'Limits are a list such as [{"key": "user", "renewal_period": "minute", "calls": 50}].'
        )
    return [{**it, "key": _renamed(it.get("key") or "route", "route", "endpoint")} for it in limits]


def _renamed(key: str | None, old: str, new: str) -> str | None:
    return new if key == old else key

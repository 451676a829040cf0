"""Entities look as MLflow's do."""

from __future__ import annotations

import pytest
from tidegate import Limit, LimitsConfig, Route, RouteModelInfo

ROUTE = {
    "name": "chat",
    "route_type": "llm/v1/chat",
    "model": {"name": "gpt-4o-mini", "provider": "openai", "later": 1},
    "route_url": "http://127.0.0.1:5000/gateway/chat/invocations",
    "limit": None,
    "later": 1,
}


def test_route() -> None:
    route = Route.from_dict(ROUTE)
    fields = (
        "name='chat'{0} route_type='llm/v1/chat'{0} model=RouteModelInfo(name='gpt-4o-mini', provider='openai'){0}"
        " route_url='http://127.0.0.1:5000/gateway/chat/invocations'{0} limit=None"
    )
    assert repr(route) == f"Route({fields.format(',')})"
    assert str(route) == fields.format("")
    assert route.to_dict() == {
        "name": "chat",
        "route_type": "llm/v1/chat",
        "model": {"name": "gpt-4o-mini", "provider": "openai"},
        "route_url": "http://127.0.0.1:5000/gateway/chat/invocations",
        "limit": None,
    }
    assert route == Route(
        "chat", "llm/v1/chat", RouteModelInfo("gpt-4o-mini", "openai"), route.route_url
    )


def test_route_with_a_limit_and_a_model_without_a_name() -> None:
    limit = {"calls": 10, "renewal_period": "minute", "key": None}
    route = Route.from_dict({**ROUTE, "model": {"provider": "p"}, "limit": limit})
    assert route.model == RouteModelInfo(None, "p")
    assert route.limit == Limit(calls=10, key=None, renewal_period="minute")


@pytest.mark.parametrize("key", ["name", "route_type", "model", "route_url"])
def test_a_route_without_a_field_is_none(key: str) -> None:
    with pytest.raises(KeyError, match=key):
        Route.from_dict({name: value for name, value in ROUTE.items() if name != key})


def test_limits() -> None:
    limits = LimitsConfig.from_dict(
        {"limits": [{"calls": 50, "key": "user", "renewal_period": "minute"}]}
    )
    assert (
        repr(limits)
        == "LimitsConfig(limits=[Limit(calls=50, key='user', renewal_period='minute')])"
    )
    assert (
        LimitsConfig.from_dict({}) == LimitsConfig.from_dict({"limits": None}) == LimitsConfig(None)
    )
    assert LimitsConfig() == LimitsConfig([])

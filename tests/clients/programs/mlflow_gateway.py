"""Calls every function of `mlflow.gateway`, and prints what they gave as one JSON object."""

import json
import sys

import mlflow
from mlflow.gateway import (
    MlflowGatewayClient,
    get_gateway_uri,
    get_limits,
    get_route,
    query,
    search_routes,
    set_gateway_uri,
    set_limits,
)

CHAT = {"messages": [{"role": "user", "content": "What is the best day of the week?"}]}
LIMITS = [{"key": "user", "renewal_period": "minute", "calls": 50}]


def failure(call, *arguments):
    try:
        return {"type": None, "text": repr(call(*arguments)), "status": 200}
    except Exception as error:
        response = getattr(error, "response", None)
        status = None if response is None else response.status_code
        return {"type": type(error).__name__, "text": str(error), "status": status}


def route_dict(route):
    model = {"name": route.model.name, "provider": route.model.provider}
    fields = {"name": route.name, "route_type": route.route_type, "model": model}
    return {**fields, "route_url": route.route_url, "limit": getattr(route, "limit", None)}


set_gateway_uri(gateway_uri=sys.argv[1])
client = MlflowGatewayClient(sys.argv[1])
pages = client.search_routes()
results = {
    "version": mlflow.__version__,
    "uri": get_gateway_uri(),
    "query chat": query("chat", CHAT),
    "query completions": query(
        "completions", {"prompt": "Hi", "temperature": 0.5, "max_tokens": 9}
    ),
    "query embeddings": query("embeddings", {"input": ["a", "b"]}),
    "client query": client.query("chat", CHAT),
    "search_routes": [route_dict(r) for r in search_routes()],
    "client search_routes": [route_dict(r) for r in pages],
    "page token": pages.token,
    "get_route": route_dict(get_route("chat")),
    "client get_route": route_dict(client.get_route("embeddings")),
    "get_route unknown": failure(get_route, "nope"),
    "query unknown": failure(query, "nope", CHAT),
    "query invalid": failure(query, "chat", {"messages": []}),
    "query refused": failure(query, "chat", {**CHAT, "model": "gpt-4"}),
    "get_limits": failure(get_limits, "chat"),
    "set_limits": failure(set_limits, "chat", LIMITS),
    "client get_limits": failure(client.get_limits, "chat"),
    "client set_limits": failure(client.set_limits, "chat", LIMITS),
}
print(json.dumps(results))

"""Calls the methods of MLflow's deployments client, and prints what they gave as one JSON object."""

import json
import sys

import mlflow
from mlflow.deployments import get_deploy_client

CHAT = {"messages": [{"role": "user", "content": "Hello"}]}


def endpoint_dict(endpoint):
    names = ("name", "endpoint_type", "endpoint_url", "limit")
    fields = {name: getattr(endpoint, name) for name in names}
    return {**fields, "model": {"name": endpoint.model.name, "provider": endpoint.model.provider}}


def failure(call):
    try:
        return {"result": repr(call())}
    except Exception as error:
        return {"type": type(error).__name__, "text": str(error)}


client = get_deploy_client(sys.argv[1])
print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "list_endpoints": [endpoint_dict(e) for e in client.list_endpoints()],
            "get_endpoint": endpoint_dict(client.get_endpoint(endpoint="chat")),
            "chat": client.predict(endpoint="chat", inputs={**CHAT, "temperature": 1.5, "n": 7}),
            "completions": client.predict(endpoint="completions", inputs={"prompt": "Hi"}),
            "embeddings": client.predict(endpoint="embeddings", inputs={"input": "a"}),
            "get_endpoint unknown": failure(lambda: client.get_endpoint(endpoint="nope")),
            "predict unknown": failure(lambda: client.predict(endpoint="nope", inputs=CHAT)),
        }
    )
)

"""MLflow 3 with `mlflow.gateway` restored by the documented call: how it is restored, and what programs may catch.

Takes the gateway's address and one that nothing listens at, prints one JSON object.
"""

import json
import pickle
import sys
import warnings

import mlflow
import mlflow.gateway
import requests
import tidegate.compat

GATEWAY, NOBODY = sys.argv[1:]
CHAT = {"messages": [{"role": "user", "content": "Hello"}]}
before = set(mlflow.gateway.__all__)
own = mlflow.gateway.set_gateway_uri
restored = [tidegate.compat.restore_mlflow_gateway() for _ in range(2)]

from mlflow.gateway import MlflowGatewayClient, query, search_routes, set_gateway_uri  # noqa: E402
from mlflow.gateway.client import MlflowGatewayClient as OfModule  # noqa: E402
from mlflow.gateway.fluent import query as query_of_module  # noqa: E402


def caught(kind, call, *arguments):
    """The error of a kind that programs catch, before and after it went to another process."""
    try:
        call(*arguments)
    except kind as error:
        response = getattr(error, "response", None)
        seen = {
            "text": str(error),
            "code": getattr(error, "error_code", None),
            "status": None if response is None else response.status_code,
            "body": None if response is None else response.json(),
            "is ours": isinstance(error, tidegate.TidegateError),
        }
        sent = pickle.loads(pickle.dumps(error))
        seen["travels"] = (type(sent), str(sent)) == (type(error), str(error))
        return seen


MlflowException = mlflow.exceptions.MlflowException
HTTPError = requests.exceptions.HTTPError
results = {
    "restored": restored,
    "added": sorted(set(mlflow.gateway.__all__) - before),
    "same": [set_gateway_uri is own, OfModule is MlflowGatewayClient, query_of_module is query],
    "no address": caught(MlflowException, query, "chat", CHAT),
}
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    mlflow.gateway.set_gateway_uri(GATEWAY)
    results["answer"] = query("chat", data=CHAT)["choices"][0]["message"]["content"]
    results["routes"] = [route.name for route in search_routes()]
    client = pickle.loads(pickle.dumps(MlflowGatewayClient(GATEWAY)))
    results["travelled client"] = client.query("chat", CHAT)["choices"][0]["message"]["content"]
results["warned"] = [str(it.message) for it in warned]
results |= {
    "unknown": caught(HTTPError, query, "nope", CHAT),
    "limits": caught(HTTPError, mlflow.gateway.get_limits, "chat"),
    "no name": caught(MlflowException, mlflow.gateway.get_limits, ""),
    "create": caught(MlflowException, mlflow.gateway.create_route, "new"),
    "nobody": caught(MlflowException, MlflowGatewayClient(NOBODY).query, "chat", CHAT),
    "not a gateway": caught(
        requests.exceptions.RequestException, MlflowGatewayClient(f"{GATEWAY}/docs#").get_route, "x"
    ),
    "stream": caught(HTTPError, client.stream, "nope", CHAT),
}
print(json.dumps(results))

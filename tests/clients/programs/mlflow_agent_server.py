"""MLflow's agent server in front of a saved chat model: `mlflow_agent_server.py MODEL PORT`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import mlflow
import uvicorn
from mlflow.genai.agent_server import AgentServer, invoke, stream

MODEL = mlflow.pyfunc.load_model(sys.argv[1])


@invoke()
def answer(request: dict[str, Any]) -> Any:
    return MODEL.predict(request)


@stream()
def pieces(request: dict[str, Any]) -> Iterator[Any]:
    yield from MODEL.predict_stream(request)


uvicorn.run(AgentServer().app, host="127.0.0.1", port=int(sys.argv[2]))

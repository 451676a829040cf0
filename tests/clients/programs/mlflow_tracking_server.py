"""MLflow's tracking server in one process: `mlflow_tracking_server.py STORE PORT`.

`mlflow server` imports MLflow twice, for itself and for the server that it starts; this is the server, started its way.
"""

from __future__ import annotations

import os
import sys

import uvicorn
from mlflow.server.constants import ARTIFACT_ROOT_ENV_VAR, BACKEND_STORE_URI_ENV_VAR

os.environ[BACKEND_STORE_URI_ENV_VAR] = sys.argv[1]
os.environ[ARTIFACT_ROOT_ENV_VAR] = "./artifacts"

from mlflow.server.fastapi_app import app  # noqa: E402

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]))

"""Real MLflow model servers as child processes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import httpx

from .environments import CLIENTS, QUIET, python_of
from .gateway import clean_environment, eventually
from .nginx import free_port

START_LIMIT = 90.0
"""Seconds: two imports of MLflow for each of several servers that start at once."""


class ModelServer:
    """A server on a free port, in a process group of its own."""

    def __init__(
        self, environment: str, command: list[str], port: int, folder: Path, **env: str
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / f"server-{port}.log"
        programs = python_of(environment).parent
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**clean_environment(**QUIET, **env), "PATH": path, "HOME": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Waits until the server is healthy."""
        try:
            eventually(self._is_healthy, f"{self.url} is healthy", START_LIMIT)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._log.read_text()[-6000:]}") from None

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def _is_healthy(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"{self.url} ended with {self._process.returncode}")
        try:
            return httpx.get(f"{self.url}/health").status_code == 200
        except httpx.TransportError:
            return False


def scoring_server(environment: str, model: Path) -> ModelServer:
    """`mlflow models serve`."""
    port = free_port()
    options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
    mlflow = python_of(environment).parent / "mlflow"
    command = [str(mlflow), "models", "serve", "--model-uri", str(model), *options]
    return ModelServer(environment, command, port, model.parent)


def agent_server(environment: str, model: Path) -> ModelServer:
    """MLflow's agent server, which streams."""
    port = free_port()
    program = CLIENTS / "programs/mlflow_agent_server.py"
    command = [str(python_of(environment)), str(program), str(model), str(port)]
    return ModelServer(environment, command, port, model.parent)


def tracking_server(environment: str, folder: Path) -> ModelServer:
    """MLflow's tracking server with a database, whose gateway may call this machine."""
    port = free_port()
    program = CLIENTS / "programs/mlflow_tracking_server.py"
    store = f"sqlite:///{folder}/mlflow.db"
    command = [str(python_of(environment)), str(program), store, str(port)]
    return ModelServer(
        environment,
        command,
        port,
        folder,
        MLFLOW_CRYPTO_KEK_PASSPHRASE="a passphrase for tests, and nothing else",
        MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES="http,https",
        MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS="true",
    )

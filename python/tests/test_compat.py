"""`tidegate.compat` and its switch on packages with the shapes of MLflow's; the real ones are tested in tests/clients."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import tidegate

PACKAGE = Path(tidegate.__file__).parents[1]

MLFLOW = {
    "requests.py": """
        import json as _json
        from types import SimpleNamespace

        class RequestException(OSError): pass
        class HTTPError(RequestException): pass
        class InvalidJSONError(RequestException): pass

        exceptions = SimpleNamespace(HTTPError=HTTPError, InvalidJSONError=InvalidJSONError)
        """,
    "mlflow/__init__.py": "from mlflow import gateway",
    "mlflow/exceptions.py": """
        class MlflowException(Exception):
            def __init__(self, message, error_code=1):
                self.message, self.error_code = message, error_code
                super().__init__(message)
        """,
    "mlflow/protos/__init__.py": "",
    "mlflow/protos/databricks_pb2.py": "INTERNAL_ERROR, BAD_REQUEST = 1, 2",
    "mlflow/gateway/__init__.py": """
        from mlflow.gateway.utils import get_gateway_uri, set_gateway_uri

        __all__ = ["get_gateway_uri", "set_gateway_uri"]
        """,
    "mlflow/gateway/utils.py": """
        _uri = None

        def set_gateway_uri(gateway_uri):
            global _uri
            _uri = gateway_uri

        def get_gateway_uri():
            return _uri
        """,
}
"""As MLflow 3 is: importing it imports `mlflow.gateway`, while it is not whole itself."""

OLDER = {
    "mlflow/gateway/__init__.py": """
        from mlflow.gateway.client import MlflowGatewayClient
        from mlflow.gateway.fluent import query

        __all__ = ["MlflowGatewayClient", "query"]
        """,
    "mlflow/gateway/client.py": "class MlflowGatewayClient: pass",
    "mlflow/gateway/fluent.py": "def query(route, data): return 'MLflow answers'",
}
"""What of it MLflow 2 has otherwise."""

CALL = "import tidegate.compat; print(tidegate.compat.restore_mlflow_gateway())"
SWITCH = "import tidegate._compat_switch"


class Project:
    """A folder with packages, and programs that see them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def run(self, *lines: str, status: int = 0) -> list[str]:
        """Runs a program of these lines; what it printed, errors too."""
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(lines)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(self.folder), str(PACKAGE)])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == status, done.stdout
        return done.stdout.splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A program's folder, with MLflow 3."""
    project = Project(tmp_path)
    project.write(MLFLOW)
    return project


RESTORED = """
import sys
import mlflow.gateway as it
from mlflow.gateway import MlflowGatewayClient, create_route, delete_route, get_limits, get_route, query, search_routes, set_limits
import mlflow.gateway.client, mlflow.gateway.fluent
print(sorted(it.__all__))
print(it.client.MlflowGatewayClient is MlflowGatewayClient, it.fluent.query is query, it.query is query)
print(it.set_gateway_uri.__module__)
"""
NAMES = [
    "MlflowGatewayClient",
    "create_route",
    "delete_route",
    "get_gateway_uri",
    "get_limits",
    "get_route",
    "query",
    "search_routes",
    "set_gateway_uri",
    "set_limits",
]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ((CALL, CALL), ["True", "False"]),
        ((SWITCH,), []),
        (("import mlflow.gateway", SWITCH), []),
        ((SWITCH, CALL), ["False"]),
        ((SWITCH, "import mlflow; del sys.modules['mlflow.gateway']"), []),
    ],
    ids=["call", "switch", "late switch", "both", "anew"],
)
def test_restores_what_is_missing(how: tuple[str, ...], told: list[str], project: Project) -> None:
    printed = project.run("import sys", *how, RESTORED)
    assert printed == [*told, str(NAMES), "True True True", "mlflow.gateway.utils"]


UNTOUCHED = """
print(mlflow.gateway.query("chat", {}), mlflow.gateway.__all__)
print([name for name in sys.modules if name.startswith("tidegate.") and "compat" not in name])
print(type(mlflow.gateway.__loader__).__name__)
"""


@pytest.mark.parametrize(
    ("how", "told"),
    [((CALL, "import mlflow.gateway"), ["False"]), ((SWITCH, "import mlflow.gateway"), [])],
    ids=["call", "switch"],
)
def test_mlflow_2_stays_as_it_is(how: tuple[str, ...], told: list[str], project: Project) -> None:
    project.write(OLDER)
    assert project.run("import sys", *how, UNTOUCHED) == [
        *told,
        "MLflow answers ['MlflowGatewayClient', 'query']",
        "[]",
        "SourceFileLoader",
    ]


@pytest.mark.parametrize("name", ["query", "MlflowGatewayClient"])
def test_a_module_that_has_one_of_the_names_stays_as_it_is(name: str, project: Project) -> None:
    own = f"import mlflow.gateway; mlflow.gateway.{name} = 'own'"
    shown = f"print(mlflow.gateway.{name}, hasattr(mlflow.gateway, 'get_route'))"
    assert project.run(own, CALL, SWITCH, shown) == ["False", "own False"]


def test_a_module_of_mlflow_is_not_hidden(project: Project) -> None:
    project.write({"mlflow/gateway/client.py": "WHOSE = 'MLflow'"})
    shown = "import mlflow.gateway.client as c; print(c.WHOSE, mlflow.gateway.MlflowGatewayClient.__name__)"
    assert project.run(CALL, "import mlflow.gateway", shown) == [
        "True",
        "MLflow MlflowGatewayClient",
    ]


def test_the_call_without_mlflow(tmp_path: Path) -> None:
    printed = Project(tmp_path).run(CALL, status=1)
    assert printed[-1] == "ModuleNotFoundError: No module named 'mlflow'"


BROKEN = {"mlflow/__init__.py": "", "mlflow/gateway/__init__.py": "import no_fastapi"}


@pytest.mark.parametrize(
    ("how", "files"),
    [((CALL,), BROKEN), ((SWITCH, "import mlflow.gateway"), BROKEN)],
    ids=["call", "switch"],
)
def test_what_mlflow_needs_is_missing(
    how: tuple[str, ...], files: dict[str, str], project: Project
) -> None:
    """MLflow's own error says what."""
    project.write(files)
    assert project.run(*how, status=1)[-1] == "ModuleNotFoundError: No module named 'no_fastapi'"


def test_the_switch_loads_nothing_by_itself(project: Project) -> None:
    project.write({name: "" for name in ("mlflow/__init__.py",)})
    shown = "import sys; print([it for it in ('mlflow', 'httpx', 'logging', 'typing') if it in sys.modules])"
    assert project.run("import sys; before = set(sys.modules)", SWITCH, shown) == ["[]"]
    listed = "print(sorted(it for it in set(sys.modules) - before if 'tidegate' in it))"
    printed = project.run("import sys; before = set(sys.modules)", SWITCH, listed)
    assert printed == ["['tidegate', 'tidegate._compat_switch']"]


def test_the_switch_never_breaks_an_import(project: Project) -> None:
    """Here for want of `requests`, which MLflow needs as well."""
    project.write({"requests.py": "raise ImportError('no requests')"})
    printed = project.run(SWITCH, "import mlflow.gateway as it", "print(it.__all__)")
    assert printed == [
        "TIDEGATE_MLFLOW_COMPAT is set, but `mlflow.gateway` could not be restored: ImportError('no requests')",
        "['get_gateway_uri', 'set_gateway_uri']",
    ]


HOOKS = """
import importlib.abc, importlib.util, sys

class Other(importlib.abc.MetaPathFinder):
    busy = False

    def find_spec(self, name, path, target=None):
        if name != "mlflow.gateway" or self.busy:
            return None
        self.busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy = False
        spec.loader_state = "seen by the other"
        return spec
"""


@pytest.mark.parametrize(
    "order",
    [("sys.meta_path.insert(0, Other())", SWITCH), (SWITCH, "sys.meta_path.insert(0, Other())")],
    ids=["other first", "switch first"],
)
def test_the_switch_beside_other_hooks(order: tuple[str, ...], project: Project) -> None:
    project.write({"mlflow/__init__.py": ""})
    shown = "import mlflow.gateway as it; print(it.__spec__.loader_state, hasattr(it, 'query'))"
    assert project.run(HOOKS, *order, shown) == ["seen by the other True"]


def test_threads_restore_once(project: Project) -> None:
    program = """
        import threading, tidegate.compat
        results = []
        started = threading.Barrier(8)
        def restore():
            started.wait()
            results.append(tidegate.compat.restore_mlflow_gateway())
        threads = [threading.Thread(target=restore) for _ in range(8)]
        [it.start() for it in threads]
        [it.join() for it in threads]
        print(sorted(results))
        """
    assert project.run(textwrap.dedent(program)) == [str([False] * 7 + [True])]


def test_old_pickles_hold_a_client(project: Project) -> None:
    """MLflow 2 pickled its client by the name of its module, and as its address."""
    project.write(OLDER)
    pickled = project.run(
        "import pickle; from mlflow.gateway.client import MlflowGatewayClient",
        "client = MlflowGatewayClient(); client._gateway_uri = 'http://gateway:5000'",
        "print(pickle.dumps(client).hex())",
    )[0]
    for name in ("client", "fluent"):
        (project.folder / f"mlflow/gateway/{name}.py").unlink()
    project.write(MLFLOW)
    read = f"import pickle; client = pickle.loads(bytes.fromhex('{pickled}'))"
    assert project.run(SWITCH, read, "print(client)", "print(client.__getstate__())") == [
        "MlflowGatewayClient('http://gateway:5000')",
        "{'_gateway_uri': 'http://gateway:5000'}",
    ]


def test_address_is_mlflows(project: Project) -> None:
    project.write({"ask.py": "from mlflow.gateway import query; query('chat', {})"})
    printed = project.run(
        "import os; os.environ['MLFLOW_HTTP_REQUEST_MAX_RETRIES'] = '0'; os.environ['NO_PROXY'] = '*'",
        "import tidegate; tidegate.set_gateway_uri('http://127.0.0.1:1')",
        SWITCH,
        "import mlflow.gateway; mlflow.gateway.set_gateway_uri('http://127.0.0.1:2/mine')",
        "from mlflow.exceptions import MlflowException",
        "try: mlflow.gateway.query('chat', {})",
        "except MlflowException as error: print(error)",
    )
    assert printed[0].startswith(
        "The gateway at http://127.0.0.1:2/mine/gateway/chat/invocations cannot be reached"
    )


def test_every_name_of_the_package_is_there() -> None:
    missing = [name for name in tidegate.__all__ if not hasattr(tidegate, name)]
    assert missing == []
    assert sorted(tidegate.__all__) == tidegate.__all__
    assert set(tidegate.__all__) <= set(dir(tidegate))
    assert tidegate.MlflowGatewayClient is tidegate.TidegateClient
    with pytest.raises(AttributeError, match="module 'tidegate' has no attribute 'nothing'"):
        _ = tidegate.nothing  # type: ignore[attr-defined]

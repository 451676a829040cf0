"""MLflow 3 with `tidegate.compat`: the documented call, the errors that programs catch, and the switch in every process.

That the documentation's examples and LangChain's classes run is tested beside the older releases: `test_mlflow_clients.py`,
`test_langchain.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import answers
from support.environments import CLIENTS, PYTHON, json_of, restored, run_program
from support.gateway import Gateway
from support.nginx import free_port
from support.upstream import FakeUpstream

ADDED = [
    "MlflowGatewayClient",
    "create_route",
    "delete_route",
    "get_limits",
    "get_route",
    "query",
    "search_routes",
    "set_limits",
]


def test_the_call(gateway: Gateway, tmp_path: Path) -> None:
    program = CLIENTS / "programs/mlflow_restored.py"
    nobody = f"http://127.0.0.1:{free_port()}"
    arguments = (gateway.url, nobody)
    got = json_of(
        run_program("mlflow-3", program, *arguments, cwd=tmp_path, PYTHONPATH=str(PYTHON))
    )
    assert got["restored"] == [True, False]
    assert got["added"] == ADDED
    assert got["same"] == [True, True, True]
    assert got["answer"] == got["travelled client"] == answers.TEXT
    assert got["routes"] == ["completions", "chat", "embeddings", "instruct"]
    assert got["warned"] == []

    assert_error(
        got["no address"], "No Gateway server uri has been set.", code="INTERNAL_ERROR", ours=False
    )
    assert_error(
        got["no name"], "A non-empty string is required for the route.", code="BAD_REQUEST"
    )
    assert_error(
        got["create"],
        "The create_route API is only available when running within Databricks.",
        code="BAD_REQUEST",
    )
    assert_error(got["nobody"], f"The gateway at {nobody}/", code="INTERNAL_ERROR")
    url = f"{gateway.url}/gateway/nope/invocations"
    for name in ("unknown", "stream"):
        assert_error(
            got[name], f"404 Client Error: Not Found for url: {url}. Response text: {{", status=404
        )
        assert got[name]["body"] == {"detail": "Not Found"}
    url = f"{gateway.url}/api/2.0/gateway/limits/chat"
    assert_error(
        got["limits"],
        f"501 Server Error: Not Implemented for url: {url}. Response text: {{",
        status=501,
    )
    assert_error(got["not a gateway"], f"{gateway.url}/docs#/api/2.0/gateway/routes/x answered 200")


def assert_error(
    seen: dict[str, Any],
    begins: str,
    *,
    code: str | None = None,
    status: int | None = None,
    ours: bool = True,
) -> None:
    """What `caught` in the program saw; every error is also one of `tidegate`, but MLflow's own."""
    assert seen["text"].startswith(begins), seen
    assert (seen["code"], seen["status"]) == (code, status), seen
    assert (seen["is ours"], seen["travels"]) == (ours, True), seen


SPAWNS = """
import multiprocessing
import sys


def ask(question):
    from mlflow.gateway import query

    return query("chat", {"messages": [{"role": "user", "content": question}]})["candidates"][0]["message"]["content"]


if __name__ == "__main__":
    print([name for name in ("httpx", "mlflow") if name in sys.modules])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(ask, ["Hello"]))
"""


def test_the_switch_reaches_spawned_processes(
    gateway: Gateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    program = tmp_path / "spawns.py"
    program.write_text(SPAWNS)
    env = restored("mlflow-3", tmp_path)
    done = run_program("mlflow-3", program, cwd=tmp_path, MLFLOW_GATEWAY_URI=gateway.url, **env)
    assert done.stdout.splitlines() == ["[]", str([answers.TEXT])], done.stderr
    assert upstream.last.json["messages"] == [{"role": "user", "content": "Hello"}]


UNTOUCHED = """
import sys

import mlflow.gateway as it

own = dict(vars(it))
import tidegate._compat_switch
import tidegate.compat

print(tidegate.compat.restore_mlflow_gateway(), dict(vars(it)) == own, it.query.__module__)
print("tidegate.client" in sys.modules)
"""


def test_mlflow_2_is_left_as_it_is(tmp_path: Path) -> None:
    program = tmp_path / "untouched.py"
    program.write_text(UNTOUCHED)
    done = run_program("mlflow-2.22.5", program, cwd=tmp_path, PYTHONPATH=str(PYTHON))
    assert done.stdout == "False True mlflow.gateway.fluent\nFalse\n", done.stderr

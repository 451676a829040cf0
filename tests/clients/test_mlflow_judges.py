"""MLflow 3's LLM judges with `gateway:/` and `endpoints:/` models on Tidegate."""

from __future__ import annotations

import json
from pathlib import Path

from support import answers
from support.environments import CLIENTS, json_of, run_program
from support.gateway import Gateway
from support.plans import Plan
from support.upstream import FakeUpstream, Seen

VERDICT = {"result": "yes", "rationale": "Because.", "score": 5, "justification": "Good."}


def verdict(_: Seen) -> Plan:
    return Plan.json(answers.chat(json.dumps(VERDICT)))


def test_judges(gateway: Gateway, upstream: FakeUpstream, tmp_path: Path) -> None:
    upstream.otherwise = verdict
    done = run_program(
        "mlflow-3",
        CLIENTS / "programs/mlflow_judge.py",
        cwd=tmp_path,
        MLFLOW_GATEWAY_URI=gateway.url,
        MLFLOW_DEPLOYMENTS_TARGET=gateway.url,
        MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path}/runs.db",
    )
    got = json_of(done)
    for name in ("judge", "scorer", "endpoints scorer"):
        assert got[name] == {"value": "yes", "rationale": "Because.", "error": None}, name
    for name in ("metric", "endpoints metric"):
        assert got[name] == {"scores": [5], "justifications": ["Good."]}, name
    assert "nope" in got["unknown"]["text"]
    asked = [seen.json for seen in upstream.requests]
    assert {body["model"] for body in asked} == {"gpt-4o-mini"}
    assert asked[0]["temperature"] == 0.3
    assert asked[0]["response_format"]["json_schema"]["strict"] is True

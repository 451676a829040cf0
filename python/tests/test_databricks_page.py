"""What `docs/python/databricks.md` shows is run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from databricks_stand_in import Workspace
from stand_in import Answer
from tidegate._databricks import _access

PAGE = Path(__file__).parents[2] / "docs/python/databricks.md"
MODEL = {"name": "gpt-4o-mini", "provider": "openai", "task": "llm/v1/chat"}
ENDPOINT = {
    "name": "chat",
    "task": "llm/v1/chat",
    "config": {"served_entities": [{"external_model": MODEL}]},
    "ai_gateway": {"rate_limits": [{"key": "user", "renewal_period": "minute", "calls": 50}]},
}
LIMITS = "limits=[Limit(calls=50, key='user', renewal_period='minute')]\n"
CASES = [
    (
        [{"endpoints": [ENDPOINT]}, {"choices": [], "model": "m"}],
        "name='chat' route_type='llm/v1/chat' model=RouteModelInfo(name='gpt-4o-mini', provider='openai')"
        " route_url='{H}/serving-endpoints/chat/invocations' limit=None\n"
        "{'choices': [], 'model': 'm', 'candidates': [], 'metadata': {'input_tokens': None, 'output_tokens': None, 'total_tokens': None, 'model': 'm',"
        " 'route_type': 'llm/v1/chat'}}\n",
        ["GET /api/2.0/serving-endpoints", "POST /serving-endpoints/chat/invocations"],
    ),
    (
        [ENDPOINT, {}],
        "{H}/serving-endpoints/chat/invocations\n",
        ["POST /api/2.0/serving-endpoints", "DELETE /api/2.0/serving-endpoints/chat"],
    ),
    (
        [ENDPOINT, ENDPOINT["ai_gateway"], ENDPOINT],
        LIMITS * 2,
        [
            "GET /api/2.0/serving-endpoints/chat",
            "PUT /api/2.0/serving-endpoints/chat/ai-gateway",
            "GET /api/2.0/serving-endpoints/chat",
        ],
    ),
]


def test_the_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    programs = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(programs) == len(CASES)
    monkeypatch.setattr(_access, "_sdk", lambda: None)
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    for number, (answers, printed, asked) in enumerate(CASES):
        with Workspace() as workspace:
            monkeypatch.setenv("DATABRICKS_HOST", workspace.uri)
            workspace.then(*map(Answer.json, answers))
            exec(compile(programs[number], str(PAGE), "exec"), {})
            assert capsys.readouterr().out == printed.replace("{H}", workspace.uri)
            assert workspace.paths() == asked

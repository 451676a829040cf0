"""The scenes that are recorded: what each agent is asked, and what the model says to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scripted import scenes
from scripted.providers import Answers
from support.plans import Plan, frames

from . import claude_code, codex
from .program import Home
from .scenes import COMMAND, PNG_BASE64, QUESTION, SCHEMA, calls

Json = Any


@dataclass(frozen=True)
class Take:
    """One scene. `keep`: the first of its requests that is worth keeping, and the first after it that is not."""

    name: str
    answers: Callable[[Home], list[Answers]]
    model: str = "route"
    content: Json = QUESTION
    options: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    keep: tuple[int, int] = (0, 99)


def _message(*blocks: Json) -> Json:
    return [*blocks, {"type": "text", "text": QUESTION}]


def _source(media_type: str, data: str) -> Json:
    return {"type": "base64", "media_type": media_type, "data": data}


def _run(*thoughts: str) -> list[Answers]:
    return [calls("Bash", claude_code.command(COMMAND), *thoughts), scenes.TEXT]


def _read(home: Home) -> list[Answers]:
    arguments = json.dumps({"file_path": str(home.work / "square.png")})
    return [calls("Read", arguments), scenes.TEXT]


def _search(_: Home) -> list[Answers]:
    found = calls("ToolSearch", '{"query": "select:WebSearch", "max_results": 1}')
    return [found, calls("WebSearch", '{"query": "tidegate"}'), scenes.TEXT, scenes.TEXT]


REFUSED = {"type": "error", "error": {"type": "invalid_request_error", "message": "Refused."}}
IMAGE = {"type": "image", "source": _source("image/png", PNG_BASE64)}

CLAUDE_CODE = (
    Take("tools", lambda _: _run()),
    Take("thinking", lambda _: _run(*scenes.THOUGHTS)),
    Take("own-model", lambda _: _run(), model=""),
    Take("older-model", lambda _: _run(*scenes.THOUGHTS), model="claude-sonnet-4-5"),
    Take("image", lambda _: [scenes.TEXT], content=_message(IMAGE)),
    Take("image-in-a-result", _read, keep=(1, 2)),
    Take(
        "schema",
        lambda _: [calls(claude_code.SCHEMA, '{"city": "Oslo", "degrees": 3}'), scenes.TEXT],
        options=("--json-schema", json.dumps(SCHEMA)),
    ),
    Take("tool-and-web-search", _search),
    Take("refused", lambda _: 9 * [Plan.json(REFUSED, 400)], keep=(0, 4)),
    Take(
        "count-tokens",
        lambda _: 99 * [Plan.json({"input_tokens": 7})],
        content="/context",
        keep=(0, 3),
    ),
    Take(
        "models",
        lambda _: [Plan.json({"data": [], "has_more": False}), scenes.TEXT],
        env={"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1"},
        keep=(0, 1),
    ),
)


def _item(item: Json) -> Plan:
    """A response of one item, in the fewest events."""
    done = {"type": "response.output_item.done", "output_index": 0, "item": item}
    end = {"type": "response.completed", "response": {"id": "resp_kit"}}
    return Plan.stream(frames(done, end))


def _call(kind: str, **members: Json) -> list[Answers]:
    return [_item({"type": kind, "call_id": "call_kit", **members}), scenes.TEXT]


def _shell(*thoughts: str) -> list[Answers]:
    return [calls(codex.SHELL, codex.command(COMMAND), *thoughts), scenes.TEXT]


def _view(home: Home) -> list[Answers]:
    return [calls("view_image", json.dumps({"path": str(home.work / "square.png")})), scenes.TEXT]


PATCH = "*** Begin Patch\n*** Add File: new.txt\n+tidegate\n*** End Patch\n"
SCRIPT = f'text(JSON.stringify(await tools.exec_command({{cmd: "{COMMAND}"}})))'

CODEX = (
    Take("tools", lambda _: _shell()),
    Take("thinking", lambda _: _shell(*scenes.THOUGHTS)),
    Take("image", lambda _: [scenes.TEXT], options=("--image=square.png",)),
    Take("image-in-a-result", _view, keep=(1, 2)),
    Take("schema", lambda _: [scenes.IN_SCHEMA], options=("--output-schema", "schema.json")),
    Take(
        "namespace",
        lambda _: _call(
            "function_call", name="close_agent", namespace="multi_agent_v1", arguments="{}"
        ),
        keep=(1, 2),
    ),
    Take(
        "compaction",
        lambda _: [*_shell(), scenes.TEXT],
        options=("-c", "model_auto_compact_token_limit=10"),
        keep=(1, 3),
    ),
    Take(
        "custom-tool",
        lambda _: _call("custom_tool_call", name="apply_patch", input=PATCH),
        model="gpt-5.5",
    ),
    Take(
        "tool-search",
        lambda _: _call(
            "tool_search_call", execution="client", arguments={"query": "agent", "limit": 1}
        ),
        model="gpt-5.5",
        keep=(1, 2),
    ),
    Take(
        "code-mode",
        lambda _: _call("custom_tool_call", name="exec", input=SCRIPT),
        model="gpt-6.2-sol",
    ),
)

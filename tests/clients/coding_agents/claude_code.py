"""Claude Code, asked once from the command line."""

from __future__ import annotations

import json
from typing import Any

from .program import KEY, Home, Told, program

Json = Any

SHELL = "Bash"
"""The tool that runs a command."""
SCHEMA = "StructuredOutput"
"""The tool by which the model gives an answer of a schema."""


def command(text: str) -> str:
    """The arguments that run a command."""
    return json.dumps({"command": text, "description": "Runs a command"})


def ask(home: Home, base: str, model: str, content: Json, *options: str, **env: str) -> Told:
    """Asks in a new session; `content` is a text or blocks of a message. No `model` leaves the choice to the client."""
    message = {"type": "user", "message": {"role": "user", "content": content}}
    chosen = {"ANTHROPIC_MODEL": model} if model else {}
    done = home.run(
        str(program("@anthropic-ai/claude-code-*/claude")),
        *("--print", "--verbose", "--allowedTools", "Bash,Read,WebSearch"),
        *("--input-format", "stream-json", "--output-format", "stream-json"),
        *options,
        stdin=json.dumps(message) + "\n",
        ANTHROPIC_BASE_URL=base,
        ANTHROPIC_API_KEY=KEY,
        CLAUDE_CONFIG_DIR=str(home.folder / "claude"),
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
        **{"CLAUDE_CODE_MAX_RETRIES": "1", **chosen, **env},
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    results = [event for event in events if event["type"] == "result"]
    assert results, f"exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return _told(results[-1], done.returncode)


def _told(result: Json, status: int) -> Told:
    usage = result["usage"]
    cached = usage["cache_read_input_tokens"] + usage["cache_creation_input_tokens"]
    text = result.get("result") or ""
    return Told(
        status,
        "" if result["is_error"] else text,
        text if result["is_error"] else "",
        (usage["input_tokens"] + cached, usage["output_tokens"]),
        result.get("structured_output"),
    )

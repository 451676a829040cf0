"""Codex, asked once from the command line."""

from __future__ import annotations

import json
from typing import Any

from .program import KEY, Home, Told, program

Json = Any

SHELL = "exec_command"
"""The tool that runs a command, for models that the client does not know."""

CONFIG = """
model = "{model}"
model_provider = "tidegate"
check_for_update_on_startup = false

[analytics]
enabled = false

[features]
apps = false
plugins = false

[model_providers.tidegate]
name = "Tidegate"
base_url = "{base}/v1"
env_key = "TIDEGATE_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
"""


def command(text: str) -> str:
    """The arguments that run a command."""
    return json.dumps({"cmd": text})


def ask(home: Home, base: str, model: str, text: str, *options: str, **env: str) -> Told:
    """Asks in a new session. Commands run without a sandbox: containers seldom allow one."""
    settings = home.folder / "codex"
    settings.mkdir(exist_ok=True)
    (settings / "config.toml").write_text(CONFIG.format(model=model, base=base))
    done = home.run(
        str(program("@openai/codex-*/vendor/*/bin/codex")),
        *("exec", "--json", "--skip-git-repo-check"),
        *("--dangerously-bypass-approvals-and-sandbox", *options, "-"),
        stdin=text,
        CODEX_HOME=str(settings),
        TIDEGATE_KEY=KEY,
        **env,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events, f"exit {done.returncode}\n{done.stderr[-3000:]}"
    return _told(events, done.returncode)


def _told(events: list[Json], status: int) -> Told:
    items = [event["item"] for event in events if event["type"] == "item.completed"]
    texts = [item["text"] for item in items if item["type"] == "agent_message"]
    errors = [event["error"]["message"] for event in events if event["type"] == "turn.failed"]
    usages = [event["usage"] for event in events if event["type"] == "turn.completed"]
    usage = usages[-1] if usages else {"input_tokens": 0, "output_tokens": 0}
    tokens = (usage["input_tokens"], usage["output_tokens"])
    return Told(status, "".join(texts[-1:]), "".join(errors), tokens)

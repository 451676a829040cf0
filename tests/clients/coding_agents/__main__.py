"""Records what the agents send: all of `requests/` anew, or only the files that are named, without `.json`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripted.routes import DIRECT_MESSAGES, DIRECT_RESPONSES
from scripted.stage import Direct, Scene

from . import claude_code, codex
from .program import FOLDER, Home
from .recording import recorded
from .scenes import PNG, SCHEMA
from .takes import CLAUDE_CODE, CODEX, Take

REQUESTS = FOLDER / "requests"
PACKAGES = {"claude-code": "@anthropic-ai/claude-code", "codex": "@openai/codex"}


def _record(take: Take, client: str, direct: Direct, folder: Path) -> None:
    home = Home(folder / f"{client}-{take.name}")
    (home.work / "square.png").write_bytes(PNG)
    (home.work / "schema.json").write_text(json.dumps(SCHEMA))
    is_codex = client == "codex"
    route = DIRECT_RESPONSES if is_codex else DIRECT_MESSAGES
    scene = Scene(direct, route)
    scene.play(*take.answers(home))
    ask: Callable[..., Any] = codex.ask if is_codex else claude_code.ask
    told = ask(home, scene.base, take.model, take.content, *take.options, **take.env)
    requests = recorded(direct.providers.seen(route), home)[slice(*take.keep)]
    value = {"client": client, "version": _version(client), "requests": requests}
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (REQUESTS / f"{client}-{take.name}.json").write_text(text + "\n")
    print(f"{client} {take.name}: {len(requests)} requests, {told.text or told.error}")
    if home.refused:
        print(f"  also asked: {', '.join(home.refused)}")
    home.close()


def _version(client: str) -> str:
    package = FOLDER / "node_modules" / PACKAGES[client] / "package.json"
    version: str = json.loads(package.read_text())["version"]
    return version


def main(names: list[str]) -> None:
    """Records all scenes, or those of these names."""
    direct = Direct()
    with tempfile.TemporaryDirectory() as folder:
        for client, takes in (("claude-code", CLAUDE_CODE), ("codex", CODEX)):
            for take in takes:
                if not names or f"{client}-{take.name}" in names:
                    _record(take, client, direct, Path(folder))
    direct.close()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Recorded exchanges with OpenAI and Azure OpenAI: a few here, many in the shared folder."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import configs
from .gateway import PROJECT
from .plans import Plan, cut_at_random

HERE = Path(__file__).resolve().parents[1] / "recordings"
SHARED = Path(os.environ.get("TIDEGATE_SHARED") or PROJECT.parent / "shared") / "recordings"
KINDS = {"chat.completions": "chat", "completions": "completions", "embeddings": "embeddings"}
HOP_HEADERS = {"content-length", "content-encoding", "transfer-encoding", "connection"}


@dataclass(frozen=True)
class Recording:
    """One exchange, in the form of the recordings' README."""

    data: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.data['provider']}-{self.data['operation']}-{self.data['id']}"

    @property
    def is_azure(self) -> bool:
        return self.data["provider"] == "azure"

    @property
    def is_stream(self) -> bool:
        return bool(self.data["stream"])

    @property
    def is_whole(self) -> bool:
        """Both bodies were stored as JSON (in a few cassettes they were not)."""
        stored = [self.data["request"]["body"]]
        if not self.is_stream:
            stored.append(self.data["response"]["body"])
        return all(isinstance(body, dict) for body in stored)

    @property
    def kind(self) -> str:
        return KINDS[self.data["operation"]]

    @property
    def model(self) -> str:
        return self.data["request"]["body"].get("model") or "deployed"

    @property
    def route(self) -> str:
        """The name of the route that serves this model; unlike the model's, so that mix-ups show."""
        return re.sub(r"[^\w\-.]", "-", f"{self.data['provider']}-{self.kind}-of-{self.model}")

    @property
    def status(self) -> int:
        return int(self.data["response"]["status"])

    @property
    def request_body(self) -> dict[str, Any]:
        """What a client of the gateway sends: the recorded body, asking for the route."""
        return {**self.data["request"]["body"], "model": self.route}

    @property
    def body(self) -> bytes:
        """The answer's bytes."""
        response = self.data["response"]
        if self.is_stream:
            return "".join(response["chunks"]).encode()
        return json.dumps(response["body"], ensure_ascii=False, indent=2).encode()

    def plan(self, seed: int) -> Plan:
        """Plays the answer; a stream is cut by the seed."""
        recorded = self.data["response"]["headers"]
        headers = {n: v for n, v in recorded.items() if n.lower() not in HOP_HEADERS}
        headers.setdefault("content-type", "application/json")
        pieces = cut_at_random(self.body, seed) if self.is_stream else None
        body = b"" if self.is_stream else self.body
        return Plan(status=self.status, headers=headers, body=body, pieces=pieces)


def all_recordings() -> list[Recording]:
    """Those of the project, then the others of the shared folder."""
    found = [json.loads(path.read_text()) for path in sorted(HERE.glob("*.json"))]
    for provider in ("openai", "azure"):
        path = SHARED / f"{provider}.jsonl"
        if path.exists():
            found += [json.loads(line) for line in path.read_text().splitlines()]
    wanted = {r["id"]: Recording(r) for r in found if r["operation"] in KINDS}
    return [recording for recording in wanted.values() if recording.is_whole]


def routes_for(recordings: list[Recording], base: str) -> list[dict[str, Any]]:
    """A route for every model that the recordings name."""
    routes: dict[str, dict[str, Any]] = {}
    for r in recordings:
        make = configs.azure_route if r.is_azure else configs.openai_route
        root = base.removesuffix("/v1") if r.is_azure else base
        routes[r.route] = make(r.route, r.kind, r.model, root)
    return list(routes.values())

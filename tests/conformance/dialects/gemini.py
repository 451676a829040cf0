"""Gemini, and Vertex AI, which has the same bodies under other paths."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ..answers import Answer
from .base import SAID, Dialect, Script
from .framing import Frame, dump, sse_crlf

MODEL = "gemini-2.5-flash"
KEY = Path(__file__).parent / "vertex-key.pem"
"""Made for the kit; it opens nothing."""


class Gemini(Dialect):
    name = "gemini"
    features = frozenset({"call", "calls", "choices", "filter", "reasoning"})
    counts = frozenset({"cached", "reasoning"})
    reasons = {
        "stop": "STOP",
        "length": "MAX_TOKENS",
        "tool_calls": "STOP",
        "content_filter": "SAFETY",
    }
    own_ids = False
    framing = staticmethod(sse_crlf)
    paths = re.compile(r"/v1beta/models/[^/]+:streamGenerateContent\?(.*&)?alt=sse\b")

    def model(self, base: str) -> dict[str, Any]:
        config = {"gemini_api_key": "kit", "gemini_api_base": f"{base}/v1beta/models"}
        return {"provider": "gemini", "name": MODEL, "config": config}

    def script(self, answer: Answer, request: dict[str, Any]) -> Script:
        usage = answer.usage
        prompt = {"promptTokenCount": usage.prompt, "totalTokenCount": usage.prompt}
        counts = {
            "promptTokenCount": usage.prompt,
            "candidatesTokenCount": usage.completion - usage.reasoning,
            "totalTokenCount": usage.total,
        }
        if usage.cached:
            counts["cachedContentTokenCount"] = usage.cached
        if usage.reasoning:
            counts["thoughtsTokenCount"] = usage.reasoning
        reason = self.reasons[answer.finish]
        last = [{"finishReason": reason, "index": n} for n in range(len(answer.texts))]
        return Script(
            body=[_chunk(answer, candidates, prompt) for candidates in _spoken(answer)],
            finish=[_chunk(answer, last, counts)],
            unfinished=[_chunk(answer, [], counts)],
        )

    def error(self) -> list[Frame]:
        return [Frame(dump(self.refusal()))]

    def refusal(self) -> Any:
        return {"error": {"code": 429, "message": SAID, "status": "RESOURCE_EXHAUSTED"}}


class Vertex(Gemini):
    name = "vertex"
    paths = re.compile(
        r"/projects/kit/locations/us-central1/publishers/google/models/[^/]+"
        r":streamGenerateContent\?(.*&)?alt=sse\b"
    )

    def model(self, base: str) -> dict[str, Any]:
        config = {
            "vertex_project": "kit",
            "vertex_location": "us-central1",
            "vertex_api_base": base,
            "vertex_credentials": json.dumps(service_account(base)),
        }
        return {"provider": "vertex", "name": MODEL, "config": config}

    def errand(self, path: str) -> Any:
        """A token for the service account."""
        if path != "/token":
            return None
        return {"access_token": "kit", "expires_in": 3600, "token_type": "Bearer"}


def service_account(base: str) -> dict[str, str]:
    """A service account whose tokens the kit itself gives."""
    return {
        "type": "service_account",
        "project_id": "kit",
        "private_key_id": "kit",
        "private_key": KEY.read_text(),
        "client_email": "kit@kit.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{base}/token",
    }


def _chunk(answer: Answer, candidates: list[dict[str, Any]], usage: dict[str, int]) -> Frame:
    said: dict[str, Any] = {"candidates": candidates} if candidates else {}
    tail = {"usageMetadata": usage, "modelVersion": MODEL, "responseId": f"kit-{answer.name}"}
    return Frame(dump({**said, **tail}))


def _spoken(answer: Answer) -> list[list[dict[str, Any]]]:
    """The candidates of each chunk: a part each, and choices in turn."""
    parts: list[list[dict[str, Any]]] = [[{"text": piece} for piece in t] for t in answer.texts]
    thoughts: list[dict[str, Any]] = [{"text": t, "thought": True} for t in answer.reasoning]
    calls: list[dict[str, Any]] = [
        {"functionCall": {"name": call.name, "args": call.arguments}} for call in answer.calls
    ]
    if thoughts and calls:
        calls[0]["thoughtSignature"] = "c2lnbmVk"
    parts[0] = thoughts + parts[0] + calls
    return [
        [
            {"content": {"role": "model", "parts": [said[turn]]}, "index": index}
            for index, said in enumerate(parts)
            if turn < len(said)
        ]
        for turn in range(max(map(len, parts)))
    ]

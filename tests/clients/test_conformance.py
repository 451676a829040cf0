"""The stream conformance kit (`tests/conformance`) against the real gateway: every door, dialect and fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from support.gateway import PROJECT, Gateway, run_command

sys.path.insert(0, str(PROJECT / "tests"))

from conformance import runner, scorecard  # noqa: E402
from conformance.answers import ANSWERS  # noqa: E402
from conformance.cases import Case  # noqa: E402
from conformance.config import config  # noqa: E402
from conformance.dialects import DIALECTS  # noqa: E402
from conformance.doors import DOORS  # noqa: E402
from conformance.judge import Response, judge  # noqa: E402
from conformance.provider import Provider  # noqa: E402

OPEN = {
    "gateway.*.no-finish.*": "MLflow's doors leave the reason of an end to the provider",
    "endpoints.*.no-finish.*": "the same",
    "gateway.anthropic.filtered.*": "MLflow tells a refusal as a stop",
    "endpoints.anthropic.filtered.*": "the same",
}
"""Cases that are known to fail. One that passes must leave."""

UNPLAYED = {
    "openai.cohere-v1": "the OpenAI door calls Cohere by version 2 of its API",
    "messages.cohere-v1": "so does the door of Messages",
    "responses.cohere-v1": "so does the door of Responses",
    "gateway.cohere": "MLflow's doors call it by version 1",
    "endpoints.cohere": "the same",
}
"""Doors and dialects that have a route which leads elsewhere. One that is played must leave."""

NOT_BUILT = ("' is not supported.", "An Unsupported AI21Labs model", "this provider is not built")
"""What `tidegate check` says of a provider that is yet to come."""


def _event(**members: Any) -> bytes:
    return f"data: {json.dumps(members)}\n\n".encode()


def _chunk(*choices: dict[str, Any], **more: Any) -> bytes:
    return _event(id="c", object="chat.completion.chunk", choices=choices, **more)


def _delta(finish: str | None = None, **delta: str) -> bytes:
    return _chunk({"index": 0, "delta": delta, "finish_reason": finish})


ROLE = _delta(role="assistant", content="")
WORDS = _delta(content="".join(ANSWERS["text"].text))
SOME = _delta(content=ANSWERS["text"].text[0])
STOP = _delta("stop")
USAGE = _chunk(usage={"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30})
ERROR = _event(error={"message": "It broke.", "type": "upstream_error"})
DONE = b"data: [DONE]\n\n"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.close()


@pytest.fixture(scope="module")
def built(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The dialects whose providers the gateway has. A route that it has but does not take is an error."""
    folder = tmp_path_factory.mktemp("dialects")

    def has(dialect: str) -> bool:
        path = _write(folder / f"{dialect}.yaml", config(provider.port, [dialect]))
        checked = run_command("check", "--config-path", str(path))
        said = checked.stdout + checked.stderr
        if any(words in said for words in NOT_BUILT):
            return False
        assert checked.returncode == 0, said
        return True

    return [dialect for dialect in DIALECTS if has(dialect)]


@pytest.fixture(scope="module")
def gateway(
    provider: Provider, built: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    path = tmp_path_factory.mktemp("conformance") / "gateway.yaml"
    started = Gateway(_write(path, config(provider.port, built)))
    yield started
    started.kill()


def test_streams_conform(gateway: Gateway, provider: Provider, built: list[str]) -> None:
    done = runner.run(runner.Gateway(gateway.url), provider, [DIALECTS[name] for name in built])
    failed = {result.case.name for result in done.failures}
    known = _matching(failed, OPEN)
    done.results = [r for r in done.results if not r.problem or r.case.name not in known]
    assert failed == known, scorecard.text(done)
    unplayed = {f"{door}.{dialect}" for door, dialect in done.left_out}
    assert unplayed == _matching(unplayed, UNPLAYED), scorecard.text(done)
    passed = {result.case.name for result in done.results}
    assert {name.partition(".")[0] for name in passed} == set(DOORS)


def _matching(names: set[str], patterns: dict[str, str]) -> set[str]:
    """The names that match a pattern; a pattern without a name is out of date."""
    found = {pattern: {n for n in names if fnmatchcase(n, pattern)} for pattern in patterns}
    assert [p for p, matches in found.items() if not matches] == [], "these are in order now"
    return set().union(*found.values())


@pytest.mark.parametrize(
    ("case", "body", "expected"),
    [
        ("text.whole", ROLE + WORDS + STOP + USAGE + DONE, None),
        ("text.whole", WORDS + STOP + USAGE + DONE, "the role first"),
        ("text.whole", ROLE + WORDS + STOP + STOP + USAGE + DONE, "one finish, stop"),
        ("text.whole", ROLE + WORDS + STOP + USAGE, "the terminator, once"),
        ("text.whole", ROLE + WORDS + STOP + USAGE + DONE + DONE, "the terminator, once"),
        ("text.whole", ROLE + WORDS + STOP + DONE, "usage, which was asked for"),
        ("text.whole", ROLE + WORDS + STOP + USAGE + USAGE + DONE, "usage once"),
        ("text.whole", ROLE + WORDS + USAGE + STOP + DONE, "usage after the finish"),
        ("text.whole", ROLE + STOP + WORDS + USAGE + DONE, "nothing of a choice after its finish"),
        ("text.cut-after-first", ROLE + SOME + ERROR, None),
        ("text.cut-after-first", ROLE + SOME, "the error event"),
        ("text.cut-after-first", ROLE + SOME + STOP + USAGE + DONE, "the error event"),
        ("text.cut-after-first", ROLE + SOME + STOP + ERROR, "no finish: none was sent"),
        ("text.cut-after-first", ROLE + SOME + ERROR + DONE, "nothing after the error"),
        ("text.cut-after-first", ROLE + SOME + ERROR + ERROR, "nothing after the error"),
        ("text.cut-after-first", SOME[:-1] + ERROR, "the error event"),
    ],
)
def test_dishonest_streams_are_seen(case: str, body: bytes, expected: str | None) -> None:
    played = Case.parse(f"openai.anthropic.{case}.frames")
    assert played is not None
    problem = judge(played, Response(200, "text/event-stream", body))
    assert (problem and problem.expected) == expected


def test_page_lists_all_dialects() -> None:
    page = (PROJECT / "docs/conformance.md").read_text()
    assert [name for name in DIALECTS if f"| `kit-{name}` |" not in page] == []


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path

"""Judges what came back. Good answers must say what was played; faults must end honestly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cases import Case
from .doors.base import Choice, Heard, Problem, parsed
from .faults import WHOLE


@dataclass
class Response:
    """What the gateway answered. `broke` says how the connection failed, if it did."""

    status: int = 0
    content_type: str = ""
    body: bytes = b""
    broke: str = ""


def judge(case: Case, response: Response) -> Problem | None:
    """The first thing that is wrong, or None."""
    if not response.status:
        return Problem("an HTTP answer", response.broke)
    if case.fault is WHOLE:
        return _whole(case, response)
    if response.status >= 400:
        wanted = case.fault.status
        if wanted and response.status != wanted:
            return Problem(f"status {wanted}", f"status {response.status}")
        return case.door.refused(response.body, case.byte_path)
    if case.fault.status:
        return Problem(f"status {case.fault.status}", f"status {response.status}")
    return _honest(case, response)


def _honest(case: Case, response: Response) -> Problem | None:
    """The ending of a stream that has begun and must fail."""
    if problem := _is_stream(response):
        return problem
    heard = case.door.read(response.body)
    if heard.endings[:1] != ["error"]:
        return Problem("the error event", _ending(heard, response))
    if heard.broken:
        return heard.broken[0]
    if problem := case.door.told(heard.error, case.byte_path):
        return problem
    for index, choice in heard.choices.items():
        if choice.finishes:
            return Problem("no finish: none was sent", f"finish {choice.finishes}")
        played = "".join(dict(enumerate(case.answer.texts)).get(index, ()))
        if not played.startswith(choice.text):
            return Problem(f"a part of {played!r}", repr(choice.text))
    return None


def _whole(case: Case, response: Response) -> Problem | None:
    """An answer without a fault."""
    if response.status != 200:
        return Problem("status 200", f"status {response.status}: {response.body[:200]!r}")
    if problem := _is_stream(response):
        return problem
    heard = case.door.read(response.body)
    unended = case.byte_path and not case.ends and heard.endings == []
    if response.broke or (heard.endings != ["success"] and not unended):
        return Problem("the terminator, once", _ending(heard, response))
    if problem := next(iter(heard.broken), None) or _said(case, heard):
        return problem
    return None if case.byte_path else next(iter(heard.unlawful), None)


def _said(case: Case, heard: Heard) -> Problem | None:
    """Compares what was said with what was played."""
    answer = case.answer
    if sorted(heard.choices) != list(range(len(answer.texts))):
        return Problem(f"{len(answer.texts)} choices", f"choices {sorted(heard.choices)}")
    for index, text in enumerate(answer.texts):
        choice = heard.choices[index]
        if choice.text != "".join(text):
            return Problem(f"text {''.join(text)!r}", f"text {choice.text!r}")
        if problem := _finish(case, choice):
            return problem
    first = heard.choices[0]
    reasoning = "".join(answer.reasoning)
    if case.door.tells_reasoning and first.reasoning != reasoning:
        return Problem(f"reasoning {reasoning!r}", f"reasoning {first.reasoning!r}")
    return _calls(case, first) or _usage(case, heard.usage)


def _finish(case: Case, choice: Choice) -> Problem | None:
    word = case.answer.finish
    allowed = {word}
    if case.byte_path or case.door.own_reasons:
        allowed.add(case.dialect.reasons[word])
    if case.byte_path and set(choice.finishes) <= allowed and choice.finishes:
        return None
    if len(choice.finishes) == 1 and choice.finishes[0] in allowed:
        return None
    return Problem(f"one finish, {' or '.join(sorted(allowed))}", f"finishes {choice.finishes}")


def _calls(case: Case, choice: Choice) -> Problem | None:
    played = case.answer.calls
    heard = [choice.calls[index] for index in sorted(choice.calls)]
    if [call.name for call in heard] != [call.name for call in played]:
        return Problem(f"calls {[c.name for c in played]}", f"calls {[c.name for c in heard]}")
    for call, said in zip(played, heard):
        if parsed(said.arguments) != call.arguments:
            return Problem(f"arguments {call.arguments}", f"arguments {said.arguments!r}")
        if case.dialect.own_ids and said.id != call.id:
            return Problem(f"id {call.id}", f"id {said.id!r}")
    if len({said.id for said in heard}) != len(heard):
        return Problem("an id for each call", f"ids {[said.id for said in heard]}")
    return None


def _usage(case: Case, heard: dict[str, Any] | None) -> Problem | None:
    if heard is None:
        if case.door.asks_usage:
            return Problem("usage, which was asked for", "none")
        return None
    wanted = _counts(case)
    told = {
        name: heard.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    }
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        told.update(heard.get(name) or {})
    wrong = [name for name, count in wanted.items() if told.get(name) != count]
    if not wrong:
        return None
    expected, came = (
        ", ".join(f"{name} {counts.get(name)}" for name in wrong) for counts in (wanted, told)
    )
    return Problem(expected, came)


def _counts(case: Case) -> dict[str, int]:
    usage = case.answer.usage
    counts = {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total,
    }
    if usage.cached and "cached" in case.dialect.counts:
        counts["cached_tokens"] = usage.cached
    if usage.reasoning and "reasoning" in case.dialect.counts:
        counts["reasoning_tokens"] = usage.reasoning
    return counts


def _is_stream(response: Response) -> Problem | None:
    if response.content_type.startswith("text/event-stream"):
        return None
    said = f"{response.status} {response.content_type}: {response.body[:100]!r}"
    return Problem("an error status or a stream of events", said)


def _ending(heard: Heard, response: Response) -> str:
    """How the stream ended, in words."""
    if heard.endings:
        return " and ".join(heard.endings).replace("success", "the terminator of a good answer")
    return f"{response.broke or 'a clean close'} after {response.body[-60:]!r}"

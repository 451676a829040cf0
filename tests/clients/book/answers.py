"""Checks what blocks show as data or as output, against what the command before them printed."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import httpx
import pytest

from .blocks import Block
from .command_line import assert_accepted
from .session import Session

ERROR = re.compile(r'"error": *["{]|"detail":')
CALL = re.compile(r"`POST (?P<path>/\S+)`(?: of `llm/v1/(?P<kind>\w+)`)?")
"""A heading over requests: the path, and for which type of endpoint."""
ELLIPSIS = "..."


def is_error(text: str) -> bool:
    """An answer of this text, or one in it, tells an error."""
    return ERROR.search(text) is not None


def check_json(block: Block, session: Session) -> None:
    """One document or one on each line; as an answer, with the members of the real one; as a request, taken."""
    session.save(block, block.text)
    if call := CALL.match(block.heading):
        return _send(call, block, session)
    try:
        shown = [json.loads(block.text)]
    except json.JSONDecodeError:
        shown = [json.loads(line) for line in block.text.splitlines()]
    if session.printed is None:
        return
    real = list(_documents(session.printed))
    for document in shown:
        wrong = [difference(document, it) for it in real]
        assert "" in wrong, f"not what was answered: {wrong[-1:] or 'no JSON'}\n{session.printed}"


def check_output(block: Block, session: Session) -> None:
    """What the command before printed has these lines in this order; `...` stands for any number of lines."""
    assert session.printed is not None, (
        "no command that was run stands before it: show the command, or list the block in exceptions.py"
    )
    rest = iter(_plain(session.printed))
    for line in _plain(block.text):
        if line.strip() not in ("", ELLIPSIS):
            assert any(_alike(line, it) for it in rest), f"no line {line!r} in:\n{session.printed}"


def check_shown(block: Block, session: Session) -> None:
    """Nothing to compare it with; what looks like JSON in it is JSON."""
    for line in block.text.splitlines():
        data = line.removeprefix("data: ")
        if data.startswith("{"):
            json.loads(data)


def check_toml(block: Block, session: Session) -> None:
    tomllib = pytest.importorskip("tomllib", reason="needs Python 3.11")
    tomllib.loads(block.text)
    session.save(block, session.local(block.text))


def check_ini(block: Block, session: Session) -> None:
    """It is a file of sections; the gateway takes the arguments of a unit's commands."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(block.text)
    for section in parser.values():
        for key, value in section.items():
            words = shlex.split(value) if key.startswith("Exec") else []
            if words and PurePath(words[0]).name == "tidegate":
                assert_accepted(words[1:])


def difference(shown: Any, real: Any, at: str = "$") -> str:
    """What the shown document has that the real one has not, or nothing; errors must be equal."""
    if isinstance(shown, dict) and isinstance(real, dict):
        if at == "$" and (shown.get("error") or shown.get("detail")) and shown != real:
            return f"{at}: {shown} is {real}"
        for key, value in shown.items():
            if key not in real:
                return f"{at}.{key} is not there"
            if found := difference(value, real[key], f"{at}.{key}"):
                return found
        return ""
    if isinstance(shown, list) and isinstance(real, list):
        return difference(shown[0], real[0], f"{at}[0]") if shown and real else ""
    if shown is None or real is None or _kind(shown) is _kind(real):
        return ""
    return f"{at} is {real!r}"


def _send(call: re.Match[str], block: Block, session: Session) -> None:
    """The gateway answers the request."""
    path = call["path"].replace("{name}", call["kind"] or "chat")
    answer = httpx.post(f"{session.url}{path}", json=json.loads(block.text), timeout=20)
    assert answer.status_code == 200, f"answered {answer.status_code}: {answer.text}"
    assert not is_error(answer.text), f"an error was answered: {answer.text}"


def _kind(value: Any) -> type:
    return float if type(value) is int else type(value)


def _documents(text: str) -> Iterator[Any]:
    """The JSON objects and lists in an output, one after the other."""
    decoder = json.JSONDecoder()
    at = 0
    while found := re.search(r"[{\[]", text[at:]):
        at += found.start()
        try:
            document, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            at += 1
        else:
            yield document


def _alike(shown: str, real: str) -> bool:
    """Equal but for numbers, or JSON with the same members."""
    ours, theirs = list(_documents(shown)), list(_documents(real))
    if ours and theirs:
        return difference(ours[0], theirs[0]) == ""
    return re.sub(r"\d+", "0", shown.strip()) == re.sub(r"\d+", "0", real.strip())


def _plain(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()

"""Every command, config and program that the book shows does what it says, as it stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from book import command_line, stand_ins
from book.blocks import Page, pages
from book.checkers import check, checker
from book.exceptions import CHANGES, ELSEWHERE, OF_OTHERS, WEAKER, Change, Weaker
from book.session import Session
from support.gateway import PROJECT

PAGES = pages()
BLOCKS = [block for page in PAGES for block in page.blocks]
CODES = sorted({code for page in PAGES for code in page.codes()})
OPTION_TABLE = re.compile(
    r"^\| Option of `(?P<command>[\w ]+)` .*\n\|[-| ]+\n(?P<rows>(?:\|.*\n)+)", re.M
)
COMMAND_ROW = re.compile(r"^\| `tidegate ([a-z]+)[^`|]*` \|", re.M)
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
KIT = PROJECT / "tests/conformance"
OPTION_TABLES = [it for page in PAGES for it in OPTION_TABLE.finditer(page.prose)]


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    session = Session(request.param, tmp_path)
    yield session
    session.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "session", [it for it in PAGES if it.blocks], ids=lambda page: page.name, indirect=True
)
def test_page(session: Session) -> None:
    """All blocks of a page, in their order."""
    failed, skipped = [], []
    for block in session.page.blocks:
        try:
            check(block, session)
        except Exception as failure:
            failed.append(f"{block}: {type(failure).__name__}: {failure}")
        except pytest.skip.Exception as reason:
            skipped.append(f"{block}: {reason}")
    assert not failed, "\n\n".join(failed)
    if skipped:
        pytest.skip("\n".join(skipped))


def test_every_block_has_a_checker() -> None:
    assert [str(block) for block in BLOCKS if checker(block) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_code_hides(page: Page) -> None:
    assert page.hidden() == []


@pytest.mark.parametrize("entry", [*WEAKER, *CHANGES], ids=lambda entry: entry.why)
def test_every_exception_is_needed(entry: Weaker | Change) -> None:
    assert any(entry.matches(block) for block in BLOCKS), "matches no block: take it out"


def test_pages_left_to_other_tests_are_there() -> None:
    assert set(ELSEWHERE) <= {page.name for page in PAGES if page.blocks}


def test_no_block_has_two_exceptions() -> None:
    matched = {str(block): [it for it in WEAKER if it.matches(block)] for block in BLOCKS}
    assert {name: them for name, them in matched.items() if len(them) > 1} == {}


@pytest.mark.parametrize("table", OPTION_TABLES, ids=lambda table: table["command"])
def test_tables_of_options_are_whole(table: re.Match[str]) -> None:
    first_cells = re.findall(r"^\|([^|]+)\|", table["rows"], re.M)
    shown = {option for cell in first_cells for option in OPTION.findall(cell)}
    assert shown == command_line.options(*table["command"].split())


def test_there_is_a_table_of_the_options_of_start() -> None:
    assert "start" in {table["command"] for table in OPTION_TABLES}


def test_all_commands_are_listed() -> None:
    shown = {name for page in PAGES for name in COMMAND_ROW.findall(page.prose)}
    assert shown == set(command_line.subcommands())


def test_every_option_that_prose_names_exists() -> None:
    """Of the gateway or of the conformance kit; other programs' command lines are not looked at."""
    done = subprocess.run(
        [sys.executable, str(KIT), "--help"], capture_output=True, text=True, check=True
    )
    known = {"--help", "--version", *OPTION.findall(done.stdout), *OF_OTHERS}
    for command in command_line.commands():
        known |= command_line.options(*command)
    ours = [code for code in CODES if code.startswith(("--", "tidegate ", "python3 tests/"))]
    assert [code for code in ours if set(OPTION.findall(code)) - known] == []


@pytest.mark.parametrize("code", [it for it in CODES if it.startswith("tidegate ")])
def test_every_command_that_prose_names_exists(code: str) -> None:
    """Words in capitals and dots stand for what the reader puts there."""
    words = code.split()[1:]
    command: tuple[str, ...] = ()
    while words and words[0] in command_line.subcommands(*command):
        command += (words.pop(0),)
    assert command or words[0].startswith("--"), "no such command"
    assert set(OPTION.findall(code)) <= command_line.options(*command) | {"--help", "--version"}


@pytest.mark.parametrize("code", [it for it in CODES if re.match(r"(python3? -m )?pip ", it)])
def test_every_package_that_prose_names_is_known(code: str) -> None:
    words = shlex.split(code)
    assert stand_ins.pip(words[words.index("pip") + 1 :]) == 0


def test_every_option_of_others_is_needed() -> None:
    assert set(OF_OTHERS) <= {option for code in CODES for option in OPTION.findall(code)}

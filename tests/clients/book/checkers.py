"""Which check a block gets."""

from __future__ import annotations

from dataclasses import replace

from support.nginx import free_port

from . import answers, config, nginx_files, programs, shell
from .blocks import Block
from .exceptions import CHANGES, ELSEWHERE, WEAKER, Check
from .session import Session

BY_LANGUAGE: dict[str, Check] = {
    "console": shell.check_console,
    "ini": answers.check_ini,
    "js": programs.check_js,
    "json": answers.check_json,
    "nginx": nginx_files.check,
    "python": programs.check_python,
    "sh": shell.check,
    "text": answers.check_output,
    "toml": answers.check_toml,
    "yaml": config.check,
}
SHOWS_OUTPUT = ("json", "text")


def checker(block: Block) -> Check | None:
    """An exception's check, else the language's; none for a language that nobody can check."""
    if block.page in ELSEWHERE:
        return ELSEWHERE[block.page]
    weaker = [it.check for it in WEAKER if it.matches(block)]
    return weaker[0] if weaker else BY_LANGUAGE.get(block.language)


def check(block: Block, session: Session) -> None:
    """Checks a block after those that stand before it on the page."""
    take = checker(block)
    assert take is not None, f"no checker for the language {block.language!r}"
    if block.language not in SHOWS_OUTPUT or not _follows(block, session):
        session.printed = None
    take(_changed(block), session)
    if block.language in SHOWS_OUTPUT:
        session.printed = None


def _follows(block: Block, session: Session) -> bool:
    """The block stands right after another one under the same heading."""
    before = session.page.blocks[block.number - 2] if block.number > 1 else None
    return before is not None and session.page.after(before) == block


def _changed(block: Block) -> Block:
    text, port = block.text, free_port()
    for change in CHANGES:
        text = text.replace(change.old, change.new.replace("{port}", str(port)))
    return replace(block, text=text)

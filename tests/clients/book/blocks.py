"""The pages of the book, and the fenced blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from support.gateway import PROJECT

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[^`\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S
)
ANY_FENCE = re.compile(r"^ *(```|~~~)", re.M)
HEADING = re.compile(r"^#+ +(.+)$", re.M)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LIST_ITEM = re.compile(r"^ *([-*+]|\d+\.) ")


@dataclass(frozen=True)
class Block:
    """A fenced block; `lead` is the text between whatever stands before it and the block."""

    page: str
    heading: str
    number: int
    language: str
    lead: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}, block {self.number} ({self.language or 'no language'}), under {self.heading!r}"


@dataclass(frozen=True)
class Page:
    """A page, named by its path in the project."""

    name: str
    text: str
    blocks: tuple[Block, ...]

    @property
    def prose(self) -> str:
        """The page without its blocks."""
        return FENCE.sub("", self.text)

    def codes(self) -> list[str]:
        """What stands between single backticks."""
        return CODE.findall(self.prose)

    def after(self, block: Block) -> Block | None:
        """The next block, if it stands under the same heading."""
        following = self.blocks[block.number :]
        return following[0] if following and following[0].heading == block.heading else None

    def hidden(self) -> list[str]:
        """Code that no fence with a language marks: broken fences, and blocks by indentation."""
        found = []
        if len(ANY_FENCE.findall(self.text)) != 2 * len(self.blocks):
            found.append("a fence that is not closed, or not of backticks")
        return found + list(_indented(self.prose))


def parse(name: str, text: str) -> Page:
    """The page of that text."""
    blocks: list[Block] = []
    end = 0
    for number, fence in enumerate(FENCE.finditer(text), 1):
        headings = HEADING.findall(FENCE.sub("", text[: fence.start()]))
        between = text[end : fence.start()]
        blocks.append(
            Block(
                page=name,
                heading=headings[-1] if headings else "",
                number=number,
                language=fence["language"].strip(),
                lead=HEADING.split(between)[-1].strip(),
                text=dedent(fence["text"]),
            )
        )
        end = fence.end()
    return Page(name, text, tuple(blocks))


def pages() -> list[Page]:
    """The book, and the pages at the project's root that show commands."""
    roots = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "python/README.md")
    files = [PROJECT / it for it in roots] + sorted((PROJECT / "docs").rglob("*.md"))
    return [_read(it) for it in files if it.exists()]


def _read(path: Path) -> Page:
    return parse(path.relative_to(PROJECT).as_posix(), path.read_text())


def _indented(prose: str) -> Iterator[str]:
    before, in_list = "", False
    for line in prose.splitlines():
        if line.strip() and not line.startswith(" "):
            in_list = bool(LIST_ITEM.match(line))
        if line.startswith("    ") and line.strip() and not before.strip() and not in_list:
            yield f"code by indentation: {line.strip()}"
        before = line

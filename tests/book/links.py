"""Follows every link of the built book: `python3 links.py BOOK SOURCES`.

A link to a file or an anchor that is not there is a fault, and so are a link that leaves the book, an image without words for
those who do not see it, and a page of SOURCES that SUMMARY.md does not name. Links to other hosts are not followed.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page(HTMLParser):
    """What a page offers to links, and where its own lead."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.add(values["id"])
        for name in ("href", "src"):
            if name in values:
                self.links.append(values[name])
        if tag == "img" and not values.get("alt"):
            self.faults.append(f"the image `{values.get('src')}` has no `alt`")


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def fault_of(link: str, path: Path, book: Path, pages: dict[Path, Page]) -> str | None:
    """What is wrong with a link of the page at `path`, if anything is."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_relative_to(book):
        return f"`{link}` leaves the book"
    if not target.is_file():
        return f"`{link}` leads nowhere"
    if target.suffix == ".md":
        return f"`{link}` leads to a page that is not in SUMMARY.md"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        return f"`{link}` names an anchor that is not there"
    return None


def faults_of_links(book: Path) -> tuple[list[str], int]:
    """Returns what is wrong, and how many links were followed."""
    pages = {it: read(it) for it in sorted(book.rglob("*.html")) if it.name != "404.html"}
    faults, count = [], 0
    for path, page in pages.items():
        count += len(page.links)
        found = [fault_of(link, path, book, pages) for link in page.links]
        for fault in page.faults + [it for it in found if it]:
            faults.append(f"{path.relative_to(book)}: {fault}")
    return faults, count


def faults_of_summary(sources: Path) -> list[str]:
    """Returns the pages that no chapter is made of."""
    summary = (sources / "SUMMARY.md").read_text(encoding="utf-8")
    named = {(sources / it).resolve() for it in re.findall(r"\]\(([^)]+)\)", summary)}
    pages = {it.resolve() for it in sources.rglob("*.md")} - {(sources / "SUMMARY.md").resolve()}
    return [
        f"{it.relative_to(sources.resolve())} is not in SUMMARY.md" for it in sorted(pages - named)
    ]


def main(book: Path, sources: Path) -> int:
    faults, count = faults_of_links(book)
    faults += faults_of_summary(sources)
    for fault in faults:
        print(f"book: {fault}", file=sys.stderr)
    if not faults:
        print(f"{count} links lead somewhere.")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} BOOK SOURCES")
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2])))

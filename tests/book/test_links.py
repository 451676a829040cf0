"""What the checker of links says of small books with one fault each."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import links

PAGES = {
    "a.html": '<h2 id="one-two">1</h2><img src="i.png" alt="i">',
    "sub/b.html": "<p></p>",
    "i.png": "",
}

CASES = {
    "good": (
        '<a href="../a.html#one-two"></a><a href="b.html"></a><img src="../i.png" alt="i">',
        [],
    ),
    "own anchor": ('<p id="x"></p><a href="#x"></a>', []),
    "escaped": ('<a href="../a.html#one%2Dtwo"></a>', []),
    "another host": ('<a href="https://example.com/nothing#here"></a>', []),
    "no file": ('<a href="c.html"></a>', ["`c.html` leads nowhere"]),
    "no image": ('<img src="c.png" alt="c">', ["`c.png` leads nowhere"]),
    "a folder": ('<a href="../sub"></a>', ["`../sub` leads nowhere"]),
    "no anchor": (
        '<a href="../a.html#three"></a>',
        ["`../a.html#three` names an anchor that is not there"],
    ),
    "no own anchor": ('<a href="#y"></a>', ["`#y` names an anchor that is not there"]),
    "outside": ('<a href="../../README.md"></a>', ["`../../README.md` leaves the book"]),
    "no words": ('<img src="../i.png">', ["the image `../i.png` has no `alt`"]),
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class Links(unittest.TestCase):
    def test_faults(self) -> None:
        for name, (html, expected) in CASES.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as scratch:
                book = Path(scratch).resolve() / "book"
                write(book, {**PAGES, "sub/b.html": html})
                faults, _ = links.faults_of_links(book)
                self.assertEqual(faults, [f"sub/b.html: {it}" for it in expected])

    def test_pages_without_a_chapter(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            sources = Path(scratch)
            write(sources, {"SUMMARY.md": "- [A](a.md)\n- [Soon]()\n", "a.md": "", "sub/b.md": ""})
            self.assertEqual(links.faults_of_summary(sources), ["sub/b.md is not in SUMMARY.md"])


if __name__ == "__main__":
    unittest.main()

"""The blocks of the book that cannot be run as they stand, and why. All of them are here.

An entry is known by what it holds, not by its page: a block keeps its entry when it moves. Each entry must match a block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import answers, config, shell
from .blocks import Block
from .session import Session

Check = Callable[[Block, Session], None]


@dataclass(frozen=True)
class Weaker:
    """Blocks of a language with `holds` in them get `check` in place of the language's own."""

    language: str
    holds: str
    check: Check
    why: str

    def matches(self, block: Block) -> bool:
        return block.language == self.language and self.holds in block.text


@dataclass(frozen=True)
class Change:
    """In blocks of a language `old` becomes `new` before they are run; `{port}` in it is a free port."""

    language: str
    old: str
    new: str
    why: str

    def matches(self, block: Block) -> bool:
        return block.language == self.language and self.old in block.text


WEAKER = (
    Weaker("sh", "scripts/test.sh", shell.check_syntax, "runs all tests, this one among them"),
    Weaker("sh", "https://gateway.example/", shell.check_syntax, "a gateway elsewhere"),
    Weaker("yaml", "kind: Deployment", config.check_manifest, "needs a Kubernetes cluster"),
    Weaker(
        "text", "x-tidegate-translation: dropped=", answers.check_shown, "a header, as an example"
    ),
    Weaker("text", "6958 of 7078 cases passed", answers.check_shown, "takes minutes; has its date"),
    Weaker(
        "text",
        "yaml-language-server:",
        answers.check_shown,
        "the first line of a file, for editors",
    ),
    Weaker(
        "text",
        '"code":"stream_interrupted"',
        answers.check_shown,
        "needs a provider that breaks off",
    ),
    Weaker(
        "json", "The sandbox failed on purpose", answers.check_shown, "comes by chance, or never"
    ),
)

CHANGES = (
    Change("sh", "--config 8999", "--config {port}", "a free port"),
    Change(
        "sh",
        "tests/conformance --gateway http://127.0.0.1:5000",
        "tests/conformance --gateway http://127.0.0.1:5000 --listen 127.0.0.1:{port} "
        "--dialects openai --only openai.openai.text",
        "the same port, and a few of 7000 streams: test_conformance.py plays them all",
    ),
)

OF_OTHERS: dict[str, str] = {}
"""Options that stand alone in pages and are other programs', and whose."""

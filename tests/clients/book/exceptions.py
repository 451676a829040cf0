"""The blocks of the book that cannot be run as they stand, and why. All of them are here.

An entry is known by what it holds, not by its page: a block keeps its entry when it moves. Each entry must match a block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from support.gateway import PROJECT

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


def left_to(test: str) -> Check:
    """Another test runs the block; its file names the page."""

    def check(block: Block, session: Session) -> None:
        text = (PROJECT / test).read_text()
        assert f"`{block.page}`" in text, f"{test} does not speak of {block.page}"

    return check


ELSEWHERE = {
    "docs/clients/mlflow-models.md": left_to("tests/clients/test_mlflow_models_page.py"),
    "docs/python/databricks.md": left_to("python/tests/test_databricks_page.py"),
}
"""Pages that tests of their own run from beginning to end."""

TEST_SECURITY = left_to("tests/clients/test_security_page.py")
BEHIND_NGINX = "asks nginx of the page's own file, with TLS: test_security_page.py runs it"
WEAKER = (
    Weaker("sh", "scripts/test.sh", shell.check_syntax, "runs all tests, this one among them"),
    Weaker("sh", "https://gateway.example/", shell.check_syntax, "a gateway elsewhere"),
    Weaker(
        "sh", "/etc/nginx/", TEST_SECURITY, "changes the machine: test_security_page.py runs it"
    ),
    Weaker("sh", "systemctl reload nginx", TEST_SECURITY, "the same"),
    Weaker("python", "https://gateway.example.com", TEST_SECURITY, BEHIND_NGINX),
    Weaker("js", "https://gateway.example.com", TEST_SECURITY, BEHIND_NGINX),
    Weaker("nginx", "limit_req", TEST_SECURITY, "a line for one place, a line for another"),
    Weaker("yaml", "kind: Deployment", config.check_manifest, "needs a Kubernetes cluster"),
    Weaker("sh", "kubectl create", shell.check_syntax, "the same"),
    Weaker("dockerfile", "FROM ", answers.check_shown, "needs a container engine"),
    Weaker("sh", "sudo install target/release", shell.check_syntax, "changes the machine"),
    Weaker("sh", "systemctl enable", shell.check_syntax, "the same, and needs systemd"),
    Weaker("sh", "mlflow.internal", shell.check_syntax, "test_mlflow_import.py asks a real server"),
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

OF_OTHERS = {"--locked": "cargo", "--prefix": "pip", "--target": "pip", "--user": "pip"}
"""Options that stand alone in pages and are other programs', and whose."""

"""Checks Nginx's config files with Nginx."""

from __future__ import annotations

import re

from support.nginx import free_port, refusal

from .blocks import Block
from .session import Session

LISTEN = re.compile(r"\blisten\s+(?:\[[^\]]*\]:|[\w.*]+:)?(?P<port>\d+)")
FILE = re.compile(
    r"\b(?P<directive>ssl_\w*certificate(?:_key)?|ssl_dhparam|auth_basic_user_file|access_log|error_log)"
    r"\s+(?P<path>/[^\s;]+)"
)


def check(block: Block, session: Session) -> None:
    """Nginx takes the file, on free ports and with files of the test in place of those that it names."""
    text = LISTEN.sub(
        lambda _: f"listen 127.0.0.1:{free_port()}", _whole(session.local(block.text))
    )
    text = FILE.sub(lambda it: f"{it['directive']} {session.file(it['path'])}", text)
    folder = session.files / f"nginx-{block.number}"
    folder.mkdir()
    reason = refusal(text, folder)
    assert reason is None, f"Nginx refuses it: {reason}"


def _whole(text: str) -> str:
    """An `http { … }` block with the text; `events` stands in the test's own preamble."""
    text = re.sub(r"^events \{[^}]*\}", "", text, flags=re.M)
    if re.search(r"^http \{", text, re.M):
        return text
    if re.search(r"^(server|upstream|map) \S*.*\{", text, re.M):
        return f"http {{\n{text}}}\n"
    return f"http {{\nserver {{\nlisten 80;\n{text}}}\n}}\n"

"""Runs shell blocks, or where that cannot be, checks what can be told of them without."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from support.nginx import free_port

from .answers import check_output, is_error
from .blocks import Block
from .command_line import assert_accepted, calls
from .session import ADDRESS, Session
from .stand_ins import STAYS

IN_BACKGROUND = re.compile(r"\btidegate (start|demo)\b.*[^&]&\s*$", re.M)
PROMPT = re.compile(r"^\$ ", re.M)
CONTINUED = re.compile(r"(?:.*\\\n)*.*\n")
"""The command's own lines: all that end in a backslash, and one more."""
SCRIPT = re.compile(r"^(scripts/[\w.-]+)", re.M)
OF_THE_SYSTEM = re.compile(r"(?<![\w.~/])/(etc|usr|var|opt|root|run|srv)/\S*")
OF_THE_SHELL = {"_", "SHLVL", "PWD", "OLDPWD"}
LIMIT = 120.0


def check(block: Block, session: Session) -> None:
    """Every command succeeds."""
    session.save(block, block.text)
    expected = session.page.after(block)
    _run_here(block.text, session, shows_error=expected is not None and is_error(expected.text))


def check_console(block: Block, session: Session) -> None:
    """Every command after a `$` succeeds, and prints what stands below it."""
    first, *parts = PROMPT.split(block.text)
    assert not first, f"no `$ ` before {first!r}"
    for part in parts:
        lines = CONTINUED.match(part)
        assert lines is not None
        command, shown = lines.group(), part[lines.end() :]
        _run_here(command, session, shows_error=is_error(shown))
        check_output(replace(block, text=shown), session)


def _run_here(text: str, session: Session, *, shows_error: bool) -> None:
    """Runs a script; its variables and its folder stay for the page's next blocks."""
    env = dict(session.env)
    if shows_error:
        env["BOOK_CURL"] = "--no-fail"
    assert not (found := OF_THE_SYSTEM.search(text)), f"touches {found and found.group()}: not run"
    if IN_BACKGROUND.search(text):
        env[STAYS] = str(free_port())
        text = ADDRESS.sub(f"http://127.0.0.1:{env[STAYS]}", text)
    done, after = _run(session.local(text), session, env)
    report = f"exit {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert done.returncode == 0, report
    assert shows_error or not is_error(done.stdout), f"an error was answered: {report}"
    session.printed = done.stdout
    session.cwd = Path(after["PWD"])
    known = {*env, *OF_THE_SHELL}
    kept = {name: it for name, it in after.items() if name not in OF_THE_SHELL}
    session.env = {
        name: it for name, it in kept.items() if name in session.env or name not in known
    }


def check_syntax(block: Block, session: Session) -> None:
    """It is a shell script, the gateway takes each command line, and the project has the scripts."""
    done = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for arguments in calls(block.text):
        assert_accepted(arguments)
    for script in SCRIPT.findall(block.text):
        assert os.access(session.folder / script, os.X_OK), f"{script} is no program"


def _run(
    text: str, session: Session, env: dict[str, str]
) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Runs a script and ends what it leaves behind; also its variables at its end."""
    variables, out, err = (session.files / f"shell.{it}" for it in ("env", "out", "err"))
    command = ["bash", "-euo", "pipefail", "-c", f"{text}\nenv -0 >'{variables}'"]
    with out.open("w") as stdout, err.open("w") as stderr:
        process = subprocess.Popen(
            command,
            cwd=session.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            status = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            status = -signal.SIGALRM
        finally:
            _end_group(process)
    done = subprocess.CompletedProcess(command, status, out.read_text(), err.read_text())
    pairs = variables.read_text().split("\0")[:-1] if status == 0 else []
    return done, dict(it.split("=", 1) for it in pairs)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)

"""What the gateway's own argument parser says about command lines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath

from support.gateway import run_command

SUBCOMMAND = re.compile(r"^  ([a-z][\w-]*)  +\S", re.M)
OPTION = re.compile(r"^ +(?:-\w, )?(--[a-z][\w-]*)", re.M)
ASSIGNMENT = re.compile(r"\w+=")
PREFIXES = ("sudo", "exec", "env", "nohup", "time")
IMAGE = re.compile(r"(.*/)?tidegate(:[\w.-]+)?")
OPERATORS = "();<>|&\n"


def assert_accepted(arguments: list[str]) -> None:
    """The gateway takes these arguments; nothing is started."""
    done = run_command(*arguments, "--help")
    assert done.returncode == 0, f"`tidegate {' '.join(arguments)}` is refused:\n{done.stderr}"


@cache
def help_of(*command: str) -> str:
    done = run_command(*command, "--help")
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def options(*command: str) -> frozenset[str]:
    """The options of a command, without `--help` and `--version`."""
    return frozenset(OPTION.findall(help_of(*command))) - {"--help", "--version"}


@cache
def subcommands(*command: str) -> tuple[str, ...]:
    _, _, rest = help_of(*command).partition("\nCommands:\n")
    listed = rest.partition("\n\n")[0]
    return tuple(it for it in SUBCOMMAND.findall(listed) if it != "help")


def commands(*above: str) -> Iterator[tuple[str, ...]]:
    """All commands, those below others too."""
    yield above
    for name in subcommands(*above):
        yield from commands(*above, name)


def calls(script: str) -> Iterator[list[str]]:
    """The arguments of every call of the gateway in a shell script, in containers too."""
    for words in _simple_commands(script):
        while words and (words[0] in PREFIXES or ASSIGNMENT.match(words[0])):
            words = words[1:]
        if not words:
            continue
        program = PurePath(words[0]).name
        if program == "tidegate":
            yield words[1:]
        elif program == "cargo" and words[1:2] == ["run"] and "--" in words:
            yield words[words.index("--") + 1 :]
        elif program in ("docker", "podman") and words[1:2] == ["run"]:
            yield from ([words[i + 1 :] for i, it in enumerate(words) if IMAGE.fullmatch(it)][-1:])


def _simple_commands(script: str) -> Iterator[list[str]]:
    text = re.sub(r"(^|\s)#[^\n]*", r"\1", script.replace("\\\n", " "))
    lexer = shlex.shlex(text, posix=True, punctuation_chars=OPERATORS)
    lexer.whitespace = " \t"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    redirected = False
    for token in lexer:
        if set(token) <= set(OPERATORS):
            redirected = set(token) <= set("<>&") and ("<" in token or ">" in token)
            if not redirected:
                yield words
                words = []
        elif redirected:
            redirected = False
        else:
            words.append(token)
    yield words

"""Runs Python and JavaScript blocks."""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.environments import CACHE, CLIENTS, node, run_program
from support.gateway import PROJECT

from .blocks import Block
from .session import Session
from .stand_ins import OWN_PACKAGE

ENVIRONMENTS = ("main", "mlflow-3", "mlflow-2.22.5", "langchain-0.0.350", "llamaindex")
"""In the order in which they are tried for what a program imports."""
CANNOT_IMPORT = re.compile(
    r"^(ModuleNotFoundError\b|ImportError\b|AttributeError: module 'mlflow\.gateway' )"
)
"""The last: LangChain's old classes look for MLflow 2's names when they are called."""
RUN_TESTS = """
import sys
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "{file}"]))
"""


def check_python(block: Block, session: Session) -> None:
    """The program runs to its end in the first environment that has what it imports."""
    session.save(block, session.local(block.text))
    text = session.local(with_what_it_needs(block, session))
    tree = ast.parse(text)
    program = session.folder / f"shown_{block.number}.py"
    program.write_text(text)
    if any(isinstance(it, ast.FunctionDef) and it.name.startswith("test_") for it in tree.body):
        runner = session.folder / f"run_{block.number}.py"
        runner.write_text(RUN_TESTS.format(file=program.name))
        program = runner
    failure = ""
    for environment in ENVIRONMENTS:
        if not _may_have(environment, tree):
            continue
        done = run_program(
            environment, program, cwd=session.folder, timeout=180, **_variables(session, tree)
        )
        if done.returncode == 0:
            return _printed(block, done.stdout, session)
        failure = f"{environment}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        last = done.stderr.strip().splitlines()[-1:]
        if not (last and CANNOT_IMPORT.match(last[0])):
            raise AssertionError(failure)
    missing = [it for it in ENVIRONMENTS if not _packages(it).exists()]
    if missing:
        pytest.skip(f"environments are missing: {', '.join(missing)}: run scripts/setup-tests.sh")
    raise AssertionError(f"no environment has what it imports\n{failure}")


def check_js(block: Block, session: Session) -> None:
    """The module runs to its end in Node."""
    text = session.local(block.text)
    done = subprocess.run(
        [node(), "--input-type=module", "-e", text],
        cwd=CLIENTS / "node",
        env=session.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    _printed(block, done.stdout, session)


def with_what_it_needs(block: Block, session: Session) -> str:
    """The program, after those earlier ones of the page that define names which it uses."""
    parts = [block.text]
    wanted = _unbound(block.text)
    for earlier in reversed(session.page.blocks[: block.number - 1]):
        if earlier.language == "python" and wanted & _bound(earlier.text):
            parts.insert(0, earlier.text)
            wanted = (wanted - _bound(earlier.text)) | _unbound(earlier.text)
    return "\n".join(parts)


def _printed(block: Block, text: str, session: Session) -> None:
    session.printed = text
    assert text.strip() or not re.search(r"\b(print|console\.log)\(", block.text), "printed nothing"


def _variables(session: Session, tree: ast.Module) -> dict[str, str]:
    """The session's variables, with this project's package if the program imports it."""
    own = {"PYTHONPATH": str(PROJECT / "python")} if OWN_PACKAGE in _imports(tree) else {}
    return {**session.env, **own}


def _may_have(environment: str, tree: ast.Module) -> bool:
    """The environment has packages of these names; what is in them shows when they are imported."""
    found = (it.name.partition(".")[0] for it in _packages(environment).glob("*"))
    modules = {*found, OWN_PACKAGE}
    return _packages(environment).exists() and _imports(tree) - sys.stdlib_module_names <= modules


def _packages(environment: str) -> Path:
    found = (CACHE / "venvs" / environment / "lib").glob("python*/site-packages")
    return next(found, CACHE / "venvs" / environment / "missing")


def _imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for it in ast.walk(tree):
        if isinstance(it, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in it.names)
        elif isinstance(it, ast.ImportFrom) and it.module:
            names.add(it.module.partition(".")[0])
    return names


def _bound(text: str) -> set[str]:
    """The names that a program defines at its top level."""
    names: set[str] = set()
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        names |= _stored(statement)
    return names


def _stored(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for it in ast.walk(tree):
        if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Store):
            names.add(it.id)
        elif isinstance(it, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in it.names)
        elif isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(it.name)
        elif isinstance(it, ast.arg):
            names.add(it.arg)
        elif isinstance(it, ast.ExceptHandler) and it.name:
            names.add(it.name)
    return names


def _unbound(text: str) -> set[str]:
    """The names that a program uses and does not define."""
    tree = ast.parse(text)
    used = {
        it.id for it in ast.walk(tree) if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Load)
    }
    return used - _stored(tree) - set(dir(builtins)) - {"__file__"}

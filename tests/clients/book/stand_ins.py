"""What stands on the search path in place of programs that would build, install, or serve without end.

python stand_ins.py PROGRAM ARGUMENT ...
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.gateway import PROJECT, URL, binary  # noqa: E402

REQUIREMENTS = PROJECT / "tests/clients/requirements"
STAYS = "BOOK_PORT"
"""The port of a gateway that the block leaves running in the background."""
OWN_PACKAGE = "tidegate"
PIP_COMMANDS = ("install", "wheel", "download", "uninstall")
PIP_OPTIONS_WITH_VALUE = (
    "--dest",
    "-d",
    "--find-links",
    "-f",
    "--wheel-dir",
    "-w",
    "--target",
    "-t",
    "--prefix",
)
NOTHING_TO_BUILD = ("build", "fetch")


def tidegate(arguments: list[str]) -> int:
    """The gateway; one that serves does so on a free port until it has answered `/health`."""
    if arguments[:1] not in (["start"], ["demo"]) or "--help" in arguments:
        run(str(binary()), *arguments)
    if arguments[0] == "demo":
        os.environ.pop("OPENAI_API_KEY", None)  # it would ask OpenAI
    serve = [str(binary()), *without_address(arguments), "--port", os.environ.get(STAYS, "0")]
    if STAYS in os.environ:
        run(*serve)
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        healthy = False
        for line in process.stdout:
            print(line, end="")
            if not healthy and (found := URL.search(line)):
                with urllib.request.urlopen(f"{found.group()}/health", timeout=10) as answer:
                    healthy = json.load(answer) == {"status": "OK"}
                process.terminate()
        return process.wait(20) or not healthy


def without_address(arguments: list[str]) -> list[str]:
    """The arguments without `--host` and `--port` and their values."""
    kept: list[str] = []
    skip = False
    for it in arguments:
        name = it.partition("=")[0]
        if not skip and name not in ("--host", "--port"):
            kept.append(it)
        skip = not skip and it in ("--host", "--port")
    return kept


def cargo(arguments: list[str]) -> int:
    """Builds nothing: what would be built is there already."""
    if arguments[:1] in [[it] for it in NOTHING_TO_BUILD]:
        return 0
    if arguments[:1] == ["run"] and "--" in arguments:
        return tidegate(arguments[arguments.index("--") + 1 :])
    return refuse("cargo", arguments)


def pip(arguments: list[str]) -> int:
    """Installs nothing: a package must be one that the tests know, or this project's own."""
    if arguments[:1] not in [[it] for it in PIP_COMMANDS]:
        return refuse("pip", arguments)
    unknown = [it for it in without_options(arguments[1:]) if not is_known(it)]
    for it in unknown:
        print(f"pip: no test environment has {it!r}, and it is not this project", file=sys.stderr)
    return 1 if unknown else 0


def without_options(arguments: list[str]) -> list[str]:
    """What pip is to work on."""
    before = ["", *arguments]
    return [
        it
        for it, option in zip(arguments, before, strict=False)
        if not it.startswith("-") and option not in PIP_OPTIONS_WITH_VALUE
    ]


def is_known(requirement: str) -> bool:
    """A package with or without a version, this project's folder with or without an extra, or a wheel of it."""
    if requirement.endswith(".whl"):
        return Path(requirement).name.startswith(f"{OWN_PACKAGE}-")
    name, _, extra = requirement.partition("[")
    if name == ".":
        file = PROJECT / "pyproject.toml"
        project = file.read_text() if file.exists() else ""
        extras = re.findall(
            r"^(\w+) = \[", project.partition("[project.optional-dependencies]")[2], re.M
        )
        return bool(project) and (not extra or extra.rstrip("]") in extras)
    return re.split(r"[<>=!~; ]", name)[0].lower().replace("_", "-") in packages()


def packages() -> set[str]:
    """The names of all packages of the test environments, and of this project's."""
    names = {OWN_PACKAGE}
    for file in REQUIREMENTS.glob("*.txt"):
        names.update(re.findall(r"^([\w.-]+)==", file.read_text().lower(), re.M))
    return names


def python(arguments: list[str]) -> int:
    """Python, with this project's package; `-m` leads to what stands in here."""
    if arguments[:2] == ["-m", "pip"]:
        return pip(arguments[2:])
    if arguments[:2] == ["-m", OWN_PACKAGE]:
        return tidegate(arguments[2:])
    if arguments[:2] == ["-m", "build"]:
        return 0
    if arguments[:2] == ["-m", "venv"]:
        scripts = Path(arguments[-1]) / "bin"
        scripts.mkdir(parents=True)
        (scripts / "activate").write_text("")
        return 0
    os.environ["PYTHONPATH"] = str(PROJECT / "python")
    run(sys.executable, *arguments)


def run(*command: str) -> NoReturn:
    os.execv(command[0], list(command))


NOT_RUN = (
    "sudo",
    "systemctl",
    "apt",
    "apt-get",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "git",
    "npm",
    "npx",
    "uv",
    "pipx",
)
"""Programs that would change this machine, or ask others."""


def refuse(program: str, arguments: list[str]) -> int:
    print(
        f"{program} {' '.join(arguments)}: is not run by a test, and nothing stands in for it",
        file=sys.stderr,
    )
    return 1


STAND_INS = {
    "tidegate": tidegate,
    "cargo": cargo,
    "pip": pip,
    "python": python,
    "python3": python,
}

if __name__ == "__main__":
    name, *rest = sys.argv[1:]
    sys.exit(refuse(name, rest) if name in NOT_RUN else STAND_INS[name](rest))

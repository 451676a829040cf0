"""The kit of `test_book.py` finds what is wrong with a page, and nothing wrong with a right one."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from book.blocks import parse
from book.checkers import check
from book.command_line import calls
from book.session import Session

ASK = 'curl -s http://127.0.0.1:5000/v1/chat/completions -d \'{{"model": "{model}", "messages": [{{"role": "user", "content": "Hi"}}]}}\''
CHAT, NOBODY = ASK.format(model="chat"), ASK.format(model="nobody")
ENDPOINT = "endpoints: [{name: support, endpoint_type: llm/v1/chat, model: {provider: sandbox}}]"

CERTIFICATE = "ssl_certificate /etc/a.crt; ssl_certificate_key /etc/a.key;"
POST = "`POST /v1/chat/completions`"

RIGHT = {
    "a variable stays": ("sh", "export A=1", "sh", "test $A = 1"),
    "a folder stays": ("sh", "mkdir x && cd x", "sh", "test $(basename $PWD) = x"),
    "a server is stopped": (
        "sh",
        "tidegate demo\ntidegate start --config-path config.yaml --port 5000",
    ),
    "a server in the background": (
        "sh",
        "tidegate demo &\ncurl --retry 9 --retry-connrefused http://127.0.0.1:5000/health",
    ),
    "a build": ("sh", "cargo build --release\ntarget/release/tidegate --version"),
    "the page's endpoint": ("yaml", ENDPOINT, "sh", CHAT.replace('chat"', 'support"')),
    "a fragment": ("yaml", "server: {drain_timeout_seconds: 9}"),
    "an endpoint's fragment": ("yaml", "limit: {calls: 9, renewal_period: minute}"),
    "a model's fragment": ("yaml", "provider: openai\nname: m\nconfig: {openai_api_key: $KEY}"),
    "an alias's fragment": ("yaml", "aliases: {gpt-*: main}"),
    "key files": (
        "yaml",
        "provider: vertex\nname: m\nconfig: {vertex_project: p, vertex_credentials: /run/k.json}",
    ),
    "an answer": (
        "sh",
        CHAT,
        "json",
        '{"object": "chat.completion", "choices": [{"message": {"role": "x"}}]}',
    ),
    "an error that is shown": (
        "sh",
        "curl http://127.0.0.1:5000/gateway/no/invocations -d '{}'",
        "json",
        '{"detail": "Not Found"}',
    ),
    "output": ("sh", "seq 3 && echo port 17", "text", "1\n...\nport 99"),
    "commands and output": ("console", "$ echo a \\\n  b\na b\n$ tidegate --version\n"),
    "a program that goes on": ("python", "import json\nx = json", "python", "print(x.dumps({}))"),
    "a test": ("python", "def test_it():\n    assert True"),
    "packages": ("sh", "pip install 'openai>=1' tidegate\npython3 -m pip install -U httpx"),
    "wheels": ("sh", "pip wheel --wheel-dir dist httpx\npip install dist/tidegate-*.whl"),
    "a virtual environment": (
        "sh",
        "python3 -m venv .venv\n. .venv/bin/activate\npip install openai",
    ),
    "events": ("nginx", f"events {{}}\nhttp {{ server {{ listen 443 ssl; {CERTIFICATE} }} }}"),
    "a request": (
        "#",
        POST,
        "json",
        '{"model": "chat", "messages": [{"role": "user", "content": "Hi"}]}',
    ),
    "a location": ("nginx", "location / { proxy_pass http://127.0.0.1:5000; }"),
}
WRONG = {
    "an unknown language": (("fortran", "stop"), "no checker"),
    "no language": (("", "stop"), "no checker"),
    "a command fails": (("sh", "false\ntrue"), "exit 1"),
    "an error status": (("sh", NOBODY), "model_not_found"),
    "an error in a stream": (("sh", "echo 'data: {\"error\":{}}'"), "an error was answered"),
    "no config": (("sh", "tidegate start --config-path no.yaml"), "no.yaml"),
    "an unknown option": (("sh", "tidegate demo --fast"), "--fast"),
    "an unknown build": (("sh", "cargo publish"), "nothing stands in"),
    "the machine is changed": (("sh", "sudo true"), "nothing stands in"),
    "a folder of the system": (("sh", "ls /etc/nginx"), "touches /etc/nginx"),
    "a bad request": (("#", POST, "json", '{"model": "chat", "messages": []}'), "answered 400"),
    "an unknown package": (("sh", "pip install tidegaet"), "tidegaet"),
    "an unset variable": (("sh", "tidegate check --config-path $NO"), "NO"),
    "an unknown key": (("yaml", "server: {drain_timeout: 9}"), "drain_timeout"),
    "an unknown key of a model": (("yaml", "provider: sandbox\nconfig: {sped: 1}"), "sped"),
    "no config at all": (("yaml", "colour: red"), "not known as a piece"),
    "another answer": (("sh", CHAT, "json", '{"choices": [{"text": "x"}]}'), "$.choices[0].text"),
    "another error": (
        ("sh", NOBODY, "json", '{"error": {"message": "No."}}'),
        "not what was answered",
    ),
    "another output": (("sh", "printf 'a\\nb\\nc\\n'", "text", "a\nc\nb"), "no line 'b'"),
    "another output of a command": (("console", "$ echo a\na\n$ echo b\nc\n"), "no line 'c'"),
    "no command": (("console", "echo a"), "no `$ ` before"),
    "output of nothing": (("text", "Hello"), "no command"),
    "a program fails": (("python", "print(x)"), "NameError"),
    "a program imports nothing known": (("python", "import no_such_thing"), "no environment"),
    "a program is silent": (("python", "if False:\n    print(1)"), "printed nothing"),
    "a module fails": (("js", "console.log(x)"), "ReferenceError"),
    "a test fails": (("python", "def test_it():\n    assert 1 == 2"), "1 == 2"),
    "an unknown directive": (
        ("nginx", "location / { proxy_past http://127.0.0.1; }"),
        "proxy_past",
    ),
    "a unit's option": (("ini", "[Service]\nExecStart=/usr/bin/tidegate start --fast"), "--fast"),
}


def failures(parts: tuple[str, ...], folder: Path) -> str:
    """What is wrong with a page of blocks, each after its language, and of headings, each after a `#`."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    shown = (f"# {it}" if kind == "#" else f"```{kind}\n{it}\n```" for kind, it in pairs)
    page = parse("page.md", "\n\n".join(["# Page", *shown, ""]))
    assert page.hidden() == []
    session = Session(page, folder)
    failed = []
    try:
        for block in page.blocks:
            try:
                check(block, session)
            except AssertionError as failure:
                failed.append(str(failure))
    finally:
        session.close()
    return "\n".join(failed)


@pytest.mark.parametrize("parts", RIGHT.values(), ids=RIGHT)
def test_right(parts: tuple[str, ...], tmp_path: Path) -> None:
    assert failures(parts, tmp_path) == ""


@pytest.mark.parametrize(("parts", "told"), WRONG.values(), ids=WRONG)
def test_wrong(parts: tuple[str, ...], told: str, tmp_path: Path) -> None:
    assert told in failures(parts, tmp_path)


def test_calls_in_scripts() -> None:
    script = r"""
        A=1 sudo tidegate check --strict  # a remark with tidegate in it
        cargo run --release -- demo && /opt/tidegate start \
            --port 0 2>&1 | tee log &
        docker run -v "$PWD:/etc/tidegate" -p 5000:5000 example.com/tidegate:0.1.0 start --host 0.0.0.0
        systemctl reload tidegate; echo tidegate start > file
    """
    assert list(calls(textwrap.dedent(script))) == [
        ["check", "--strict"],
        ["demo"],
        ["start", "--port", "0", "2"],
        ["start", "--host", "0.0.0.0"],
    ]


@pytest.mark.parametrize(
    "text",
    ["```sh\nls\n", "~~~sh\nls\n~~~\n", "Text:\n\n    ls -l\n", "````sh\nls\n````\n"],
    ids=["open", "tildes", "indentation", "four"],
)
def test_code_cannot_hide(text: str) -> None:
    assert parse("page.md", text).hidden() != []

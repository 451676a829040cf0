"""`docs/security.md`: its commands, file and programs as they stand there, against the sandbox behind a real Nginx."""

from __future__ import annotations

import re
import socket
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from coding_agents import claude_code, codex
from coding_agents.program import Home
from conftest import StartGateway
from support import configs
from support.environments import CLIENTS, PYTHON, json_of, node, run_program
from support.gateway import PROJECT, Gateway, clean_environment
from support.nginx import Nginx, free_port, password_line
from support.security_page import HOST, PAGE, Secured, blocks, section
from support.upstream import FakeUpstream

Secure = Callable[..., Secured]
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def gateway(start_gateway: StartGateway) -> Gateway:
    kinds = ("chat", "completions", "embeddings")
    model = {"provider": "sandbox", "name": "sandbox"}
    return start_gateway(
        [{"name": it, "route_type": f"llm/v1/{it}", "model": model} for it in kinds]
    )


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    started: list[Secured] = []

    def start(gateway: Gateway, **changes: str) -> Secured:
        started.append(Secured(gateway, tmp_path, **changes))
        return started[-1]

    yield start
    for secured in started:
        secured.stop()


def run(command: list[str], **env: str) -> str:
    done = subprocess.run(
        command, env=clean_environment(**env), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    return done.stdout


def test_page_and_example_are_the_same() -> None:
    (site,) = blocks("nginx in front", "nginx")
    assert site == (PROJECT / "examples/nginx.conf").read_text()


def test_caps_are_those_of_the_gateway() -> None:
    """nginx's size is the gateway's default; its patience is longer, so that the gateway's own error comes first."""
    (site,) = blocks("nginx in front", "nginx")
    configuration = "".join(
        p.read_text() for p in (PROJECT / "docs").rglob("configuration*/**/*.md")
    )
    configuration += "".join(p.read_text() for p in (PROJECT / "docs").glob("configuration*.md"))

    def default(key: str) -> int:
        found = re.search(rf"^\| `{key}` \|[^|]*\| `(\d+)` \|", configuration, re.MULTILINE)
        assert found is not None, key
        return int(found.group(1))

    def nginx(key: str) -> int:
        found = re.search(rf"{key} (\d+)", site)
        assert found is not None, key
        return int(found.group(1))

    assert nginx("client_max_body_size") * 2**20 == default("max_body_bytes")
    assert nginx("proxy_read_timeout") > default("total_timeout_seconds")


def test_commands(secure: Secure, gateway: Gateway) -> None:
    """What they leave behind, and the last of them: both curls answer."""
    secured = secure(gateway)
    files = secured.etc / "tidegate"
    modes = {it.name: stat.S_IMODE(it.stat().st_mode) for it in files.iterdir()}
    assert modes == {"gateway.crt": 0o644, "gateway.key": 0o600, "passwords": 0o640}
    assert re.fullmatch(r"[0-9a-f]{32}", secured.password)
    *_, check, curls = blocks("nginx in front", "sh")
    assert check == "sudo nginx -t\nsudo systemctl reload nginx\n"
    for curl in curls.splitlines():
        printed = run(["bash", "-c", secured.mine(curl)], password=secured.password)
        assert printed in ('{"status":"OK"}',) or '"id":"chat"' in printed


PROGRAMS = [
    pytest.param(language, number, id=f"{language}-{number}")
    for language in ("python", "js")
    for number in range(len(blocks("Passwords in clients", language)))
]


OWN_CLIENT = """
import tidegate

ask = {"messages": [{"role": "user", "content": "Hi"}]}
whole = tidegate.query("chat", ask)["choices"][0]["message"]["content"]
with tidegate.stream("chat", ask) as frames:
    text = "".join(frame["choices"][0]["delta"].get("content") or "" for frame in frames)
print(whole.split()[0], text.split()[0], end="")
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """One gateway and one Nginx for all programs."""
    folder = tmp_path_factory.mktemp("shared")
    kinds = ("chat", "completions", "embeddings")
    model = {"provider": "sandbox", "name": "sandbox"}
    routes = [{"name": it, "route_type": f"llm/v1/{it}", "model": model} for it in kinds]
    gateway = Gateway(configs.write(folder / "gateway.yaml", routes))
    secured = Secured(gateway, folder)
    yield secured
    secured.stop()
    gateway.kill()


def trusting(secured: Secured, *names: str) -> dict[str, str]:
    """The page's variables for the certificate."""
    shown = re.findall(
        r"^\| .*? \| `([A-Z_]+)` \|", section("Certificates in clients"), re.MULTILINE
    )
    assert set(names) <= set(shown)
    return {name: str(secured.certificate) for name in names}


@pytest.mark.parametrize(("language", "number"), PROGRAMS)
def test_programs(language: str, number: int, shared: Secured, tmp_path: Path) -> None:
    text = shared.mine(blocks("Passwords in clients", language)[number])
    assert HOST not in text
    env = {"GATEWAY_AUTHORIZATION": shared.authorization()}
    if language == "js":
        env |= trusting(shared, "NODE_EXTRA_CA_CERTS")
        said = run(
            ["bash", "-c", f'cd {CLIENTS}/node && exec {node()} --input-type=module -e "$0"', text],
            **env,
        )
    else:
        program = tmp_path / "shown.py"
        program.write_text(text)
        mlflow = "mlflow" in text
        env |= trusting(shared, "MLFLOW_TRACKING_SERVER_CERT_PATH" if mlflow else "SSL_CERT_FILE")
        for environment in ("mlflow-2.22.5", "mlflow-3") if mlflow else ("main",):
            done = run_program(environment, program, cwd=tmp_path, **env)
            assert done.returncode == 0, done.stderr[-4000:]
            said = done.stdout
    assert "Hello" in said


def test_mlflow_gateway_client(shared: Secured, tmp_path: Path) -> None:
    """`mlflow.gateway` of 2.22, and LangChain's classes on it, with the same variables."""
    env = {
        "MLFLOW_TRACKING_USERNAME": shared.auth[0],
        "MLFLOW_TRACKING_PASSWORD": shared.password,
        **trusting(shared, "MLFLOW_TRACKING_SERVER_CERT_PATH"),
    }
    program = CLIENTS / "programs/langchain_wrappers.py"
    said = json_of(run_program("mlflow-2.22.5", program, shared.url, cwd=tmp_path, **env))
    assert "hi" in said["llm"] and "Hello" in said["chat"] and "Hello" in said["new chat"]


def test_tidegates_own_client(shared: Secured, tmp_path: Path) -> None:
    """Plain and streamed; without the certificate it calls nothing, without the password it is refused."""
    program = tmp_path / "own.py"
    program.write_text(OWN_CLIENT)
    certificate = trusting(shared, "MLFLOW_TRACKING_SERVER_CERT_PATH")
    password = {
        "MLFLOW_TRACKING_USERNAME": shared.auth[0],
        "MLFLOW_TRACKING_PASSWORD": shared.password,
    }
    own = {"TIDEGATE_URI": shared.url, "PYTHONPATH": str(PYTHON)}

    def said(**env: str) -> str:
        done = run_program("main", program, cwd=tmp_path, **own, **env)
        return done.stdout + done.stderr.strip().rpartition("\n")[2]

    assert said(**certificate, **password) == "Hello Hello"
    assert "GatewayStatusError: 401 from POST" in said(**certificate)
    assert "GatewayConnectionError" in (untrusted := said(**password))
    assert "CERTIFICATE_VERIFY_FAILED" in untrusted


def test_curl_with_the_variable(shared: Secured) -> None:
    env = trusting(shared, "CURL_CA_BUNDLE")
    url = f"{shared.url}/v1/models"
    assert '"id":"chat"' in run(["curl", "-sS", "-u", ":".join(shared.auth), url], **env)
    assert "401" in run(["curl", "-sS", "-w", "%{http_code}", url], **env)


def test_coding_agents(shared: Secured, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claude Code's header and Codex's, as the page's table has them."""
    row = dict(
        re.findall(r"^\| (Claude Code|Codex) \| `([^`]*)`", section("Passwords in clients"), re.M)
    )
    name, header = row["Claude Code"].removeprefix("export ").split("=", 1)
    value = shared.authorization()
    custom = {name: header.strip('"').replace("$GATEWAY_AUTHORIZATION", value)}
    trusted = trusting(shared, "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
    told = claude_code.ask(home, shared.url, "chat", "Hello", **custom, **trusted)
    assert told.text.startswith("Hello from the sandbox"), told
    line = row["Codex"].replace("{", "{{").replace("}", "}}")
    monkeypatch.setattr(codex, "CONFIG", re.sub("^env_key.*$", line, codex.CONFIG, flags=re.M))
    env = {"GATEWAY_AUTHORIZATION": value, **trusted}
    told = codex.ask(home, shared.url, "chat", "Hello", **env)
    assert told.text.startswith("Hello from the sandbox"), told


def test_less_for_each(secure: Secure, gateway: Gateway) -> None:
    """No raw proxy; of each name's calls 21 pass at once, whatever others did."""
    proxy, zone, limit = blocks("Less for each", "nginx")
    secured = secure(gateway, outside=zone, inside=proxy + limit)
    passwords = secured.etc / "tidegate/passwords"
    passwords.write_text(passwords.read_text() + password_line("bob", "b"))
    with httpx.Client(base_url=secured.url, verify=secured.context()) as client:
        ask = {"json": {"model": "chat", **CHAT}, "auth": secured.auth}
        refused = client.post("/gateway/proxy/chat/chat/completions", **ask)
        assert refused.status_code == 403
        statuses = [client.get("/v1/models", auth=secured.auth).status_code for _ in range(30)]
        assert set(statuses) == {200, 429} and statuses[:20] == [200] * 20
        assert client.get("/v1/models", auth=("bob", "b")).status_code == 200


def test_under_a_path(
    start_gateway: StartGateway, upstream: FakeUpstream, secure: Secure, gateway: Gateway
) -> None:
    """Both rows of the table, beside each other."""
    strips, keeps = re.findall(r"`(location [^`]*)`", section("Under a path"))
    kept = start_gateway(configs.standard_routes(upstream.base), "--root-path", "/kept")
    secured = secure(
        gateway,
        inside=strips + keeps.replace("/llm/", "/kept/").replace("//tidegate", "//kept"),
        outside=f"upstream kept {{ server 127.0.0.1:{kept.port}; }}\n",
    )
    with httpx.Client(verify=secured.context(), auth=secured.auth) as client:
        for path in ("/llm", "/kept"):
            assert client.get(f"{secured.url}{path}/docs").status_code == 200
            reply = client.post(f"{secured.url}{path}/gateway/chat/invocations", json=CHAT)
            assert reply.json()["candidates"]


def test_no_post_is_sent_twice(tmp_path: Path) -> None:
    """A gateway that takes a call on a kept connection and goes away without a word: one call, and a 502."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    for reply in (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", None):
                        calls.append(connection.recv(65536))
                        if reply is None:
                            break
                        connection.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        port = free_port()
        site = f"""http {{
            upstream gw {{ server 127.0.0.1:{server.getsockname()[1]}; keepalive 32; }}
            server {{
                listen 127.0.0.1:{port};
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                location / {{ proxy_pass http://gw; }}
            }}
        }}"""
        nginx = Nginx(site, tmp_path, port)
        try:
            statuses = [httpx.post(nginx.url, content=b"{}").status_code for _ in range(2)]
        finally:
            nginx.stop()
    assert statuses == [200, 502]
    assert [it.split(b" ")[0] for it in calls] == [b"POST", b"POST"]


def test_the_other_pages_lead_here() -> None:
    """One place for nginx: but for the example files no other page shows its directives."""
    showing = [it for it in (PROJECT / "docs").rglob("*.md") if "proxy_pass" in it.read_text()]
    assert set(showing) == {PAGE, PROJECT / "docs/examples.md"}

"""`docs/security.md`: its blocks, and nginx as the page sets it up, on free ports and below a temporary folder."""

from __future__ import annotations

import base64
import re
import ssl
import subprocess
from pathlib import Path

from .gateway import PROJECT, Gateway, clean_environment
from .nginx import Nginx, free_port

PAGE = PROJECT / "docs/security.md"
HOST = "gateway.example.com"
USER = "ann"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STUBS = {
    "sudo": 'exec "$@"',
    "apt-get": "exit 0",
    "systemctl": "exit 0",
}
"""What is the machine's and not the test's: nginx is installed already, and the test starts it itself."""


def section(title: str) -> str:
    """The text below a heading."""
    return PAGE.read_text().split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def blocks(title: str, language: str) -> list[str]:
    """The code blocks of a section in one language."""
    found = FENCE.findall(section(title))
    assert found, title
    return [text for name, text in found if name == language]


class Secured:
    """The page's commands and file, run and served: `inside` is put into the last `server`, `outside` before all, and the
    line `without` is left out."""

    def __init__(
        self,
        gateway: Gateway,
        folder: Path,
        *,
        inside: str = "",
        outside: str = "",
        without: str = "",
    ) -> None:
        self.folder = folder
        self.etc = folder / "etc"
        self.certificate = self.etc / "tidegate/gateway.crt"
        self.log = folder / "tidegate.log"
        for name in ("conf.d", "sites-enabled"):
            (self.etc / name).mkdir(parents=True)
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.plain_url = f"http://127.0.0.1:{self.plain_port}"
        self.password = self._run_commands()
        self.auth = (USER, self.password)
        (site,) = blocks("nginx in front", "nginx")
        site = site.replace("server 127.0.0.1:5000;", f"server 127.0.0.1:{gateway.port};")
        site = site.replace("listen 80;", f"listen 127.0.0.1:{self.plain_port};")
        site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;")
        site = site.replace("https://$host$", f"https://$host:{self.port}$")
        site = site.replace("/var/log/nginx", str(folder)).replace("/etc/nginx", str(self.etc))
        assert without in site
        site = site.replace(without, "")
        head, end, tail = site.rpartition("}")
        site = f"{outside}{head}{inside}{end}{tail}"
        self.nginx = Nginx(f"http {{\n{site}\n}}\n", folder, self.port)

    def authorization(self) -> str:
        """The header's value by the page's own command."""
        (command, *_) = blocks("Passwords in clients", "sh")
        script = f'{self.mine(command)}\nprintf %s "$GATEWAY_AUTHORIZATION"'
        value = self._bash(script)
        token = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        assert value == f"Basic {token}"
        return value

    def mine(self, text: str) -> str:
        """A text of the page with this server's address and password."""
        text = text.replace(f"https://{HOST}", self.url).replace("https://localhost", self.url)
        text = text.replace(f"{USER}:secret", f"{USER}:{self.password}")
        return text.replace('"secret"', f'"{self.password}"').replace("/etc/nginx", str(self.etc))

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def stop(self) -> None:
        self.nginx.stop()

    def _run_commands(self) -> str:
        """Runs the blocks before the file; the password that they printed."""
        stubs = self.folder / "bin"
        stubs.mkdir()
        for name, text in STUBS.items():
            (stubs / name).write_text(f"#!/bin/sh\n{text}\n")
            (stubs / name).chmod(0o755)
        before = section("nginx in front").split("```nginx")[0]
        text = "".join(text for _, text in FENCE.findall(before))
        text = text.replace("-g www-data ", "").replace("/etc/nginx", str(self.etc))
        return self._bash(f'PATH="{stubs}:$PATH"\n{text}').strip()

    def _bash(self, script: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

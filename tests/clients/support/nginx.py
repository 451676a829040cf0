"""A real Nginx on a free port, with everything it writes in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from .gateway import eventually

PREAMBLE = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
"""
PATHS = """
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""


def free_port() -> int:
    """A port that was free a moment ago: Nginx cannot choose one by itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nginx:
    """Nginx with an `http { … }` block; `{port}` and `{folder}` in it are filled in already."""

    def __init__(self, http_block: str, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.error_log = folder / "error.log"
        self.process = subprocess.Popen(
            command(http_block, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            eventually(lambda: self._listens(port), "nginx listens")
        except AssertionError:
            self.stop()
            raise AssertionError(self.error_log.read_text()) from None

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def _listens(self, port: int) -> bool:
        assert self.process.poll() is None, self.error_log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0


def command(http_block: str, folder: Path) -> list[str]:
    """Writes the config file; the command that runs Nginx with it."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        pytest.skip("nginx is missing: run scripts/setup-tests.sh")
    text = http_block.replace("http {", "http {" + PATHS.format(folder=folder), 1)
    config = folder / "nginx.conf"
    config.write_text(PREAMBLE.format(folder=folder) + text)
    return [program, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]


def refusal(http_block: str, folder: Path) -> str | None:
    """Why Nginx refuses the config file, if it does (`nginx -t`)."""
    done = subprocess.run([*command(http_block, folder), "-t"], capture_output=True, text=True)
    return done.stderr if done.returncode else None


def password_line(user: str, password: str) -> str:
    """A line of an `.htpasswd` file."""
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", password], capture_output=True, text=True, check=True
    )
    return f"{user}:{hashed.stdout.strip()}\n"

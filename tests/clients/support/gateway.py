"""The real gateway as a child process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
URL = re.compile(r"http://127\.0\.0\.1:(\d+)(?![\d]|/\w)")
"""The gateway's own address in its output; an upstream's has a path."""
START_LIMIT = 20.0


def binary() -> Path:
    """The gateway under test: `TIDEGATE_BIN`, or the debug build."""
    path = Path(os.environ.get("TIDEGATE_BIN") or PROJECT / "target/debug/tidegate")
    return path if path.is_absolute() else PROJECT / path


def clean_environment(**more: str) -> dict[str, str]:
    """An environment with nothing of the developer's in it but the search path."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **more}


class Gateway:
    """`tidegate start` on a free port; all its output is kept in `log`."""

    def __init__(self, config: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self.config = config
        command = [str(binary()), "start", "--config-path", str(config), "--port", "0", *options]
        self.process = subprocess.Popen(
            command,
            env=clean_environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.port = int(self.wait_for_line(URL, START_LIMIT).group(1))
        except AssertionError:
            self.kill()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        with self._news:
            return "".join(self._lines)

    def wait_for_line(self, pattern: re.Pattern[str], timeout: float = 10) -> re.Match[str]:
        """The first line of the output that matches, now or within the time."""

        def find() -> re.Match[str] | None:
            return next((m for line in self._lines if (m := pattern.search(line))), None)

        with self._news:
            self._news.wait_for(lambda: find() or self._ended(), timeout)
            found = find()
        if found is None:
            raise AssertionError(f"no line with {pattern.pattern!r} in:\n{self.log}")
        return found

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self, timeout: float = 15) -> int:
        """Asks the gateway to stop; its exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop in {timeout} s:\n{self.log}") from None
        self._reader.join(5)
        return status

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self._reader.join(5)

    def _ended(self) -> bool:
        return self.process.poll() is not None and not self._reader.is_alive()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for raw in self.process.stdout:
            with self._news:
                self._lines.append(raw.decode(errors="replace"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


def run_command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs `tidegate ARGUMENTS` to its end."""
    return subprocess.run(
        [str(binary()), *arguments],
        env=clean_environment(**env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


def eventually(condition: Callable[[], bool], what: str, timeout: float = 10) -> None:
    """Asks again and again until the condition holds: for changes that announce themselves nowhere."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.01)

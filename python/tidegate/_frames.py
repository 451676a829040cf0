"""Reading a stream of server-sent events as gateways write them, without IO: lines end in a line feed, data is JSON."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from tidegate.errors import GatewayStreamError

END = "[DONE]"


class Frames:
    """Takes the stream's bytes as they come, and gives its frames.

    `ended` is true once the stream's own end came; nothing is read after it.
    """

    def __init__(self, request_id: str | None) -> None:
        self.ended = False
        self._request_id = request_id
        self._rest = b""
        self._lines: deque[bytes] = deque()
        self._data: list[str] = []

    def feed(self, piece: bytes) -> None:
        """Takes the next bytes."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._lines.extend(lines)

    def take(self) -> dict[str, Any] | None:
        """The next frame, or None if more bytes are needed or the stream has ended.

        Raises:
            GatewayStreamError: the frame is an error, or makes no sense.
        """
        while self._lines and not self.ended:
            line = self._lines.popleft().rstrip(b"\r").decode("utf-8", "replace")
            if line.startswith("data:"):
                self._data.append(line[5:].lstrip(" "))
            elif not line and self._data:
                data, self._data = "\n".join(self._data), []
                if data.strip() != END:
                    return self._frame(data)
                self.ended = True
        return None

    def cut(self, why: str = "") -> GatewayStreamError:
        """The error of a stream that stopped without its end."""
        return GatewayStreamError(
            f"The stream broke off before its end{why}: what came is incomplete.",
            code="stream_interrupted",
            request_id=self._request_id,
        )

    def _frame(self, data: str) -> dict[str, Any]:
        try:
            frame = json.loads(data)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict):
            raise GatewayStreamError(
                f"The stream holds what is no frame: {data[:200]!r}.", request_id=self._request_id
            )
        error = frame.get("error")
        if error:
            told = error if isinstance(error, dict) else {}
            raise GatewayStreamError(
                str(told.get("message") or error),
                code=told.get("code"),
                request_id=self._request_id,
            )
        return frame

"""Reading a stream of server-sent events as gateways write them, without IO: lines end in a line feed, data is JSON."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from tidegate.errors import GatewayStreamError

END = "[DONE]"
_LONGEST = 64 * 1024 * 1024
"""Bytes of a line; a longer one is no frame of a model."""
_MARK = b"\xef\xbb\xbf"


class Frames:
    """Takes the stream's bytes as they come, and gives its frames.

    `ended` is true once the stream's own end came; nothing is read after it.
    """

    def __init__(self, request_id: str | None) -> None:
        self.ended = False
        self._request_id = request_id
        self._begun = False
        self._rest: list[bytes] = []
        self._size = 0
        self._lines: deque[bytes] = deque()
        self._event = ""
        self._data: list[str] = []
        self._open: set[int] = set()
        self._closed = False

    def feed(self, piece: bytes) -> None:
        """Takes the next bytes.

        Raises:
            GatewayStreamError: a line has no end.
        """
        self._rest.append(piece)
        self._size += len(piece)
        if b"\n" in piece:
            *lines, rest = b"".join(self._rest).split(b"\n")
            self._lines.extend(lines)
            self._rest, self._size = [rest], len(rest)
        if self._size > _LONGEST:
            raise GatewayStreamError(
                f"The stream has a line longer than {_LONGEST} bytes.", request_id=self._request_id
            )

    def take(self) -> dict[str, Any] | None:
        """The next frame, or None if more bytes are needed or the stream has ended.

        Raises:
            GatewayStreamError: the frame is an error, or makes no sense.
        """
        while self._lines and not self.ended:
            frame = self._line(self._lines.popleft())
            if frame is not None:
                return frame
        return None

    def finish(self) -> None:
        """The bytes have ended. That is the stream's end too where every choice told why it finished: MLflow's gateway writes
        no `[DONE]`.

        Raises:
            GatewayStreamError: something is missing.
        """
        self._line(b"".join(self._rest) or b":")
        whole = self._closed and not (self._open or self._data)
        if not whole and self._data != [END]:
            raise self.cut()
        self.ended = True

    def cut(self, why: str = "") -> GatewayStreamError:
        """The error of a stream that stopped without its end."""
        return GatewayStreamError(
            f"The stream broke off before its end{why}: what came is incomplete.",
            code="stream_interrupted",
            request_id=self._request_id,
        )

    def _line(self, line: bytes) -> dict[str, Any] | None:
        if not self._begun:
            self._begun, line = True, line[len(_MARK) :] if line.startswith(_MARK) else line
        name, _, value = line.rstrip(b"\r").decode("utf-8", "replace").partition(":")
        if name == "data":
            self._data.append(value.lstrip(" "))
        elif name == "event":
            self._event = value.strip()
        elif not line.rstrip(b"\r"):
            event, self._event = self._event, ""
            data, self._data = "\n".join(self._data), []
            if data.strip() == END:
                self.ended = True
            elif data:
                return self._frame(event, data)
        return None

    def _frame(self, event: str, data: str) -> dict[str, Any]:
        try:
            frame = json.loads(data)
        except (ValueError, RecursionError):
            frame = None
        if not isinstance(frame, dict):
            raise GatewayStreamError(
                f"The stream holds what is no frame: {data[:200]!r}.", request_id=self._request_id
            )
        error = frame.get("error") or (frame if event == "error" else None)
        if error:
            told = error if isinstance(error, dict) else {}
            raise GatewayStreamError(
                str(told.get("message") or error),
                code=told.get("code"),
                request_id=self._request_id,
            )
        self._note(frame.get("choices"))
        return frame

    def _note(self, choices: Any) -> None:
        """Which choices are under way, and whether one has finished."""
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                index = choice.get("index", 0)
                if choice.get("finish_reason"):
                    self._closed = True
                    self._open.discard(index)
                else:
                    self._open.add(index)

"""Answers of Claude's own API behind Bedrock's InvokeModel: Anthropic's, in Bedrock's envelope."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

from conformance.dialects.anthropic import Anthropic
from conformance.dialects.bedrock import Bedrock
from conformance.dialects.framing import Frame, aws, dump


class Invoke(Anthropic):
    """Streams in chunks of AWS' event stream."""

    name = "invoke"
    content_type = Bedrock.content_type
    paths = re.compile(r"/model/[^/]+/invoke-with-response-stream$")

    def error(self) -> list[Frame]:
        return Bedrock().error()

    def refusal(self) -> Any:
        return Bedrock().refusal()

    def written(self, frames: list[Frame]) -> list[bytes]:
        return [aws(frame if frame.kind == "exception" else _chunk(frame)) for frame in frames]


def _chunk(frame: Frame) -> Frame:
    return Frame(dump({"bytes": b64encode(frame.data).decode(), "p": "abcdefgh"}), "chunk")

"""What the agents' models say, and what they must be asked next."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from typing import Any

from conformance.answers import Answer, Call

from replay.meaning import Media, Question
from scripted import scenes
from scripted.routes import Route

Json = Any

QUESTION = "What does the command say?"
COMMAND = "echo tidegate-was-here"
OUTPUT = "tidegate-was-here"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}


def calls(name: str, arguments: str, *thoughts: str) -> Answer:
    """Words, and a call whose arguments come in two pieces."""
    half = len(arguments) // 2
    call = Call("callAbc12", name, (arguments[:half], arguments[half:]))
    return Answer("calls", (scenes.PLAN,), thoughts, (call,), "tool_calls")


def assert_holds(question: Question, answer: Answer, route: Route) -> Json:
    """The conversation ends with this answer and what its tool gave, which is returned."""
    with_ids = route.reads.with_ids
    said, given = question.normal(with_ids)["turns"][-2:]
    want = Question("", turns=[scenes.as_sent_back(scenes.said(answer), route)])
    assert [said] == want.normal(with_ids)["turns"]
    (result,) = given["parts"]
    assert given["role"] == "user" and result["result_of"] == 0
    return result["content"]


def images(question: Question) -> list[Media]:
    """The images of a conversation."""
    parts = [part for turn in question.turns for part in turn.parts]
    return [part for part in parts if isinstance(part, Media)]


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(8 * (b"\0" + 8 * b"\x20\x80\xc0")))
    + _chunk(b"IEND", b"")
)
"""An image of eight by eight points in one colour."""
PNG_BASE64 = b64encode(PNG).decode()

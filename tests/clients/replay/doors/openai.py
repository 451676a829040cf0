"""OpenAI's chat completions, completions and embeddings."""

from __future__ import annotations

from .. import lifecycle
from ..dialects import openai_chat, openai_others
from ..got import Got
from ..meaning import Question
from ..openai_form import write, write_texts
from ..told import Told
from .door import Door


def keep(question: Question) -> None:
    """All of a question can be said here: what cannot, the readers leave out."""


def told(got: Got) -> Told:
    """What a client got."""
    if got.error is not None:
        return Told(status=got.status, error=got.error)
    if got.chunks is not None:
        return openai_chat.from_chunks(got.chunks)
    if "data" in got.answer:
        return openai_others.from_answer(got.answer)
    return openai_chat.from_answer(got.answer)


def law(got: Got) -> list[str]:
    """What an answer that the gateway has written breaks of the law."""
    if got.answer is not None:
        return lifecycle.check_answer(got.answer)
    return lifecycle.check_stream(got.raw) if got.raw else []


OPENAI = Door("openai", keep, write, told, law, write_texts=write_texts)

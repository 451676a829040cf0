"""The doors of the gateway, by name. Another one is a file, and a line here."""

from __future__ import annotations

from .base import Door
from .messages import MessagesDoor
from .mlflow import MlflowDoor
from .openai import OpenAiDoor
from .responses import ResponsesDoor

DOORS: dict[str, Door] = {
    door.name: door
    for door in (
        OpenAiDoor(),
        MessagesDoor(),
        ResponsesDoor(),
        MlflowDoor("gateway"),
        MlflowDoor("endpoints"),
    )
}

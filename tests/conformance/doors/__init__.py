"""The doors of the gateway, by name. Another one is a file, and a line here."""

from __future__ import annotations

from .base import Door
from .mlflow import MlflowDoor
from .openai import OpenAiDoor

DOORS: dict[str, Door] = {
    door.name: door for door in (OpenAiDoor(), MlflowDoor("gateway"), MlflowDoor("endpoints"))
}

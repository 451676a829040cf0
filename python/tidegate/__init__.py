"""Tidegate: the LLM gateway's program, and clients for it."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("tidegate")

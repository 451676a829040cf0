"""The dialects of providers, by name. Another one is a file, and a line here."""

from __future__ import annotations

from .anthropic import Anthropic
from .base import Dialect
from .bedrock import Bedrock
from .cohere import Cohere, CohereOne
from .gemini import Gemini, Vertex
from .habits import HABITS
from .ollama import Ollama
from .openai import OpenAi
from .openai_responses import OpenAiResponses

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Anthropic(),
        Bedrock(),
        Cohere(),
        CohereOne(),
        Gemini(),
        Vertex(),
        Ollama(),
        OpenAiResponses(),
        *map(OpenAi, HABITS),
    )
}

"""LlamaIndex's classes for OpenAI's API; `llamaindex.py URL OTHERS_URL ROUTE...` prints one JSON object.

Of each route: whole, streamed and in a conversation, and an agent with two tools, without streams and with them.
"""

import asyncio
import json
import sys

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike

URL, OTHERS_URL, *ROUTES = sys.argv[1:]
QUESTION = "How warm is it in Zürich?"
MESSAGES = [ChatMessage(role="system", content="Be brief."), ChatMessage(QUESTION)]


def get_weather(city: str, days: int) -> str:
    """Weather of a city."""
    return f"Rain in {city} for {days} days"


def list_cities() -> str:
    """Lists the cities."""
    return "Oslo, Zürich"


def language_model(route):
    return OpenAILike(
        model=route,
        api_base=URL,
        api_key="not-needed",
        is_chat_model=True,
        is_function_calling_model=True,
        max_retries=0,
    )


async def agents(llm):
    """Both in one loop, to which the SDK's connections belong."""
    tools = [
        FunctionTool.from_defaults(it, description=it.__doc__) for it in (get_weather, list_cities)
    ]
    plain, streaming = (
        FunctionAgent(tools=tools, llm=llm, streaming=streaming) for streaming in (False, True)
    )
    return {
        "agent": str(await plain.run(QUESTION)),
        "agent streamed": str(await streaming.run(QUESTION)),
    }


def everything(llm):
    return {
        "complete": llm.complete(QUESTION).text,
        "stream_complete": "".join(part.delta for part in llm.stream_complete(QUESTION)),
        "chat": llm.chat(MESSAGES).message.content,
        "stream_chat": "".join(part.delta or "" for part in llm.stream_chat(MESSAGES)),
        **asyncio.run(agents(llm)),
    }


def completions():
    llm = OpenAILike(model="instruct", api_base=OTHERS_URL, api_key="not-needed", max_retries=0)
    return [llm.complete(QUESTION).text, llm.chat(MESSAGES).message.content]


def vectors():
    model = OpenAILikeEmbedding(
        model_name="embeddings", api_base=OTHERS_URL, api_key="not-needed", max_retries=0
    )
    return {
        "text": model.get_text_embedding("a"),
        "query": model.get_query_embedding("a"),
        "batch": model.get_text_embedding_batch(["a", "b", "c"]),
        "async": asyncio.run(model.aget_text_embedding("a")),
    }


print(
    json.dumps(
        {
            "embeddings": vectors(),
            "completions": completions(),
            **{it: everything(language_model(it)) for it in ROUTES},
        }
    )
)

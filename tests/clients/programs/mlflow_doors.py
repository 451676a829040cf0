"""MLflow 3's data plane on a gateway: SDKs that MLflow traces at each of its paths, and MLflow's assistant.

MLflow (read in 3.17.2) tells users to point the vendors' SDKs at these base URLs of its server:

    {uri}/gateway/mlflow/v1           any endpoint, in OpenAI's chat completions
    {uri}/gateway/openai/v1           chat completions, embeddings, responses
    {uri}/gateway/anthropic           messages
    {uri}/gateway/proxy/{endpoint}    whatever the provider has, model and all

Its assistant streams from {uri}/gateway/mlflow/v1/chat/completions, with tools, and names no usage that it wants.
"""

import asyncio
import json
import sys

import anthropic
import mlflow
import openai
from mlflow.assistant.config import AssistantConfig
from mlflow.assistant.providers.mlflow_gateway import MlflowGatewayProvider

URI = sys.argv[1]
ASK = [{"role": "user", "content": "Hello"}]

mlflow.openai.autolog()
mlflow.anthropic.autolog()


def client(path):
    return openai.OpenAI(base_url=f"{URI}/gateway/{path}", api_key="anything", max_retries=0)


def traced(call):
    """What a call gave, and what MLflow traced of it."""
    said = call()
    trace = mlflow.get_trace(mlflow.get_last_active_trace_id(), flush=True)
    usage = trace.info.token_usage or {}
    return {
        "said": said,
        "state": str(trace.info.state.value),
        "spans": [span.name for span in trace.data.spans],
        "tokens": [usage.get("input_tokens"), usage.get("output_tokens")],
    }


def chat(path, model):
    answer = client(path).chat.completions.create(model=model, messages=ASK)
    return answer.choices[0].message.content


def streamed(path, model):
    chunks = client(path).chat.completions.create(model=model, messages=ASK, stream=True)
    return "".join(it.choices[0].delta.content or "" for it in chunks if it.choices)


def responses():
    return client("openai/v1").responses.create(model="chat", input="Hello").output_text


def embeddings():
    answer = client("openai/v1").embeddings.create(model="embeddings", input=["a", "b"])
    return [len(it.embedding) for it in answer.data]


def messages(model):
    talker = anthropic.Anthropic(
        base_url=f"{URI}/gateway/anthropic", api_key="anything", max_retries=0
    )
    message = talker.messages.create(model=model, max_tokens=50, messages=ASK)
    return message.content[0].text


async def assistant():
    config = AssistantConfig()
    config.set_provider("mlflow_gateway", "chat")
    config.save()
    events = MlflowGatewayProvider().astream("Hello", URI)
    return [[str(event.type), event.data] async for event in events]


def failure(call):
    try:
        return {"result": call()}
    except (openai.APIStatusError, anthropic.APIStatusError) as error:
        return {"type": type(error).__name__, "status": error.status_code}


print(
    json.dumps(
        {
            "models": [model.id for model in client("mlflow/v1").models.list()],
            "mlflow chat": traced(lambda: chat("mlflow/v1", "chat")),
            "openai chat": traced(lambda: chat("openai/v1", "chat")),
            "openai streamed": traced(lambda: streamed("openai/v1", "chat")),
            "openai responses": traced(responses),
            "openai embeddings": embeddings(),
            "anthropic messages": traced(lambda: messages("claude")),
            "anthropic messages over OpenAI": traced(lambda: messages("chat")),
            "proxy chat": traced(lambda: chat("proxy/chat", "gpt-4o")),
            "proxy streamed": traced(lambda: streamed("proxy/chat", "gpt-4o")),
            "unknown to the proxy": failure(lambda: chat("proxy/nope", "gpt-4o")),
            "unknown": failure(lambda: chat("openai/v1", "nope")),
            "assistant": asyncio.run(assistant()),
        }
    )
)

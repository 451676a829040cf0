"""Saves models to be served, each in a folder of its own below the current one: `completions`, `chat`, `embeddings`, and
with MLflow 3 `chat-model`. They answer in the shapes that the gateway reads, and repeat what they were asked."""

from __future__ import annotations

import json
from typing import Any

import mlflow
from mlflow.models import infer_signature
from mlflow.pyfunc import ChatModel, PythonModel, save_model

PARAMS = {"temperature": 0.5, "n": 1, "candidate_count": 1, "max_tokens": 16, "stop": ["END"]}


def said(model_input: Any, params: dict[str, Any] | None) -> list[str]:
    texts = list(model_input.iloc[:, 0]) if hasattr(model_input, "iloc") else list(model_input)
    if "fail" in texts:
        raise RuntimeError("the model is gone")
    return [json.dumps({"asked": str(text), "params": params}) for text in texts]


class Completions(PythonModel):
    """Answers with a list of texts."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        return said(model_input, params) * int((params or {}).get("n", 1))


class Chat(PythonModel):
    """Answers with an object that holds a list of texts."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        return {"candidates": said(model_input, params)}


class Embeddings(PythonModel):
    """Answers with a vector for each text."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        texts = [json.loads(text)["asked"] for text in said(model_input, None)]
        return [[float(len(text)), 0.5] for text in texts]


def save(name: str, model: Any, **more: Any) -> None:
    save_model(name, python_model=model, pip_requirements=[], **more)


text = infer_signature(["Hello"], ["Hello"], params=PARAMS)
save("completions", Completions(), signature=text)
save("chat", Chat(), signature=text)
save("embeddings", Embeddings(), signature=infer_signature(["Hello"], [[0.5]]))

if int(mlflow.__version__.split(".")[0]) >= 3:
    from mlflow.types.llm import (
        ChatChoice,
        ChatChoiceDelta,
        ChatChunkChoice,
        ChatCompletionChunk,
        ChatCompletionResponse,
        ChatMessage,
        TokenUsageStats,
    )

    class Echo(ChatModel):
        """MLflow's own class of chat models: OpenAI's form, streamed from Python."""

        def predict(self, context: Any, messages: Any, params: Any) -> ChatCompletionResponse:
            message = ChatMessage(role="assistant", content=" ".join(m.content for m in messages))
            return ChatCompletionResponse(
                choices=[ChatChoice(index=0, message=message, finish_reason="stop")],
                usage=TokenUsageStats(prompt_tokens=9, completion_tokens=3, total_tokens=12),
                model="echo",
            )

        def predict_stream(self, context: Any, messages: Any, params: Any) -> Any:
            if messages[-1].content == "fail":
                raise RuntimeError("the echo is gone")
            for place, message in enumerate(messages):
                piece = message.content if place == 0 else f" {message.content}"
                delta = ChatChoiceDelta(role="assistant", content=piece)
                last = "stop" if place == len(messages) - 1 else None
                yield ChatCompletionChunk(
                    choices=[ChatChunkChoice(index=0, delta=delta, finish_reason=last)],
                    model="echo",
                )

    save("chat-model", Echo())

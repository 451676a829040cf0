"""Plain answers in the dialects of providers; streams are written by the conformance kit."""

from __future__ import annotations

import json
from typing import Any

from conformance.answers import Answer, Call
from conformance.dialects import DIALECTS

Json = Any

SIGNATURE = "c2lnbmVk"
"""What signs thoughts, here and in the kit's streams."""
STOPS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}
"""OpenAI's words for an end, in Anthropic's and Bedrock's."""
COHERE_STOPS = {"stop": "COMPLETE", "tool_calls": "TOOL_CALL", "length": "MAX_TOKENS"}


def openai(answer: Answer) -> Json:
    """A chat completion."""
    message: Json = {"role": "assistant", "content": _text(answer) or None}
    if answer.calls:
        message["tool_calls"] = [_openai_call(call) for call in answer.calls]
    return {
        "id": "chatcmpl-kit",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "kit-model",
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
        "usage": {
            "prompt_tokens": answer.usage.prompt,
            "completion_tokens": answer.usage.completion,
            "total_tokens": answer.usage.total,
        },
    }


def _openai_call(call: Call) -> Json:
    function = {"name": call.name, "arguments": "".join(call.pieces) or "{}"}
    return {"id": call.id, "type": "function", "function": function}


def responses(answer: Answer) -> Json:
    """A response: the one that ends its stream."""
    ends = DIALECTS["openai-responses"].script(answer, {}).end
    response: Json = json.loads(ends[-1].data)["response"]
    return response


def anthropic(answer: Answer) -> Json:
    """A message."""
    blocks: list[Json] = []
    if thought := "".join(answer.reasoning):
        blocks.append({"type": "thinking", "thinking": thought, "signature": SIGNATURE})
    if text := _text(answer):
        blocks.append({"type": "text", "text": text})
    for call in answer.calls:
        blocks.append(
            {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
        )
    return {
        "id": "msg_kit",
        "type": "message",
        "role": "assistant",
        "model": "kit-model",
        "content": blocks,
        "stop_reason": STOPS[answer.finish],
        "stop_sequence": None,
        "usage": {"input_tokens": answer.usage.prompt, "output_tokens": answer.usage.completion},
    }


def bedrock(answer: Answer) -> Json:
    """An answer of Converse."""
    blocks: list[Json] = []
    if thought := "".join(answer.reasoning):
        signed = {"text": thought, "signature": SIGNATURE}
        blocks.append({"reasoningContent": {"reasoningText": signed}})
    if text := _text(answer):
        blocks.append({"text": text})
    for call in answer.calls:
        use = {"toolUseId": call.id, "name": call.name, "input": call.arguments}
        blocks.append({"toolUse": use})
    return {
        "output": {"message": {"role": "assistant", "content": blocks}},
        "stopReason": STOPS[answer.finish],
        "usage": {
            "inputTokens": answer.usage.prompt,
            "outputTokens": answer.usage.completion,
            "totalTokens": answer.usage.total,
        },
        "metrics": {"latencyMs": 5},
    }


def gemini(answer: Answer) -> Json:
    """An answer of generateContent."""
    parts: list[Json] = [{"text": it, "thought": True} for it in answer.reasoning]
    if text := _text(answer):
        parts.append({"text": text})
    calls: list[Json] = [
        {"functionCall": {"name": call.name, "args": call.arguments}} for call in answer.calls
    ]
    if calls and answer.reasoning:
        calls[0]["thoughtSignature"] = SIGNATURE
    content = {"role": "model", "parts": parts + calls}
    reason = "MAX_TOKENS" if answer.finish == "length" else "STOP"
    return {
        "candidates": [{"content": content, "finishReason": reason, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": answer.usage.prompt,
            "candidatesTokenCount": answer.usage.completion,
            "totalTokenCount": answer.usage.total,
        },
        "modelVersion": "kit-model",
        "responseId": f"kit-{answer.name}",
    }


def cohere(answer: Answer) -> Json:
    """An answer of version 2."""
    contents: list[Json] = []
    if thought := "".join(answer.reasoning):
        contents.append({"type": "thinking", "thinking": thought})
    if text := _text(answer):
        contents.append({"type": "text", "text": text})
    message: Json = {"role": "assistant"}
    if contents:
        message["content"] = contents
    if answer.calls:
        message["tool_calls"] = [_openai_call(call) for call in answer.calls]
    tokens = {"input_tokens": answer.usage.prompt, "output_tokens": answer.usage.completion}
    return {
        "id": "kit",
        "finish_reason": COHERE_STOPS[answer.finish],
        "message": message,
        "usage": {"billed_units": tokens, "tokens": tokens},
    }


def ollama(answer: Answer) -> Json:
    """An answer of its own API."""
    message: Json = {"role": "assistant", "content": _text(answer)}
    if thought := "".join(answer.reasoning):
        message["thinking"] = thought
    if answer.calls:
        message["tool_calls"] = [
            {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
            for call in answer.calls
        ]
    return {
        "model": "kit-model",
        "created_at": "2026-01-01T00:00:00.000000Z",
        "message": message,
        "done": True,
        "done_reason": "length" if answer.finish == "length" else "stop",
        "prompt_eval_count": answer.usage.prompt,
        "eval_count": answer.usage.completion,
    }


def _text(answer: Answer) -> str:
    return "".join(answer.text)


def written(value: Json) -> bytes:
    """The bytes of a plain answer."""
    return json.dumps(value, ensure_ascii=False).encode()

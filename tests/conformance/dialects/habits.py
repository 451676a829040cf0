"""The providers that speak OpenAI's dialect, and their habits. Facts only."""

from __future__ import annotations

from typing import Any

from .base import SAID
from .openai import ERROR, MOST, Habits

KEY = "kit"
BOTH = frozenset({"cached", "reasoning"})
THINKS = MOST | {"reasoning"}


def _block(provider: str, **config: Any) -> dict[str, Any]:
    return {"provider": provider, "config": config}


def _preset(provider: str, base: str, **more: Any) -> dict[str, Any]:
    return _block(provider, api_key=KEY, api_base=base, **more)


HABITS = (
    Habits(
        "openai",
        _block("openai", openai_api_key=KEY, openai_api_base="BASE/v1", openai_responses=False),
        counts=BOTH,
    ),
    Habits(
        "azure",
        _block(
            "azure",
            openai_api_key=KEY,
            openai_api_base="BASE",
            openai_deployment_name="kit",
            openai_api_version="2024-10-21",
            openai_responses=False,
        ),
        paths=r"/openai/deployments/kit/chat/completions\?api-version=",
        counts=BOTH,
        first={
            "id": "",
            "object": "",
            "created": 0,
            "model": "",
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}],
        },
    ),
    Habits(
        "mistral",
        _block("mistral", mistral_api_key=KEY, mistral_api_base="BASE/v1"),
        features=frozenset({"call", "calls", "choices", "reasoning"}),
        counts=frozenset({"cached"}),
        reasons={"length": "model_length"},
        reasoning="parts",
        calls="last",
        usage="finish",
        refusal={
            "object": "error",
            "message": SAID,
            "type": "rate_limited",
            "param": None,
            "code": "1300",
            "raw_status_code": 429,
        },
    ),
    Habits(
        "togetherai",
        _block("togetherai", togetherai_api_key=KEY, togetherai_api_base="BASE/v1"),
        reasons={"stop": "eos"},
        role_each_time=True,
        usage="finish",
        refusal={"id": "kit", "error": ERROR},
    ),
    Habits(
        "tgi",
        _block("huggingface-text-generation-inference", hf_server_url="BASE"),
        features=frozenset({"call"}),
        reasons={"tool_calls": "stop"},
        id="",
        call_id="0",
        role_each_time=True,
        name_in_each_piece=True,
        error={"error": SAID, "error_type": "generation"},
        refusal={"error": SAID, "error_type": "overloaded"},
    ),
    Habits(
        "databricks",
        _block("databricks", databricks_host="BASE", databricks_token=KEY),
        paths=r"/serving-endpoints/(kit-model/invocations|chat/completions)$",
        usage="finish",
        refusal={"error_code": "REQUEST_LIMIT_EXCEEDED", "message": SAID},
    ),
    Habits(
        "mlflow-serving",
        _block("mlflow-model-serving", model_server_url="BASE", model_server_format="openai"),
        paths=r"/invocations$",
        features=frozenset({"call", "calls"}),
        usage="finish",
        error={"error": SAID},
        done_after_error=True,
        refusal={"error_code": "REQUEST_LIMIT_EXCEEDED", "message": SAID},
    ),
    Habits(
        "ai21labs",
        {
            **_block("ai21labs", ai21labs_api_key=KEY, ai21labs_api_base="BASE/studio/v1"),
            "name": "jamba-mini",
        },
        features=frozenset({"call", "calls"}),
        bare=True,
        usage="finish",
        refusal={"detail": SAID},
    ),
    Habits(
        "groq",
        _preset("groq", "BASE/openai/v1", responses=False),
        features=frozenset({"call", "calls", "reasoning"}),
        counts=BOTH,
        reasoning="reasoning",
        calls="whole",
        error={"error": {"message": SAID, "type": "server_error", "code": "over_capacity"}},
        error_event="error",
    ),
    Habits(
        "deepseek",
        _preset("deepseek", "BASE", responses=False),
        features=frozenset({"call", "calls", "filter", "reasoning"}),
        counts=BOTH,
        comment="keep-alive",
        usage="finish",
    ),
    Habits(
        "xai",
        _preset("xai", "BASE/v1", responses=False),
        features=THINKS,
        counts=BOTH,
        usage="finish",
        refusal={"code": "Too many requests", "error": SAID},
    ),
    Habits(
        "fireworks",
        _preset("fireworks", "BASE/inference/v1", responses=False),
        features=THINKS,
        counts=frozenset({"cached"}),
        usage="finish",
        refusal={"error": SAID},
    ),
    Habits(
        "openrouter",
        _preset("openrouter", "BASE/api/v1", responses=False),
        features=THINKS,
        counts=BOTH,
        reasoning="reasoning",
        comment="OPENROUTER PROCESSING",
        role_each_time=True,
        usage="finish",
        error={
            "id": "chatcmpl-kit",
            "object": "chat.completion.chunk",
            "error": {"code": 502, "message": SAID},
            "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
        },
        refusal={"error": {"code": 429, "message": SAID}, "user_id": "kit"},
    ),
    Habits(
        "perplexity",
        _preset("perplexity", "BASE"),
        features=frozenset(),
        role_each_time=True,
        so_far=True,
        usage="each",
        done=False,
        refusal={"error": {"message": SAID, "type": "rate_limit", "code": 429}},
    ),
    Habits(
        "vllm",
        _preset("vllm", "BASE/v1", responses=False),
        features=THINKS,
        reasoning="reasoning",
        done_after_error=True,
        refusal={"object": "error", "message": SAID, "type": "RateLimitError", "code": 429},
    ),
)

"""OpenAI's SDK under `mlflow.openai.autolog()`, and a span of MLflow's whose context goes along; prints one JSON object."""

import json
import sys

import mlflow
import openai
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

IS_3 = mlflow.__version__.startswith("3.")
mlflow.openai.autolog()
client = openai.OpenAI(base_url=f"{sys.argv[1]}/v1", api_key="not-needed", max_retries=0)
ASK = {"model": "chat", "messages": [{"role": "user", "content": "Hello"}]}


def chat(**more):
    return client.chat.completions.create(**ASK, **more).choices[0].message.content


def streamed():
    chunks = client.chat.completions.create(**ASK, stream=True)
    return "".join(it.choices[0].delta.content or "" for it in chunks)


def embeddings():
    return client.embeddings.create(model="embeddings", input="a").data[0].embedding


def context():
    """The headers that tell the next server of the present span."""
    if IS_3:
        from mlflow.tracing import get_tracing_context_headers_for_http_request

        return get_tracing_context_headers_for_http_request()
    headers = {}
    TraceContextTextMapPropagator().inject(headers)
    return headers


sent = {}


def in_a_span():
    with mlflow.start_span("caller"):
        sent.update(context(), tracestate="team=blue")
        return chat(extra_headers=sent)


def refused():
    try:
        client.chat.completions.create(**{**ASK, "model": "nope"})
    except openai.NotFoundError as error:
        return error.status_code


def traced(call):
    """What a call gave, and the trace of it that the store holds."""
    said = call()
    if IS_3:
        trace = mlflow.get_trace(mlflow.get_last_active_trace_id(), flush=True)
        status = trace.info.state
    else:
        trace = mlflow.get_last_active_trace()
        status = trace.info.status
    (root,) = [span for span in trace.data.spans if span.parent_id is None]
    return {
        "said": said,
        "status": str(getattr(status, "value", status)),
        "spans": [span.name for span in trace.data.spans],
        "trace": f"{root._span.context.trace_id:032x}",
    }


calls = {it.__name__: traced(it) for it in (chat, streamed, embeddings, in_a_span, refused)}
found = mlflow.search_traces(**({"locations": ["0"]} if IS_3 else {"experiment_ids": ["0"]}))
print(json.dumps({"calls": calls, "sent": sent["traceparent"], "stored": len(found)}))

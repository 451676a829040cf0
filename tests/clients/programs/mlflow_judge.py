"""MLflow 3's judges on a gateway: `gateway:/chat` three ways, and `endpoints:/chat` two.

What the package (read in 3.17.2) sends for `gateway:/NAME`, to MLFLOW_GATEWAY_URI (or to an HTTP tracking URI):

    POST {uri}/gateway/mlflow/v1/chat/completions
    content-type: application/json
    x-mlflow-gateway-caller: judge      (judges and scorers, not metrics)
    authorization: Basic …              (only with MLFLOW_TRACKING_USERNAME and _PASSWORD)
    {"model": NAME, "messages": […], "response_format": {"type": "json_schema", …},
     "tools": […], "tool_choice": "auto",    (only with a trace)
     …inference parameters}

It needs back an OpenAI chat completion with `choices[0].message` and `usage`; a 400 whose text speaks of
`response_format` makes it ask again without one; 429 and 5xx are tried up to 10 times more.
A 400 with a certain `detail` (a "System One" model) makes it call POST /gateway/typesafe/v1/systemone.
MLflow's assistant calls the same /gateway/mlflow/v1/chat/completions, streamed.

For `endpoints:/NAME`, to MLFLOW_DEPLOYMENTS_TARGET: GET /api/2.0/endpoints/NAME, whose `endpoint_type`
decides the body, then POST /endpoints/NAME/invocations.
"""

import json

import mlflow
import pandas
from mlflow.genai.judges import make_judge
from mlflow.genai.scorers import RelevanceToQuery
from mlflow.metrics.genai import make_genai_metric_from_prompt

QUESTION = {"question": "What is the capital of Norway?"}
ANSWER = {"answer": "Oslo"}


def shown(feedback):
    value = feedback.value
    return {
        "value": getattr(value, "value", value),
        "rationale": feedback.rationale,
        "error": None if feedback.error is None else str(feedback.error),
    }


def failure(call):
    try:
        return {"result": repr(call())}
    except Exception as error:
        return {"type": type(error).__name__, "text": str(error)}


def own_judge(model):
    return make_judge(
        name="correct",
        instructions="Is {{ outputs }} a right answer to {{ inputs }}? Say yes or no.",
        model=model,
        inference_params={"temperature": 0.3},
    )


def scorer(model):
    return RelevanceToQuery(model=model)(inputs=QUESTION, outputs=ANSWER)


def metric(model):
    judge = make_genai_metric_from_prompt(
        name="good", judge_prompt="Is {answer} good?", model=model, parameters={"temperature": 0.0}
    )
    scores = judge(answer=pandas.Series(["Oslo"]))
    return {"scores": scores.scores, "justifications": scores.justifications}


print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "judge": shown(own_judge("gateway:/chat")(inputs=QUESTION, outputs=ANSWER)),
            "scorer": shown(scorer("gateway:/chat")),
            "metric": metric("gateway:/chat"),
            "endpoints scorer": shown(scorer("endpoints:/chat")),
            "endpoints metric": metric("endpoints:/chat"),
            "unknown": failure(lambda: own_judge("gateway:/nope")(inputs=QUESTION, outputs=ANSWER)),
        }
    )
)

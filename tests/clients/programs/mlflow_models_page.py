"""Runs the programs of `docs/clients/mlflow-models.md`, given as files, in one process; prints one JSON object of what they found."""

import json
import os
import runpy
import sys

import mlflow
import pandas
from mlflow.metrics.genai import make_genai_metric_from_prompt

asking, judged, *newer = (runpy.run_path(path, run_name="__main__") for path in sys.argv[1:])


def verdict(name):
    """What a metric of MLflow's gives with a judge of this name."""
    metric = make_genai_metric_from_prompt(
        name="good", judge_prompt="Is {answer} good?", model=name
    )
    found = metric(answer=pandas.Series(["Oslo"]))
    return [found.scores[0], found.justifications[0]]


def rows(result):
    """Of the evaluated table: answers, scores and reasons."""
    table = result.tables["eval_results_table"]
    names = ["outputs", "answer_relevance/v1/score", "answer_relevance/v1/justification"]
    return table[names].to_numpy().tolist()


os.environ["MLFLOW_GATEWAY_URI"] = os.environ["MLFLOW_DEPLOYMENTS_TARGET"]
model = mlflow.models.evaluate(
    "models:/answers/1",
    pandas.DataFrame({"inputs": ["What is a comet made of?"]}),
    extra_metrics=[mlflow.metrics.genai.answer_relevance(model="endpoints:/chat")],
    evaluators="default",
)
print(
    json.dumps(
        {
            "batch": asking["table"]["answer"].tolist(),
            "function": rows(judged["result"]),
            "model": rows(model),
            "genai": [float(it["result"].metrics["relevance_to_query/mean"]) for it in newer],
            "gateway:/": verdict("gateway:/chat"),
            "endpoints:/": verdict("endpoints:/chat"),
        }
    )
)

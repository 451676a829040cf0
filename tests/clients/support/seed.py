"""The examples of the MLflow documentation, and what must be changed to run them here.

The files in `seed/` are verbatim. `CORRECTIONS` is the whole list of changes, the same as in
`seed/CORRECTIONS.md`; a test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SEED = Path(__file__).resolve().parents[1] / "seed"


@dataclass(frozen=True)
class Correction:
    """In files whose name matches `files`, every `old` becomes `new`, in the environments that match `environments`."""

    files: str
    old: str
    new: str
    why: str
    environments: str = ".*"


ADDRESS = "the address of the gateway under test"
UPSTREAM = "the fake upstream takes the provider's place"
LINES = "line breaks lost in the page"
CHAIN = "the example defines `llm_chain` and logs `chain`"
CLASSIC = "LangChain 1 has its older names in `langchain_classic`"
FROM_FILE = (
    "with LangChain 1 MLflow logs a file that makes the chain: here the example's lines up to `result`,"
    " and `mlflow.models.set_model(llm_chain)`"
)

CORRECTIONS = [
    Correction(r".*\.(py|sh)", "http://localhost:5000", "{gateway}", ADDRESS),
    Correction(r".*\.(py|sh)", "http://127.0.0.1:5000", "{gateway}", ADDRESS),
    Correction(r".*\.(py|sh)", "http://my.gateway:7000", "{gateway}", ADDRESS),
    Correction(r".*\.(py|sh)", "http://my.gateway:8888", "{gateway}", ADDRESS),
    Correction(r"page\.yaml", "  - name:", "\n  - name:", LINES),
    Correction(r"page\.yaml", "    route_type:", "\n    route_type:", LINES),
    Correction(r"page\.yaml", "    model:", "\n    model:", LINES),
    Correction(r"page\.yaml", "      provider:", "\n      provider:", LINES),
    Correction(r"page\.yaml", "      name:", "\n      name:", LINES),
    Correction(r"page\.yaml", "      config:", "\n      config:", LINES),
    Correction(r"page\.yaml", "        openai_api_key:", "\n        openai_api_key:", LINES),
    Correction(
        r"(?!azure).*\.yaml",
        "openai_api_key: $OPENAI_API_KEY",
        "openai_api_key: $OPENAI_API_KEY\n        openai_api_base: {upstream}/v1",
        UPSTREAM,
    ),
    Correction(
        r"azure\.yaml",
        "https://{your_resource_name}-azureopenai.openai.azure.com/",
        "{upstream}/",
        UPSTREAM,
    ),
    Correction(r"azure\.yaml", "{your_deployment_name}", "tide", "a name for the placeholder"),
    Correction(
        r"additional_parameters\.py",
        "data = {",
        'from mlflow.gateway import query, set_gateway_uri\n\nset_gateway_uri("{gateway}")\ndata = {',
        "missing import, and no URI set",
    ),
    Correction(r"langchain\.py", "log_model(chain,", "log_model(llm_chain,", CHAIN),
    Correction(r"page_completions\.py", "log_model(chain,", "log_model(llm_chain,", CHAIN),
    Correction(r"page_completions\.py", "mlflowfrom", "mlflow\nfrom", LINES),
    Correction(r"page_.*\.py", "PromptTemplatefrom", "PromptTemplate\nfrom", LINES),
    Correction(r"page_.*\.py", "Gatewaygateway", "Gateway\ngateway", LINES),
    Correction(r"page_.*\.py", ")llm_chain", ")\nllm_chain", LINES),
    Correction(r"page_.*\.py", ")result", ")\nresult", LINES),
    Correction(r"page_.*\.py", ")print", ")\nprint", LINES),
    Correction(r"page_.*\.py", ")with", ")\nwith", LINES),
    Correction(r"page_.*\.py", ":    model_info", ":\n    model_info", LINES),
    Correction(r"page_.*\.py", ")model = mlflow", ")\nmodel = mlflow", LINES),
    Correction(r"page_.*\.py", "Embeddingsembeddings", "Embeddings\nembeddings", LINES),
    Correction(
        r"(langchain|page_.*)\.py", "from langchain", "from langchain_classic", CLASSIC, "mlflow-3"
    ),
    Correction(
        r"(langchain|page_completions)\.py",
        "log_model(llm_chain,",
        'log_model("{chain}",',
        FROM_FILE,
        "mlflow-3",
    ),
    Correction(r"nginx\.conf", "listen 80", "listen 127.0.0.1:{port}", "a free port"),
    Correction(r"nginx\.conf", "http://localhost:5000", "{gateway}", ADDRESS),
    Correction(r"nginx\.conf", "/etc/nginx/.htpasswd", "{folder}/.htpasswd", "a file of the test"),
]


def names(pattern: str) -> list[str]:
    """The examples that match a glob."""
    return sorted(path.name for path in SEED.glob(pattern))


def example(name: str, environment: str = "", **values: str) -> str:
    """One example, corrected for an environment; `values` fill the names in braces that corrections bring."""
    text = (SEED / name).read_text()
    for correction in CORRECTIONS:
        if not re.fullmatch(correction.files, name):
            continue
        if not re.fullmatch(correction.environments, environment):
            continue
        new = correction.new
        for key, value in values.items():
            new = new.replace("{" + key + "}", value)
        text = text.replace(correction.old, new)
    return text


def chain_of(text: str) -> str:
    """The file that makes the chain of a corrected example."""
    return text.partition("result = ")[0] + "mlflow.models.set_model(llm_chain)\n"


def corrections_table() -> str:
    """`CORRECTIONS` as the table of `seed/CORRECTIONS.md`."""

    def cell(text: str) -> str:
        return "`" + text.replace("\n", "⏎") + "`"

    rows = ["| Files | Text | Becomes | Why | Only with |", "|---|---|---|---|---|"]
    for c in CORRECTIONS:
        pattern = c.files.replace("|", "\\|")
        only = "" if c.environments == ".*" else f"`{c.environments}`"
        rows.append(f"| `{pattern}` | {cell(c.old)} | {cell(c.new)} | {c.why} | {only} |")
    return "\n".join(rows) + "\n"

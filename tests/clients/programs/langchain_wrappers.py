"""LangChain's MLflow gateway classes; takes the gateway's address, prints one JSON object."""

import json
import sys

from langchain_community.chat_models import ChatMlflow, ChatMLflowAIGateway
from langchain_community.embeddings import MlflowAIGatewayEmbeddings, MlflowEmbeddings
from langchain_community.llms import Mlflow, MlflowAIGateway
from langchain_core.messages import HumanMessage, SystemMessage

URI = sys.argv[1]
MESSAGES = [SystemMessage(content="Be brief."), HumanMessage(content="Hello")]
OLD = {"gateway_uri": URI}
NEW = {"target_uri": URI}
PARAMS = {"temperature": 0.1, "top_p": 0.1}

results = {
    "llm": MlflowAIGateway(route="completions", params=PARAMS, **OLD).invoke("hi"),
    "llm with stop": MlflowAIGateway(route="completions", params=PARAMS, **OLD).invoke(
        "hi", stop=["X"]
    ),
    "llm without parameters": MlflowAIGateway(route="completions", **OLD).invoke("hi"),
    "chat": ChatMLflowAIGateway(route="chat", params={"temperature": 0.1}, **OLD)
    .invoke(MESSAGES)
    .content,
    "chat without parameters": ChatMLflowAIGateway(route="chat", **OLD).invoke(MESSAGES).content,
    "embeddings": MlflowAIGatewayEmbeddings(route="embeddings", **OLD).embed_documents(["a", "b"]),
    "new llm": Mlflow(endpoint="completions", **NEW).invoke("hi", stop=["X"]),
    "new chat": ChatMlflow(endpoint="chat", temperature=0.1, max_tokens=9, **NEW)
    .invoke(MESSAGES)
    .content,
    "new embeddings": MlflowEmbeddings(endpoint="embeddings", **NEW).embed_documents(["a", "b"]),
}
print(json.dumps(results))

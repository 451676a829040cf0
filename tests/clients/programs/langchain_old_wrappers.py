"""The gateway classes as `langchain` 0.0.350 exports them; prints one JSON object.

That era's embeddings class nests what `embed_documents` returns one level too deep by itself.
"""

import json
import sys

from langchain.chat_models import ChatMLflowAIGateway
from langchain.embeddings import MlflowAIGatewayEmbeddings
from langchain.llms import MlflowAIGateway
from langchain.schema import HumanMessage, SystemMessage

OLD = {"gateway_uri": sys.argv[1]}
PARAMS = {"temperature": 0.1, "top_p": 0.1}
MESSAGES = [SystemMessage(content="Be brief."), HumanMessage(content="Hello")]
llm = MlflowAIGateway(route="completions", params=PARAMS, **OLD)
vectors = MlflowAIGatewayEmbeddings(route="embeddings", **OLD).embed_documents(["a", "b"])

results = {
    "llm": llm.invoke("hi"),
    "llm with stop": llm.invoke("hi", stop=["X"]),
    "llm without parameters": MlflowAIGateway(route="completions", **OLD).invoke("hi"),
    "chat": ChatMLflowAIGateway(route="chat", params={"temperature": 0.1}, **OLD)
    .invoke(MESSAGES)
    .content,
    "chat without parameters": ChatMLflowAIGateway(route="chat", **OLD).invoke(MESSAGES).content,
    "embeddings": vectors[0] if isinstance(vectors[0][0], list) else vectors,
}
print(json.dumps(results))

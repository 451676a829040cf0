from mlflow.gateway import set_gateway_uri

set_gateway_uri(gateway_uri="http://my.gateway:7000")

from mlflow.gateway import query

response = query(
    "embeddings", {"input": ["It was the best of times", "It was the worst of times"]}
)
print(response)

from mlflow.gateway import MlflowGatewayClient

gateway_client = MlflowGatewayClient("http://my.gateway:8888")

routes = gateway_client.search_routes()
for route in routes:
    print(route)

response = gateway_client.query(
    "chat", {"messages": [{"role": "user", "content": "Tell me a joke about rabbits"}]}
)
print(response)

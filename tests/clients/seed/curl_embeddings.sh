curl -X POST http://my.gateway:8888/gateway/embeddings/invocations \
  -H "Content-Type: application/json" \
  -d '{"input": ["I would like to return my shipment of beanie babies, please", "Can I please speak to a human now?"]}'

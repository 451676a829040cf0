curl -X POST http://my.gateway:8888/gateway/completions/invocations \
  -H "Content-Type: application/json" \
  -d '{"prompt": "Describe the probability distribution of the decay chain of U-235"}'

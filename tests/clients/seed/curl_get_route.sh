curl -X GET http://my.gateway:8888/api/2.0/gateway/routes/embeddings

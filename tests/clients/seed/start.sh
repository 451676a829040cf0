mlflow gateway start --config-path config.yaml --port {port} --host {host} --workers {worker count}

export MLFLOW_GATEWAY_CONFIG_PATH=/path/to/config.yaml

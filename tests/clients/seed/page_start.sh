mlflow gateway start --config-path /path/to/config.yaml

pip install 'mlflow[gateway]'

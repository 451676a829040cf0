"""Imported when an interpreter starts and TIDEGATE_MLFLOW_COMPAT is set."""

"""`mlflow.gateway` as it was in MLflow 2, for programs that run with MLflow 3.

    import tidegate.compat

    tidegate.compat.restore_mlflow_gateway()

    from mlflow.gateway import MlflowGatewayClient, query, search_routes, set_gateway_uri

With the environment variable `TIDEGATE_MLFLOW_COMPAT=1` the same happens without a line of code, in every program that the
environment's Python runs.
"""

from __future__ import annotations

import importlib
import sys
import threading
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_lock = threading.RLock()


def restore_mlflow_gateway() -> bool:
    """Gives `mlflow.gateway` back what MLflow 3 took away, unless it still has it.

    These come back: `query`, `get_route`, `search_routes`, `create_route`, `delete_route`, `get_limits`, `set_limits` and
    `MlflowGatewayClient`, and the modules `mlflow.gateway.client` and `mlflow.gateway.fluent` that held them. They call the
    gateway of `mlflow.gateway.set_gateway_uri`, which is MLflow's own. May be called as often as you like.

    Returns:
        Whether something was changed: False with MLflow 2, and from the second call on.

    Raises:
        ImportError: `mlflow.gateway` cannot be imported, because MLflow, or something that it needs, is not installed.
    """
    return restore(importlib.import_module("mlflow.gateway"))


def restore(module: ModuleType) -> bool:
    """The same for a module at hand, which may be about to be imported."""
    with _lock:
        if hasattr(module, "query") or hasattr(module, "MlflowGatewayClient"):
            return False
        from tidegate import _mlflow_gateway as ours

        for name in (*ours.FUNCTIONS, *ours.CLASSES):
            setattr(module, name, getattr(ours, name))
        module.__all__ = [*getattr(module, "__all__", ()), *ours.FUNCTIONS, *ours.CLASSES]  # type: ignore[attr-defined]
        _add_module(module, "client", ours, ours.CLASSES)
        _add_module(module, "fluent", ours, ours.FUNCTIONS)
        return True


def _add_module(parent: ModuleType, name: str, ours: ModuleType, exported: tuple[str, ...]) -> None:
    """Adds a module below `parent`, unless MLflow has one of that name."""
    whole = f"{parent.__name__}.{name}"
    if PathFinder.find_spec(whole, getattr(parent, "__path__", [])):
        return
    module = ModuleType(whole, f"What MLflow 2 had in `{whole}`, by `tidegate.compat`.")
    module.__spec__ = ModuleSpec(whole, None)
    for it in exported:
        setattr(module, it, getattr(ours, it))
    module.__all__ = list(exported)  # type: ignore[attr-defined]
    sys.modules[whole] = module
    setattr(parent, name, module)

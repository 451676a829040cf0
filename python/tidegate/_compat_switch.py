"""The switch `TIDEGATE_MLFLOW_COMPAT`: to import this module turns it on for the process.

It waits for `mlflow.gateway` to be imported, and gives it back its names right then. Until then it costs nothing: neither
MLflow nor an HTTP client is loaded. An import never fails by it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Callable

_MODULE = "mlflow.gateway"


class _Finder:
    """Lets the finders after it find the module, and sees to it that it is restored once it has run."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name != _MODULE:
            return None
        finders = list(sys.meta_path)
        after = finders[finders.index(self) + 1 :] if self in finders else ()
        for finder in after:
            find = getattr(finder, "find_spec", None)
            spec = None if find is None else find(name, path, target)
            if spec is not None:
                _restore_after(spec)
                return spec  # type: ignore[no-any-return]
        return None


def _restore_after(spec: ModuleSpec) -> None:
    """Only this one loader's method changes, so that its class, its sources and its resources stay what they are."""
    loader = spec.loader
    run: Callable[[ModuleType], None] | None = getattr(loader, "exec_module", None)
    if run is None:
        return

    def run_and_restore(module: ModuleType) -> None:
        run(module)
        if module.__name__ == _MODULE:
            _restore(module)

    try:
        loader.exec_module = run_and_restore  # type: ignore[union-attr, method-assign]
    except AttributeError:
        _report("its loader cannot be extended")


def _restore(module: ModuleType) -> None:
    try:
        from tidegate import compat

        compat.restore(module)
    except Exception as error:
        _report(repr(error))


def _report(why: str) -> None:
    import logging

    logging.getLogger("tidegate").warning(
        "TIDEGATE_MLFLOW_COMPAT is set, but `%s` could not be restored: %s", _MODULE, why
    )


def _install() -> None:
    if not any(isinstance(it, _Finder) for it in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    if _MODULE in sys.modules:
        _restore(sys.modules[_MODULE])


_install()

"""Let a package that is a Django app offer names whose modules may be imported only once the app registry is up."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def offered_by(package: str, **homes: str) -> Callable[[str], Any]:
    """A module ``__getattr__`` (PEP 562): each name is imported from its submodule at first use.

    ``__getattr__ = offered_by(__name__, check="declare", Severity="severity")``
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find

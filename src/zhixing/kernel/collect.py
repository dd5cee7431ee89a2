"""Walk every app's rooms once and shelve what is declared there. Importing a room has no other effect."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

from .base.registry import Registry
from .checks.declare import Check, checks
from .indicators.declare import Indicator, indicators
from .jobs.declare import jobs
from .pages.declare import PAGE_KINDS
from .papers.declare import Paper, papers
from .people.duties import Duty, duties
from .procedures.declare import Procedure, procedures
from .rosters.declarations import Roster
from .rosters.shelf import rosters
from .sheets.declare import Sheet, sheets

# room -> what may be declared there, and where it is shelved
ROOMS: dict[str, list[tuple[type, Registry[Any]]]] = {
    "checks": [(Check, checks)],
    "rosters": [(Roster, rosters)],
    "indicators": [(Indicator, indicators)],
    "procedures": [(Procedure, procedures), (Duty, duties)],
    "sheets": [(Sheet, sheets)],
    "papers": [(Paper, papers)],
    "pages": PAGE_KINDS,
}


def _home(thing: Any) -> str:
    """The module a declaration was written in; a plain value such as a Roster is at home where it is named."""
    return str(getattr(thing, "home", "") or getattr(thing, "__module__", ""))


def _within(home: str, module: ModuleType) -> bool:
    return home == module.__name__ or home.startswith(module.__name__ + ".")


def declared_in(module: ModuleType, kind: Any) -> list[tuple[str, Any]]:
    """Things of this kind written in this room, in the order they were written: (code, thing)."""
    found: list[tuple[str, Any]] = []
    for thing in vars(module).values():
        if isinstance(thing, kind) and (not hasattr(thing, "home") or _within(_home(thing), module)):
            found.append((str(thing.code), thing))
        elif (
            isinstance(thing, type)
            and issubclass(thing, kind)
            and thing is not kind
            and _within(thing.__module__, module)
            and not vars(thing).get("abstract")
        ):
            declared: Any = thing
            found.append((declared.code(), declared))
    return found


def _rooms_of(app: AppConfig, room: str) -> Iterator[ModuleType]:
    """The app's module for this room; the kernel's own pages stand in kernel/pages/*_pages.py."""
    if app.module is None or not app.name.startswith("zhixing."):
        return
    if app.label == "pages" and room == "pages":
        for found in sorted(iter_modules(app.module.__path__), key=lambda found: found.name):
            if found.name.endswith("_pages"):
                yield import_module(f"{app.name}.{found.name}")
    elif app.name.startswith("zhixing.domains.") and module_has_submodule(app.module, room):
        yield import_module(f"{app.name}.{room}")


def _kinds_of_work() -> None:
    """Kernel rooms declare their jobs in *_jobs.py, domains in jobs.py; the decorator shelves them as it is read."""
    for app in apps.get_app_configs():
        list(_rooms_of(app, "jobs"))
        if app.module and app.name.startswith("zhixing.kernel."):
            for found in sorted(iter_modules(app.module.__path__), key=lambda found: found.name):
                if found.name.endswith("_jobs"):
                    import_module(f"{app.name}.{found.name}")


def collect() -> None:
    """Fill and close every registry. A duplicate code raises RuntimeError."""
    for room, kinds in ROOMS.items():
        for app in apps.get_app_configs():
            for module in _rooms_of(app, room):
                for kind, registry in kinds:
                    for code, thing in declared_in(module, kind):
                        registry.add(code, thing)
    for kinds in ROOMS.values():
        for _, registry in kinds:
            registry.close()
    _kinds_of_work()
    jobs.close()


def everything() -> list[tuple[str, str, str, int]]:
    """Every declaration: (room, code, file, line), for ``zhixing rooms``."""
    import inspect  # slow import

    rows: list[tuple[str, str, str, int]] = []
    for room, kinds in ROOMS.items():
        for _, registry in kinds:
            for code, thing in registry.items():
                source = getattr(thing, "offenders", None) or getattr(thing, "measure", None) or thing
                try:
                    target: Any = source if inspect.isclass(source) or inspect.isfunction(source) else type(source)
                    file, line = inspect.getsourcefile(target) or "", inspect.getsourcelines(target)[1]
                except (TypeError, OSError):
                    file, line = _home(thing), 0
                rows.append((room, code, file, line))
    return rows

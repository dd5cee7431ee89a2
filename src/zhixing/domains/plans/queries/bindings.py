"""What belongs to each kind of task, read from data/bindings.toml; fills by itself as modules land."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path

from django.apps import apps

DATA = Path(__file__).parent.parent / "data" / "bindings.toml"


@dataclass(frozen=True)
class Binding:
    """One kind of task. ``checks`` and ``indicators`` are shell-style patterns of codes, ``pages`` names of addresses.

    ``modules`` are (app, its title): what the live state rests on. ``beyond``: asked by parent plans only.
    """

    code: str
    title: str
    keywords: tuple[str, ...]
    modules: tuple[tuple[str, str], ...] = ()
    checks: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    beyond: bool = field(default=False)

    @property
    def landed(self) -> tuple[str, ...]:
        """Titles of the modules that this installation has."""
        return tuple(title for app, title in self.modules if apps.is_installed(f"zhixing.domains.{app}"))

    @property
    def coming(self) -> tuple[str, ...]:
        """Titles of the modules that are not here yet."""
        return tuple(title for app, title in self.modules if not apps.is_installed(f"zhixing.domains.{app}"))

    def watches(self, rule: str) -> bool:
        """Whether findings of this rule tell how the task stands."""
        return any(fnmatchcase(rule, pattern) for pattern in self.checks)

    def counted_by(self, codes: Iterable[str]) -> list[str]:
        """Those of the indicator codes that belong here, in the order of the patterns."""
        known = list(codes)
        found = (code for pattern in self.indicators for code in known if fnmatchcase(code, pattern))
        return list(dict.fromkeys(found))


@cache
def bindings() -> dict[str, Binding]:
    """Every kind by its code, in the order of the file."""
    kinds = tomllib.loads(DATA.read_text("utf-8"))["kind"]
    return {
        kind["code"]: Binding(
            code=kind["code"],
            title=kind["title"],
            keywords=tuple(kind["keywords"]),
            modules=tuple(kind.get("modules", {}).items()),
            checks=tuple(kind.get("checks", ())),
            indicators=tuple(kind.get("indicators", ())),
            pages=tuple(kind.get("pages", ())),
            beyond=kind.get("beyond", False),
        )
        for kind in kinds
    }


def kind_choices() -> list[tuple[str, str]]:
    """(code, title) for the select of a task's kind."""
    return [("", "未指定"), *((one.code, one.title) for one in bindings().values())]


def kind_title(code: str) -> str:
    found = bindings().get(code)
    return found.title if found else ""


@lru_cache(maxsize=4096)
def recognise(title: str) -> str:
    """The kind whose longest word stands in the title; blank where none does."""
    found = [(len(word), kind.code) for kind in bindings().values() for word in kind.keywords if word in title]
    return max(found, key=lambda pair: pair[0])[1] if found else ""


@lru_cache(maxsize=4096)
def kinds_watching(rule: str) -> tuple[str, ...]:
    """The kinds of task that findings of this rule belong to."""
    return tuple(kind.code for kind in bindings().values() if kind.watches(rule))

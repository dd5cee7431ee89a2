"""A role's permissions as a table: one line per kind of record, one column per action, how far in each cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.apps import apps

from .grants import GRANT, matches
from .roles import ACTIONS, EXTENTS, Permissions, universe

ACTION_TITLES = {
    "view": "查看", "add": "新增", "change": "修改", "delete": "删除", "import": "导入", "reveal": "查看明文",
    "export": "导出", "export_plain": "导出明文", "approve": "审批", "assign": "分派", "verify": "复核",
}  # fmt: skip
EXTENT_TITLES = {"tenant": "全校", "unit": "所辖", "own": "本人", "ward": "被监护人"}


@dataclass(frozen=True)
class Line:
    """One kind of record: its permission stem, its title, and for each action the extents held, joined by "+"."""

    stem: str
    title: str
    cells: tuple[tuple[str, str, str], ...]
    """(code, title of the action or blank for an unusual one, extents)"""


@dataclass(frozen=True)
class Area:
    """The lines of one app."""

    title: str
    lines: tuple[Line, ...]


def held(permissions: Permissions, code: str) -> str:
    """How far a code is held, such as "unit+own"; blank for not at all."""
    return "+".join(extent for extent in EXTENTS if matches(tuple(permissions.get(extent, ())), code))


def table_of(permissions: Permissions) -> list[Area]:
    """Every area of the house with its records; actions beyond the usual ones stand at the end of their line."""
    areas: dict[str, list[Line]] = {}
    codes = universe(pattern for key, patterns in permissions.items() if key != GRANT for pattern in patterns)
    by_stem: dict[str, list[str]] = {}
    for code in codes:
        stem, _, action = code.rpartition(".")
        by_stem.setdefault(stem, []).append(action)
    for stem, actions in by_stem.items():
        try:
            model = apps.get_model(stem)
        except (LookupError, ValueError):
            continue
        app = apps.get_app_config(model._meta.app_label)
        ordered = sorted(actions, key=lambda action: (ACTIONS.index(action) if action in ACTIONS else 99, action))
        cells = tuple(
            (f"{stem}.{action}", ACTION_TITLES.get(action, ""), held(permissions, f"{stem}.{action}"))
            for action in ordered
        )
        areas.setdefault(str(app.verbose_name), []).append(Line(stem, str(model._meta.verbose_name), cells))
    return [Area(title, tuple(sorted(lines, key=lambda line: line.stem))) for title, lines in areas.items()]


def patched(permissions: Permissions, wanted: Mapping[str, Iterable[str]]) -> Permissions:
    """The patterns after setting single cells: ``wanted`` is code -> extents. Wildcards stay, exceptions are added."""
    made = {extent: list(patterns) for extent, patterns in permissions.items()}
    for code, extents in wanted.items():
        keep = set(extents)
        for extent in EXTENTS:
            patterns = made.setdefault(extent, [])
            if matches(tuple(patterns), code) == (extent in keep):
                continue
            patterns[:] = [pattern for pattern in patterns if pattern.lstrip("-") != code]
            if matches(tuple(patterns), code) != (extent in keep):
                patterns.append(code if extent in keep else f"-{code}")
    return {extent: patterns for extent, patterns in made.items() if patterns}

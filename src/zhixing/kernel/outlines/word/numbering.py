"""The numbers a word processor puts before paragraphs by itself, counted as it counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..counting import WRITTEN
from .names import child, is_on, local, value, whole

LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_LONGEST = 40
_NEEDS_GAP = re.compile(r"[\w\u3400-\u9fff]$")


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    gap: bool = True
    style: str = ""


@dataclass(slots=True)
class _List:
    """An abstract list: its levels, and the count reached in each (None: not begun since a higher one moved)."""

    levels: dict[int, _Level] = field(default_factory=dict)
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


@dataclass(slots=True)
class _Instance:
    list: _List
    starts: dict[int, int]
    levels: dict[int, _Level]
    begun: set[int] = field(default_factory=set)


class Numbering:
    """numbering.xml at work: ``label`` is called for every paragraph of a list, in order."""

    def __init__(self, root: Element | None) -> None:
        self._instances: dict[int, _Instance] = {}
        self._by_style: dict[tuple[int, str], int] = {}
        if root is None:
            return
        lists: dict[str, _List] = {}
        named: dict[str, str] = {}
        linked: dict[str, str] = {}
        for each in root:
            if local(each.tag) == "abstractNum":
                list_id = value(each, "abstractNumId")
                lists[list_id] = _List(dict(map(_level, _all(each, "lvl"))))
                named[value(child(each, "styleLink"))] = list_id
                linked[list_id] = value(child(each, "numStyleLink"))
        for each in root:
            if local(each.tag) == "num":
                self._add(each, lists, named, linked)

    def _add(self, element: Element, lists: dict[str, _List], named: dict[str, str], linked: dict[str, str]) -> None:
        list_id = value(child(element, "abstractNumId"))
        if linked.get(list_id):
            list_id = named.get(linked[list_id], list_id)
        if list_id not in lists:
            return
        instance = _Instance(lists[list_id], {}, {})
        for override in _all(element, "lvlOverride"):
            at = whole(value(override, "ilvl"))
            if (start := child(override, "startOverride")) is not None:
                instance.starts[at] = whole(value(start), 1)
            if (level := child(override, "lvl")) is not None:
                instance.levels[at] = _level(level)[1]
        number = whole(value(element, "numId"))
        self._instances[number] = instance
        for at, level_of in (instance.list.levels | instance.levels).items():
            if level_of.style:
                self._by_style[number, level_of.style] = at

    def level_by_style(self, list_id: int, style_id: str) -> int:
        """The level to which a list ties a style, 0 where it ties none."""
        return self._by_style.get((list_id, style_id), 0)

    def label(self, list_id: int, at: int) -> str:
        """Count one paragraph of level ``at`` (from 0) and give the label that stands before it; "●" for a bullet."""
        instance = self._instances.get(list_id)
        if instance is None or not 0 <= at < LEVELS:
            return ""
        counts = instance.list.counts
        level = _of(instance, at)
        if at in instance.starts and at not in instance.begun:
            counts[at] = instance.starts[at]
        else:
            reached = counts[at]
            counts[at] = level.start if reached is None else reached + 1
        instance.begun.add(at)
        for deeper in range(at + 1, LEVELS):
            restart = _of(instance, deeper).restart
            if restart is None or 0 < at + 1 <= restart:
                counts[deeper] = None
        if level.form == "bullet":
            return "● "
        text = _PLACE.sub(lambda hit: self._written(instance, level, int(hit.group(1)) - 1), level.text)[:_LONGEST]
        return f"{text} " if level.gap and _NEEDS_GAP.search(text) else text

    @staticmethod
    def _written(instance: _Instance, level: _Level, at: int) -> str:
        there = _of(instance, at)
        count = instance.list.counts[at]
        form = "decimal" if level.legal and there.form != "decimalZero" else there.form
        return WRITTEN.get(form, str)(there.start if count is None else count)


def _of(instance: _Instance, at: int) -> _Level:
    return instance.levels.get(at) or instance.list.levels.get(at) or _Level()


def _all(element: Element, name: str) -> list[Element]:
    return [each for each in element if local(each.tag) == name]


def _level(element: Element) -> tuple[int, _Level]:
    restart = child(element, "lvlRestart")
    return whole(value(element, "ilvl")), _Level(
        start=whole(value(child(element, "start")), 1),
        form=_form(element),
        text=value(child(element, "lvlText")),
        restart=whole(value(restart)) if restart is not None else None,
        legal=is_on(child(element, "isLgl")),
        gap=value(child(element, "suff")) != "nothing",
        style=value(child(element, "pStyle")),
    )


def _form(element: Element) -> str:
    """The number format; newer programs hide a Chinese one in an alternative content."""
    for each in element.iter():
        if local(each.tag) == "numFmt":
            form = value(each)
            return form if form != "custom" else "decimalZero" if value(each, "format").startswith("0") else "decimal"
    return "decimal"

"""Figures inside the text of a case: ``{指标名}`` or ``{代码}`` stands for the value of an indicator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from zhixing.kernel.indicators.declare import Indicator, indicators
from zhixing.kernel.indicators.readings import measure
from zhixing.kernel.indicators.standings import standings
from zhixing.kernel.standards.in_force import school_standards

from ..choices import CaseState
from ..models import SECTIONS, CasePicture, CaseStudy
from ..models.cases import count_words
from .live import plain

FIELD = re.compile(r"\{([^{}\n]{1,100})\}")
Figures = dict[str, list[str]]
"""Name as written → [code, value in words, day]."""


@dataclass(frozen=True)
class Demand:
    """What a case should measure up to, with where that comes from."""

    low: int
    high: int
    fewest_pictures: int
    most_pictures: int
    source: str


def demand(on: date) -> Demand:
    """The demands in force on the day; the school may set its own."""
    held = school_standards()
    words, pictures = held.range("case_word_count", on), held.range("case_picture_count", on)
    source = held.standard("case_word_count", on).source
    return Demand(int(words.low), int(words.high), int(pictures.low), int(pictures.high), source)


def names_in(text: str) -> list[str]:
    """The names of figures in a text, in their order, each once."""
    return list(dict.fromkeys(name.strip() for name in FIELD.findall(text)))


def find_indicator(name: str) -> tuple[Indicator | None, str]:
    """The indicator of a title or a code, or none with the reason in words."""
    if (found := indicators.get(name)) is not None:
        return found, ""
    same = [one for one in indicators if one.title == name]
    if not same:
        return None, f"没有名为“{name}”的指标，请从“可用数据”中复制指标名。"
    if len(same) > 1:
        codes = "、".join(one.code for one in same)
        return None, f"“{name}”有 {len(same)} 个同名指标，请写代码：{codes}。"
    return same[0], ""


def faults_in(values: Mapping[str, object]) -> dict[str, list[str]]:
    """Names in the sections that stand for nothing: {section: words}."""
    faults: dict[str, list[str]] = {}
    for section, _ in SECTIONS:
        for name in names_in(str(values.get(section) or "")):
            if why := find_indicator(name)[1]:
                faults.setdefault(section, []).append(why)
    return faults


def figures_of(case: CaseStudy) -> Figures:
    """The figures of a case: as fixed once it was adopted, the newest kept readings before."""
    if case.state == CaseState.ADOPTED:
        return dict(case.figures)
    return read_figures(names_of(case))


def names_of(case: CaseStudy) -> list[str]:
    """The names of the figures in all sections of a case."""
    return names_in("\n".join(getattr(case, section) for section, _ in SECTIONS))


def read_figures(names: Iterable[str]) -> Figures:
    """The newest kept reading of each; measured now where none has been kept yet."""
    found = {name: one for name in names if (one := find_indicator(name)[0]) is not None}
    today = timezone.localdate()
    held = standings([one.code for one in found.values()], today) if found else {}
    told: Figures = {}
    for name, one in found.items():
        value, day = held[one.code].value, held[one.code].read_on
        if day is None:
            measured = measure(one, today)
            value, day = measured.quotient(*measured.parts()), today
        if value is not None:
            told[name] = [one.code, f"{plain(value)}{one.unit}", str(day)]
    return told


def filled(text: str, figures: Figures) -> str:
    """The text with its figures; one without a value is told as such."""
    return FIELD.sub(lambda found: figures.get(found.group(1).strip(), ["", "（暂无数据）"])[1], text)


def words_by_section(case: CaseStudy) -> list[tuple[str, str, int]]:
    """(field, heading, words) of each section."""
    return [(name, heading, count_words(getattr(case, name))) for name, heading in SECTIONS]


def pictures_of(case: CaseStudy) -> list[CasePicture]:
    """The pictures that stand in a case, in their order, with their files."""
    return list(case.pictures.filter(removed_at=None).select_related("file").order_by("position", "pk"))

"""典型案例 (F17): the fixed skeleton 实施背景—主要做法—取得成效—经验总结, with its figures and pictures."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhixing.kernel.outlines.counting import written_han
from zhixing.kernel.papers import Form, Heading, Letter, PageBreak, Paper, Para, Picture
from zhixing.kernel.people.models import Tenant

from ..models import SECTIONS, CaseStudy
from ..queries.cases import figures_of, filled, pictures_of


class CasePaper(Paper):
    """The case as it is sent up: title, unit, four sections, pictures, 推荐表."""

    title = "典型案例"
    kind = "案例"
    of = CaseStudy
    joins = ("task__action", "unit", "author")

    def compose(self, row: CaseStudy, *, number: str, on: date, school: Tenant) -> Letter:
        figures = figures_of(row)
        blocks: list[Any] = [Para(f"{school.name}　{row.unit.name}", indent=False, align="center")]
        for place, (name, heading) in enumerate(SECTIONS, 1):
            blocks.append(Heading(1, f"{written_han(place)}、{heading}"))
            text = filled(getattr(row, name), figures)
            blocks += [_line(line.strip()) for line in text.split("\n") if line.strip()] or [Para("（待写）")]
        blocks += [Picture(one.file, f"图{place}　{one.caption}") for place, one in enumerate(pictures_of(row), 1)]
        blocks += [PageBreak(), Para("典型案例推荐表", indent=False, align="center"), _recommendation(row, school)]
        return Letter(title=row.title, blocks=blocks, date=None)


def _line(text: str) -> Heading | Para:
    """A short line that begins with （一） is a heading of the second level."""
    headed = text.startswith("（") and text[1:2] in "一二三四五六七八九十" and len(text) <= 40
    return Heading(2, text) if headed else Para(text)


def _recommendation(row: CaseStudy, school: Tenant) -> Form:
    return Form([
        [("案例题目", row.title)],
        [("学校", school.name), ("所在部门", row.unit.name)],
        [("对应行动", row.task.action.title), ("对应任务", row.task.title)],
        [("撰写人", row.author.name), ("联系人及电话", row.contact)],
        [("字数", f"{row.word_count} 字"), ("图片", f"{len(pictures_of(row))} 张")],
        [("推荐意见", row.recommendation, 40)],
        [("学校（盖章）", "", 24)],
    ])  # fmt: skip

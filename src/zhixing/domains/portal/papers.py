"""What the column prints: the brief with its issue number, and the table of who studied."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from zhixing.kernel.papers import Head, Heading, Imprint, Letter, Paper, Para, Picture, Signatures, Table
from zhixing.kernel.people.models import Tenant

from .choices import ArticleKind, LessonState
from .models import Article, MicroLesson
from .queries.column import HEADING, shown_pictures
from .queries.coverage import CoverageLine, coverage
from .queries.text import blocks_of


def paper_blocks(body: str) -> list[Any]:
    """A text of the column as blocks of a paper."""
    found: list[Any] = []
    for block in blocks_of(body):
        if block.kind in ("h1", "h2"):
            found.append(Heading(1 if block.kind == "h1" else 2, block.text))
        elif block.kind == "ul":
            found += [Para(f"{place}.{item}") for place, item in enumerate(block.items, 1)]
        else:
            found.append(Para(block.text))
    return found


class BriefPaper(Paper):
    """简报: red head, 期号, text, pictures that may be shown, 编审 at the foot."""

    title = "简报"
    of = Article
    joins = ("unit", "writer", "reviewer", "publisher")

    def when(self, row: Any) -> bool:
        return bool(row.kind == ArticleKind.BRIEF)

    def compose(self, row: Any, *, number: str, on: date, school: Tenant) -> Letter:
        day = timezone.localdate(row.published_at) if row.published_at else on
        blocks = paper_blocks(row.body)
        blocks += [Picture(picture.file, picture.caption, width_mm=110) for picture in shown_pictures(row)]
        made_by = [
            ("供稿", row.unit.name), ("撰稿", row.writer.name), ("审核", row.reviewer.name if row.reviewer else ""),
            ("签发", row.publisher.name if row.publisher else ""),
        ]  # fmt: skip
        blocks.append(Signatures(made_by, date=False))
        return Letter(
            title=row.title, number=row.issue_label or "（未编号）", blocks=blocks,
            head=Head(organ=f"{HEADING}简报"), date=day, signer=f"{school.name}办公室",
            imprint=Imprint(copies="学校领导，各科室、部", printed_by=f"{school.name}办公室", printed_on=day),
        )  # fmt: skip


class StudyPaper(Paper):
    """学习统计表: departments by 应学, 已学, 合格; no names."""

    title = "学习统计表"
    kind = "学习统计"
    of = MicroLesson
    joins = ("unit", "stage")

    def when(self, row: Any) -> bool:
        return bool(row.state in (LessonState.PUBLISHED, LessonState.WITHDRAWN))

    def compose(self, row: Any, *, number: str, on: date, school: Tenant) -> Letter:
        lines, whole = coverage(row)
        stage = f"（{row.stage}阶段）" if row.stage else ""
        opening = (
            f"微学习“{row.title}”{stage}，时长约 {row.minutes} 分钟，完成期限 {row.due_date:%Y-%m-%d}。"
            f"应学 {whole.asked} 人，已签收 {whole.signed} 人，参加测验 {whole.tried} 人，合格 {whole.passed} 人。"
        )
        heads = ("部门", "应学", "已学", "未学", "学习覆盖率", "参加测验", "合格", "测验合格率")
        return Letter(
            title=f"{row.title}\n学习统计表", organ=school.name, kind_of_layout="table", date=on,
            blocks=[
                Para(opening, indent=False),
                Table(heads, [_cells(line) for line in (*lines, whole)], widths_mm=(40, 14, 14, 14, 22, 18, 14, 22)),
                Signatures([("统计人", ""), ("审核人", "")]),
            ],
        )  # fmt: skip


def _cells(line: CoverageLine) -> list[Any]:
    return [line.title, line.asked, line.signed, line.missing, _rate(line.percent), line.tried, line.passed,
            _rate(line.pass_percent)]  # fmt: skip


def _rate(percent: int | None) -> str:
    return "—" if percent is None else f"{percent}%"

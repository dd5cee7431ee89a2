"""佐证材料目录 (F15) and the labels of its boxes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from zhixing.kernel.files.bundles import box_labels
from zhixing.kernel.papers import Box as Cell
from zhixing.kernel.papers import Form, Letter, PageBreak, Para, Table
from zhixing.kernel.people.models import Tenant

from ..models import Plan
from ..queries.proof_index import Box, boxes, catalogue
from .stages import PlanScopePaper, scope_words

HEADINGS = ("盒号", "类目", "序号", "题名", "文号", "形成日期", "责任者", "页数", "载体", "存放/文件", "密级")
"""F15."""
WIDTHS = (13, 44, 12, 62, 28, 24, 30, 12, 16, 34, 14)
PER_PAGE = 3


def index_rows(found: list[Box]) -> list[tuple[Any, ...]]:
    """The lines of the index: each piece under its point, each point without any marked as missing."""
    lines: list[tuple[Any, ...]] = []
    for box in found:
        place = 0
        for line in box.points:
            about = line.point.text if line.point is not None else "（任务整体）"
            head = (box.label, f"{box.task.no}.{box.task.title}：{about}")
            if line.is_missing:
                lines.append((*head, "", "（缺）", "", "", line.point.lead.name if line.point.lead else "", *[""] * 4))
            for use in line.uses:
                place += 1
                piece = use.evidence
                kept = piece.shelf or (piece.file.name if piece.file else "系统快照")
                lines.append(
                    (*head, place, str(piece), piece.document_no, piece.formed_on.isoformat(), piece.maker,
                     piece.page_count or "", piece.get_medium_display(), kept, piece.get_secrecy_display())
                )  # fmt: skip
    return lines


def index_letter(title: str, found: list[Box], on: date, school: Tenant) -> Letter:
    """The index as a paper; the bundle has the same one inside. Raises ValidationError where there is nothing."""
    lines = index_rows(found)
    if not lines:
        raise ValidationError("所选范围内没有工作要点，也没有佐证材料。")
    pieces, missing = sum(len(box.pieces) for box in found), sum(box.missing for box in found)
    return Letter(
        title=title, organ=school.name, kind_of_layout="table", landscape=True, date=on, signer=f"{school.name}办公室",
        blocks=[
            Para(f"共 {len(found)} 盒 {pieces} 份；还有 {missing} 条要点没有佐证材料，表中以“（缺）”标明。"),
            Table(HEADINGS, lines, widths_mm=WIDTHS, merge=(0, 1), align=("center", "", "center")),
        ],
    )  # fmt: skip


class ProofIndexPaper(PlanScopePaper):
    title = "佐证材料目录"
    kind = "佐证目录"

    def compose(self, row: Plan, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        found = boxes(row, None, **asked)
        return index_letter(f"{row.title}佐证材料目录{scope_words(asked)}", found, on, school)


class BoxLabelPaper(PlanScopePaper):
    """盒签: one block to cut out per box."""

    title = "档案盒签"
    landscape = False

    def compose(self, row: Plan, *, number: str, on: date, school: Tenant, **asked: Any) -> Letter:
        found = [box for box in boxes(row, None, **asked) if box.pieces]
        if not found:
            raise ValidationError("所选范围内还没有佐证材料，不需要打印盒签。")
        blocks: list[Any] = []
        labels = dict(zip((box.no for box in found), box_labels(catalogue(found)), strict=True))
        for place, box in enumerate(found):
            if place and place % PER_PAGE == 0:
                blocks.append(PageBreak())
            label = labels[box.no]
            blocks.append(
                Form([
                    [("单位", school.name), ("盒号", box.label)],
                    [Cell("类目", box.task.action.title, 12)],
                    [Cell("题名", f"{box.task.no}.{box.task.title}", 18)],
                    [("年度", label.years), ("件数", f"{label.pieces} 件"), ("页数", label.pages or "未登记")],
                    [("保管单位", "办公室"), ("归档日期", "")],
                ])
            )  # fmt: skip
            blocks.append(Para(""))
        return Letter(title="档案盒签", organ=school.name, kind_of_layout="form", blocks=blocks)

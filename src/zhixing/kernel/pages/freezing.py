"""What is seen on a page is frozen as evidence: a list with its question, an indicator with its rows; names masked."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from ..base.masking import STAR, mask
from ..base.records import DataClass, Record
from ..files.evidence import freeze_snapshot
from ..files.models import Evidence
from ..people.models import User
from ..people.sealing import SealedField
from .cells import Cell, field_at
from .filters import labelled, related_label
from .printing import text_of
from .querying import ordered, values

if TYPE_CHECKING:
    from .asking import Asked
    from .listing import ListPage
    from .page import Request

MOST_ROWS = 5000
WITHHELD = "（已掩码）"
NAME_LENGTH = 120
"""A personal text longer than this is prose, and is left out whole."""
Line = list[str]


def masked(cell: Cell, model: Any, value: Any) -> str:
    """A value as it may stand in evidence that others will read: people by their first character only."""
    shown = text_of(cell, value)
    field = field_at(model, cell.source)
    if not shown or field is None or isinstance(field, SealedField):
        return shown
    grade = getattr(field.model, "personal", {}).get(field.name, DataClass.INTERNAL)
    if grade in (DataClass.PUBLIC, DataClass.INTERNAL) or (grade == DataClass.PERSONAL and cell.kind == "choice"):
        return shown
    if grade != DataClass.PERSONAL or (getattr(field, "max_length", None) or 0) > NAME_LENGTH:
        return WITHHELD
    if isinstance(field, models.DateField):
        return shown[:4] + STAR * 4
    return mask_label(shown)


def mask_label(text: str) -> str:
    """张三（2019001） becomes 张*（2019001）: the number stays, so that the school finds the row again."""
    name, mark, rest = re.match(r"([^（(]*)([（(]?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return mask("name", name) + mark + rest


def lines_of(page: ListPage, rows: Any, cells: tuple[Cell, ...]) -> Iterator[Line]:
    """Each row as masked texts, in the order of ``rows``."""
    for _, *found in values(rows, cells).iterator(chunk_size=1000):
        yield [masked(cell, page.model, value) for cell, value in zip(cells, found, strict=True)]


def table_document(title: str, headings: list[str], lines: list[Line], *, by: User, at: datetime) -> bytes:
    """The same table as a workbook with who and when on every printed page."""
    from ..sheets.writing import write_table  # slow import

    body = io.BytesIO()
    mark = f"{by.name} {timezone.localtime(at):%Y-%m-%d %H:%M} 佐证快照"
    write_table(body, headings, lines, title=title, watermark=mark, sheet="快照")
    return body.getvalue()


def freeze_list(
    page: ListPage, request: Request, asked: Asked, *, title: str, at: datetime, on: Record | None = None
) -> Evidence:
    """Exactly the rows and columns that the question shows the asker, in this order, with names masked.

    Raises ValidationError for nothing at all and for more than MOST_ROWS rows.
    """
    cells, by = page.lawful_columns(asked), request.user
    found = page.found(request, asked)
    count = found.count()
    if not count:
        raise ValidationError("当前条件下没有记录，不能存为佐证。")
    if count > MOST_ROWS:
        raise ValidationError(f"当前条件下有 {count} 行，一份快照最多 {MOST_ROWS} 行。请先用筛选缩小范围。")
    usual = tuple(page.order or page.model._meta.ordering or ())
    headings = [cell.title for cell in cells]
    lines = list(lines_of(page, ordered(found, asked, page.cells(), usual), cells))
    payload = {"headings": headings, "rows": lines, "count": len(lines), "facts": question_of(page, asked)}
    lineage = {
        "page": page.code(), "page_title": page.heading(), "query": asked.query(),
        "model": page.model._meta.label_lower, "row_count": len(lines), "masked": True,
        "list": _list_address(page, asked),
    }  # fmt: skip
    return freeze_snapshot(
        title=title, what="list", payload=payload, lineage=lineage, on=on, by=by, at=at,
        document=table_document(title, headings, lines, by=by, at=at), document_name=f"{title}.xlsx",
    )  # fmt: skip


def question_of(page: ListPage, asked: Asked) -> list[tuple[str, str]]:
    """The question in words: (condition, value)."""
    from .listview import chips_of  # ring

    told: list[tuple[str, str]] = [("页面", page.heading())]
    if asked.words:
        told.append(("查找", asked.words))
    sieves = page.sieves()
    told += [("条件", str(chip["label"])) for chip in chips_of(type(page), asked)]
    named = {str(chip["name"]) for chip in chips_of(type(page), asked)}
    for name, value in asked.asked:
        if name in named:
            continue
        sieve = sieves[name]
        edge = "（起）" if name.endswith("__from") else "（止）" if name.endswith("__to") else ""
        words = related_label(sieve, value) if sieve.kind == "relation" else labelled(sieve.options, value)
        told.append((f"{sieve.title}{edge}", words))
    if asked.sort:
        cell = page.cells()[asked.sort.removeprefix("-")]
        told.append(("排序", cell.title + ("（降序）" if asked.sort.startswith("-") else "")))
    return told


def _list_address(page: ListPage, asked: Asked) -> str:
    from .page import address_of  # ring

    query = asked.query()
    return address_of(type(page), "list") + (f"?{query}" if query else "")

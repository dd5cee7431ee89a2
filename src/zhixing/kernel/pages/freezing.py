"""What is seen on a page is frozen as evidence: a list with its question, an indicator with its rows; names masked."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from ..base.masking import STAR, mask
from ..base.records import DataClass, Record
from ..files.evidence import freeze_snapshot
from ..files.models import Evidence
from ..indicators.benchmarks import benchmarks_for
from ..indicators.declare import Indicator
from ..indicators.pictures import written
from ..indicators.readings import freeze, measure
from ..people.models import Unit, User
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
        "page": page.code(), "page_title": page.heading(), "query": _kept_query(page, asked),
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
        told.append(("查找", mask("name", asked.words) if _is_personal(page) else asked.words))
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


def _is_personal(page: ListPage) -> bool:
    return bool(getattr(page.model, "personal", {}))


def _kept_query(page: ListPage, asked: Asked) -> str:
    """The question without the words looked for, where these are names or numbers of people."""
    return asked.query(words="") if _is_personal(page) else asked.query()


def _list_address(page: ListPage, asked: Asked) -> str:
    from .page import address_of  # ring

    query = _kept_query(page, asked)
    return address_of(type(page), "list") + (f"?{query}" if query else "")


def freeze_indicator(
    one: Indicator, unit: Unit | None, *, title: str, on: date, period: str, label: str, by: User, at: datetime
) -> Evidence:
    """Fix a reading and keep it as evidence: value, parts, target, formula; for today also groups and rows, masked.

    Raises NotReadable for a day that has no reading.
    """
    fixed = freeze([one.code], on, by=by, at=at, period=period, label=label, units=[unit] if unit else [])
    reading = next(row for row in fixed if row.unit_id == (unit.pk if unit else None))
    beside = benchmarks_for(one.code, on)
    facts = [
        ("指标", one.title), ("范围", str(unit) if unit else "全校"), ("日期", on.isoformat()),
        ("数值", f"{written(reading.value)}{one.unit if reading.value is not None else ''}"),
        ("分子", written(reading.part)), ("分母", written(reading.whole) if reading.whole is not None else "—"),
        ("当时目标", f"{written(reading.target)}{one.unit}" if reading.target is not None else "—"),
        ("公式", one.formula), ("依据", one.basis or "—"),
        *((f"{mark.year}年{mark.scope}", f"{written(mark.value)}{mark.unit}（{mark.source}）") for mark in beside),
    ]  # fmt: skip
    payload: dict[str, Any] = {"facts": facts, "groups": [], "headings": [], "rows": [], "count": 0}
    if on == timezone.localdate(at):
        payload |= _rows_of(one, unit, by)
    lineage = {
        "page_title": one.title, "indicator": one.code, "reading": str(reading.uid), "unit": str(unit or ""),
        "period": period, "label": label, "row_count": payload["count"], "masked": True,
        "list": reverse("indicators.rows", args=[one.code]) + (f"?unit={unit.uid}" if unit else ""),
    }  # fmt: skip
    lines = [[name, text] for name, text in facts] + (
        [[], payload["headings"], *payload["rows"]] if payload["rows"] else []
    )
    return freeze_snapshot(
        title=title, what="indicator", payload=payload, lineage=lineage, by=by, at=at, unit=unit, formed_on=on,
        document=table_document(title, ["项目", "内容"], lines, by=by, at=at), document_name=f"{title}.xlsx",
    )  # fmt: skip


def _rows_of(one: Indicator, unit: Unit | None, by: User) -> dict[str, Any]:
    """What stands behind the number now: breakdowns, and the rows that the asker may see, by number only or masked."""
    from .indicator_rows import breakdown, list_page_of  # ring

    today = timezone.localdate()
    groups = []
    for number in range(len(one.by)):
        found = breakdown(one, number, unit, today)
        table = [[line["name"], line["value"], line["part"], line["whole"]] for line in found["lines"]]
        groups.append(
            {"title": f"按{found['heading']}", "headings": [found["heading"], "数值", "分子", "分母"], "rows": table}
        )
    rows = measure(one, today, unit).rows()
    page = list_page_of(rows.model, by)
    if page is None:
        return {"groups": groups}
    cells = tuple(
        cell for cell in page.cells().values() if cell.default and field_at(page.model, cell.source) is not None
    )
    seen = page.model._default_manager.all().visible_to(by, "view").filter(pk__in=rows.order_by().values("pk"))
    lines = list(lines_of(page, seen.order_by("pk")[:MOST_ROWS], cells))
    return {"groups": groups, "headings": [cell.title for cell in cells], "rows": lines, "count": len(lines)}

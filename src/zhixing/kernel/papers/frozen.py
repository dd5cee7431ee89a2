"""A letter as plain JSON values and back: what the register keeps, and what the PDF is laid out from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import category

from django.utils.timezone import localtime

from . import blocks
from .blocks import Box, Head, Imprint, Letter

BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})
KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        blocks.Annex, blocks.Form, blocks.Heading, blocks.Labelled, blocks.PageBreak, blocks.Para, blocks.Picture,
        blocks.Signatures, blocks.Slip, blocks.Table,
    )
}  # fmt: skip


def plain(letter: Letter) -> dict[str, Any]:
    """The letter as JSON values; values in cells become the text that is printed."""
    found: dict[str, Any] = _plain(letter)
    return found


def letter_of(content: Mapping[str, Any]) -> Letter:
    """The letter that ``plain`` wrote down."""
    values = dict(content)
    values["blocks"] = tuple(_block(block) for block in values["blocks"])
    values["attachments"] = tuple(values["attachments"])
    values["date"] = _day(values["date"])
    values["head"] = Head(**values["head"]) if values["head"] else None
    if values["imprint"]:
        values["imprint"] = Imprint(**{**values["imprint"], "printed_on": _day(values["imprint"]["printed_on"])})
    return Letter(**values)


def text_of(value: Any) -> str:
    """A value as it stands in a cell: dates in figures, nothing for None, 是/否; control characters dropped."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}" if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.2f}"
    return clean(str(value))


def clean(text: str) -> str:
    """Text that XML, PDF and the eye can take: control, direction and lone surrogate characters are left out."""
    text = BREAKS.sub("\n", text).replace("\t", " ")
    if text.isprintable():
        return text
    return "".join(c for c in text if c == "\n" or (category(c) not in UNPRINTABLE and ord(c) & 0xFFFE != 0xFFFE))


def boxes_of(line: Any) -> list[Box]:
    """One row of a form as boxes of text."""
    return [
        Box(text_of(box.label), text_of(box.value), box.height_mm) if isinstance(box, Box)
        else Box(text_of(box[0]), text_of(box[1]), float(box[2]) if len(box) > 2 else 0)
        for box in line
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, blocks.Picture):
        return {"kind": "Picture", "stored_file": str(getattr(value.stored_file, "uid", value.stored_file)),
                "caption": clean(value.caption), "width_mm": value.width_mm}  # fmt: skip
    if isinstance(value, blocks.Table):
        return _table(value)
    if isinstance(value, blocks.Form | blocks.Slip):
        rows = [[[box.label, box.value, box.height_mm] for box in boxes_of(line)] for line in value.rows]
        extra = {"title": clean(value.title), "text": clean(value.text)} if isinstance(value, blocks.Slip) else {}
        return {"kind": type(value).__name__, "rows": rows, **extra}
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **found} if type(value).__name__ in KINDS else found
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def _table(table: blocks.Table) -> dict[str, Any]:
    return {
        "kind": "Table",
        "headers": [text_of(head) for head in table.headers],
        "rows": [[text_of(cell) for cell in row] for row in table.rows],
        "widths_mm": [float(width) for width in table.widths_mm] if table.widths_mm is not None else None,
        "caption": clean(table.caption),
        "align": list(table.align),
        "merge": list(table.merge),
    }


def _block(block: Mapping[str, Any]) -> Any:
    values = dict(block)
    kind = KINDS[values.pop("kind")]
    if kind is blocks.Signatures:
        values["places"] = [tuple(place) for place in values["places"]]
    if kind in {blocks.Form, blocks.Slip}:
        values["rows"] = [[Box(*box) for box in line] for line in values["rows"]]
    return kind(**values)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""Tables out: text stays text, nothing that a reader's spreadsheet program could take for a formula."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_INK, _PAPER, _ACCENT = "#1f2937", "#ffffff", "#1661ab"
_WIDEST = 40
_WIDTH_SAMPLE = 100

Cell = str | int | float | bool | datetime.date | None


class TextWorkbook:
    """An xlsx file under construction whose every text cell is marked as text.

    Rows are streamed: within a sheet write from top to bottom, and finish one sheet before the next.
    """

    def __init__(self, target: Path | str | BinaryIO, *, title: str = "", watermark: str = "") -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        self.watermark = watermark
        self.book.set_properties({"title": title, "comments": watermark})
        self.text = self.style()
        self.heading = self.style(
            bold=True, font_color=_PAPER, bg_color=_ACCENT, align="center", valign="vcenter", text_wrap=True, border=1
        )
        self.title = self.style(bold=True, font_size=16, font_color=_INK)
        self.remark = self.style(font_color="#6b7280", italic=True)

    def style(self, **properties: Any) -> Format:
        """A cell style with ``properties`` that keeps text as text."""
        return self.book.add_format({"num_format": "@", "quote_prefix": True, **properties})

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, set up for printing on A4 across with the watermark in header and footer."""
        sheet = self.book.add_worksheet(sheet_name(name, {each.get_name() for each in self.book.worksheets()}))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if self.watermark:
            sheet.set_header(f"&R&8&K9CA3AF{_for_header(self.watermark)}")
            sheet.set_footer(f"&L&8&K9CA3AF{_for_header(self.watermark)}&R&8第 &P 页，共 &N 页")
        return sheet

    def close(self) -> None:
        """Finish the file."""
        self.book.close()


def put(sheet: Worksheet, row: int, column: int, value: Cell, style: Format) -> None:
    """Write one cell: figures as figures, everything else as text of at most LONGEST_CELL characters.

    ``row`` and ``column`` count from 0. A whole number of sixteen digits and more goes out as text, or it would lose
    its end.
    """
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        sheet.write_number(row, column, value)
    else:
        text = text_cell(value)
        sheet.write_string(row, column, text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…", style)


def text_cell(value: Cell) -> str:
    """A value as text: dates as 2009-01-01, truth as 是 or 否."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def write_table(
    target: Path | str | BinaryIO,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "",
    watermark: str = "",
    sheet: str = "",
) -> int:
    """Stream a table to ``target`` as xlsx and say how many rows were written.

    With ``title`` it stands above the headings, in row 1, and the headings in row 2. ``watermark`` (who, when,
    which export) goes to header, footer and the document's properties.
    """
    out = TextWorkbook(target, title=title, watermark=watermark)
    page = out.sheet(sheet or title or "名单")
    top = 0
    if title:
        page.write_string(0, 0, title, out.title)
        top = 1
    for column, heading in enumerate(headings):
        page.write_string(top, column, heading, out.heading)
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)
    widths = [_display_width(heading) for heading in headings]
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            put(page, top + count, column, value, out.text)
            if count <= _WIDTH_SAMPLE and column < len(widths):
                widths[column] = max(widths[column], _display_width(text_cell(value)))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width + 3, _WIDEST))
    if count:
        page.autofilter(top, 0, top + count, max(len(headings) - 1, 0))
    out.close()
    return count


def write_csv(target: TextIO, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Stream a table as csv (give a stream opened as utf-8-sig, newline=""); no cell can start a formula."""
    writer = csv.writer(target)
    writer.writerow([defused(heading) for heading in headings])
    count = 0
    for row in rows:
        writer.writerow([defused(text_cell(value)) for value in row])
        count += 1
    return count


def defused(text: str) -> str:
    """The text with an apostrophe before anything that a spreadsheet program would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def sheet_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """A lawful name for a sheet: 31 characters at most, none of []:*?/\\, no apostrophe at the ends, not taken."""
    cleaned = "".join("-" if each in "[]:*?/\\" or not each.isprintable() else each for each in wanted)
    base = cleaned.strip().strip("'")[:31] or "表"
    lowered = {each.lower() for each in taken}
    name, number = base, 2
    while name.lower() in lowered or name.lower() == "history":
        name = f"{base[: 30 - len(str(number))]}-{number}"
        number += 1
    return name


def _display_width(text: str) -> int:
    return sum(2 if each > "\u2e7f" else 1 for each in text[:_WIDEST])


def _for_header(text: str) -> str:
    """Text for a header or footer, where & starts a command and 255 characters are all there is."""
    return text.replace("&", "&&")[:200]

"""A roster's layout as a file: required columns first, drop-downs for coded columns, no larger than is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from zhixing.kernel.rosters.declarations import Column, Layout

from .addresses import letters_of
from .writing import Cell, TextWorkbook, put, sheet_name, text_cell

ROWS_PER_SHEET = 2_000
SHEETS_PER_FILE = 3
# A drop-down's own list may be this long; a longer one is kept on a sheet of its own.
_INLINE_CHOICES = 255
_CHOICES_SHEET = "可选值"
_TEMPLATE_SHEET = "填写"


def written_order(layout: Layout) -> tuple[Column, ...]:
    """The layout's columns as they are written: required ones first, each group in the layout's own order."""
    return tuple(sorted(layout.columns, key=lambda column: not column.required))


def write_layout(
    path: Path,
    layout: Layout,
    rows: Iterable[Mapping[str, Cell]] = (),
    *,
    choices: Mapping[str, Sequence[str]] | None = None,
    sheet: str = "",
    rows_per_sheet: int = ROWS_PER_SHEET,
    sheets_per_file: int = SHEETS_PER_FILE,
) -> list[Path]:
    """Write ``rows`` (canonical column name → value) in ``layout``; without rows, a template to fill in.

    ``choices`` gives the drop-down values by name of code set. Returns the files written: ``path``, then
    ``path``-2, -3 … when the rows don't fit into ``sheets_per_file`` sheets of ``rows_per_sheet`` rows.
    """
    columns = written_order(layout)
    pieces = _pieces(rows, rows_per_sheet)
    first = next(pieces, [])
    written: list[Path] = []
    todo = chain([first], pieces)
    while group := list(islice(todo, sheets_per_file)):
        number = len(written) + 1
        target = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        _write_file(
            target, layout, columns, group, choices or {}, sheet or (layout.title if first else _TEMPLATE_SHEET)
        )
        written.append(target)
    return written


def _pieces(rows: Iterable[Mapping[str, Cell]], size: int) -> Iterator[list[Mapping[str, Cell]]]:
    walk = iter(rows)
    while piece := list(islice(walk, size)):
        yield piece


def _write_file(
    target: Path,
    layout: Layout,
    columns: Sequence[Column],
    sheets: Sequence[Sequence[Mapping[str, Cell]]],
    choices: Mapping[str, Sequence[str]],
    name: str,
) -> None:
    out = TextWorkbook(target, title=layout.title)
    offered = {at: choices[column.code_set] for at, column in enumerate(columns) if choices.get(column.code_set)}
    long_lists = {at: values for at, values in offered.items() if len(",".join(values)) > _INLINE_CHOICES}
    for number, rows in enumerate(sheets, start=1):
        page = out.sheet(sheet_name(name if len(sheets) == 1 else f"{name}{number}"))
        _write_sheet(out, page, columns, rows)
        for at, values in offered.items():
            _offer(page, at, values, list(long_lists).index(at) if at in long_lists else None)
    if long_lists:
        _write_choices(out, columns, long_lists)
    out.close()


def _write_sheet(
    out: TextWorkbook, page: Worksheet, columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]]
) -> None:
    wanted = out.style(bold=True, bg_color="#dbeafe", font_color="#1661ab", border=1, align="center", text_wrap=True)
    optional = out.style(bold=True, bg_color="#f3f4f6", font_color="#374151", border=1, align="center", text_wrap=True)
    for at, column in enumerate(columns):
        page.set_column(at, at, max(10, 2 * len(column.title) + 4, 22 if column.kind == "id" else 0), out.text)
        page.write_string(0, at, column.title, wanted if column.required else optional)
    page.freeze_panes(1, 0)
    for line, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            # A register in another system compares text, so figures go out as text too.
            put(page, line, at, text_cell(row.get(column.name)), out.text)


def _offer(page: Worksheet, at: int, values: Sequence[str], listed: int | None) -> None:
    """Give column ``at`` a drop-down that warns, but lets other values pass: the rules judge them."""
    source: object = list(values)
    if listed is not None:
        letters = letters_of(listed)
        source = f"='{_CHOICES_SHEET}'!${letters}$2:${letters}${len(values) + 1}"
    options = {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": "不在可选值中",
        "error_message": "请从下拉列表中选择；确需填写其他值时可以继续。",
    }
    page.data_validation(1, at, ROWS_PER_SHEET, at, options)


def _write_choices(out: TextWorkbook, columns: Sequence[Column], lists: Mapping[int, Sequence[str]]) -> None:
    page = out.sheet(_CHOICES_SHEET)
    page.hide()
    page.set_column(0, len(lists) - 1, 24, out.text)
    depth = max(len(values) for values in lists.values())
    for line in range(depth + 1):
        for column, (at, values) in enumerate(lists.items()):
            if line == 0:
                page.write_string(0, column, columns[at].title, out.heading)
            elif line <= len(values):
                page.write_string(line, column, values[line - 1], out.text)

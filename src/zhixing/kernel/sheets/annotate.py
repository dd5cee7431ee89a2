"""The user's own sheet back: faulty cells coloured, each with a comment that says what is wrong, and a summary."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhixing.kernel.rosters.tables import RawTable, RowFinding, SeverityName, Verdict

from .addresses import cell_of
from .limits import MIB
from .shown import SEVERITY_ORDER, SEVERITY_TITLES, closing_line, shown_suggestion, shown_value, summaries_of
from .writing import FORMULA_STARTS, TextWorkbook, put, sheet_name

if TYPE_CHECKING:
    from openpyxl import Workbook
    from xlsxwriter.worksheet import Worksheet

# Above these a file is written anew instead of edited: openpyxl needs about 1 µs·30 and 50 bytes·30 a cell.
_EDITED_CELLS = 300_000
_EDITED_BYTES = 3 * MIB
_COMMENTS_PER_SHEET = 20_000
_COLOURS: dict[SeverityName, str] = {"error": "FFC7CE", "warning": "FFEB9C", "notice": "DDEBF7"}
_SUMMARY = "核验结果"
_SUMMARY_HEADINGS = ("级别", "问题", "工作表", "行", "列", "值", "说明", "建议", "依据", "办法")
_SUMMARY_WIDTHS = (8, 26, 16, 8, 20, 24, 44, 20, 30, 40)

Marks = dict[tuple[int, int], list[RowFinding]]


def annotate(source: Path, target: Path, tables: Sequence[RawTable], verdict: Verdict, *, reveal: bool = False) -> None:
    """Write to ``target`` (xlsx) the sheets of ``source`` with their findings marked, and a summary sheet.

    ``tables`` are those read from ``source``; only findings of their file count. The cells are the user's own and stay
    plain; comments and summary are masked unless ``reveal``. Formatting is kept in workbooks of up to 300,000 cells;
    larger ones, csv and parquet are written anew. No formula survives: cells hold values, and text stays text.
    """
    name = tables[0].file
    findings = [each for each in verdict.findings if each.file == name]
    marks = {table.sheet: marks_of(table, [each for each in findings if each.sheet == table.sheet]) for table in tables}
    summary = Verdict(rows=sum(table.data.num_rows for table in tables), findings=findings, notes=verdict.notes)
    cells = sum(table.data.num_rows * len(table.headings) for table in tables)
    small = cells <= _EDITED_CELLS and source.stat().st_size <= _EDITED_BYTES
    if not (small and source.suffix.lower() == ".xlsx" and _edit(source, target, marks, summary, reveal=reveal)):
        _rewrite(target, tables, marks, summary, reveal=reveal)


def marks_of(table: RawTable, findings: Iterable[RowFinding]) -> Marks:
    """The findings by (row, column position) of the cell to mark; the first cell stands for the whole row."""
    positions: dict[str, int] = {}
    for at, heading in enumerate(table.headings):
        positions.setdefault(heading, at)
    marks: Marks = {}
    for finding in findings:
        marks.setdefault((finding.row, positions.get(finding.column, 0)), []).append(finding)
    return marks


def comment_on(findings: Sequence[RowFinding], *, reveal: bool) -> str:
    """What the comment of one cell says."""
    lines = []
    for finding in findings:
        lines.append(f"【{SEVERITY_TITLES[finding.severity]}】{finding.title}")
        if finding.message and finding.message != finding.title:
            lines.append(finding.message)
        suggestion = shown_suggestion(finding, reveal=reveal)
        if suggestion:
            lines.append(f"建议改为：{suggestion}")
        elif finding.remedy:
            lines.append(f"办法：{finding.remedy}")
    return "\n".join(lines)


def _worst(findings: Sequence[RowFinding]) -> SeverityName:
    return min((each.severity for each in findings), key=SEVERITY_ORDER.index)


def _summary_rows(verdict: Verdict, *, reveal: bool) -> Iterable[tuple[RowFinding, tuple[Any, ...]]]:
    ordered = sorted(verdict.findings, key=lambda each: (SEVERITY_ORDER.index(each.severity), each.sheet, each.row))
    for each in ordered:
        value, suggestion = shown_value(each, reveal=reveal), shown_suggestion(each, reveal=reveal)
        place = (each.sheet, each.row, each.column)
        told = (each.message, suggestion, each.basis, each.remedy)
        yield each, (SEVERITY_TITLES[each.severity], each.title, *place, value, *told)


def _edit(source: Path, target: Path, marks: Mapping[str, Marks], verdict: Verdict, *, reveal: bool) -> bool:
    """Mark a copy of the workbook itself; False where openpyxl can't read it."""
    import openpyxl  # slow import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(source, data_only=True)
    except Exception:  # openpyxl fails in too many ways to list; the file is then written anew
        return False
    for sheet in book.worksheets:
        _keep_text(sheet)
        _mark(sheet, marks.get(sheet.title, {}), reveal=reveal)
    _add_summary(book, verdict, reveal=reveal)
    book.save(target)
    return True


def _keep_text(sheet: Any) -> None:
    """Make sure that text which looks like a formula goes out as marked text."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and (cell.data_type == "f" or cell.value.startswith(FORMULA_STARTS)):
                cell.data_type = "s"
                cell.quotePrefix = True


def _mark(sheet: Any, marks: Marks, *, reveal: bool) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fills = {name: PatternFill("solid", fgColor=colour) for name, colour in _COLOURS.items()}
    merged = {(each.min_row, each.min_col): each for each in sheet.merged_cells.ranges}
    for number, ((row, column), findings) in enumerate(sorted(marks.items())):
        cell = sheet.cell(row, column + 1)
        if type(cell).__name__ == "MergedCell":
            owner = next((at for at, each in merged.items() if cell.coordinate in each), None)
            if owner is None:
                continue
            cell = sheet.cell(*owner)
        cell.fill = fills[_worst(findings)]
        if number < _COMMENTS_PER_SHEET:
            comment = Comment(comment_on(findings, reveal=reveal), "知行核验")
            comment.width, comment.height = 320, 60 + 40 * len(findings)
            cell.comment = comment


def _add_summary(book: Workbook, verdict: Verdict, *, reveal: bool) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(sheet_name(_SUMMARY, book.sheetnames), 0)

    def write(row: int, column: int, value: Any) -> Any:
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = True
        return cell

    write(1, 1, closing_line(verdict)).font = Font(bold=True, size=13)
    line = 3
    for summary in summaries_of(verdict):
        write(line, 1, SEVERITY_TITLES[summary.severity]).fill = PatternFill(
            "solid", fgColor=_COLOURS[summary.severity]
        )
        write(line, 2, summary.title)
        write(line, 4, summary.count)
        line += 1
    line += 1
    for column, (heading, width) in enumerate(zip(_SUMMARY_HEADINGS, _SUMMARY_WIDTHS, strict=True), start=1):
        cell = write(line, column, heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1661AB")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, (_, values) in enumerate(_summary_rows(verdict, reveal=reveal), start=line + 1):
        for column, value in enumerate(values, start=1):
            write(row, column, value).alignment = Alignment(vertical="top", wrap_text=column > 5)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False


def _rewrite(
    target: Path, tables: Sequence[RawTable], marks: Mapping[str, Marks], verdict: Verdict, *, reveal: bool
) -> None:
    out = TextWorkbook(target, title=_SUMMARY)
    _write_summary(out, verdict, reveal=reveal)
    colours = {name: out.style(bg_color=f"#{colour}") for name, colour in _COLOURS.items()}
    for table in tables:
        page = out.sheet(table.sheet or Path(table.file).stem)
        _write_table(out, page, table, marks[table.sheet], colours, reveal=reveal)
    out.close()


def _write_summary(out: TextWorkbook, verdict: Verdict, *, reveal: bool) -> None:
    page = out.sheet(_SUMMARY)
    for column, width in enumerate(_SUMMARY_WIDTHS):
        page.set_column(column, column, width)
    page.write_string(0, 0, closing_line(verdict), out.title)
    line = 2
    for summary in summaries_of(verdict):
        put(page, line, 0, SEVERITY_TITLES[summary.severity], out.style(bg_color=f"#{_COLOURS[summary.severity]}"))
        put(page, line, 1, summary.title, out.text)
        put(page, line, 3, summary.count, out.text)
        line += 1
    line += 1
    for column, heading in enumerate(_SUMMARY_HEADINGS):
        page.write_string(line, column, heading, out.heading)
    for row, (_, values) in enumerate(_summary_rows(verdict, reveal=reveal), start=line + 1):
        for column, value in enumerate(values):
            put(page, row, column, value, out.text)


def _write_table(
    out: TextWorkbook,
    page: Worksheet,
    table: RawTable,
    marks: Marks,
    colours: Mapping[SeverityName, Any],
    *,
    reveal: bool,
) -> None:
    """Write a table in its own rows and columns, so that addresses stay true; rows above the headings are dropped."""
    for column, heading in enumerate(table.headings):
        page.write_string(table.header_row - 1, column, heading, out.heading)
        page.set_column(column, column, max(10, 2 * len(heading) + 2), None)
    page.freeze_panes(table.header_row, 0)
    commented = 0
    for batch in table.data.to_batches(max_chunksize=10_000):
        columns = [batch.column(at).to_pylist() for at in range(batch.num_columns)]
        for number, *cells in zip(*columns, strict=True):
            for column, value in enumerate(cells):
                found = marks.get((number, column))
                if value is None and not found:
                    continue
                put(page, number - 1, column, value, colours[_worst(found)] if found else out.text)
                if found and commented < _COMMENTS_PER_SHEET:
                    commented += 1
                    text = comment_on(found, reveal=reveal)
                    page.write_comment(cell_of(number, column), text, {"author": "知行核验", "width": 320})

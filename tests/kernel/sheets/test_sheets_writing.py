"""What goes out: text stays text, nothing personal unmasked, files that stand alone, layouts as they are accepted."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from tests.kernel.sheets.workbooks import plain
from zhixing.kernel.rosters.declarations import Column, Layout
from zhixing.kernel.rosters.tables import RawTable, RosterSeen, RowFinding, Verdict
from zhixing.kernel.sheets import annotate as annotating
from zhixing.kernel.sheets.annotate import annotate
from zhixing.kernel.sheets.layouts import write_layout, written_order
from zhixing.kernel.sheets.page import ROWS_PER_RULE, write_page
from zhixing.kernel.sheets.reading import read_tables
from zhixing.kernel.sheets.report import write_json, write_text
from zhixing.kernel.sheets.writing import LONGEST_CELL, defused, sheet_name, write_csv, write_table

ATTACKS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x","y")']
SECRET = "420606200811245972"


def formulas_in(path: Path) -> list[str]:
    """Addresses of all formula cells; looks into the parts themselves too."""
    with zipfile.ZipFile(path) as container:
        for name in container.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in container.read(name)
    book = openpyxl.load_workbook(path)
    return [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def verdict_on(table: RawTable, count: int = 1, **changes: str) -> Verdict:
    """A verdict with ``count`` errors in the second column of the first rows."""
    facts = {
        "rule": "things.number_wrong", "severity": "error", "title": "号码不对", "file": table.file,
        "sheet": table.sheet, "column": table.headings[1], "value": SECRET, "message": "说明<b>", "basis": "某标准",
        "remedy": "改正号码", "sensitive": "id_number", "suggestion": "420606200811245999",
    }  # fmt: skip
    rows = table.data["_row"].to_pylist()[:count]
    findings = [RowFinding(row=row, **{**facts, **changes}) for row in rows]  # type: ignore[arg-type]
    seen = RosterSeen(file=table.file, sheet=table.sheet, layout="plain", rows=table.data.num_rows)
    return Verdict(rows=table.data.num_rows, rosters=[seen], findings=findings)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A sheet with a title row, hostile text and a secret."""
    lines = [["学生名单"], ["姓名", "号码", "备注"], ["张三", SECRET, ATTACKS[0]], ["李四", "+1", "@SUM(1)"]]
    return plain(tmp_path / "名单.xlsx", *lines)


@pytest.fixture
def table(source: Path) -> RawTable:
    (found,) = read_tables(source, known_headings=["姓名", "号码"])
    return found


def test_exported_table_has_no_formula_and_every_text_is_marked(tmp_path: Path) -> None:
    rows = [[attack, "420606200811245972", 7, 1.5, True, None] for attack in ATTACKS]
    path = tmp_path / "a.xlsx"
    headings = ["文字", "号码", "数", "小数", "真假", "空"]
    assert write_table(path, headings, rows, title="导出 & 名单", watermark="王老师 & 2026") == 8
    assert formulas_in(path) == []
    sheet = openpyxl.load_workbook(path).active
    assert sheet["A1"].value == "导出 & 名单"
    assert [cell.value for cell in sheet[2]] == headings
    assert [sheet.cell(3 + at, 1).value for at in (0, 1, 2, 3, 6, 7)] == [ATTACKS[at] for at in (0, 1, 2, 3, 6, 7)]
    assert all(sheet.cell(row, 1).quotePrefix for row in range(3, 11))
    assert [cell.value for cell in sheet[3]][1:] == ["420606200811245972", 7, 1.5, "是", None]
    assert sheet["B3"].number_format == "@"
    assert "王老师 && 2026" in sheet.oddHeader.right.text


def test_table_can_be_written_to_memory_and_long_text_is_cut_visibly() -> None:
    buffer = io.BytesIO()
    write_table(buffer, ["文字"], [["长" * 40_000], [420606200811245972]])
    sheet = openpyxl.load_workbook(io.BytesIO(buffer.getvalue())).active
    assert len(sheet["A2"].value) == LONGEST_CELL
    assert sheet["A2"].value.endswith("…")
    assert sheet["A3"].value == "420606200811245972"


def test_csv_cells_never_start_a_formula() -> None:
    out = io.StringIO()
    write_csv(out, ["=题"], [[attack] for attack in ATTACKS])
    import csv

    cells = [row[0] for row in csv.reader(io.StringIO(out.getvalue()))]
    assert len(cells) == len(ATTACKS) + 1
    assert all(cell.startswith("'") for cell in cells)
    assert defused("张三") == "张三"


def test_sheet_names_are_lawful_and_differ() -> None:
    assert sheet_name("a/b:c*d?e[f]g\\h") == "a-b-c-d-e-f-g-h"
    assert len(sheet_name("长" * 50)) == 31
    assert sheet_name("名单", {"名单"}) == "名单-2"
    assert sheet_name("'") == "表"


@pytest.mark.parametrize("edited", [True, False], ids=["edited", "written anew"])
def test_sheet_comes_back_marked(
    tmp_path: Path, source: Path, table: RawTable, edited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not edited:
        monkeypatch.setattr(annotating, "_EDITED_CELLS", 0)
    target = tmp_path / "out.xlsx"
    annotate(source, target, [table], verdict_on(table))
    assert formulas_in(target) == []
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[0] == "核验结果"
    sheet = book["名单"]
    assert (sheet["A1"].value == "学生名单") is edited
    assert [cell.value for cell in sheet[3]] == ["张三", SECRET, ATTACKS[0]]
    assert sheet["B3"].fill.fgColor.rgb == "FFFFC7CE" or sheet["B3"].fill.fgColor.rgb == "00FFC7CE"
    assert "号码不对" in sheet["B3"].comment.text
    assert "420***********5999" in sheet["B3"].comment.text
    assert sheet["B4"].comment is None
    assert sheet["C3"].quotePrefix
    told = [str(cell.value) for row in book["核验结果"].iter_rows() for cell in row]
    assert "420***********5972" in told
    assert SECRET not in told
    assert SECRET not in sheet["B3"].comment.text


def test_formatting_and_hidden_sheets_survive(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "核验结果"
    book.active.append(["姓名", "号码"])
    book.active.append(["张三", "1"])
    book.active["A2"].font = openpyxl.styles.Font(bold=True, color="FF112233")
    book.active.column_dimensions["A"].width = 33
    book.create_sheet("底稿").sheet_state = "hidden"
    book.save(source)
    (table,) = read_tables(source)
    annotate(source, tmp_path / "b.xlsx", [table], verdict_on(table))
    written = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert written.sheetnames == ["核验结果-2", "核验结果", "底稿"]
    assert written["底稿"].sheet_state == "hidden"
    assert written["核验结果"]["A2"].font.bold
    assert written["核验结果"].column_dimensions["A"].width == 33


def test_finding_on_a_whole_row_or_missing_column_marks_the_first_cell(table: RawTable) -> None:
    marks = annotating.marks_of(table, verdict_on(table, column="").findings)
    assert list(marks) == [(3, 0)]


def test_csv_comes_back_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("姓名,号码\n张三,=1+1\n")
    (table,) = read_tables(path)
    annotate(path, tmp_path / "o.xlsx", [table], verdict_on(table))
    assert formulas_in(tmp_path / "o.xlsx") == []
    assert openpyxl.load_workbook(tmp_path / "o.xlsx")["名单"]["B2"].comment is not None


def test_json_masks_unless_revealing(table: RawTable) -> None:
    for reveal, expected in ((False, "420***********5972"), (True, SECRET)):
        out = io.StringIO()
        write_json(verdict_on(table, 2), out, reveal=reveal)
        assert [each["value"] for each in json.loads(out.getvalue())["findings"]] == [expected] * 2


def test_json_of_nothing_is_whole() -> None:
    out = io.StringIO()
    write_json(Verdict(), out)
    assert json.loads(out.getvalue()) == {"rows": 0, "rosters": [], "findings": [], "by_rule": {}}


def test_text_obeys_no_control_character_and_no_markup(table: RawTable) -> None:
    out = io.StringIO()
    write_text(verdict_on(table, value="\x1b[31m[bold]红\n", sensitive="", suggestion=""), out)
    assert "\x1b" not in out.getvalue()
    assert "[bold]红" in out.getvalue()


def test_page_escapes_everything_and_loads_nothing(table: RawTable) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    words = dict.fromkeys(("title", "message", "basis", "remedy", "value", "rule", "file", "sheet", "column"), attack)
    verdict = verdict_on(table, **words, sensitive="", suggestion=attack)
    verdict.notes = [attack]
    verdict.rosters = [RosterSeen(file=attack, sheet=attack, layout=attack, rows=1)]
    out = io.StringIO()
    write_page(verdict, out)
    page = out.getvalue()
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src 'none'" in page
    assert page.count("<svg") == 4


def test_page_keeps_long_lists_short_and_says_so(table: RawTable) -> None:
    verdict = verdict_on(table)
    verdict.findings = verdict.findings * (ROWS_PER_RULE + 5)
    out = io.StringIO()
    write_page(verdict, out)
    assert out.getvalue().count('<td class="number">3</td>') == ROWS_PER_RULE
    assert "另有 5 处" in out.getvalue()


LAYOUT = Layout(
    code="things",
    title="物品表",
    columns=(
        Column(name="note", title="备注"),
        Column(name="kind", title="类别", required=True, code_set="kinds"),
        Column(name="number", title="编号", required=True, kind="id"),
        Column(name="place", title="地点", code_set="places"),
    ),
)


def test_layout_puts_required_columns_first_and_offers_choices(tmp_path: Path) -> None:
    choices = {"kinds": ["甲类", "乙类"], "places": [f"第{at}号楼的某个地点" for at in range(60)]}
    assert [column.name for column in written_order(LAYOUT)] == ["kind", "number", "note", "place"]
    (path,) = write_layout(tmp_path / "t.xlsx", LAYOUT, choices=choices)
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book.worksheets[0][1]] == ["类别", "编号", "备注", "地点"]
    offered = {str(each.sqref): each.formula1 for each in book.worksheets[0].data_validations.dataValidation}
    assert offered == {"A2:A2001": '"甲类,乙类"', "D2:D2001": "'可选值'!$A$2:$A$61"}
    assert book["可选值"].sheet_state == "hidden"
    assert [book["可选值"].cell(row, 1).value for row in (1, 2, 61)] == [
        "地点",
        choices["places"][0],
        choices["places"][59],
    ]


def test_layout_splits_into_sheets_and_files(tmp_path: Path) -> None:
    rows = ({"kind": "甲类", "number": str(at), "note": "=1+1"} for at in range(17))
    paths = write_layout(tmp_path / "t.xlsx", LAYOUT, rows, rows_per_sheet=5, sheets_per_file=3)
    assert [path.name for path in paths] == ["t.xlsx", "t-2.xlsx"]
    tables = [table for path in paths for table in read_tables(path)]
    assert [table.data.num_rows for table in tables] == [5, 5, 5, 2]
    assert [value for table in tables for value in table.data["c1"].to_pylist()] == [str(at) for at in range(17)]
    assert formulas_in(paths[0]) == []


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    values = ["007", "420606200811245972", "2009-01-01", "=1+1", " 空 ", "阿卜杜·热合曼", "㐀"]
    write_table(tmp_path / "a.xlsx", ["姓名", "值"], [["张三", value] for value in values])
    (table,) = read_tables(tmp_path / "a.xlsx")
    assert table.data["c1"].to_pylist() == values
    assert isinstance(table.data, pa.Table)
    assert table.lossy == frozenset()

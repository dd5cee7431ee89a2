"""What a person typed is what the table says: semantics of cells, headings, merges, encodings, damaged files."""

from __future__ import annotations

import datetime
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.kernel.sheets.workbooks import plain, sheet_xml, text_rows, write_workbook
from zhixing.kernel.rosters.tables import RawTable
from zhixing.kernel.sheets.limits import WEB, Limits
from zhixing.kernel.sheets.reading import read_tables
from zhixing.kernel.sheets.refusal import SheetRefused

KNOWN = ("姓名", "性别", "身份证号", "班级", "出生日期", "家长(监护人)姓名")


def rows_of(table: RawTable) -> list[list[str | None]]:
    """The cells of a table row by row."""
    columns = [table.data[f"c{at}"].to_pylist() for at in range(len(table.headings))]
    return [list(row) for row in zip(*columns, strict=True)]


def numbers_of(table: RawTable) -> list[int]:
    found: list[int] = table.data["_row"].to_pylist()
    return found


def one(path: Path, **options: Any) -> RawTable:
    """The only table of a file."""
    (table,) = read_tables(path, known_headings=KNOWN, **options)
    return table


def by_openpyxl(path: Path, fill: Callable[[Any], None]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "名单"
    fill(book.active)
    book.save(path)
    return path


def cells(sheet: Any, rows: Iterable[Iterable[Any]], first_row: int = 1, first_column: int = 1) -> None:
    for number, row in enumerate(rows, start=first_row):
        for at, value in enumerate(row, start=first_column):
            sheet.cell(number, at, value)


VALUES: dict[str, tuple[Any, str | None]] = {
    "whole number": (7, "7"),
    "whole number kept as a fraction": (2024.0, "2024"),
    "negative": (-3, "-3"),
    "zero": (0, "0"),
    "fraction": (1.5, "1.5"),
    "rounding noise": (0.1 + 0.2, "0.3"),
    "tiny": (0.0000001, "0.0000001"),
    "phone as number": (13800138000, "13800138000"),
    "fifteen digits": (420606200901011, "420606200901011"),
    "date": (datetime.date(2009, 1, 31), "20090131"),
    "date and time": (datetime.datetime(2009, 1, 31, 8, 30), "20090131 08:30:00"),
    "true": (True, "TRUE"),
    "text of digits": ("007", "007"),
    "text of eighteen digits": ("420606200811245972", "420606200811245972"),
    "blanks around": (" 张三 ", " 张三 "),
    "only blanks": ("  \u3000", None),
    "full width": ("１２３Ａ", "１２３Ａ"),
    "line break": ("甲\n乙", "甲\n乙"),
    "rare character": ("㐀𠮷", "㐀𠮷"),
    "looks like a formula": ("'=1+1", "'=1+1"),
    "interpunct": ("阿卜杜·热合曼", "阿卜杜·热合曼"),
    "markup": ("<b>&amp;</b>", "<b>&amp;</b>"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_value_reads_as_typed(tmp_path: Path, kind: str) -> None:
    given, expected = VALUES[kind]
    path = by_openpyxl(tmp_path / "a.xlsx", lambda sheet: cells(sheet, [["姓名", "性别"], ["张三", given]]))
    assert rows_of(one(path)) == [["张三", expected]] if expected else [["张三"]]


def test_id_number_typed_as_a_number_is_named_as_lossy(tmp_path: Path) -> None:
    lines = [["姓名", "身份证号"], ["张三", "420606200811245972"], ["李四", 420606200811245972]]
    table = one(by_openpyxl(tmp_path / "a.xlsx", lambda sheet: cells(sheet, lines)))
    assert table.lossy == {(3, 1)}
    assert rows_of(table)[1][1] is not None
    assert "e" not in str(rows_of(table)[1][1]).lower()


def test_title_rows_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "2024年秋季学生名单"
        sheet.merge_cells("A1:C1")
        sheet["A2"] = "填表日期：2024年9月1日"
        cells(sheet, [["姓名", "性别", "身份证号"], ["张三", "男", "1"]], first_row=4)

    table = one(by_openpyxl(tmp_path / "a.xlsx", fill))
    assert (table.header_row, table.headings, numbers_of(table)) == (4, ("姓名", "性别", "身份证号"), [5])


def test_headings_are_found_without_knowing_them(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", ["某校设备清单"], [], ["编号", "名称", "单价"], ["1", "车床", "30000"])
    assert one(path).headings == ("编号", "名称", "单价")


def test_headings_that_differ_in_spelling_are_known(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", ["甲校 2024"], ["姓 名*", "家长（监护人）姓名", "性别\n"], ["张三", "张大", "男"])
    table = one(path)
    assert table.header_row == 2
    assert table.headings == ("姓 名*", "家长（监护人）姓名", "性别")


def test_blank_rows_and_columns_fall_away_and_addresses_stay_true(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        cells(sheet, [["姓名", "性别"], ["张三", "男"], [None, " "], ["李四", "女"]], first_row=3, first_column=2)
        sheet["H60"] = "  "

    table = one(by_openpyxl(tmp_path / "a.xlsx", fill))
    assert table.headings == ("", "姓名", "性别")
    assert numbers_of(table) == [4, 6]
    assert rows_of(table) == [[None, "张三", "男"], [None, "李四", "女"]]


def test_column_without_heading_is_called_by_its_letter(tmp_path: Path) -> None:
    table = one(plain(tmp_path / "a.xlsx", ["姓名", "", "性别"], ["张三", "班长", "男"]))
    assert table.headings == ("姓名", "B 列（没有标题）", "性别")
    assert any("B 列没有标题" in note for note in table.notes)


def test_repeated_headings_stay_as_the_file_spells_them(tmp_path: Path) -> None:
    table = one(plain(tmp_path / "a.xlsx", ["姓名", "性别", "姓名"], ["张三", "男", "张大"]))
    assert table.headings == ("姓名", "性别", "姓名")


def test_hidden_sheets_are_passed_over_with_a_note(tmp_path: Path) -> None:
    sheet = sheet_xml(text_rows(["姓名", "性别"], ["张三", "男"]))
    states = {"旧表": "hidden", "底稿": "veryHidden"}
    path = write_workbook(tmp_path / "a.xlsx", {"旧表": sheet, "名单": sheet, "底稿": sheet}, states=states)
    table = one(path)
    assert table.sheet == "名单"
    assert any("旧表" in note and "底稿" in note for note in table.notes)


def test_every_visible_sheet_is_read_and_empty_ones_are_not(tmp_path: Path) -> None:
    sheet = sheet_xml(text_rows(["姓名", "性别"], ["张三", "男"]))
    path = write_workbook(tmp_path / "a.xlsx", {"一": sheet, "空": sheet_xml(""), "二": sheet})
    assert [table.sheet for table in read_tables(path)] == ["一", "二"]


def test_hidden_rows_and_columns_count(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        cells(sheet, [["姓名", "性别"], ["张三", "男"], ["李四", "女"]])
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    assert rows_of(one(by_openpyxl(tmp_path / "a.xlsx", fill))) == [["张三", "男"], ["李四", "女"]]


def test_cells_merged_downwards_are_filled_with_a_note(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        lines = [
            ["姓名", "班级", "性别"],
            ["张三", "一班", "男"],
            ["李四", None, "女"],
            ["王五", None, "男"],
            ["赵六", None, "女"],
        ]
        cells(sheet, lines)
        sheet.merge_cells("B2:B4")

    table = one(by_openpyxl(tmp_path / "a.xlsx", fill))
    assert [row[1] for row in rows_of(table)] == ["一班", "一班", "一班", None]
    assert any("合并单元格" in note for note in table.notes)


def test_formula_counts_by_its_stored_result(tmp_path: Path) -> None:
    rows = (
        text_rows(["姓名", "性别"])
        + '<row r="2"><c r="A2" t="str"><f>"张"&amp;"三"</f><v>张三</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
    )
    assert rows_of(one(write_workbook(tmp_path / "a.xlsx", {"名单": sheet_xml(rows)}))) == [["张三", "2"]]


def test_formula_without_result_is_refused_with_its_address(tmp_path: Path) -> None:
    path = by_openpyxl(tmp_path / "a.xlsx", lambda sheet: cells(sheet, [["姓名", "性别"], ["张三", "=SUM(1,2)"]]))
    with pytest.raises(SheetRefused, match="名单”的 B2 单元格是公式"):
        read_tables(path)


def test_error_cells_are_blank_with_a_note(tmp_path: Path) -> None:
    rows = (
        text_rows(["姓名", "性别"], ["张三", "男"])
        + '<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3"><v>1</v></c></row>'
    )
    table = one(write_workbook(tmp_path / "a.xlsx", {"名单": sheet_xml(rows)}))
    assert rows_of(table)[1] == [None, "1"]
    assert any("#N/A" in note for note in table.notes)


def test_dates_of_both_calendars(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    cells(book.active, [["姓名", "出生日期"], ["张三", datetime.date(2009, 1, 31)]])
    book.save(tmp_path / "a.xlsx")
    assert rows_of(one(tmp_path / "a.xlsx")) == [["张三", "20090131"]]


def test_sheet_with_headings_only_has_no_rows(tmp_path: Path) -> None:
    table = one(plain(tmp_path / "a.xlsx", ["姓名", "性别"]))
    assert table.data.num_rows == 0
    assert table.headings == ("姓名", "性别")


def test_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused, match="没有数据"):
        read_tables(write_workbook(tmp_path / "a.xlsx", {"名单": sheet_xml("")}))


CSV = '某校名单,,\n姓名,身份证号,备注\n张三,"=""420606200811245972""","甲\n乙"\n\n㐀生僻,\t1380013800\t,"a""b"\n'
CSV_ROWS = [["张三", "420606200811245972", "甲\n乙"], ["㐀生僻", "1380013800", 'a"b']]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_reads_in_every_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = CSV if delimiter != "\t" else CSV.replace("\t", "")
    path = tmp_path / "a.csv"
    path.write_bytes(text.replace(",", delimiter).encode(encoding))
    table = one(path)
    assert rows_of(table) == CSV_ROWS
    assert (table.header_row, numbers_of(table)) == (2, [3, 5])


def test_csv_in_gbk(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,性别\r\n王芳,女\r\n".encode("gbk"))
    assert rows_of(one(path)) == [["王芳", "女"]]


def test_csv_number_in_powers_of_ten_is_lossy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,身份证号\n张三,4.20606E+17\n李四,420606200811245972\n")
    assert one(path).lossy == {(2, 1)}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("姓名,备注\n".encode() + "张三,这是用另一种编码写下的一长段话\n".encode("gbk"), "两种文字编码"),
        (b"\xff\xff\x80\x81,\x80\n", "认不出文字编码"),
        ('姓名,备注\n"张三,李四\n'.encode(), "引号没有成对"),
        ("姓名,备注\n张三,\x01\n".encode(), "认不出文字编码"),
        (("姓名" + "," * 300 + "\n").encode(), "超过 256 列"),
    ],
)
def test_csv_that_makes_no_sense_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(SheetRefused, match=reason):
        read_tables(path)


def test_csv_with_too_many_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,性别\n" + "张三,男\n" * 60_001)
    with pytest.raises(SheetRefused, match="超过 60001 行"):
        read_tables(path, limits=WEB)


def test_parquet_of_every_type(tmp_path: Path) -> None:
    columns = {
        "姓名": ["张三", None],
        "年级": [2024, 2025],
        "出生日期": [datetime.date(2009, 1, 31), None],
        "身份证号": [1.5, 420606200811245972.0],
        "班级": pa.array(["一班", "二班"]).dictionary_encode(),
        "住宿": [True, False],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    table = one(tmp_path / "a.parquet")
    assert table.headings == tuple(columns)
    first, second = rows_of(table)
    assert first == ["张三", "2024", "20090131", "1.5", "一班", "TRUE"]
    assert (second[:3], second[4:]) == ([None, "2025", None], ["二班", "FALSE"])
    assert (numbers_of(table), table.lossy) == ([2, 3], {(3, 3)})


def test_parquet_with_lists_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"姓名": [["张三"]]}), tmp_path / "a.parquet")
    with pytest.raises(SheetRefused, match="姓名"):
        read_tables(tmp_path / "a.parquet")


def damaged_copies(good: bytes) -> Iterable[tuple[str, bytes]]:
    """The file cut short at many places, and with single bits turned over."""
    chance = random.Random(7)
    for part in range(1, 25):
        yield f"cut at {part}/25", good[: len(good) * part // 25]
    for _ in range(36):
        at = chance.randrange(len(good))
        yield f"bit at {at}", good[:at] + bytes([good[at] ^ (1 << chance.randrange(8))]) + good[at + 1 :]


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_damaged_file_is_read_or_refused_but_never_breaks(tmp_path: Path, suffix: str) -> None:
    rows = [["姓名", "性别"], *([f"学生{at}", "男"] for at in range(300))]
    path = tmp_path / f"good{suffix}"
    if suffix == ".xlsx":
        plain(path, *rows)
    else:
        pq.write_table(pa.table({"姓名": [row[0] for row in rows[1:]], "性别": ["男"] * 300}), path)
    whole = rows_of(one(path))
    refused = 0
    for told, data in damaged_copies(path.read_bytes()):
        broken = tmp_path / f"broken{suffix}"
        broken.write_bytes(data)
        begun = time.monotonic()
        try:
            (table,) = read_tables(broken, known_headings=KNOWN)
        except SheetRefused as refusal:
            refused += bool(refusal.why and refusal.remedy)
        else:
            assert suffix == ".parquet" or rows_of(table) == whole, told
        assert time.monotonic() - begun < 10, told
    assert refused >= 24


def test_child_that_runs_out_of_memory_is_a_refusal(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", ["姓名", "性别"], *(["张" * 2000, "男"] for _ in range(20_000)))
    limits = {**WEB.__dict__, "memory_bytes": 150 << 20, "ratio": 10**6, "file_bytes": 100 << 20}
    with pytest.raises(SheetRefused, match="内存或时间"):
        read_tables(path, limits=Limits(**limits))


def test_far_cell_past_the_guard_kills_only_the_child(tmp_path: Path) -> None:
    rows = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
    with pytest.raises(SheetRefused, match="内存或时间|超过"):
        read_tables(write_workbook(tmp_path / "a.xlsx", {"名单": sheet_xml(rows)}), limits=WEB)


def test_child_sees_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhixing.kernel.sheets import reading

    monkeypatch.setenv("ZHIXING_MASTER_KEY", "secret")
    assert "secret" not in "".join(reading._bare_environment().values())
    assert not {key for key in reading._bare_environment() if "ZHIXING" in key or "DJANGO" in key}


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    place = tmp_path / "temp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    table = one(plain(tmp_path / "a.xlsx", ["姓名", "性别"], ["张三", "男"]))
    assert list(place.iterdir()) == []
    assert rows_of(table) == [["张三", "男"]]


def test_reading_loads_no_django() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import zhixing.kernel.sheets.reading, zhixing.kernel.sheets.annotate, zhixing.kernel.sheets.page;"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code} print('django' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr

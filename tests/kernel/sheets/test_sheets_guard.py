"""Hostile and broken files are turned away fast, small and with words a clerk can act on."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernel.sheets import workbooks as made
from tests.kernel.sheets.workbooks import ROW, SHEET, plain, sheet_xml, text_rows, write_workbook
from zhixing.kernel.sheets.guard import guard
from zhixing.kernel.sheets.limits import COMMAND_LINE, WEB, Limits
from zhixing.kernel.sheets.refusal import SheetRefused

Maker = Callable[[Path], object]
ONE_ROW = sheet_xml(text_rows(["姓名", "性别"], ["张三", "男"]))


def a_book(path: Path, sheet: made.Part = ONE_ROW, extra: dict[str, made.Part] | None = None) -> Path:
    """A workbook of one sheet and extra parts."""
    return write_workbook(path, {"名单": sheet}, extra=extra)


def cell(address: str) -> bytes:
    return sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="{address}"><v>1</v></c></row>')


HOSTILE: dict[str, tuple[Maker, str]] = {
    "ten million rows": (lambda path: a_book(path, made.many_rows(10_000_000)), "异常紧|MiB"),
    "a cell of 512 MiB": (lambda path: a_book(path, made.one_cell(512)), "异常紧|MiB"),
    "entities": (lambda path: a_book(path, made.billion_laughs()), "实体定义"),
    "far corner": (lambda path: a_book(path, cell("XFD1048576")), "超出了 256 列"),
    "far column": (lambda path: a_book(path, cell("IW2")), "超出了 256 列"),
    "far column, small letters": (lambda path: a_book(path, cell("xfd2")), "超出了 256 列"),
    "row past the last": (lambda path: a_book(path, cell("A1048577")), "超过 1048576 行"),
    "row with zeros before it": (lambda path: a_book(path, cell("A0009999999")), "超过 1048576 行"),
    "macro": (lambda path: a_book(path, extra={"xl/vbaProject.bin": b"x"}), "宏"),
    "macro by type": (
        lambda path: a_book(path, extra={"[Content_Types].xml": "<Types><a b='x.macroEnabled.main+xml'/></Types>"}),
        "宏",
    ),
    "external link": (lambda path: a_book(path, extra={"xl/externalLinks/externalLink1.xml": "<a/>"}), "外部链接"),
    "data connection": (lambda path: a_book(path, extra={"xl/connections.xml": "<a/>"}), "外部数据连接"),
    "embedded file": (lambda path: a_book(path, extra={"xl/embeddings/oleObject1.bin": b"x"}), "嵌有别的文件"),
    "archive within": (lambda path: a_book(path, extra={"xl/media/inner.zip": b"PK\x03\x04"}), "套着压缩包"),
    "archive in disguise": (lambda path: a_book(path, extra={"xl/media/image1.png": b"PK\x03\x04"}), "套着压缩包"),
    "way out": (lambda path: a_book(path, extra={"../../etc/passwd": b"x"}), "名称不正常"),
    "absolute name": (lambda path: a_book(path, extra={"/etc/passwd": b"x"}), "名称不正常"),
    "three hundred parts": (
        lambda path: a_book(path, extra={f"xl/media/image{at}.png": b"x" for at in range(300)}),
        "超过 200 个",
    ),
    "other encoding": (
        lambda path: a_book(path, '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")),
        "编码不正常",
    ),
    "smaller than it says": (
        lambda path: (a_book(path, sheet_xml(ROW.format(1, "x" * 5000))), made.understate(path, SHEET, 100)),
        "比它自己声明的大",
    ),
    "overlapping parts": (lambda path: (a_book(path), made.overlap(path)), "重叠|不一致"),
    "password": (lambda path: path.write_bytes(made.compound_file(encrypted=True)), "有密码"),
    "old xls by another name": (lambda path: path.write_bytes(made.compound_file(encrypted=False)), "旧版 Excel"),
    "text by another name": (lambda path: path.write_text("姓名,性别\n张三,男\n"), "内容却不是"),
    "web page by another name": (lambda path: path.write_text("<html><table></table></html>"), "内容却不是"),
    "empty": (lambda path: path.write_bytes(b""), "0 字节"),
    "formula without a result": (
        lambda path: a_book(path, sheet_xml('<row r="7"><c r="C7"><f>SUM(1,2)</f><v></v></c></row>')),
        "名单”的 C7 单元格是公式",
    ),
    "no visible sheet": (
        lambda path: write_workbook(path, {"名单": ONE_ROW}, states={"名单": "hidden"}),
        "没有可见的工作表",
    ),
    "only an archive": (lambda path: _archive(path), "压缩包"),
}


def _archive(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as container:
        container.writestr("名单.txt", "x")


def refusal(path: Path, limits: Limits = COMMAND_LINE) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        guard(path, limits=limits)
    return caught.value


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_is_refused_in_under_a_second(tmp_path: Path, kind: str) -> None:
    make, reason = HOSTILE[kind]
    path = tmp_path / "名册.xlsx"
    make(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    refused = refusal(path)
    assert time.process_time() - begun < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert re.search(reason, refused.why), refused.why
    assert str(refused).startswith("“名册.xlsx”")
    assert refused.remedy
    assert not re.search("[A-Za-z]{3,}Error|Traceback", str(refused))


def test_ten_million_rows_that_pack_badly_are_counted(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", made.many_rows(80_000))
    assert "超过 60001 行" in refusal(path, WEB).why
    guard(path, limits=COMMAND_LINE)


@pytest.mark.parametrize(
    ("name", "reason"), [("a.xls", "旧版"), ("a.xlsm", "宏"), ("a.doc", "不认识"), ("a", "没有扩展名")]
)
def test_other_kinds_of_files_are_named(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"some text")
    assert reason in refusal(path).why


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert "没有这个文件" in refusal(tmp_path / "没有.xlsx").why


def test_limits_are_asked(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", ["姓名"], ["张三"])
    tight = Limits(
        file_bytes=100, unpacked_bytes=1, rows=1, columns=1, table_rows=1, memory_bytes=1 << 30, cpu_seconds=1
    )
    assert "MiB" in refusal(path, tight).why


@pytest.mark.parametrize("address", ["A1", "IV60001", "AA100", "Z9999", "HZ59999"])
def test_cells_within_bounds_pass(tmp_path: Path, address: str) -> None:
    assert guard(a_book(tmp_path / "a.xlsx", cell(address)), limits=WEB) is None


@pytest.mark.parametrize("address", ["A60002", "A60010", "A61000", "IV70000", "A100000", "IW1", "JA1", "AAA1"])
def test_cells_beyond_bounds_are_refused(tmp_path: Path, address: str) -> None:
    assert refusal(a_book(tmp_path / "a.xlsx", cell(address)), WEB)


@pytest.mark.parametrize("offset", range(0, 60, 7))
def test_far_cell_is_seen_across_the_seam_of_two_chunks(tmp_path: Path, offset: int) -> None:
    padding = " " * ((1 << 20) - len(made.HEAD) - 30 + offset)
    path = a_book(tmp_path / "a.xlsx", sheet_xml(f'{padding}<row r="2"><c r="XFD2"><v>1</v></c></row>'))
    loose = Limits(**{**COMMAND_LINE.__dict__, "ratio": 10**9})
    assert "256 列" in refusal(path, loose).why


def test_formulas_with_results_and_hidden_ones_without_pass(tmp_path: Path) -> None:
    solved = sheet_xml('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>')
    open_ = sheet_xml('<row r="1"><c r="A1"><f>1+1</f></c></row>')
    book = write_workbook(tmp_path / "a.xlsx", {"名单": solved, "草稿": open_}, states={"草稿": "hidden"})
    assert guard(book) is None

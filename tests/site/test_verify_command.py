"""`zhixing verify` as a user runs it: another process, files on a desk, exit codes and outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.kernel.sheets.workbooks import plain, sheet_xml, write_workbook

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
KEYS = ["rows", "rosters", "findings", "by_rule"]
FINDING_KEYS = [
    "rule", "severity", "title", "file", "sheet", "row", "column", "value", "message", "basis", "remedy",
]  # fmt: skip
ROSTER_KEYS = ["file", "sheet", "layout", "rows"]

CLEAN_ROW = {
    "姓名": "张志远", "性别": "男", "民族": "汉族", "年级": "2024", "入学年月": "202409", "招生类型": "应届初中毕业生",
    "修读专业": "数控技术应用", "学制": "3年", "班级": "24数控1班", "联招合作类型": "非联招合作办学",
    "联招合作学校机构代码": "", "户籍所在省": "湖北省", "户籍所在市": "襄阳市", "户籍所在区县": "樊城区",
    "详细地址": "人民路5号", "户籍性质": "农业户口", "是否低保": "否", "是否享受国家助学金": "否", "月发放标准(元)": "",
    "学生类型": "普通中专", "生源类别": "本省", "家长(监护人)姓名": "张大山", "家长(监护人)电话": "13800138000",
    "教学点名称": "校本部", "健康情况": "健康或良好", "现家庭所在省": "湖北省", "现家庭所在市": "襄阳市",
    "现家庭所在区县": "樊城区", "现家庭详细地址": "人民路5号", "专业目录版本": "2021", "出生日期": "20090301",
}  # fmt: skip


def id_number(order: int, *, birth: str = "20090301", good: bool = True) -> str:
    """An invented number of a boy; with ``good`` false its check digit is wrong."""
    body = f"420606{birth}{order * 2 + 1:03d}"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    return body + (check if good else "0123456789X"[("0123456789X".index(check) + 1) % 11])


def roster(count: int = 3, *, faults: Sequence[int] = ()) -> list[list[str]]:
    """Headings and clean rows, but for wrong check digits in the rows (from 0) of ``faults``."""
    names = ("张志远", "李晓明", "王建国", "赵文博", "陈思齐")
    rows = [["身份证号", *CLEAN_ROW]]
    for at in range(count):
        own = CLEAN_ROW | {"姓名": names[at % 5], "家长(监护人)姓名": f"{names[at % 5][0]}大山"}
        own["家长(监护人)电话"] = f"138001380{at:02d}"
        rows.append([id_number(at, good=at not in faults), *own.values()])
    return rows


def book(path: Path, rows: list[list[str]]) -> Path:
    """A workbook of plain text with any number of columns."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "名单"
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def verify(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a bare environment, as on a fresh machine without configuration."""
    source = str(Path(__file__).parents[2] / "src")
    environment = {"PATH": os.defpath, "PYTHONPATH": source, "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "zhixing", "verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, timeout=100)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A roster of five with one wrong check digit, in row 4 of the sheet."""
    return book(tmp_path_factory.mktemp("faulty") / "名册.xlsx", roster(5, faults=[2]))


def test_clean_roster_exits_with_0(tmp_path: Path) -> None:
    done = verify(book(tmp_path / "a.xlsx", roster(5)), "--on", "2024-10-01")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "没有发现问题" in done.stdout


def test_text_names_rule_row_and_remedy_and_masks(faulty: Path) -> None:
    done = verify(faulty, "--on", "2024-10-01")
    assert done.returncode == 1, done.stderr
    for told in ("students.id_check_digit_wrong", "名单 第 4 行", "依据：", "办法：", "420***********"):
        assert told in done.stdout
    assert id_number(2, good=False) not in done.stdout


def test_json_has_exactly_the_promised_keys(faulty: Path) -> None:
    done = verify(faulty, "--format", "json", "--on", "20241001")
    told = json.loads(done.stdout)
    assert list(told) == KEYS
    assert told["rows"] == 5
    assert [list(each) for each in told["rosters"]] == [ROSTER_KEYS]
    (finding,) = told["findings"]
    assert list(finding) == FINDING_KEYS
    place = [finding[key] for key in ("rule", "severity", "file", "sheet", "row", "column")]
    assert place == ["students.id_check_digit_wrong", "error", "名册.xlsx", "名单", 4, "身份证号"]
    assert finding["value"].startswith("420***")
    assert told["by_rule"] == {"students.id_check_digit_wrong": 1}


def test_reveal_shows_the_value(faulty: Path) -> None:
    done = verify(faulty, "--format", "json", "--reveal", "--on", "2024-10-01")
    assert json.loads(done.stdout)["findings"][0]["value"] == id_number(2, good=False)


def test_no_format_shows_an_id_number_unasked(faulty: Path, tmp_path: Path) -> None:
    plain_number = id_number(2, good=False)
    for name in ("text", "json", "html"):
        assert plain_number not in verify(faulty, "--format", name, "--on", "2024-10-01").stdout
    verify(faulty, "--format", "xlsx", "--out", tmp_path / "out.xlsx", "--on", "2024-10-01")
    written = openpyxl.load_workbook(tmp_path / "out.xlsx")
    summary = written["核验结果"]
    assert not [cell for row in summary.iter_rows() for cell in row if plain_number in str(cell.value)]
    assert written["名单"]["A4"].value == plain_number
    assert plain_number not in written["名单"]["A4"].comment.text


def test_sheet_comes_back_with_mark_and_comment(faulty: Path, tmp_path: Path) -> None:
    done = verify(faulty, "--format", "xlsx", "--on", "2024-10-01", cwd=tmp_path)
    assert done.returncode == 1
    sheet = openpyxl.load_workbook(tmp_path / "名册.核验结果.xlsx")["名单"]
    assert sheet["A4"].fill.fgColor.rgb.endswith("FFC7CE")
    assert "校验码" in sheet["A4"].comment.text
    assert sheet["A3"].comment is None
    assert [cell.value for cell in sheet[1]][:2] == ["身份证号", "姓名"]


def test_page_stands_alone(faulty: Path, tmp_path: Path) -> None:
    done = verify(faulty, "--format", "html", "--out", tmp_path / "r.html", "--on", "2024-10-01")
    assert done.returncode == 1
    page = (tmp_path / "r.html").read_text()
    assert "<svg" in page
    assert "校验码" in page
    assert "<script" not in page
    assert 'href="' not in page.replace('xmlns="http', "")
    assert "src=" not in page


@pytest.mark.parametrize("kind", ["csv", "gb18030", "parquet"])
def test_other_kinds_of_files_give_the_same_rows(tmp_path: Path, kind: str) -> None:
    rows = roster(5, faults=[2])
    path = tmp_path / ("a.parquet" if kind == "parquet" else "a.csv")
    if kind == "parquet":
        pq.write_table(pa.table({name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}), path)
    else:
        path.write_bytes("\n".join(",".join(row) for row in rows).encode("utf-8" if kind == "csv" else kind))
    done = verify(path, "--format", "json", "--on", "2024-10-01")
    findings = json.loads(done.stdout)["findings"]
    assert [(each["rule"], each["row"]) for each in findings] == [("students.id_check_digit_wrong", 4)]


def test_titles_above_and_several_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    for name, faults in (("一", []), ("二", [0])):
        sheet = workbook.create_sheet(name)
        sheet.append(["某校学生名册"])
        sheet.merge_cells("A1:E1")
        sheet.append([])
        for row in roster(2 if name == "一" else 1, faults=faults):
            row = row if row[0] == "身份证号" else [id_number(40, good=False) if faults else row[0], *row[1:]]
            sheet.append(row)
    del workbook["Sheet"]
    workbook.save(path)
    told = json.loads(verify(path, "--format", "json", "--on", "2024-10-01").stdout)
    assert [(each["sheet"], each["rows"]) for each in told["rosters"]] == [("一", 2), ("二", 1)]
    errors = [each for each in told["findings"] if each["severity"] == "error"]
    assert [(each["sheet"], each["row"]) for each in errors] == [("二", 4)]


def test_against_another_school(tmp_path: Path) -> None:
    own, other = book(tmp_path / "own.xlsx", roster(2)), book(tmp_path / "other.xlsx", roster(1))
    told = json.loads(verify(own, "--against", other, "--format", "json", "--on", "2024-10-01").stdout)
    found = [
        (each["file"], each["row"]) for each in told["findings"] if each["rule"] == "students.enrolled_in_two_schools"
    ]
    assert found == [("own.xlsx", 2)]


def test_folder_and_pattern(tmp_path: Path) -> None:
    book(tmp_path / "一.xlsx", roster(1))
    book(tmp_path / "二.xlsx", [roster(2)[0], roster(2)[2]])
    (tmp_path / "~$一.xlsx").write_bytes(b"lock")
    for given in (tmp_path, tmp_path / "[一二].xlsx"):
        told = json.loads(verify(given, "--format", "json", "--on", "2024-10-01").stdout)
        assert {each["file"] for each in told["rosters"]} == {"一.xlsx", "二.xlsx"}


def test_unreadable_files_exit_with_2_and_are_all_named(tmp_path: Path, faulty: Path) -> None:
    (tmp_path / "空.xlsx").write_bytes(b"")
    write_workbook(tmp_path / "宏.xlsx", {"名单": sheet_xml("")}, extra={"xl/vbaProject.bin": b"x"})
    done = verify(tmp_path / "空.xlsx", tmp_path / "宏.xlsx", tmp_path / "无.xlsx", faulty)
    assert done.returncode == 2
    assert done.stdout == ""
    for told in ("空.xlsx", "0 字节", "宏.xlsx", "带有宏", "无.xlsx", "没有这个文件", "请"):
        assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "名册.xlsx" not in done.stderr


def test_sheet_that_is_no_roster_exits_with_2(tmp_path: Path) -> None:
    done = verify(plain(tmp_path / "a.xlsx", ["编号", "名称"], ["1", "车床"]))
    assert done.returncode == 2
    assert "没有认出" in done.stderr


def test_id_number_typed_as_number_is_told_with_its_cell(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(row) for row in roster(2)]
    rows[2][0] = int(id_number(5).replace("X", "1"))
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    told = json.loads(verify(path, "--format", "json", "--on", "2024-10-01").stdout)
    found = [each for each in told["findings"] if each["row"] == 3 and each["column"] == "身份证号"]
    assert [each["rule"] for each in found] == ["students.id_number_malformed"]


@pytest.mark.parametrize(
    "arguments", [["--format", "pdf"], ["--on", "不是日期"], ["--workers", "0"], ["--roster", "没有"], []]
)
def test_misuse_is_explained_in_chinese(faulty: Path, arguments: list[str]) -> None:
    done = verify(*([faulty, *arguments] if arguments else []))
    assert done.returncode == 2
    assert any("\u4e00" <= each <= "\u9fff" for each in done.stderr)
    for english in ("error:", "required", "invalid", "usage:"):
        assert english not in done.stderr


def test_result_never_replaces_the_input(faulty: Path) -> None:
    before = faulty.read_bytes()
    done = verify(faulty, "--format", "xlsx", "--out", faulty)
    assert done.returncode == 2
    assert faulty.read_bytes() == before


def test_help_is_chinese() -> None:
    done = verify("--help")
    assert done.returncode == 0
    for english in ("usage", "options", "positional", "show this"):
        assert english not in done.stdout
    assert "用法" in done.stdout


def test_out_writes_into_a_pipe_and_never_replaces_it(faulty: Path, tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[str] = []
    listener = threading.Thread(target=lambda: heard.append(pipe.read_text()), daemon=True)
    listener.start()
    verify(faulty, "--format", "json", "--out", pipe)
    listener.join(10)
    assert pipe.is_fifo()
    assert json.loads(heard[0])["rows"] == 5


def test_verify_loads_no_django(faulty: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from zhixing.site.command import main\n"
        f"main(['verify', {str(faulty)!r}, '--format', 'json', '--out', {str(tmp_path / 'o.json')!r}])\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'django'), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip().endswith("[]"), done.stderr


def test_injected_text_stays_text_everywhere(tmp_path: Path) -> None:
    attack = '=HYPERLINK("http://x","<script>alert(1)</script>")'
    rows = roster(2)
    rows[1][rows[0].index("姓名")] = attack
    book_path = tmp_path / "a.xlsx"
    write_workbook(book_path, {"名单": sheet_xml(_wide(rows))})
    for name in ("html", "text"):
        assert "<script>alert" not in verify(book_path, "--format", name).stdout or name == "text"
    verify(book_path, "--format", "xlsx", "--out", tmp_path / "o.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "o.xlsx").worksheets:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def _wide(rows: list[list[str]]) -> str:
    """Inline text in more than 26 columns."""
    from xml.sax.saxutils import escape

    from zhixing.kernel.sheets.addresses import cell_of

    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{cell_of(number, at)}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for at, text in enumerate(row)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return "".join(lines)

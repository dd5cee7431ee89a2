"""The main job: a roster with faults comes in, its faults are handed out, put right, verified by another and closed."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from .conftest import Windows
from .pictures import Pictures
from .rosters import CLASS, HEADINGS, Row, newcomers, written
from .steps import JOB, confirm, deed, fact, finding, idle, upload, verify_now, write_as_is

SERIAL = 11
NAME, OWN_COLUMN = "秋季补录名册.xlsx", "住址邮编"
UNKNOWN_VALUE, BIRTH, CHECK_DIGIT, PHONE, MISSING = (
    "填写的值不在代码表内", "出生日期与身份证号不符", "身份证号校验码不符", "电话号码不合格式", "必填项没有填写",
)  # fmt: skip
TUTOR, REGISTRAR = "苏刚峰", "吕怡艳"


def spoiled() -> list[Row]:
    """Ten newcomers with a value that only needs its suffix (twice) and four cells that somebody must look up."""
    rows = newcomers(10, serial=SERIAL)
    for row in rows:
        row[OWN_COLUMN] = "441000"
    rows[0]["民族"] = rows[1]["民族"] = "汉"
    rows[2]["家长(监护人)电话"] = "1234567"
    rows[3]["出生日期"] = "20080228"
    rows[4]["健康情况"] = None
    number = str(rows[5]["身份证号"])
    rows[5]["身份证号"] = number[:-1] + ("1" if number[-1] != "1" else "2")
    return rows


def test_a_roster_with_faults_runs_through_to_closed_findings(
    windows: Windows, pictures: Pictures, tmp_path: Path
) -> None:
    rows = spoiled()
    numbers = [str(row["校内学号"]) for row in rows]
    registrar = windows.of("registrar")
    registrar.goto("/")
    pictures.take(registrar, "home")
    roster = written(tmp_path, NAME, rows, headings=(*HEADINGS, OWN_COLUMN))
    address = bring(registrar, roster, pictures)
    mend(registrar, pictures)
    write_as_is(registrar, rows=10)
    pictures.take(registrar, "receipt")
    the_same_file_is_recognised(registrar, roster, address)
    see_by_rule(registrar, pictures)
    hand_out(registrar, pictures)

    tutor = windows.of("class-tutor", phone=True)
    put_right(tutor, pictures, numbers[4])
    report_only(tutor, numbers[2], "已向家长核实，号码正在更换。")
    correct(tutor, numbers[3], birth=str(rows[3]["身份证号"])[6:14])

    close(registrar, pictures, numbers[4])
    send_back(registrar, numbers[2])
    report_only(tutor, numbers[2], "家长号码改为座机，短号已核实。")
    close_with_grounds(registrar, numbers[2])
    closed_in_one_click_once_it_is_gone(registrar, pictures, numbers[3])
    the_owner_cannot_close_his_own(registrar, numbers[5])
    a_fault_that_comes_back_reopens_the_finding(registrar, pictures, numbers[3], str(rows[3]["出生日期"]))
    ledger(registrar, pictures, tmp_path)


def bring(page: Page, roster: Path, pictures: Pictures) -> str:
    """Drop the file; the preview shows what is wrong, rule by rule. Gives the import's address."""
    page.goto("/students/student/")
    with page.expect_navigation():
        page.get_by_role("link", name="导入").click()
    page.locator("#file").set_input_files(roster)
    expect(page.locator("[data-drop-name]")).to_contain_text(NAME)
    pictures.take(page, "import")
    page.get_by_role("button", name="上传并核验").click()
    tabs = page.locator(".rule-tabs")
    expect(page.locator(".flight").or_(tabs).first).to_be_visible()
    expect(tabs).to_be_visible(timeout=JOB)
    for title in (UNKNOWN_VALUE, BIRTH, CHECK_DIGIT, PHONE, MISSING):
        expect(tabs).to_contain_text(title)
    return page.url


def mend(page: Page, pictures: Pictures) -> None:
    """Take a rule's suggestions at once, and say what the unknown column is."""
    page.locator(".rule-tabs").get_by_role("link", name=re.compile(UNKNOWN_VALUE)).click()
    expect(page.locator(".rule-words")).to_contain_text("依据")
    expect(page.locator(".suggestion").first).to_contain_text("汉族")
    pictures.take(page, "preview")
    page.get_by_role("button", name="本条规则全部采用建议值（2）").click()
    expect(page.locator(".rule-tabs")).not_to_contain_text(UNKNOWN_VALUE, timeout=JOB)
    expect(page.locator(".rule-tabs")).to_contain_text(PHONE)
    page.get_by_label(OWN_COLUMN).select_option(label="邮政编码")
    page.get_by_role("button", name="保存对应并重新核验").click()
    expect(page.locator("#strip progress")).to_have_count(0, timeout=JOB)
    expect(page.get_by_label(OWN_COLUMN).locator("option:checked")).to_have_text("邮政编码")


def the_same_file_is_recognised(page: Page, roster: Path, address: str) -> None:
    upload(page, roster)
    expect(page.get_by_text("这个文件已导入过")).to_be_visible()
    assert page.url.split("?")[0] == address.split("?")[0]


def see_by_rule(page: Page, pictures: Pictures) -> None:
    """The centre counts by rule; a number opens to its rows."""
    verify_now(page)
    pictures.take(page, "centre")
    line = page.locator("tr", has=page.get_by_role("rowheader", name=re.compile(PHONE)))
    expect(line).to_contain_text("错误")
    line.get_by_role("link", name="选行交办").click()
    expect(page.locator("tbody")).to_contain_text(PHONE)
    assert "stage=found" in page.url


def hand_out(page: Page, pictures: Pictures) -> None:
    """Every open fault of the class goes to its tutor in one act."""
    page.goto("/checks/finding/?stage=found&is_present=1")
    page.locator("summary", has_text="更多筛选").click()
    page.get_by_role("combobox", name="所属部门或班级").fill(CLASS)
    page.get_by_role("option", name=CLASS).click()
    expect(page).to_have_url(re.compile("unit="))
    page.get_by_label("选择本页全部").check()
    pictures.take(page, "hand-out")
    page.locator("[data-deeds]").get_by_role("button", name="交办").click()

    def fill(dialog: Locator) -> None:
        dialog.get_by_label("整改期限（工作日）").fill("5")
        dialog.get_by_label("交办说明").fill("请对照户口簿和身份证核实。")

    answer = confirm(page, "交办", fill)
    told = re.search(r"已交办 (\d+) 条，期限 (\S+)：(\S+) (\d+) 条", answer)
    assert told, answer
    assert (told[3], told[4]) == (TUTOR, told[1])  # all to the one tutor
    assert int(told[1]) >= len((BIRTH, CHECK_DIGIT, PHONE, MISSING))
    expect(page.locator("body")).to_contain_text("没有符合条件的记录")


def photo() -> bytes:
    """What the tutor took of a household register."""
    held = io.BytesIO()
    Image.new("RGB", (320, 200), "#d8d2c4").save(held, "PNG")
    return held.getvalue()


def put_right(page: Page, pictures: Pictures, number: str) -> None:
    """On a phone: from the to-do to the finding, to the student's form, back with evidence and the request."""
    page.goto("/")
    expect(page.locator("body")).to_contain_text("整改：")
    pictures.take(page, "tutor-home-390")
    finding(page, MISSING, number)
    address = page.url
    pictures.take(page, "tutor-finding-390")
    open_student(page, number)
    page.get_by_role("link", name="修改").click()
    page.get_by_label("健康状况").select_option(label="健康或良好")
    page.get_by_role("button", name="保存").click()
    expect(page).not_to_have_url(re.compile("/edit/"))
    page.goto(address)
    deed(page, "开始整改")

    def fill(dialog: Locator) -> None:
        dialog.get_by_label("问题原因").fill("报名时漏填。")
        dialog.get_by_label("整改措施").fill("已按体检表补填健康情况。")
        dialog.get_by_label("整改后佐证").set_input_files(
            {"name": "体检表.png", "mimeType": "image/png", "buffer": photo()}
        )

    deed(page, "填报整改并申请复查", fill)
    expect(fact(page, "状态")).to_contain_text("待复查")


def open_student(page: Page, number: str) -> None:
    page.goto(f"/students/student/?q={number}")
    page.locator("tbody tr").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/students/student/[0-9a-f-]{36}/"))
    page.wait_for_load_state()


def report_only(page: Page, number: str, words: str) -> None:
    finding(page, PHONE, number)
    deed(page, "填报整改并申请复查", lambda dialog: dialog.get_by_label("整改措施").fill(words))
    expect(fact(page, "状态")).to_contain_text("待复查")


def correct(page: Page, number: str, *, birth: str) -> None:
    """Set the student's birth date, eight digits."""
    open_student(page, number)
    page.get_by_role("link", name="修改").click()
    page.get_by_label("出生日期").fill(f"{birth[:4]}-{birth[4:6]}-{birth[6:]}")
    page.get_by_role("button", name="保存").click()
    expect(page).not_to_have_url(re.compile("/edit/"))


def close(page: Page, pictures: Pictures, number: str) -> None:
    """The registrar sees the measure and the evidence, and closes what the next run no longer finds."""
    verify_now(page)
    finding(page, MISSING, number)
    expect(page.locator("#tab-body")).to_contain_text("已按体检表补填健康情况。")
    pictures.take(page, "verify-closure")
    page.get_by_role("tab", name="材料").click()
    expect(page.locator("#tab-body")).to_contain_text("体检表.png")
    deed(page, "复查销号")
    expect(fact(page, "状态")).to_contain_text("已销号")
    expect(fact(page, "复查人")).to_contain_text(REGISTRAR)


def send_back(page: Page, number: str) -> None:
    """The number is still wrong: closing without grounds is refused, so it goes back."""
    finding(page, PHONE, number)
    assert "最近一次核查仍能查到这个问题" in deed(page, "复查销号")
    deed(page, "复查退回", lambda dialog: dialog.get_by_label("理由").fill("号码仍只有七位，请重新核实。"))
    expect(fact(page, "状态")).to_contain_text("复查退回")


def close_with_grounds(page: Page, number: str) -> None:
    finding(page, PHONE, number)
    deed(page, "复查销号", lambda dialog: dialog.get_by_label("复查意见").fill("已电话核实为单位座机。"))
    expect(fact(page, "状态")).to_contain_text("已销号")


def closed_in_one_click_once_it_is_gone(page: Page, pictures: Pictures, number: str) -> None:
    """The record was mended and the run no longer finds the fault: the preset view lists it, one deed closes it."""
    page.goto(f"/checks/finding/?open=1&is_present=0&q={number}")
    page.get_by_label("选择本页全部").check()
    page.locator("[data-deeds]").get_by_role("button", name="复查销号").click()
    assert "已完成" in confirm(page, "复查销号")
    finding(page, BIRTH, number)
    expect(fact(page, "状态")).to_contain_text("已销号")


def the_owner_cannot_close_his_own(page: Page, number: str) -> None:
    finding(page, CHECK_DIGIT, number)
    deed(page, "交办", lambda dialog: dialog.get_by_label("整改责任人").select_option(label=REGISTRAR))
    deed(page, "填报整改并申请复查", lambda dialog: dialog.get_by_label("整改措施").fill("已对照身份证。"))
    answer = deed(page, "复查销号", lambda dialog: dialog.get_by_label("复查意见").fill("同意"))
    assert "整改责任人不能复查自己负责的问题" in answer
    expect(fact(page, "状态")).to_contain_text("待复查")


def a_fault_that_comes_back_reopens_the_finding(page: Page, pictures: Pictures, number: str, birth: str) -> None:
    correct(page, number, birth=birth)
    verify_now(page)
    finding(page, BIRTH, number)
    expect(fact(page, "状态")).to_contain_text("待交办")
    expect(fact(page, "复发次数")).to_contain_text("1")
    expect(page.locator(".facts-group").last).to_contain_text(REGISTRAR)
    page.get_by_role("tab", name="办理过程").click()
    expect(page.locator("#tab-body")).to_contain_text("复查销号")
    pictures.take(page, "relapse")


def ledger(page: Page, pictures: Pictures, folder: Path) -> None:
    """The ledger to print, and the same book as a workbook."""
    page.goto("/rectification/ledger/")
    expect(page.locator(".paper-title")).to_contain_text("问题整改台账")
    expect(page.locator(".paper-table")).to_contain_text("已按体检表补填健康情况。")
    page.emulate_media(media="print")
    expect(page.locator(".no-print").first).to_be_hidden()
    expect(page.locator("#side")).to_be_hidden()
    pictures.take(page, "ledger")
    page.emulate_media(media="screen")
    page.goto(f"/checks/finding/?q={PHONE}")
    page.get_by_role("button", name="导出当前结果").click()
    dialog = page.get_by_role("dialog", name="操作")
    dialog.get_by_role("button", name="下一步").click()
    with page.expect_download() as held:
        dialog.get_by_role("link", name="下载 Excel").click()
    path = folder / "台账.xlsx"
    held.value.save_as(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    lines = ["\t".join(str(cell.value) for cell in line) for line in sheet.iter_rows()]
    assert any(PHONE in line and "已销号" in line for line in lines), lines


def test_an_import_is_undone_while_nobody_touched_it(windows: Windows, tmp_path: Path) -> None:
    page = windows.of("registrar")
    rows = newcomers(3, serial=12)
    upload(page, written(tmp_path, "误导入.xlsx", rows))
    write_as_is(page, rows=3)
    address = page.url
    open_student(page, str(rows[0]["校内学号"]))
    page.goto(address)
    page.get_by_role("link", name="撤销这次导入").click()
    page.get_by_role("dialog", name="操作").get_by_role("button", name="撤销导入").click()
    expect(page.get_by_text("写入的内容已恢复原状")).to_be_visible(timeout=JOB)
    page.goto(f"/students/student/?q={rows[0]['校内学号']}")
    expect(page.locator("body")).to_contain_text("没有符合条件的记录")
    idle(page)

"""The main job on a whole school's roster of 1,800 rows: every fault of its key runs through to a settled finding."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.support.practice import Practice, practice_roster, write
from zhixing.domains.students.rosters import RULES

from . import steps
from .conftest import Windows
from .pictures import Pictures
from .rosters import CLASS, COHORT, TODAY
from .steps import deed, deed_of_all, fact, filled, finding, verify_now

NAME, CORRECTED = "秋季学籍名册.xlsx", "秋季学籍名册（更正）.xlsx"
TITLES = {rule.code: rule.title for rule in RULES}
REPEATED, TWINS, CODES, AGE, PHONE, NAMES, SEX, CHECK = (
    f"students.{rule}" for rule in ("id_number_repeated", "same_person_suspected", "code_value_unknown", "age_unusual",
                                    "phone_malformed", "name_malformed", "sex_differs_from_id", "id_check_digit_wrong")
)  # fmt: skip
# What a class tutor puts right on the phone, one of each kind; a doubt about a person or an age is the registrar's.
MENDED = tuple(
    f"students.{rule}" for rule in ("id_number_malformed", "id_check_digit_wrong", "id_birth_date_impossible",
                                    "birth_date_differs_from_id", "sex_differs_from_id", "required_value_missing",
                                    "code_value_unknown", "phone_malformed", "name_malformed",
                                    "region_hierarchy_broken")
)  # fmt: skip
LABELS = {
    "id_number": "身份证件号", "birth_date": "出生日期", "sex": "性别", "health": "健康状况", "ethnic_group": "民族",
    "name": "姓名", "household_city": "户籍所在市", "guardian_phone": "联系电话",
}  # fmt: skip
SUGGESTED = 3  # 汉 → 汉族
ONCE_ONLY = 9  # second rows with a number that stands in the file before
PHRASES = re.compile("班额超过标准|一个班级有几个专业|文件里有几行是同一条记录")


@dataclass
class Journey:
    """The roster on its way, and who walks it."""

    practice: Practice
    registrar: Page
    tutor: Page
    pictures: Pictures

    def of_class(self, rule: str) -> str:
        """The tutor's student in whose row the rule found something."""
        return self.practice.of_class(rule, CLASS)

    def look(self, page: Page, name: str) -> None:
        self.pictures.take(page, name)


@pytest.mark.timeout(1200)  # about a hundred seconds on an idle machine
def test_a_whole_schools_roster_runs_through_to_closed_findings(
    windows: Windows, pictures: Pictures, tmp_path: Path
) -> None:
    practice = practice_roster(TODAY, first_class=CLASS)
    roster = write(tmp_path / NAME, practice.rows)
    walk = Journey(practice, windows.of("registrar"), windows.of("class-tutor", phone=True), pictures)
    before = steps.present_by_rule(walk.registrar)
    address = bring(walk, roster)
    take_suggestions(walk)
    put_into_the_register(walk)
    the_same_file_is_recognised(walk, roster, address)
    every_fault_is_counted(walk, before)
    hand_out(walk)

    for rule in MENDED:
        put_right(walk, rule, really=rule != PHONE)  # one number is left wrong
    set_aside(walk)
    verify_now(walk.registrar)
    close_with_evidence(walk)
    send_back(walk)
    one_click_for_what_is_gone(walk)
    corrected_rows_come_as_a_sheet(walk, tmp_path)
    the_owner_cannot_close_his_own(walk, windows.of("office-director"))
    nothing_is_left_open(walk)
    a_fault_that_comes_back_reopens_the_finding(walk)
    ledger(walk, tmp_path)


def bring(walk: Journey, roster: Path) -> str:
    """Drop the file; it is read while one looks on, then shown by rule. Gives the import's address."""
    page = walk.registrar
    page.goto("/")
    walk.look(page, "home")
    page.goto("/students/student/")
    with page.expect_navigation():
        page.get_by_role("link", name="导入").click()
    steps.drop(page, roster)
    walk.look(page, "import")
    steps.send(page)
    expect(page.locator(".flight")).to_contain_text("正在读取和核验")
    if walk.pictures.wanted:  # it may be over before this is shown
        expect(page.locator(".flight, .rule-tabs")).to_contain_text(re.compile("1,800 行|全部"), timeout=steps.JOB)
        walk.look(page, "progress")
    shown = steps.previewed(page)
    expect(page.locator(".figures")).to_contain_text(re.compile(r"共\s*1,800\s*行"))
    # What newcomers make of the school's own classes, and second rows with one number, are told besides.
    told = {title: count for title, count in shown.items() if not PHRASES.fullmatch(title)}
    assert told == {TITLES[rule]: count for rule, count in walk.practice.counts.items()}
    walk.look(page, "preview")
    return page.url


def take_suggestions(walk: Journey) -> None:
    """Where the right value follows from the wrong one, a whole rule is mended at once."""
    page, title = walk.registrar, TITLES[CODES]
    page.locator(".rule-tabs").get_by_role("link", name=title).click()
    expect(page.locator(".rule-words")).to_contain_text("依据")
    expect(page.locator(".suggestion").first).to_contain_text("汉族")
    walk.look(page, "preview-rule")
    page.get_by_role("button", name=f"本条规则全部采用建议值（{SUGGESTED}）").click()
    left = walk.practice.counts[CODES] - SUGGESTED
    expect(page.locator(".rule-tabs").get_by_role("link", name=title)).to_contain_text(f"{left}", timeout=steps.JOB)
    steps.settled(page)


def put_into_the_register(walk: Journey) -> None:
    steps.write_as_is(walk.registrar, new=walk.practice.row_count - ONCE_ONLY)
    left_out = re.compile(rf"没有写入\s*{ONCE_ONLY}\s*行")
    expect(walk.registrar.locator(".receipt .figures")).to_contain_text(left_out)
    walk.look(walk.registrar, "receipt")


def the_same_file_is_recognised(walk: Journey, roster: Path, address: str) -> None:
    page = walk.registrar
    steps.upload(page, roster)
    expect(page.get_by_text("这个文件已导入过")).to_be_visible()
    assert page.url.split("?")[0] == address.split("?")[0]


def every_fault_is_counted(walk: Journey, before: dict[str, int]) -> None:
    """The run after the import finds in the register what the key says of the file."""
    page = walk.registrar
    now = steps.present_by_rule(page)
    added = {title: count - before.get(title, 0) for title, count in now.items() if count != before.get(title)}
    expected = {TITLES[rule]: count for rule, count in walk.practice.counts.items() if rule != REPEATED}
    expected[TITLES[CODES]] -= SUGGESTED
    # A blank telephone of the only guardian is also a fault of the guardian's record.
    expected["监护人都没有联系电话"] = sum(not row["guardian_phone"] for row in walk.practice.rows)
    assert {title: count for title, count in added.items() if not PHRASES.fullmatch(title)} == expected
    walk.look(page, "centre")


def hand_out(walk: Journey) -> None:
    """All that waits goes to the tutors of the classes in one act."""
    page = walk.registrar
    page.get_by_role("link", name=re.compile("^待交办 ")).click()
    expect(page).to_have_url(re.compile("stage=found"))
    page.wait_for_load_state()
    page.get_by_label("选择本页全部").check()
    walk.look(page, "hand-out")
    page.get_by_label("选择本页全部").uncheck()
    words = {"整改期限（工作日）": "5", "交办说明": "请对照户口簿和身份证核实。"}
    answer = deed_of_all(page, "交办", filled(**words))
    told = re.search(r"已交办 (\d+) 条", answer)
    assert told, answer
    handed = sum(walk.practice.counts.values()) - walk.practice.counts[REPEATED] - SUGGESTED
    assert int(told[1]) >= handed, answer
    walk.tutor.goto("/")
    expect(walk.tutor.locator("body")).to_contain_text("整改：")
    walk.look(walk.tutor, "tutor-home-390")
    walk.tutor.goto("/checks/mine/")
    walk.look(walk.tutor, "tutor-list-390")


def photo() -> bytes:
    """What the tutor took of a household register."""
    held = io.BytesIO()
    Image.new("RGB", (320, 200), "#d8d2c4").save(held, "PNG")
    return held.getvalue()


def put_right(walk: Journey, rule: str, *, really: bool = True) -> None:
    """On a phone: from the finding to the record and back, the record corrected, the measure told with evidence."""
    page, number = walk.tutor, walk.of_class(rule)
    finding(page, TITLES[rule], number)
    address = page.url
    if rule == MENDED[0]:
        walk.look(page, "tutor-finding-390")
    if really:
        correct(walk, number)
        page.goto(address)
    deed(page, "填报整改并申请复查", lambda dialog: measure(walk, dialog, pictured=rule == MENDED[0]))
    expect(fact(page, "状态")).to_contain_text("待复查")


def correct(walk: Journey, number: str) -> None:
    """Open the record that the finding is about, and write what is right."""
    page, values = walk.tutor, walk.practice.mends(number)
    page.locator(".panel").get_by_role("link", name=re.compile(number)).click()
    expect(page).to_have_url(re.compile("/students/student/"))
    page.wait_for_load_state()
    if "guardian_phone" in values:
        page.get_by_role("tab", name=re.compile("监护人")).click()
        page.locator("#tab-body").get_by_role("link").first.click()
        expect(page).to_have_url(re.compile("/students/guardian/"))
        page.wait_for_load_state()
    steps.correct(page, {LABELS[name]: value for name, value in values.items()})


def measure(walk: Journey, dialog: Locator, *, pictured: bool) -> None:
    dialog.get_by_label("问题原因").fill("报名时填错。")
    dialog.get_by_label("整改措施").fill("已与家长核对户口簿，在系统中改正。")
    dialog.get_by_label("整改后佐证").set_input_files(
        {"name": "户口簿.png", "mimeType": "image/png", "buffer": photo()}
    )
    if pictured:
        walk.look(walk.tutor, "tutor-report-390")


def set_aside(walk: Journey) -> None:
    """What is no fault is dismissed, and what the school lives with is waived, both for a reason."""
    page = walk.registrar
    page.goto(f"/checks/finding/?open=1&rule={TWINS}&q={walk.of_class(TWINS)}")
    expect(page.locator("tbody tr")).to_have_count(2)  # each row names the other
    answer = deed_of_all(page, "认定误报", filled(理由="经核对户口簿，是双胞胎，不是同一人。"))
    assert "没有执行" not in answer, answer
    finding(page, TITLES[AGE], walk.of_class(AGE))
    deed(page, "豁免", filled(理由="退役后入学，材料齐全。"))
    expect(fact(page, "状态")).to_contain_text("豁免")


def close_with_evidence(walk: Journey) -> None:
    """The registrar looks at the measure and the evidence, and closes what the run no longer finds."""
    page = walk.registrar
    finding(page, TITLES[NAMES], walk.of_class(NAMES))
    expect(page.locator("#tab-body")).to_contain_text("已与家长核对户口簿")
    walk.look(page, "verify-closure")
    page.get_by_role("tab", name="材料", exact=True).click()
    expect(page.locator("#tab-body")).to_contain_text("户口簿.png")
    deed(page, "复查销号")
    expect(fact(page, "状态")).to_contain_text("已销号")


def send_back(walk: Journey) -> None:
    """A number that is still wrong can't be closed without grounds: it goes back, and comes again put right."""
    page, number = walk.registrar, walk.of_class(PHONE)
    finding(page, TITLES[PHONE], number)
    assert "最近一次核查仍能查到这个问题" in deed(page, "复查销号")
    deed(page, "复查退回", filled(理由="号码仍只有七位，请重新核实。"))
    expect(fact(page, "状态")).to_contain_text("复查退回")
    put_right(walk, PHONE)
    verify_now(page)


def one_click_for_what_is_gone(walk: Journey) -> None:
    """What the run no longer finds stands in a view of its own; one deed closes all of it."""
    page = walk.registrar
    page.goto(f"/checks/finding/?open=1&is_present=0&q={COHORT}7")
    expect(page.locator("tbody tr")).to_have_count(len(MENDED) - 1)  # one was closed by itself
    page.get_by_label("选择本页全部").check()
    walk.look(page, "gone")
    page.get_by_label("选择本页全部").uncheck()
    answer = deed_of_all(page, "复查销号")
    assert "没有执行" not in answer, answer
    expect(page.locator("body")).to_contain_text("没有符合条件的记录")
    finding(page, TITLES[PHONE], walk.of_class(PHONE))
    expect(fact(page, "状态")).to_contain_text("已销号")


def corrected_rows_come_as_a_sheet(walk: Journey, folder: Path) -> None:
    """The other classes' rows were put right in the sheet: it updates by key what differs, and adds who was missing."""
    page, practice = walk.registrar, walk.practice
    kept = {*practice.key[TWINS][:2], walk.of_class(AGE)}  # set aside: their rows are right as they stand
    pairs = zip(practice.rows, practice.right, strict=True)
    rows = [wrong if wrong["student_no"] in kept else right for wrong, right in pairs]
    page.goto("/import/?sheet=students.StudentSheet")
    steps.drop(page, write(folder / CORRECTED, rows))
    steps.send(page)
    shown = steps.previewed(page)
    assert set(shown) - {TITLES[TWINS], TITLES[AGE]} <= {title for title in shown if PHRASES.fullmatch(title)}, shown
    figures = page.locator(".figures")
    expect(figures).to_contain_text(re.compile(rf"新增\s*{ONCE_ONLY}\s*行"))
    told = re.search(r"更新\s*(\d+)\s*行", figures.inner_text())
    assert told
    walk.look(page, "update")
    steps.write_as_is(page, new=ONCE_ONLY, changed=int(told[1]))
    verify_now(page)


def the_owner_cannot_close_his_own(walk: Journey, director: Page) -> None:
    """Whoever was to put it right can't say that it is right; somebody else closes it."""
    page = walk.registrar
    number = next(student for student in walk.practice.key[CHECK] if student != walk.of_class(CHECK))
    finding(page, TITLES[CHECK], number)
    me = page.locator(".who summary .wide-only").inner_text()
    deed(page, "交办", lambda dialog: dialog.get_by_label("整改责任人").select_option(label=me))
    assert "整改责任人不能复查自己负责的问题" in deed(page, "复查销号")
    finding(director, TITLES[CHECK], number)
    deed(director, "复查销号")
    expect(fact(director, "状态")).to_contain_text("已销号")


def nothing_is_left_open(walk: Journey) -> None:
    page = walk.registrar
    page.goto("/checks/finding/?open=1&is_present=0")
    answer = deed_of_all(page, "复查销号")
    assert "没有执行" not in answer, answer
    for cohort in range(int(COHORT), int(COHORT) + 3):
        page.goto(f"/checks/finding/?open=1&q={cohort}7")
        expect(page.locator("body")).to_contain_text("没有符合条件的记录")
    page.goto(f"/checks/finding/?open=0&stage=closed&q={COHORT}7")
    walk.look(page, "closed")


def a_fault_that_comes_back_reopens_the_finding(walk: Journey) -> None:
    """The record is wrong again: the same finding is open again, and says who had closed it."""
    page, number = walk.registrar, walk.of_class(SEX)
    wrong = next(row for row in walk.practice.rows if row["student_no"] == number)
    steps.open_student(page, number)
    steps.correct(page, {"性别": wrong["sex"]})
    verify_now(page)
    finding(page, TITLES[SEX], number)
    expect(fact(page, "状态")).to_contain_text("待交办")
    expect(fact(page, "复发次数")).to_contain_text("1")
    page.get_by_role("tab", name="办理过程").click()
    expect(page.locator("#tab-body")).to_contain_text("复查销号")
    walk.look(page, "relapse")


def ledger(walk: Journey, folder: Path) -> None:
    """The ledger to print, and the same book as a workbook."""
    page = walk.registrar
    page.goto("/rectification/ledger/")
    expect(page.locator(".paper-title")).to_contain_text("问题整改台账")
    expect(page.locator(".paper-table")).to_contain_text("已与家长核对户口簿")
    page.emulate_media(media="print")
    expect(page.locator(".no-print").first).to_be_hidden()
    expect(page.locator("#side")).to_be_hidden()
    walk.look(page, "ledger")
    page.emulate_media(media="screen")
    page.goto(f"/checks/finding/?q={TITLES[PHONE]}")
    page.get_by_role("button", name="导出当前结果").click()
    dialog = page.get_by_role("dialog", name="操作")
    dialog.get_by_role("button", name="下一步").click()
    with page.expect_download() as held:
        dialog.get_by_role("link", name="下载 Excel").click()
    path = folder / "台账.xlsx"
    held.value.save_as(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    lines = ["\t".join(str(cell.value) for cell in line) for line in sheet.iter_rows()]
    assert any(TITLES[PHONE] in line and "已销号" in line for line in lines), lines

"""A list in daily use, the search from anywhere, a sealed number shown for a reason, two people at one record."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from .conftest import Windows
from .pictures import Pictures
from .rosters import CLASS, FIRST_NUMBER
from .steps import choose, fact, open_student

NUMBER = f"{FIRST_NUMBER}33"


def test_the_question_stands_in_the_address(windows: Windows, pictures: Pictures) -> None:
    """Filter, sort and columns survive copying the address; a saved view brings them back."""
    page = windows.of("registrar")
    page.goto("/students/student/")
    page.get_by_role("combobox", name="学籍状态").select_option(label="在读")
    expect(page).to_have_url(re.compile("status="))
    choose(page, "班级", CLASS)
    expect(page).to_have_url(re.compile("class_group="))
    page.locator("thead").get_by_role("link", name="学号").click()
    expect(page).to_have_url(re.compile("sort="))
    expect(page.locator("tbody tr").first).to_contain_text(FIRST_NUMBER)
    page.locator("summary[aria-label='选择显示的列']").click()
    page.locator("[data-columns] label", has_text=re.compile("^性别$")).click()
    page.get_by_role("button", name="应用").click()
    expect(page).to_have_url(re.compile("cols="))
    page.wait_for_load_state()
    expect(page.locator("thead")).not_to_contain_text("性别")
    pictures.take(page, "list")
    address, seen = page.url, page.locator("tbody").inner_text()

    again = windows.of("registrar")
    again.goto(address)
    assert again.locator("tbody").inner_text() == seen
    again.locator("summary", has_text="视图").click()
    again.get_by_role("button", name=re.compile("保存|存为")).first.click()
    again.get_by_label(re.compile("名称")).fill("本班在读")
    with again.expect_navigation():
        again.get_by_role("dialog", name="操作").get_by_role("button", name="保存", exact=True).click()
    again.goto("/students/student/")
    again.locator("summary", has_text="视图").click()
    again.get_by_role("link", name="本班在读").click()
    expect(again.locator("thead")).not_to_contain_text("性别")
    assert again.locator("tbody").inner_text() == seen


def test_an_export_holds_exactly_what_is_seen_and_a_large_one_asks_for_the_reason(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows.of("registrar")
    page.goto("/students/student/")
    page.get_by_role("button", name="导出当前结果").click()
    dialog = page.get_by_role("dialog", name="操作")
    expect(dialog).to_contain_text("须写明用途")
    dialog.get_by_role("button", name="下一步").click()
    expect(dialog.locator(".fault, :invalid").first).to_be_attached()
    dialog.get_by_label(re.compile("用途|原因|理由")).fill("核对秋季学籍人数")
    dialog.get_by_role("button", name="下一步").click()
    with page.expect_download() as held:
        dialog.get_by_role("link", name="下载 Excel").click()
    path = tmp_path / "学生.xlsx"
    held.value.save_as(path)
    rows = list(openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True))
    cells = [str(cell) for row in rows for cell in row if cell]
    assert any(re.fullmatch(r"\d{3}\*+[\dX]{4}", cell) for cell in cells)
    assert not any(re.fullmatch(r"\d{17}[\dX]", cell) for cell in cells)


def test_initials_and_exact_numbers_find_people(windows: Windows) -> None:
    page = windows.of("registrar")
    open_student(page, NUMBER)
    name = page.get_by_role("heading", level=1).inner_text().split("（")[0]
    number = revealed(windows, page, "身份证件号", "核对搜索结果")
    assert re.fullmatch(r"\d{17}[\dX]", number)
    page.goto("/")
    for words in (initials(page, name), number):
        page.keyboard.press("Control+k")
        page.get_by_role("searchbox", name="搜索").fill(words)
        expect(page.locator("#search-found")).to_contain_text(name)
        page.keyboard.press("Escape")


def initials(page: Page, name: str) -> str:
    """The first letters of a name's reading, as the address bar of any list understands them."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def revealed(windows: Windows, page: Page, heading: str, reason: str) -> str:
    """Ask to see a sealed value, as somebody who has just proved who he is; gives it."""
    button = page.get_by_role("button", name=f"查看{heading}明文")
    dialog = page.get_by_role("dialog", name="操作")
    button.click()
    expect(dialog.or_(page.get_by_role("heading", name="再次确认身份"))).to_be_visible()
    if not dialog.is_visible():
        windows.prove(page, "registrar")
        button.click()
    dialog.get_by_label("查看原因").fill(reason)
    dialog.get_by_role("button", name="查看明文").click()
    expect(dialog).to_contain_text("这次查看已记入审计")
    value = dialog.locator(".figure-value").inner_text()
    dialog.get_by_role("button", name="关闭").click()
    return value


def test_a_sealed_number_is_shown_for_a_reason_that_the_trail_keeps(windows: Windows) -> None:
    page = windows.of("registrar")
    open_student(page, NUMBER)
    expect(fact(page, "身份证件号")).to_contain_text("****")
    number, reason = revealed(windows, page, "身份证件号", "办理资助卡核对"), "办理资助卡核对"
    page.reload()
    assert number not in page.content()
    page.get_by_role("tab", name="操作记录").click()
    expect(page.locator("#tab-body")).to_contain_text(reason)
    assert number not in page.locator("#tab-body").inner_text()


def test_a_lost_race_shows_both_texts(windows: Windows, pictures: Pictures) -> None:
    """Two people edit one student: the second one's text is kept and set beside the first one's."""
    first, second = windows.of("registrar"), windows.of("class-tutor")
    for page in (first, second):
        open_student(page, NUMBER)
        page.get_by_role("link", name="修改").click()
    field = "毕业学校"
    first.get_by_label(field).fill("襄阳市第三中学")
    first.get_by_role("button", name="保存").click()
    expect(first).not_to_have_url(re.compile("/edit/"))
    second.get_by_label(field).fill("襄阳市第五中学")
    second.get_by_role("button", name="保存").click()
    line = second.locator(".versus tr.differs")
    expect(line).to_contain_text("襄阳市第三中学")
    expect(line).to_contain_text("襄阳市第五中学")
    pictures.take(second, "conflict")
    second.get_by_role("button", name="回到表单，以我填写的为准").click()
    expect(second.get_by_label(field)).to_have_value("襄阳市第五中学")
    second.get_by_role("button", name="保存").click()
    expect(second).not_to_have_url(re.compile("/edit/"))
    expect(second.locator("main")).to_contain_text("襄阳市第五中学")


def test_a_batch_tells_the_outcome_of_every_row(windows: Windows) -> None:
    """Of several findings chosen together, those that can't take the step say why; the others take it."""
    page = windows.of("registrar")
    page.goto("/checks/finding/?sort=stage&size=200")
    for words in ("待交办", "待复查"):
        row = page.locator("tbody tr", has=page.locator(".tag", has_text=words)).first
        row.get_by_role("checkbox").check()
    page.locator("[data-deeds]").get_by_role("button", name="复查退回").click()
    dialog = page.get_by_role("dialog", name="操作")
    dialog.get_by_label("理由").fill("材料不全，请补充。")
    dialog.get_by_role("button", name="复查退回").click()
    expect(dialog).to_contain_text("1 条没有执行")
    expect(dialog.locator(".outcome li").first).to_contain_text("：")

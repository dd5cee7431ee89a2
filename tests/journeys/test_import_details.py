"""An import's smaller turns: a column nobody knows is mapped once and remembered; what was written is undone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from .conftest import Windows
from .rosters import HEADINGS, newcomers, written
from .steps import JOB, idle, open_student, previewed, settled, upload, write_as_is

OWN_COLUMN = "住址邮编"


def test_an_unknown_column_is_mapped_by_hand_and_remembered(windows: Windows, tmp_path: Path) -> None:
    page = windows.of("registrar")
    headings = (*HEADINGS, OWN_COLUMN)
    rows = newcomers(3, serial=14)
    for row in rows:
        row[OWN_COLUMN] = "441000"
    upload(page, written(tmp_path, "补录.xlsx", rows, headings=headings))
    previewed(page)
    page.get_by_label(OWN_COLUMN).select_option(label="邮政编码")
    with page.expect_response(re.compile("/map/")):
        page.get_by_role("button", name="保存对应并重新核验").click()
    settled(page)
    expect(page.get_by_label(OWN_COLUMN).locator("option:checked")).to_have_text("邮政编码")
    rows[0]["备注"] = "第二次"
    upload(page, written(tmp_path, "补录二.xlsx", rows, headings=headings))
    previewed(page)
    expect(page.get_by_label(OWN_COLUMN).locator("option:checked")).to_have_text("邮政编码")


def test_an_import_is_undone_while_nobody_touched_it(windows: Windows, tmp_path: Path) -> None:
    page = windows.of("registrar")
    rows = newcomers(3, serial=12)
    number = str(rows[0]["校内学号"])
    upload(page, written(tmp_path, "误导入.xlsx", rows))
    previewed(page)
    write_as_is(page, new=3)
    address = page.url
    open_student(page, number)
    page.goto(address)
    page.get_by_role("link", name="撤销这次导入").click()
    page.get_by_role("dialog", name="操作").get_by_role("button", name="撤销导入").click()
    expect(page.get_by_text("写入的内容已恢复原状")).to_be_visible(timeout=JOB)
    page.goto(f"/students/student/?q={number}")
    expect(page.locator("body")).to_contain_text("没有符合条件的记录")
    idle(page)

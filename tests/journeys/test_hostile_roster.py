"""A roster whose cells are scripts: it is shown everywhere as text, and nothing runs."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from .conftest import Windows
from .rosters import newcomers, written
from .steps import JOB, idle, upload, write_as_is

SCRIPT = "<script>alert(1)</script>"
PICTURE = '"><img src=x onerror=alert(2)>'
LINK = "javascript:alert(3)//{{7*7}}${7*7}"


def test_cells_that_are_scripts_stay_text_wherever_they_show(windows: Windows, tmp_path: Path) -> None:
    rows = newcomers(3, serial=13)
    for row, payload in zip(rows, (SCRIPT, PICTURE, LINK), strict=True):
        row["姓名"] = row["毕业学校"] = row["详细地址"] = payload[:40]
        row["民族"], row["家长(监护人)姓名"] = payload, payload[:40]
    page = windows.of("registrar")
    upload(page, written(tmp_path, f"名册{PICTURE.replace('/', '')}.xlsx", rows))
    expect(page.locator(".rule-tabs")).to_be_visible(timeout=JOB)
    expect(page.locator(".preview")).to_contain_text(SCRIPT)
    page.locator(".cell-error").first.get_by_role("button").first.click()
    expect(page.get_by_role("dialog", name="操作")).to_be_visible()
    page.keyboard.press("Escape")
    write_as_is(page, new=3)
    idle(page)
    number = str(rows[0]["校内学号"])
    for address in (
        "/students/student/?q=<script>alert(4)</script>", f"/students/student/?q={number[:-1]}", "/students/guardian/",
        f"/checks/finding/?q={number[:-1]}", "/rectification/ledger/", "/search/?q=<img src=x onerror=alert(5)>",
        "/import/?sheet=students.StudentSheet", "/jobs/",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
    page.goto(f"/students/student/?q={number[:-1]}")
    expect(page.locator("tbody")).to_contain_text(SCRIPT)
    page.locator("tbody tr").first.get_by_role("link").first.click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    page.get_by_role("searchbox", name="搜索").fill(number)
    expect(page.locator("#search-found .hit").first).to_be_visible()
    auditor = windows.of("audit-admin")
    auditor.goto("/trail/auditevent/")
    expect(auditor.locator("tbody tr").first).to_be_visible()
    assert windows.watch.dialogs == []
    assert page.locator("img[src='x']").count() == 0

"""What several journeys do on the site's pages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

JOB = 60_000  # milliseconds until the worker has done a job on a busy machine


def upload(page: Page, roster: Path) -> None:
    """Bring a student roster; returns when its page is shown."""
    page.goto("/import/?sheet=students.StudentSheet")
    page.locator("#file").set_input_files(roster)
    page.get_by_role("button", name="上传并核验").click()
    expect(page).to_have_url(re.compile(r"/import/[0-9a-f-]{36}/"))


def write_as_is(page: Page, *, rows: int) -> None:
    """Confirm the import with its faults; returns when the receipt is shown."""
    page.get_by_label("照原样写入，问题留待核查中心整改").check()
    expect(page.locator(".apply-bar")).to_contain_text(f"将新增 {rows} 条、更新 0 条", timeout=JOB)
    page.get_by_role("link", name="确认写入").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"将新增 {rows} 条")
    dialog.get_by_role("button", name="写入").click()
    expect(page.locator(".receipt")).to_contain_text("导入回执", timeout=JOB)


def deed(page: Page, label: str, fill: Callable[[Locator], None] | None = None) -> str:
    """Press a deed of the record that is shown, fill in its dialog and confirm; gives what was answered."""
    page.wait_for_load_state()  # before that a press does nothing yet
    page.locator(".deck").get_by_role("button", name=label, exact=True).click()
    return confirm(page, label, fill)


def confirm(page: Page, label: str, fill: Callable[[Locator], None] | None = None) -> str:
    """Fill in the open dialog of a deed and confirm; gives what was answered, the page renewed."""
    dialog = page.get_by_role("dialog", name="操作")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(label)
    if fill:
        fill(dialog)
    dialog.locator(".dialog-actions").get_by_role("button", name=label, exact=True).click()
    done = dialog.get_by_role("button", name="完成")
    expect(done).to_be_visible(timeout=JOB)
    answer = dialog.inner_text()
    with page.expect_navigation():
        done.click()
    return answer


def verify_now(page: Page) -> None:
    """Run the verification of everything, once those under way are over; returns when it is done."""
    idle(page)
    before = page.locator(".last-run").inner_text()
    page.get_by_role("button", name="立即核查").click()
    deadline = time.monotonic() + JOB / 1000
    while True:
        idle(page)
        told = page.locator(".last-run").inner_text()
        if "发起" in told and (told != before or time.monotonic() > deadline - JOB / 1000 + 2):
            return
        assert time.monotonic() < deadline, f"no verification was done: {told}"


def idle(page: Page) -> None:
    """Open the verification centre and wait until nothing runs."""
    deadline = time.monotonic() + JOB / 1000
    while True:
        page.goto("/verification/")
        if page.get_by_role("button", name="立即核查").count():  # while one runs it says 正在核查…
            return
        assert time.monotonic() < deadline, "the verification did not end"
        page.wait_for_timeout(400)


def finding(page: Page, title: str, words: str) -> None:
    """Open the finding with this title about an object whose label has these words."""
    page.goto(f"/checks/finding/?q={words}")
    row = page.locator("tbody tr", has_text=title)
    expect(row).to_have_count(1)
    row.get_by_role("link", name=title).click()
    expect(page.locator(".facts").first).to_contain_text(title)
    page.wait_for_load_state()


def fact(page: Page, heading: str) -> Locator:
    """The value beside a heading on a record's page."""
    return page.locator(".facts > div").filter(has=page.get_by_text(heading, exact=True)).locator("dd")

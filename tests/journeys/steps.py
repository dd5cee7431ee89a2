"""What several journeys do on the site's pages."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

JOB = 120_000  # milliseconds until the worker has done a job on a busy machine
DROP = """(place, [name, data]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: held }));
  }
}"""
IMPORTING = re.compile(r"/import/[0-9a-f-]{36}/")
Fill = Callable[[Locator], None]

# -- bringing a roster --------------------------------------------------------------------------------------------


def upload(page: Page, roster: Path) -> None:
    """Choose a student roster's file and send it; returns when its page is shown."""
    page.goto("/import/?sheet=students.StudentSheet")
    page.locator("#file").set_input_files(roster)
    send(page)


def drop(page: Page, roster: Path) -> None:
    """Let a file fall onto the import page, as from the desktop."""
    data = base64.b64encode(roster.read_bytes()).decode()
    page.locator("[data-drop]").evaluate(DROP, [roster.name, data])
    expect(page.locator("[data-drop-name]")).to_contain_text(roster.name)


def send(page: Page) -> None:
    page.get_by_role("button", name="上传并核验").click()
    expect(page).to_have_url(IMPORTING)
    page.wait_for_load_state()


def previewed(page: Page) -> dict[str, int]:
    """Wait for the preview; its tabs, the number of rows by the title of the rule."""
    expect(page.locator(".rule-tabs").or_(page.locator(".preview")).first).to_be_visible(timeout=JOB)
    settled(page)
    tabs = page.locator(".rule-tabs a:has(.rule-count)")
    told = tabs.evaluate_all("tabs => tabs.map(tab => [tab.childNodes[1].textContent, tab.lastChild.textContent])")
    return {title.strip(): int(count.replace(",", "")) for title, count in told}


def settled(page: Page) -> None:
    """Wait until nothing is computed for the import that is shown."""
    expect(page.locator("#strip progress, .flight")).to_have_count(0, timeout=JOB)


def write_as_is(page: Page, *, new: int, changed: int = 0) -> None:
    """Confirm the import with its faults; returns when the receipt is shown."""
    told = re.compile(f"将新增 {new:,} 条、更新 {changed:,} 条")
    page.get_by_label("照原样写入，问题留待核查中心整改").check()
    expect(page.locator(".apply-bar")).to_contain_text(told, timeout=JOB)
    settled(page)
    page.get_by_role("link", name="确认写入").click()
    dialog = page.get_by_role("dialog", name="操作")
    expect(dialog).to_contain_text(told)
    dialog.get_by_role("button", name="写入", exact=True).click()
    expect(page.locator(".receipt")).to_contain_text("导入回执", timeout=JOB)
    expect(page.locator(".receipt .figures")).to_contain_text(re.compile(rf"新增\s*{new:,}\s*条"))


# -- deeds of records and lists -----------------------------------------------------------------------------------


def deed(page: Page, label: str, fill: Fill | None = None) -> str:
    """Press a deed of the record that is shown, fill in its dialog and confirm; gives what was answered."""
    page.wait_for_load_state()  # before that a press does nothing yet
    page.locator(".deck").get_by_role("button", name=label, exact=True).click()
    return confirm(page, label, fill)


def deed_of_all(page: Page, label: str, fill: Fill | None = None) -> str:
    """Do a deed to every row of the list's present question, on all its pages; gives what was answered."""
    page.get_by_label("选择本页全部").check()
    deeds = page.locator("[data-deeds]")
    every = deeds.get_by_role("button", name=re.compile("选择全部 .* 行"))
    if every.count():
        every.click()
        expect(every).to_be_hidden()
    deeds.get_by_role("button", name=label, exact=True).click()
    return confirm(page, label, fill)


def confirm(page: Page, label: str, fill: Fill | None = None) -> str:
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


def filled(**words: str) -> Fill:
    """Fills boxes of a dialog by their labels."""

    def fill(dialog: Locator) -> None:
        for label, text in words.items():
            dialog.get_by_label(label).fill(text)

    return fill


def choose(page: Page, label: str, words: str) -> None:
    """Choose an offer of a box that looks for them as one types."""
    combo = page.locator("[data-combo][data-awake]", has=page.get_by_role("combobox", name=label))
    combo.get_by_role("combobox").fill(words)
    combo.get_by_role("option", name=words, exact=True).click()


# -- the verification centre --------------------------------------------------------------------------------------


def verify_now(page: Page) -> None:
    """Run the verification of everything, once those under way are over; returns when it is done."""
    idle(page)
    with page.expect_navigation():  # the answer comes when the run stands in the queue
        page.get_by_role("button", name="立即核查").click()
    idle(page)
    expect(page.locator(".last-run")).to_contain_text("发起")


def idle(page: Page) -> None:
    """Open the verification centre and wait until nothing runs."""
    deadline = time.monotonic() + JOB / 1000
    while True:
        page.goto("/verification/")
        if page.get_by_role("button", name="立即核查").count():  # while one runs it says 正在核查…
            return
        assert time.monotonic() < deadline, "the verification did not end"
        page.wait_for_timeout(400)


def present_by_rule(page: Page) -> dict[str, int]:
    """What the centre counts as present faults now, by the title of the rule."""
    idle(page)
    lines = page.locator(".rule-grid tbody tr")
    told = lines.evaluate_all("""lines => lines.map(line =>
      [line.querySelector("th").firstChild.textContent, line.querySelector("td[data-label=现有]").textContent])""")
    return {title.strip(): int(count.replace(",", "")) for title, count in told}


# -- records ------------------------------------------------------------------------------------------------------


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


def open_student(page: Page, number: str) -> None:
    page.goto(f"/students/student/?q={number}")
    page.locator("tbody tr").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/students/student/[0-9a-f-]{36}/$"))
    page.wait_for_load_state()


def correct(page: Page, values: Mapping[str, str]) -> None:
    """Change the record that is shown: values by the labels of its form."""
    page.get_by_role("link", name="修改").click()
    expect(page).to_have_url(re.compile("/edit/"))
    page.wait_for_load_state()
    for label, value in values.items():
        box = page.get_by_label(re.compile(rf"^{label}\W*$"))
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(label=value)
        else:
            box.fill(value)
    page.get_by_role("button", name="保存").click()
    expect(page).not_to_have_url(re.compile("/edit/"))
    page.wait_for_load_state()

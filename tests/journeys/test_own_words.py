"""What a school says itself: a rule of its own, tried before it counts, and a standard changed for a reason."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from .conftest import Windows
from .pictures import Pictures
from .steps import JOB

TITLE = "姓名超过四个字，请核对"


def test_an_own_rule_is_tried_before_it_counts(windows: Windows, pictures: Pictures) -> None:
    page = windows.of("registrar")
    page.goto("/verification/own/add/")
    page.get_by_label("名称").fill(TITLE)
    page.get_by_label("判定式").fill("length(name) > 3; drop table students_student")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("判定式").fill("length(name) > 3")
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile(r"/verification/own/[0-9a-f-]{36}/"))
    expect(page.get_by_role("button", name="启用")).to_be_disabled()
    page.get_by_role("button", name="试运行", exact=True).click()
    expect(page.get_by_role("heading", name="试运行结果")).to_be_visible(timeout=JOB)
    expect(page.locator(".offenders li").first).to_be_visible()
    pictures.take(page, "own-rule")
    page.get_by_role("button", name="启用", exact=True).click()
    expect(page.get_by_text("每次核查都会用到")).to_be_visible()
    page.get_by_role("button", name="停用", exact=True).click()
    expect(page.get_by_text("不影响核查结果")).to_be_visible()


def test_a_standard_is_changed_for_a_reason_and_keeps_its_history(windows: Windows) -> None:
    page = windows.of("office-director")
    page.goto("/standards/")
    page.locator("main").get_by_role("link", name=re.compile("班额")).first.click()
    form = page.locator("form[data-keep]")
    form.get_by_label("数值").or_(form.get_by_label("上限")).first.fill("48")
    form.get_by_label("生效日期").fill(date.today().isoformat())
    form.get_by_label(re.compile("原因")).fill("实训工位只有四十八个。")
    form.get_by_label("依据").fill("校务会纪要〔2026〕18号")
    form.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("本校确定")
    expect(page.locator("main")).to_contain_text("实训工位只有四十八个。")

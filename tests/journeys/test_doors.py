"""Coming in: the second factor, the activation slip, sessions one can end; and what a family sees on its phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import Windows
from .rosters import FIRST_NUMBER
from .steps import fact

STUDENT = f"{FIRST_NUMBER}01"
NEW_PASSWORD = "song-feng-yun-hai-8153"  # noqa: S105 - of a school that lives as long as the tests


def test_a_wrong_password_or_code_is_refused_and_the_right_ones_let_in(windows: Windows) -> None:
    page = windows.stranger()
    page.goto("/students/student/")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    page.get_by_label("账号或手机号").fill("principal")
    page.get_by_label("密码", exact=True).fill("not-the-password-0000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不正确")
    page.get_by_label("密码", exact=True).fill(windows.password)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/second-factor/"))
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="确认").click()
    expect(page.locator("main")).to_contain_text("验证码不正确")
    page.get_by_label("验证码").fill(windows.site.code("principal"))
    page.get_by_role("button", name="确认").click()
    expect(page).to_have_url(re.compile("/students/student/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("在籍学生")


def test_an_activation_slip_leads_to_a_first_password_once(windows: Windows) -> None:
    admin = windows.of("system-admin")
    admin.goto("/people/activation/")
    windows.prove(admin, "system-admin")
    admin.get_by_label("班级或部门").select_option(label="信息技术部")
    admin.get_by_label("只给尚未激活的人").uncheck()
    admin.get_by_role("button", name="生成并显示").click()
    # Not one of the demonstration accounts, which other journeys sign in with.
    slip = admin.locator(".slip", has_text=re.compile(r"账号\s*\d")).first
    expect(slip).to_be_visible()
    code, account = slip.locator(".code").inner_text(), slip.locator("dl > div").nth(1).locator("dd").inner_text()
    assert len(code.replace("-", "")) == 16

    person = windows.stranger(phone=True)
    for attempt in range(2):
        person.goto("/activate/")
        person.get_by_label("激活码").fill(code)
        person.get_by_label("新密码", exact=True).fill(NEW_PASSWORD)
        person.get_by_label("再输入一次新密码").fill(NEW_PASSWORD)
        person.get_by_role("button", name="设置密码并登录").click()
        if attempt == 0:
            expect(person).to_have_url(f"{windows.site.address}/")
            person.context.clear_cookies()
    expect(person.locator(".fault").first).to_be_visible()
    windows.sign_in(person, account, NEW_PASSWORD)
    expect(person).to_have_url(f"{windows.site.address}/")


def test_other_sessions_can_be_ended(windows: Windows) -> None:
    here, elsewhere = windows.of("teacher", fresh=True), windows.of("teacher", fresh=True)
    elsewhere.goto("/account/")
    expect(elsewhere.get_by_role("heading", level=1)).to_be_visible()
    here.goto("/account/")
    expect(here.get_by_text("本机")).to_be_visible()
    here.get_by_role("button", name="退出其他全部设备").click()
    expect(here.get_by_role("button", name="退出其他全部设备")).to_have_count(0)
    elsewhere.goto("/account/")
    expect(elsewhere).to_have_url(re.compile("/sign-in/"))


def test_a_student_and_a_guardian_see_their_own_on_a_phone(windows: Windows) -> None:
    for account in (STUDENT, f"{STUDENT}-1"):
        page = windows.of(account, phone=True)
        page.goto("/students/student/")
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(STUDENT)
        rows.get_by_role("link").first.click()
        expect(fact(page, "学号")).to_contain_text(STUDENT)
        expect(page.get_by_role("button", name=re.compile("查看.*明文"))).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for refused in ("/verification/", "/import/", "/checks/finding/", "/students/student/add/"):
            answer = page.goto(refused)
            assert answer is not None
            assert answer.status in (403, 404) or not page.locator("tbody tr").count(), refused
    registrar = windows.of("registrar")
    registrar.goto(f"/students/student/?q={FIRST_NUMBER}02")
    other = registrar.locator("tbody tr").get_by_role("link").first.get_attribute("href")
    page = windows.of(f"{STUDENT}-1", phone=True)
    answer = page.goto(str(other))
    assert answer is not None
    assert answer.status == 404

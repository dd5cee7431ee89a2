"""Findings from a look on site, a complaint and a self-check, worked off by different people; one relapses."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from . import steps
from .plan_orders import choose, day, labelled, seat
from .plan_story import ACADEMIC, CLERK, DIRECTOR, ENGINEERING, GENERAL, HEAD, REGISTRAR, TEACHER, Story, proof
from .rosters import TODAY
from .steps import deed, fact, filled

SITE, COMPLAINT, SELF = "实训室灭火器压力不足", "晚自习无教师值守", "学籍异动缺审批手续"
SAFE = re.compile(r"[0-9a-f-]{36}/$")


def from_three_sources(story: Story) -> None:
    """Each source leaves a finding on the one book, with where it came from."""
    a_look_on_site(story)
    a_complaint(story)
    a_self_check(story)
    page = story.of(DIRECTOR)
    page.goto("/checks/finding/?open=1&stage=found")
    for title in (SITE, COMPLAINT, SELF):
        expect(page.locator("tbody")).to_contain_text(title)


def raised(page: Page, title: str, message: str, remedy: str) -> None:
    """登记问题 on the record that is shown."""

    def fill(dialog: Locator) -> None:
        labelled(dialog, "问题").fill(title)
        labelled(dialog, "具体情况").fill(message)
        labelled(dialog, "整改要求").fill(remedy)

    assert "已登记问题" in deed(page, "登记问题", fill)


def saved(page: Page) -> None:
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(SAFE)
    page.wait_for_load_state()


def a_look_on_site(story: Story) -> None:
    page = story.of(DIRECTOR)
    page.goto("/inspections/siteinspection/add/")
    labelled(page, "检查主题").fill("实训基地安全检查")
    labelled(page, "检查日期").fill(TODAY.isoformat())
    seat(page, "被检查部门或班级", ENGINEERING)
    seat(page, "检查人", story.name(DIRECTOR))
    saved(page)
    raised(page, SITE, "三号实训室两具灭火器压力在红区。", "五日内更换，并逐室检查。")


def a_complaint(story: Story) -> None:
    page = story.of(CLERK)
    page.goto("/inspections/complaint/add/")
    labelled(page, "收到日期").fill(TODAY.isoformat())
    box = labelled(page, "渠道")
    box.select_option(index=1)
    labelled(page, "事由").fill("家长反映晚自习无人值守")
    labelled(page, "内容").fill("周三晚自习第二节，二楼两个教室没有教师。")
    seat(page, "承办部门", GENERAL)
    saved(page)
    raised(page, COMPLAINT, "值班表有排班，当晚无人到岗。", "落实值班签到，缺岗当日补位。")
    story.look(page, "18-complaint")


def a_self_check(story: Story) -> None:
    page = story.of(REGISTRAR)
    page.goto("/checks/finding/add/")
    labelled(page, "问题").fill(SELF)
    labelled(page, "说明").fill("抽查休学档案五份，一份没有审批表。")
    labelled(page, "严重程度").select_option(index=1)
    seat(page, "所属部门或班级", ACADEMIC)
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile(r"/checks/finding/"))


def worked_off(story: Story) -> None:
    """One by a written notice with a receipt, two handed out; mended by the owner, closed by somebody else."""
    notice = by_notice(story)
    by_hand(story, COMPLAINT, TEACHER)
    by_hand(story, SELF, REGISTRAR)
    for title, owner in ((SITE, HEAD), (COMPLAINT, TEACHER), (SELF, REGISTRAR)):
        mended(story, title, owner)
        closed(story, title)
    receiver, office = story.of(HEAD), story.of(DIRECTOR)
    receiver.goto(notice)
    report = "已更换全部压力不足的灭火器，并建立每月点检制度，逐条整改情况附后。"
    deed(receiver, "提交整改报告", lambda dialog: dialog.get_by_label("整改报告").fill(report))
    office.goto(notice)
    deed(office, "办结")
    expect(fact(office, "状态")).to_contain_text("办结")


def by_notice(story: Story) -> str:
    """整改通知书 to the department, signed for by its head. Gives its address."""
    page = story.of(DIRECTOR)
    steps.finding(page, SITE, "")

    def fill(dialog: Locator) -> None:
        labelled(dialog, "整改要求").fill("请按要求整改，举一反三，按期报告。")
        labelled(dialog, "整改期限").fill(day(10))
        labelled(dialog, "复查日期").fill(day(12))

    assert "已下发 1 份整改通知书" in deed(page, "下发整改通知书", fill)
    receiver = story.of(HEAD)
    receiver.goto("/rectification/rectificationnotice/")
    receiver.locator("tbody").get_by_role("link").first.click()
    expect(receiver).to_have_url(re.compile(r"/rectificationnotice/[0-9a-f-]{36}/"))
    deed(receiver, "签收")
    expect(fact(receiver, "状态")).to_contain_text("签收")
    story.look(receiver, "19-notice")
    return receiver.url


def by_hand(story: Story, title: str, owner: str) -> None:
    page = story.of(DIRECTOR)
    steps.finding(page, title, "")
    deed(page, "交办", lambda dialog: choose(dialog, "整改责任人", story.name(owner)))
    expect(fact(page, "状态")).to_contain_text("已交办")


def mended(story: Story, title: str, owner: str) -> None:
    page = story.of(owner)
    steps.finding(page, title, "")

    def fill(dialog: Locator) -> None:
        dialog.get_by_label("问题原因").fill("日常检查不到位。")
        dialog.get_by_label("整改措施").fill("已逐项改正，并指定专人每周检查。")
        dialog.get_by_label("整改后佐证").set_input_files(proof("整改情况.docx", "整改前后对照。"))

    deed(page, "填报整改并申请复查", fill)


def closed(story: Story, title: str) -> None:
    page = story.of(DIRECTOR)
    steps.finding(page, title, "")
    deed(page, "复查销号", filled(复查意见="现场核对，已改好。"))
    expect(fact(page, "状态")).to_contain_text("已销号")


def one_relapses(story: Story) -> None:
    """Looked back at, the extinguishers are in the red again: the same finding is open again."""
    page = story.of(DIRECTOR)
    page.goto("/rectification/lookback/")
    page.locator("tbody tr", has_text=SITE).get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/lookback/[0-9a-f-]{36}/"))

    def fill(dialog: Locator) -> None:
        choose(dialog, "结论", "复发")
        labelled(dialog, "情况").fill("又有一具灭火器压力不足。")

    deed(page, "登记回头看", fill)
    steps.finding(page, SITE, "")
    expect(fact(page, "复发次数")).to_contain_text("1")
    expect(fact(page, "状态")).not_to_contain_text("已销号")
    page.get_by_role("tab", name="办理过程").click()
    expect(page.locator("#tab-body")).to_contain_text("复查销号")
    story.look(page, "20-relapse")
    by_hand(story, SITE, HEAD)
    mended(story, SITE, HEAD)
    closed(story, SITE)

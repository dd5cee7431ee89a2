"""Orders and the meeting: one order extended, one returned, one escalated; decisions that become orders."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from .later import daily_round
from .plan_story import (
    ACADEMIC,
    CLERK,
    DIRECTOR,
    ENGINEERING,
    GENERAL,
    HEAD,
    OFFICE,
    PRINCIPAL,
    REGISTRAR,
    TEACHER,
    Story,
    proof,
)
from .rosters import TODAY
from .steps import deed, fact, filled

ORDER = re.compile(r"/supervision/order/[0-9a-f-]{36}/")
MEETING = re.compile(r"/supervision/meeting/[0-9a-f-]{36}/$")
NUMBER = re.compile(r"督办〔\d{4}〕\d+号")
EXTENDED, RETURNED, ESCALATED = "实训基地安全标识补装", "人才培养方案公开", "听课巡课制度修订"
LONG_TEXT = (
    "已逐室检查实训基地，补装安全标识四十六处，更换破损标识八处，组织任课教师现场核对，"
    "并把检查记录和照片交总务科备案，各实训室负责人均已签字确认。"
)


def labelled(page: Page | Locator, label: str) -> Locator:
    """The box with this label, whether marked as required or not."""
    return page.get_by_label(re.compile(rf"^{label}[\s*]*(（必填）)?$"))


def choose(page: Page | Locator, label: str, words: str) -> None:
    """Choose in a select by its label; a person stands there by name."""
    box = labelled(page, label)
    value = box.locator("option", has_text=words).first.get_attribute("value")
    box.select_option(value)


def begin(story: Story, subject: str, *, lead: str, owner: str, days: int) -> str:
    """立项 by hand and 交办; gives the address of the order."""
    page = story.of(DIRECTOR)
    page.goto("/supervision/order/add/")
    page.get_by_label("督办事项").fill(subject)
    page.get_by_label("办理要求").fill(f"{subject}，按期完成并提交佐证材料。")
    choose(page, "牵头部门", lead)
    choose(page, "责任人", story.name(owner))
    choose(page, "责任领导", story.name(PRINCIPAL))
    page.get_by_label("办结时限").fill((TODAY + timedelta(days=days)).isoformat())
    page.get_by_role("button", name="立项").click()
    expect(page).to_have_url(ORDER)
    deed(page, "交办")
    expect(fact(page, "状态")).to_contain_text("已交办")
    expect(page.locator("h1")).to_contain_text(subject)
    return page.url


def answer(page: Page, text: str, *, proved: bool = True) -> str:
    """反馈并申请办结."""

    def fill(dialog: Locator) -> None:
        dialog.get_by_label("办理情况").fill(text)
        if proved:
            dialog.get_by_label("佐证材料").set_input_files(proof("办理情况说明.docx", text))

    return deed(page, "反馈并申请办结", fill)


def settle(page: Page, mark: str) -> None:
    def fill(dialog: Locator) -> None:
        dialog.get_by_label(mark, exact=True).check()
        dialog.get_by_label("审核意见").fill("材料齐全，同意办结。")

    deed(page, "审核办结", fill)
    expect(fact(page, "状态")).to_contain_text("已办结")


def one_is_extended(story: Story) -> None:
    """Before the day is over the owner asks for more time; the principal grants it; then it is done."""
    address = begin(story, EXTENDED, lead=ENGINEERING, owner=HEAD, days=5)
    owner, judge = story.of(HEAD), story.of(PRINCIPAL)
    owner.goto(address)
    deed(owner, "签收")
    until = TODAY + timedelta(days=20)
    words = filled(申请延至=until.isoformat(), 延期原因="定制标识牌供货延迟", 已有进展="已完成现场测量和下单")
    assert "等待审批" in deed(owner, "申请延期", words)
    judge.goto(address)
    deed(judge, "延期审批", lambda dialog: dialog.get_by_label("同意延期", exact=True).check())
    expect(fact(judge, "办结时限")).to_contain_text(f"{until.year}年{until.month}月{until.day}日")
    judge.get_by_role("tab", name="延期").click()
    expect(judge.locator("#tab-body")).to_contain_text("供货延迟")
    story.look(judge, "12-order-extended")
    owner.goto(address)
    answer(owner, LONG_TEXT)
    assert not owner.locator(".deck").get_by_role("button", name="审核办结").count()  # never one's own
    office = story.of(DIRECTOR)
    office.goto(address)
    settle(office, "优秀")
    deed(office, "归档")


def one_is_returned(story: Story) -> None:
    """A weak answer is marked as such and goes back; the second one is settled."""
    address = begin(story, RETURNED, lead=ACADEMIC, owner=REGISTRAR, days=10)
    owner, office = story.of(REGISTRAR), story.of(DIRECTOR)
    owner.goto(address)
    deed(owner, "签收")
    assert "系统提示" in answer(owner, "正在办理。", proved=False)
    office.goto(address)
    deed(office, "审核退回", filled(理由="没有写明公开了哪些专业、在哪里公开，请补充网址和截图。"))
    expect(fact(office, "状态")).to_contain_text("已退回")
    story.look(office, "13-order-returned")
    owner.goto(address)
    answer(owner, "六个专业的人才培养方案已在校园网信息公开栏公布，附公开网址、截图和审批记录，接受师生查询。")
    office.goto(address)
    settle(office, "合格")


def one_is_escalated(story: Story) -> None:
    """Nobody answers: as work days go by there is a yellow card, then a red one, and the leader is told."""
    address = begin(story, ESCALATED, lead=GENERAL, owner=TEACHER, days=1)
    told = story.windows.site
    rounds = daily_round(told, work_days=5)
    assert "yellow" in rounds, rounds
    page = story.of(DIRECTOR)
    page.goto(address)
    expect(fact(page, "黄红牌")).to_contain_text("黄牌")
    rounds = daily_round(told, work_days=10)
    assert "red" in rounds, rounds
    page.reload()
    expect(fact(page, "黄红牌")).to_contain_text("红牌")
    page.get_by_role("tab", name="催办记录").click()
    expect(page.locator("#tab-body")).to_contain_text("亮红牌")
    story.look(page, "14-order-escalated")
    leader = story.of(PRINCIPAL)
    leader.goto("/notices/")
    expect(leader.locator("main")).to_contain_text(f"红牌：{ESCALATED}")
    page.goto("/supervision/board/")
    expect(page.locator("main")).to_contain_text(ESCALATED)
    story.look(page, "15-orders-board")


# -- the meeting ----------------------------------------------------------------------------------------------------


def a_meeting_decides(story: Story) -> None:
    """Topics, agenda, attendance, minutes by the recorder, signed by the chair; decisions become orders at once."""
    office = story.of(DIRECTOR)
    call(story, office)
    address = office.url
    for topic, kind in (("提升计划推进情况", "提升计划推进"), ("实训耗材采购", "重大事项")):
        deed(office, "提交议题", lambda dialog, topic=topic, kind=kind: propose(dialog, topic, kind))
        accept(office, topic)
    deed(office, "提交议程")
    chair = story.of(PRINCIPAL)
    chair.goto(address)
    deed(chair, "签发议程")
    recorder = story.of(CLERK)
    everybody_came(recorder, address)
    deed(recorder, "登记开会")
    recorder.get_by_role("tab", name="会议材料").click()
    expect(recorder.locator("#tab-body")).to_contain_text(ESCALATED)  # the pack is made by itself
    story.look(recorder, "16-meeting-pack")
    write(story, recorder, address)
    chair.goto(address)
    deed(chair, "签发纪要")
    expect(fact(chair, "状态")).to_contain_text("纪要已签")
    orders_from_decisions(story, address)


def call(story: Story, page: Page) -> None:
    page.goto("/supervision/meeting/add/")
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    begins = now + timedelta(hours=1)
    page.get_by_label(re.compile("^会议时间")).fill(begins.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label(re.compile("^会议地点")).fill("第一会议室")
    page.get_by_label(re.compile("^议题截止日期")).fill(now.date().isoformat())
    seat(page, "主持人", story.name(PRINCIPAL))
    seat(page, "记录人", story.name(CLERK))
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(MEETING)
    page.wait_for_load_state()


def seat(page: Page, label: str, words: str) -> None:
    """A person or department in a record's form: the box looks for it as one types."""
    combo = page.locator("[data-combo][data-awake]", has=page.get_by_role("combobox", name=re.compile(rf"^{label}")))
    combo.get_by_role("combobox").fill(words)
    combo.get_by_role("option").filter(has_text=words).first.click()


def propose(dialog: Locator, topic: str, kind: str) -> None:
    labelled(dialog, "议题").fill(topic)
    labelled(dialog, "类别").select_option(label=kind)
    choose(dialog, "提出部门", OFFICE)


def accept(page: Page, topic: str) -> None:
    page.get_by_role("tab", name="议题与议程").click()
    page.locator("#tab-body tr", has_text=topic).get_by_role("button", name="列入", exact=True).click()
    done = page.get_by_role("dialog", name="操作").get_by_role("button", name="完成")
    agree = page.get_by_role("dialog", name="操作").locator(".dialog-actions").get_by_role("button", name="列入议程")
    expect(done.or_(agree).first).to_be_visible()
    if agree.count():
        agree.click()
    with page.expect_navigation():
        done.click()


def everybody_came(page: Page, address: str) -> None:
    """Leaders present, one on leave: the sheet of attendance."""
    page.goto(f"{address}attendance/")
    rows = page.locator(".seats li")
    for place in range(rows.count()):
        name = "请假" if place == rows.count() - 1 else "出席"
        rows.nth(place).get_by_label(name, exact=True).check()
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(address)
    page.wait_for_load_state()


def write(story: Story, page: Page, address: str) -> None:
    """The recorder's minutes and two decisions, each with a department, a person and a day."""
    page.goto(f"{address}minutes/")
    for place, text in enumerate(("办公室汇报了提升计划进展和逾期事项。", "会议研究了本学期实训耗材采购方案。")):
        page.locator(".minutes-topic textarea").nth(place).fill(text)
    page.get_by_label("会议要求").fill("会议要求，各部门对照任务分解表逐项推进，逾期事项本周内拿出办法。")
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(address)
    for text, lead, owner in (
        ("十日内完成听课巡课制度修订并印发。", GENERAL, TEACHER), ("完成本学期实训耗材采购。", ENGINEERING, HEAD),
    ):  # fmt: skip
        deed(page, "记录决议", decision(story, text, lead, owner))
    deed(page, "提交纪要")


def decision(story: Story, text: str, lead: str, owner: str) -> Any:
    def fill(dialog: Locator) -> None:
        dialog.get_by_label("决议内容").fill(text)
        choose(dialog, "承办部门", lead)
        choose(dialog, "责任人", story.name(owner))
        dialog.get_by_label("时限").fill(day(14))

    return fill


def orders_from_decisions(story: Story, address: str) -> None:
    page = story.of(DIRECTOR)
    page.goto(address)
    assert "已交办 2 件" in deed(page, "决议转督办")
    page.get_by_role("tab", name="决议").click()
    expect(page.locator("#tab-body").get_by_text(NUMBER)).to_have_count(2)
    story.look(page, "17-decisions")
    page.goto("/supervision/decision/")
    expect(page.locator("main")).to_contain_text("落实率 0.0%")


def day(ahead: int) -> str:
    moment: date = TODAY + timedelta(days=ahead)
    return moment.isoformat()

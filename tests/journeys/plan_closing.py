"""What an inspection asks for: papers, a closed stage with its snapshot, evidence in one parcel, the public column."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from playwright.sync_api import Page, expect

from . import steps
from .plan_findings import SITE
from .plan_orders import ESCALATED, labelled
from .plan_story import DIRECTOR, HEAD, PRINCIPAL, Story, letter_of, members_of
from .rosters import TODAY
from .steps import deed, fact, filled

STAGE = "宣传动员阶段"
DRAW = re.compile("/papers/draw/")


# -- papers -----------------------------------------------------------------------------------------------------------


def opened(page: Page, story: Story, name: str) -> str:
    """The paper that is shown, downloaded both ways: Word opens it, the PDF is one. Gives its words."""
    expect(page).to_have_url(DRAW)
    words = letter_of(downloaded(page, story, "下载 Word", f"{name}.docx"))
    data = downloaded(page, story, "下载 PDF", f"{name}.pdf")
    assert data.startswith(b"%PDF-"), name
    assert len(data) > 5000, name
    return words


def downloaded(page: Page, story: Story, label: str, name: str) -> bytes:
    with page.expect_download() as held:
        page.get_by_role("button", name=re.compile(f"^{label}")).click()
    path = story.folder / name
    held.value.save_as(path)
    data: bytes = path.read_bytes()
    return data


def issued(page: Page) -> None:
    """编号印发; from then on it is printed unchanged."""
    page.get_by_role("button", name=re.compile("编号印发|印发存档")).click()
    expect(page).to_have_url(re.compile(r"/papers/issuedpaper/[0-9a-f-]{36}/"))
    expect(page.get_by_role("link", name="下载 PDF")).to_be_visible()


def record_paper(story: Story, address: str, label: str) -> Page:
    """Open a record and press its print button."""
    page = story.of(DIRECTOR)
    page.goto(address)
    page.get_by_role("link", name=f"打印{label}", exact=True).click()
    return page


def first_row(page: Page, address: str, words: str = "") -> str:
    page.goto(address)
    row = page.locator("tbody tr", has_text=words).first if words else page.locator("tbody tr").first
    return str(row.get_by_role("link").first.get_attribute("href"))


def papers_are_opened(story: Story) -> None:
    """Six papers that a school must show, each from the records that the journey made."""
    page = story.of(DIRECTOR)
    page.goto("/plans/")
    plan = str(page.get_by_role("link", name="方案档案").get_attribute("href"))
    words = opened(record_paper(story, plan, "任务分解表"), story, "任务分解表")
    assert "诚信招生承诺活动" in words
    assert story.name(HEAD) in words
    story.look(page, "21-paper-breakdown")
    issued(page)
    words = opened(record_paper(story, plan, "实施方案"), story, "实施方案")
    assert "学校文化育人创新行动" in words
    issued(page)
    order = first_row(page, "/supervision/order/", ESCALATED)
    words = opened(record_paper(story, order, "督办单"), story, "督办单")
    assert ESCALATED in words
    story.look(page, "22-paper-order")
    issued(page)
    meeting = first_row(page, "/supervision/meeting/")
    words = opened(record_paper(story, meeting, "会议纪要"), story, "会议纪要")
    assert "会议要求" in words
    story.look(page, "23-paper-minutes")
    notice = first_row(page, "/rectification/rectificationnotice/")
    words = opened(record_paper(story, notice, "整改通知书"), story, "整改通知书")
    assert SITE in words
    assert "回执" in words
    the_ledger(story, page)


def the_ledger(story: Story, page: Page) -> None:
    page.goto("/rectification/ledgerentry/")
    page.get_by_label("选择本页全部").check()
    page.locator("[data-deeds]").get_by_role("button", name="打印整改台账").click()
    words = opened(page, story, "整改台账")
    assert SITE in words
    story.look(page, "24-paper-ledger")


# -- a stage ----------------------------------------------------------------------------------------------------------


def a_stage_is_closed(story: Story) -> None:
    """Gates are judged from the records; what can't be met is waived for a reason; another person closes."""
    page = story.of(DIRECTOR)
    page.goto("/plans/stages/")
    page.get_by_role("link", name=STAGE).first.click()
    expect(page).to_have_url(re.compile(r"/plans/planstage/[0-9a-f-]{36}/"))
    stage = page.url
    page.wait_for_load_state()
    assert "已加入" in deed(page, "加入常用关口")
    assert "还有" in deed(page, "申请关闭")
    page.goto("/plans/stages/")
    story.look(page, "25-stages")
    for _ in range(12):
        if not settle_next(page, stage):
            break
    deed(page, "申请关闭")
    expect(fact(page, "状态")).to_contain_text("关闭中")
    assert "申请关闭的人不能自己关闭" in refused_or_hidden(page)
    closer = story.of(PRINCIPAL)
    closer.goto(stage)
    assert "快照已固定" in deed(closer, "关闭阶段")
    expect(fact(closer, "状态")).to_contain_text("已关闭")
    closer.get_by_role("link", name=re.compile("快照")).first.click()
    expect(closer).to_have_url(re.compile(r"/plans/stagesnapshot/[0-9a-f-]{36}/"))
    story.look(closer, "26-snapshot")
    closer.goto(stage)
    expect(closer.get_by_role("button", name="加入常用关口")).to_have_count(0)


def settle_next(page: Page, stage: str) -> bool:
    """Confirm or waive the first gate that bars; False where none does. Ends on the stage's page."""
    page.goto(stage)
    body = page.locator("#tab-body")  # the gates are the first tab, which opens by itself
    ready, barred = body.get_by_text("都已通过或豁免"), body.get_by_text(re.compile(r"还有 \d+ 个必须通过"))
    expect(ready.or_(barred)).to_be_visible()
    if ready.count():
        return False
    row = body.locator("tbody tr", has_text="未通过").filter(has_not=page.get_by_text("提示", exact=True)).first
    row.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/plans/stagegate/[0-9a-f-]{36}/"))
    page.wait_for_load_state()
    if page.locator(".deck").get_by_role("button", name="确认通过").count():
        deed(page, "确认通过", filled(依据="全校教职工大会，签到册存办公室。"))
    else:
        deed(page, "豁免", filled(理由="首轮使用系统，纸质记录已归档，同意按线下情况认定。"))
    return True


def refused_or_hidden(page: Page) -> str:
    if not page.locator(".deck").get_by_role("button", name="关闭阶段").count():
        return "申请关闭的人不能自己关闭"
    return deed(page, "关闭阶段")


def the_summary(story: Story) -> None:
    """阶段总结: words by a person, figures from the frozen snapshot."""
    page = story.of(DIRECTOR)
    page.goto("/plans/stages/")
    stage = str(page.get_by_role("link", name=STAGE).first.get_attribute("href"))
    page.goto(f"/plans/stagesummary/add/?stage={stage.rstrip('/').rpartition('/')[2]}")
    labelled(page, "年度").fill(str(TODAY.year))
    for label in ("总体评价", "主要做法", "存在问题", "下一步打算"):
        labelled(page, label).fill("组织全体教职工学习方案，各部门制订计划，责任到人。")
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile(r"/plans/stagesummary/[0-9a-f-]{36}/$"))
    words = opened(record_paper(story, page.url, "阶段总结"), story, "阶段总结")
    assert "组织全体教职工学习方案" in words
    story.look(page, "27-paper-summary")


# -- the parcel -------------------------------------------------------------------------------------------------------


def evidence_in_one_parcel(story: Story) -> None:
    """One click packs what proves the plan: an index, numbered folders, and digests that hold."""
    page = story.of(DIRECTOR)
    page.goto("/plans/evidence/")
    story.look(page, "28-evidence")
    page.get_by_role("button", name="一键打包").click()
    link = page.locator("main").get_by_role("link", name=re.compile("查看结果|下载"))
    expect(link).to_be_visible(timeout=steps.JOB)
    with page.expect_download() as held:
        link.click()
    path = story.folder / "佐证材料.zip"
    held.value.save_as(path)
    members = members_of(path)
    assert "机电工程部工作总结" in letter_of(members["index.docx"])
    assert any(re.match(r"\d+.*/.*机电工程部工作总结", name) for name in members), list(members)
    lines = members.pop("hashes.txt").decode().splitlines()
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert told == {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}


# -- the public column ------------------------------------------------------------------------------------------------


def the_public_sees_how_far(story: Story) -> None:
    """Without signing in: the plan and its progress in aggregate, and nobody's name."""
    page = story.windows.stranger()
    answer: Any = page.goto("/column/")
    assert answer.ok
    main = page.locator("body")
    expect(main).to_contain_text("管理水平提升")
    story.look(page, "29-column")
    page.goto(f"{page.url.rstrip('/')}/plan/")
    expect(main).to_contain_text("质量保证体系完善行动")
    expect(main).to_contain_text(re.compile(r"\d+(\.\d+)?\s*%"))
    words = main.inner_text()
    assert not [name for name in story.names.values() if name in words]
    story.look(page, "30-column-plan")
    phone = story.windows.stranger(phone=True)
    phone.goto(page.url)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    story.look(phone, "31-column-390")

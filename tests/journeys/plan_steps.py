"""From the plan document to duties: uploaded, reviewed, mended, in effect, assigned from a sheet, alive on pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from . import steps
from .plan_story import DIRECTOR, HEAD, RIGHT, SLIP, Story, filled_in, plan_document, proof
from .steps import deed, fact, filled

ACTIONS = (5, 3, 2, 3, 2, 2)
COMING = re.compile("业务模块尚未上线")


def bring_in(story: Story) -> None:
    """An empty school says what to do; the document becomes a draft, its source beside it."""
    page = story.of(DIRECTOR)
    page.goto("/plans/")
    expect(page.locator("main")).to_contain_text("学校还没有执行中的提升计划")
    story.look(page, "01-empty")
    page.get_by_role("link", name="导入方案").click()
    page.get_by_label("方案文件").set_input_files(
        {"name": "管理水平提升实施方案.txt", "mimeType": "text/plain", "buffer": plan_document().encode("gb18030")}
    )
    page.get_by_role("button", name="读取并校对").click()
    expect(page).to_have_url(re.compile(r"/plans/review/[0-9a-f-]{36}/"))
    page.wait_for_load_state()
    tree = page.locator("#tree")
    expect(tree).to_contain_text(re.compile(r"行动 6\s*任务 17"))
    expect(tree).to_contain_text(re.compile(r"阶段 3\s*保障措施 3"))
    counted = page.locator(".nodes > .node-action").evaluate_all(
        "rows => rows.map(row => row.querySelectorAll('.node-task').length)"
    )
    assert tuple(counted) == ACTIONS
    expect(page.locator(".warnings")).to_contain_text("这里是“动力”，可能是笔误")


def review(story: Story) -> None:
    """The warned heading is found in source and tree, mended; a sentence is merged away and brought back."""
    page = story.of(DIRECTOR)
    page.locator(".warnings a").first.click()
    expect(page.locator(".source li.is-warned", has_text=SLIP)).to_be_visible()
    story.look(page, "02-review")
    line = page.locator(".node-action", has_text=SLIP).locator("> .node-line")
    line.locator("summary").click()
    line.get_by_role("link", name="修改文字").click()
    dialog = page.locator("#dialog-body")
    expect(dialog.get_by_label("标题")).to_have_value(SLIP)
    dialog.get_by_label("标题").fill(RIGHT)
    story.look(page, "03-mend")
    dialog.get_by_role("button", name="修改").click()
    tree = page.locator("#tree")
    expect(tree).to_contain_text(RIGHT)
    expect(tree).not_to_contain_text(SLIP)
    merge_and_undo(page)


def merge_and_undo(page: Page) -> None:
    tree = page.locator("#tree")
    points = tree.locator(".node-point")
    before = points.count()
    points.nth(1).locator("summary").click()
    points.nth(1).get_by_role("button", name="并入前一个").click()
    expect(points).to_have_count(before - 1)
    tree.get_by_role("button", name="撤销").click()
    expect(points).to_have_count(before)


def take_effect(story: Story) -> None:
    page = story.of(DIRECTOR)
    page.locator("#tree").get_by_role("button", name="生效").click()
    expect(page).to_have_url(re.compile("/plans/$"))
    expect(page.locator(".plan-action table")).to_have_count(len(ACTIONS))
    expect(page.locator("main")).to_contain_text("财务管理规范")  # what the parent plan asks and this one lacks


def assign_from_a_sheet(story: Story) -> int:
    """The template is filled in as a spreadsheet; the rows take effect together. Gives how many points there are."""
    page = story.of(DIRECTOR)
    page.goto("/plans/workpoint/")
    page.get_by_role("link", name="导入").click()
    with page.expect_download() as held:
        page.get_by_role("link", name="下载模板").click()
    template, sheet = story.folder / "模板.xlsx", story.folder / "任务分解表.xlsx"
    held.value.save_as(template)
    count = filled_in(template, sheet, story)
    page.locator("#file").set_input_files(sheet)
    steps.send(page)
    expect(page.locator(".figures")).to_contain_text(re.compile(rf"更新\s*{count}\s*行"), timeout=steps.JOB)
    shown = steps.previewed(page)
    assert not shown, shown
    story.look(page, "04-duties-sheet")
    steps.write_as_is(page, new=0, changed=count)
    page.goto("/plans/workpoint/?state=in_effect")
    expect(page.locator(".count, [data-count]").first).to_be_visible()
    assert page.locator("[data-rows]").get_attribute("data-count") == str(count)
    story.look(page, "05-points")
    return count


def every_task_opens(story: Story) -> None:
    """Each of the 17 tasks shows live figures or says which module is to come."""
    page = story.of(DIRECTOR)
    page.goto("/plans/")
    story.look(page, "06-home")
    links = page.locator(".plan-tasks tbody th a")
    expect(links).to_have_count(sum(ACTIONS))
    tasks = links.evaluate_all("links => links.map(link => [link.textContent, link.getAttribute('href')])")
    assert [name.split(".")[0] for name, _ in tasks] == [str(number) for number in range(1, 18)]
    live, coming = [], []
    for name, address in tasks:
        page.goto(address)
        page.get_by_role("tab", name="实时状态").click()
        body = page.locator("#tab-body")
        expect(body.locator(".figures").or_(body.get_by_text(COMING)).first).to_be_visible()
        figures = body.locator(".figures .figure").count()
        told = COMING.search(body.inner_text())
        assert figures or told, name
        assert figures == 0 or body.locator(".figures").count() == 2 or told, f"{name}: no indicator"
        (live if figures else coming).append(name)
        if name.startswith("2."):
            story.look(page, "07-task")
    assert len(live) >= 5, (live, coming)


def views(story: Story) -> None:
    """Board, Gantt picture, load of people and the sheet on the wall."""
    page = story.of(DIRECTOR)
    for path, name, shown in (
        ("board", "08-board", "临近到期"), ("gantt", "09-gantt", "诚信招生承诺活动"), ("load", "", story.name(HEAD)),
        ("wall", "10-wall", "质量保证体系完善行动"),
    ):  # fmt: skip
        page.goto(f"/plans/{path}/")
        expect(page.locator("main, body").first).to_contain_text(shown)
        if name:
            story.look(page, name)


def prove_a_point(story: Story) -> None:
    """Progress is never typed: the owner hands in with evidence, somebody else accepts, and the share moves."""
    owner, judge = story.of(HEAD), story.of(DIRECTOR)
    owner.goto("/plans/mine/?undone=1")
    owner.locator("tbody tr").get_by_role("link").first.click()
    expect(owner).to_have_url(re.compile(r"/plans/workpoint/[0-9a-f-]{36}/"))
    address = owner.url

    def hand_in(dialog: object) -> None:
        dialog.get_by_label("佐证文件").set_input_files(proof("机电工程部工作总结.docx", "已按要求完成，附检查记录。"))
        dialog.get_by_label("完成情况说明").fill("已完成，请验收。")

    deed(owner, "提交验收", hand_in)
    expect(fact(owner, "状态")).to_contain_text("待验收")
    judge.goto(address)
    deed(judge, "验收通过", filled(验收意见="材料齐全，同意。"))
    expect(fact(judge, "状态")).to_contain_text("已完成")
    judge.get_by_role("tab", name="佐证材料").click()
    expect(judge.locator("#tab-body")).to_contain_text("机电工程部工作总结")
    story.look(judge, "11-point")

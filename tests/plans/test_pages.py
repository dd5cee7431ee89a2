"""The plan's pages: what they show to whom, in how many queries, and what an empty school is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhixing.domains.plans import actions
from zhixing.domains.plans.models import Task, TaskMatch, WorkPoint
from zhixing.domains.plans.queries import bindings, coverage, live_state, recognise
from zhixing.kernel.checks.models import Finding

VIEWS = ("/plans/", "/plans/board/", "/plans/board/?by=state", "/plans/gantt/", "/plans/load/", "/plans/wall/")


@pytest.mark.parametrize("address", VIEWS)
def test_an_empty_school_is_told_what_to_do(scene: Any, client_of: Any, address: str) -> None:
    answer = client_of(scene.director).get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "方案" in page
    if address == "/plans/":
        assert "/plans/import/" in page


@pytest.mark.parametrize("address", VIEWS)
def test_queries_do_not_grow_with_points(planned: Any, client_of: Any, address: str) -> None:
    scene, desk = planned, client_of(planned.director)
    rows = list(scene.points())
    scene.give(rows[0])
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        assert desk.get(address).status_code == 200
    for point in rows[1:]:
        scene.give(point, due=-3)
    for number in range(30):
        actions.add_point({"task": rows[0].task, "text": f"补充要点{number}"}, by=scene.director, at=scene.now)
    with CaptureQueriesContext(connection) as more:
        assert desk.get(address).status_code == 200
    assert len(more) == len(few), [query["sql"][:120] for query in more]


def test_the_plan_shows_lamps_gaps_and_what_is_to_come(planned: Any, client_of: Any) -> None:
    scene = planned
    late, soon = list(scene.points())[:2]
    scene.give(late, due=-2)
    scene.give(soon, due=1)
    page = client_of(scene.director).get("/plans/").content.decode()
    assert "财务管理规范" in page
    assert "待上线：招生管理" in page
    assert "light-red" in page
    assert "教务科" in page
    wall = client_of(scene.director).get("/plans/wall/").content.decode()
    assert late.text in wall
    assert 'hx-trigger="every 60s"' in wall


def test_the_board_and_the_picture_narrow_to_a_department(planned: Any, client_of: Any) -> None:
    scene, desk = planned, client_of(planned.director)
    one, two = list(scene.points())[:2]
    scene.give(one)
    scene.give(two, lead=scene.affairs)
    for address in ("/plans/board/", "/plans/gantt/"):
        page = desk.get(f"{address}?lead={scene.affairs.uid}").content.decode()
        assert two.text in page
        assert one.text not in page
        assert desk.get(f"{address}?lead=nothing").status_code == 404
    assert desk.get(f"/plans/gantt/?action={one.task.action.uid}").content.decode().count('class="g-bar') == 2


def test_words_of_points_are_escaped_in_the_picture(planned: Any, client_of: Any) -> None:
    scene = planned
    values = {"task": scene.points()[0].task, "text": "<script>alert(1)</script>"}
    scene.give(actions.add_point(values, by=scene.director, at=scene.now))
    for address in (*VIEWS, "/plans/workpoint/"):
        assert "<script>alert" not in client_of(scene.director).get(address).content.decode(), address


def test_every_kind_of_task_is_bound_and_says_honestly_what_is_missing(planned: Any, client_of: Any) -> None:
    own = [kind for kind in bindings().values() if not kind.beyond]
    assert len(own) == 17
    assert all(kind.modules and kind.checks and kind.indicators for kind in own)
    state = live_state("admission_pledge", planned.director)
    assert (state.landed, state.coming) == ((), ("招生管理",))
    task = Task.objects.get(action__plan=planned.plan, no=1)
    desk = client_of(planned.director)
    page = desk.get(f"/plans/task/{task.uid}/tab/plans.LiveTab/").content.decode()
    assert "本项业务模块尚未上线：招生管理" in page
    other = Task.objects.get(action__plan=planned.plan, no=2)
    assert recognise(other.title) == other.kind == "enrolment_check"
    Finding.objects.create(
        rule="students.id_number_wrong", severity="error", title="证件号不正确", message="甲", object_type="x.y",
        object_uid=other.uid, object_label="某生", fingerprint="f", found_at=planned.now, seen_at=planned.now,
    )  # fmt: skip
    page = desk.get(f"/plans/task/{other.uid}/tab/plans.LiveTab/").content.decode()
    assert "证件号不正确" in page
    assert "学籍号登记率" in page
    assert "错误 1" in desk.get("/plans/").content.decode()


def test_a_teacher_sees_the_tree_but_only_own_points(planned: Any, client_of: Any) -> None:
    scene = planned
    one, two = list(scene.points())[:2]
    scene.give(one)
    scene.give(two, owner=scene.head, sponsor=None)
    page = client_of(scene.owner).get("/plans/").content.decode()
    assert "完善管理制度标准" in page
    assert "只统计您可见的要点" in page
    board = client_of(scene.owner).get("/plans/board/").content.decode()
    assert one.text in board
    assert two.text not in board
    assert client_of(scene.owner).get("/plans/import/").status_code == 403
    home = client_of(scene.owner).get("/").content.decode()
    assert "我的工作要点" in home
    assert one.text in home


def test_a_gap_is_answered_or_explained(planned: Any, client_of: Any) -> None:
    scene, desk = planned, client_of(planned.director)
    gap = next(line.asked for line in coverage(scene.plan) if line.asked.title == "财务管理规范")
    own = Task.objects.get(action__plan=scene.plan, no=3)
    address = f"/plans/plan/{scene.plan.uid}/answers/{gap.uid}/"
    assert "对应的本校任务" in desk.get(address).content.decode()
    assert desk.post(address, {"tasks": [own.pk], "reason": "两样都填"}).status_code == 422
    assert desk.post(address, {"tasks": [own.pk]}).status_code == 302
    assert next(line for line in coverage(scene.plan) if line.asked == gap).answered
    assert desk.post(address, {"reason": "财务由市局集中核算"}).status_code == 302
    assert TaskMatch.objects.get(asked=gap).state == "not_adopted"
    assert desk.post(address, {}).status_code == 302
    assert next(line for line in coverage(scene.plan) if line.asked == gap).state == "gap"
    assert client_of(scene.owner).get(address).status_code == 403


def test_a_citys_plan_becomes_the_parent(planned: Any, client_of: Any) -> None:
    from tests.plans.texts import LATER
    from zhixing.domains.plans.models import Plan, PlanVersion

    scene, desk = planned, client_of(planned.director)
    given = {"text": LATER, "into": "new", "level": "city", "issuer": "市教育局"}
    assert desk.post("/plans/import/", given).status_code == 302
    version = PlanVersion.objects.order_by("-pk").first()
    assert desk.post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"}).status_code == 302
    city = Plan.objects.get(level="city")
    assert (city.state, city.issuer) == ("effective", "市教育局")
    plan = actions.correct_plan(
        scene.plan, {"parent": city}, by=scene.director, at=scene.now, seen_version=scene.plan.version
    )
    states = {line.asked.title: line.state for line in coverage(plan)}
    assert states == {
        "诚信招生承诺活动": "answered", "学籍信息核查活动": "answered", "完善管理制度标准": "answered",
        "财务管理规范活动": "gap",
    }  # fmt: skip


def test_the_load_of_people_opens_to_their_points(planned: Any, client_of: Any) -> None:
    scene = planned
    for number, point in enumerate(scene.points()):
        scene.give(point, due=-1 if number == 0 else 90)
    page = client_of(scene.director).get("/plans/load/").content.decode()
    assert f"?owner={scene.owner.uid}&amp;undone=1" in page
    assert "孙责任" in page
    listed = client_of(scene.director).get(f"/plans/workpoint/?owner={scene.owner.uid}&undone=1&lamp=red")
    assert "共 1 行" in listed.content.decode() or WorkPoint.objects.overdue(scene.today).count() == 1


def test_papers_of_the_plan_can_be_drawn(planned: Any) -> None:
    from zhixing.domains.plans import papers as own
    from zhixing.domains.plans.models import DutyLetter, LeadingGroup
    from zhixing.kernel.papers import draw, to_docx

    scene = planned
    scene.give(scene.points()[0], supports=[scene.affairs])
    actions.make_letters(scene.plan, year=(scene.today + timedelta(days=30)).year, by=scene.director, at=scene.now)
    group = actions.form_group({"plan": scene.plan, "title": "领导小组"}, by=scene.director, at=scene.now)
    member = {"group": group, "user": scene.sponsor, "role": "head", "post": "校长", "organises": True}
    actions.add_member(member, by=scene.director, at=scene.now)
    rows = ((own.PlanPaper, scene.plan), (own.BreakdownPaper, scene.plan),
            (own.DutyLetterPaper, DutyLetter.objects.get()),
            (own.GroupNoticePaper, LeadingGroup.objects.get()), (own.DutyMatrixPaper, group))  # fmt: skip
    for kind, row in rows:
        letter = draw(kind, row, on=scene.today)
        assert letter.title
        assert to_docx(letter).startswith(b"PK")
    text = str(draw(own.PlanPaper, scene.plan, on=scene.today))
    for words in (
        "一、工作目标",
        "（一）突出问题治理行动",
        "2.学籍信息核查活动。",
        "2025年1月—2025年3月",
        "公开招生承诺",
    ):
        assert words in text
    assert "学生科" in str(draw(own.BreakdownPaper, scene.plan, on=scene.today))

"""Duties and progress: given, handed over, handed in with evidence, accepted by somebody else; never typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from zhixing.domains.plans import actions
from zhixing.domains.plans.models import DutyLetter, HandOver, WorkPoint
from zhixing.domains.plans.procedures import take
from zhixing.domains.plans.queries import Tally, lamp, shining, standing, the_day
from zhixing.kernel.files.evidence import evidence_of
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.people.accounts import close_user
from zhixing.kernel.procedures import StepRefused


def first(scene: Any, **found: Any) -> WorkPoint:
    row: WorkPoint = scene.points().filter(**found)[0]
    return row


def test_no_point_takes_effect_without_lead_owner_and_due_date(planned: Any) -> None:
    point = first(planned)
    with pytest.raises(StepRefused, match="牵头部门、责任人、完成时限"):
        take("put_in_effect", point, by=planned.director, at=planned.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkPoint.objects.filter(pk=point.pk).update(state="in_effect")
    assert planned.give(point).state == "in_effect"
    assert Notice.objects.filter(user=planned.owner, is_todo=True, done_at=None).count() == 1


def test_a_point_is_done_when_somebody_else_accepts_its_evidence(planned: Any) -> None:
    scene, point = planned, planned.give(first(planned))
    with pytest.raises(StepRefused, match="还没有佐证材料"):
        take("submit", point, by=scene.owner, at=scene.now)
    with pytest.raises(StepRefused, match="权限"):
        take("submit", point, by=scene.clerk, at=scene.now)
    scene.prove(point)
    point = take("submit", point, by=scene.owner, at=scene.now, opinion="已完成")
    with pytest.raises(StepRefused, match="责任人不能验收"):
        take("accept", point, by=scene.owner, at=scene.now)
    point = take("accept", point, by=scene.sponsor, at=scene.now)
    assert (point.state, point.accepted_by) == ("accepted", scene.sponsor)
    assert evidence_of(point).get().accepted_by == scene.sponsor
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkPoint.objects.filter(pk=point.pk).update(accepted_by=scene.owner)
    with pytest.raises(ValidationError, match="不能再修改"):
        actions.assign(point, by=scene.director, at=scene.now, owner=scene.head)


def test_the_head_of_the_lead_hands_in_but_does_not_accept_it_himself(planned: Any) -> None:
    scene, point = planned, planned.give(first(planned))
    scene.prove(point)
    point = take("submit", point, by=scene.head, at=scene.now)
    with pytest.raises(StepRefused):
        take("accept", point, by=scene.head, at=scene.now)
    point = take("send_back", point, by=scene.director, at=scene.now, opinion="材料不全")
    assert (point.state, point.returned_count, point.submitted_date) == ("in_effect", 1, None)
    point = take("submit", point, by=scene.owner, at=scene.now)
    with pytest.raises(StepRefused, match="须写明理由"):
        take("send_back", point, by=scene.director, at=scene.now)


def test_completion_is_the_weight_of_accepted_points(planned: Any) -> None:
    scene = planned
    points = list(scene.points().filter(task__no=1))
    assert len(points) == 3
    heavy = actions.correct_point(
        points[0], {"weight": 3}, by=scene.director, at=scene.now, seen_version=points[0].version
    )
    heavy = scene.give(heavy)
    scene.prove(heavy)
    take("accept", take("submit", heavy, by=scene.owner, at=scene.now), by=scene.director, at=scene.now)
    now = standing(scene.plan, the_day(), scene.director)
    assert now.tasks[0].tally.percent == 60
    assert now.tasks[0].tally.colours["done"] == 1
    assert Tally().percent is None


@pytest.mark.parametrize(
    ("due", "start", "state", "colour"),
    [(-1, -9, "in_effect", "red"), (0, -9, "in_effect", "amber"), (60, -9, "in_effect", "green"),
     (60, 20, "in_effect", "grey"), (-1, -9, "submitted", "red"), (9, -9, "submitted", "green"),
     (-1, -9, "accepted", "done"), (5, -9, "draft", "grey")],
)  # fmt: skip
def test_a_lamp_says_the_same_in_python_and_in_the_database(
    planned: Any, due: int, start: int, state: str, colour: str
) -> None:
    scene, day = planned, the_day()
    point = scene.give(first(scene), due=due, start_date=scene.today + timedelta(days=start))
    values: dict[str, Any] = {"state": state, "submitted_date": scene.today if state != "in_effect" else None}
    if state == "accepted":
        values |= {"accepted_by": scene.director, "accepted_at": scene.now}
    WorkPoint.objects.filter(pk=point.pk).update(**values)
    point.refresh_from_db()
    assert lamp(point.state, point.start_date, point.due_date, point.submitted_date, day) == colour
    hits = [one for one in ("red", "amber", "green", "grey", "done") if
            WorkPoint.objects.filter(shining(one, day), pk=point.pk).exists()]  # fmt: skip
    assert hits == [colour]


def test_a_hand_over_is_kept_and_the_to_do_moves(planned: Any) -> None:
    scene, point = planned, planned.give(first(planned))
    point = actions.hand_over(point, to=scene.head, by=scene.director, at=scene.now, reason="岗位调整")
    move = HandOver.objects.get(work_point=point)
    assert (move.from_owner, move.to_owner, move.reason) == (scene.owner, scene.head, "岗位调整")
    assert not Notice.objects.filter(user=scene.owner, is_todo=True, done_at=None).exists()
    assert Notice.objects.filter(user=scene.head, is_todo=True, done_at=None).exists()
    for reason, to, words in (("", scene.owner, "移交原因"), ("换人", scene.head, "已是这条要点的责任人")):
        with pytest.raises(ValidationError, match=words):
            actions.hand_over(point, to=to, by=scene.director, at=scene.now, reason=reason)


def test_an_account_with_open_points_is_not_closed_by_anybody(planned: Any) -> None:
    from zhixing.domains.staff.actions import DutiesOpen, leave
    from zhixing.domains.staff.models import StaffMember

    scene, point = planned, planned.give(first(planned))
    with pytest.raises(ValidationError, match="未完成的工作要点 1 项"):
        close_user(scene.owner, by=scene.director, at=scene.now, reason="调离")
    row, heir = StaffMember.objects.get(user=scene.owner), StaffMember.objects.get(user=scene.head)
    with pytest.raises(DutiesOpen, match="工作要点"):
        leave(row, on=scene.today, successor=None, by=scene.director, at=scene.now)
    leave(row, on=scene.today, successor=heir, by=scene.director, at=scene.now, reason="调离")
    point.refresh_from_db()
    assert point.owner == scene.head
    assert HandOver.objects.get(work_point=point).reason.endswith("离校")


def test_letters_hold_the_points_of_the_year_and_signed_ones_stay(planned: Any) -> None:
    scene = planned
    with pytest.raises(ValidationError, match="没有已生效"):
        actions.make_letters(scene.plan, year=scene.today.year, by=scene.director, at=scene.now)
    one, two = list(scene.points())[:2]
    scene.give(one, due=5)
    made = actions.make_letters(scene.plan, year=scene.today.year, by=scene.director, at=scene.now)
    letter = actions.sign_letter(made[0], by=scene.director, at=scene.now)
    assert [line["text"] for line in letter.points] == [one.text]
    scene.give(two, due=5)
    assert actions.make_letters(scene.plan, year=scene.today.year, by=scene.director, at=scene.now) == []
    assert DutyLetter.objects.get().points == letter.points
    with pytest.raises(ValidationError, match="已签订"):
        actions.sign_letter(letter, by=scene.director, at=scene.now)


def test_the_owner_works_through_pages_and_sees_only_his_own(planned: Any, client_of: Any) -> None:
    scene = planned
    mine, other = list(scene.points())[:2]
    mine = scene.give(mine)
    scene.give(other, owner=scene.head, sponsor=None)
    desk = client_of(scene.owner)
    page = desk.get("/plans/mine/").content.decode()
    assert mine.text in page
    assert other.text not in page
    assert desk.get(f"/plans/workpoint/{other.uid}/").status_code == 404
    assert mine.text in desk.get(f"/plans/workpoint/{mine.uid}/").content.decode()
    address = f"/plans/workpoint/{mine.uid}/deed/submit/"
    assert "佐证文件" in desk.post(address).content.decode()
    refused = desk.post(address, {"confirmed": "1"}).content.decode()
    assert "还没有佐证材料" in refused
    upload = SimpleUploadedFile("总结.txt", "已经完成".encode(), "text/plain")
    done = desk.post(address, {"confirmed": "1", "file": upload, "opinion": "完成"}).content.decode()
    assert "已完成" in done
    mine.refresh_from_db()
    assert mine.state == "submitted"
    assert evidence_of(mine).get().evidence.title == "总结"
    boss = client_of(scene.sponsor)
    assert "已完成" in boss.post(f"/plans/workpoint/{mine.uid}/deed/accept/", {"confirmed": "1"}).content.decode()
    mine.refresh_from_db()
    assert mine.state == "accepted"


def test_the_office_assigns_many_at_one_stroke(planned: Any, client_of: Any) -> None:
    scene = planned
    rows = [str(point.uid) for point in scene.points()]
    given = {"row": rows, "confirmed": "1", "lead": scene.academic.pk, "owner": scene.owner.pk, "effect": "on"}
    desk = client_of(scene.director)
    answer = desk.post("/plans/workpoint/deed/assign/", given).content.decode()
    assert "已更新 7 条要点的分工" in answer
    assert set(scene.points().values_list("state", flat=True)) == {"draft"}
    due = (scene.today + timedelta(days=40)).isoformat()
    answer = desk.post(
        "/plans/workpoint/deed/assign/", {"row": rows, "confirmed": "1", "due_date": due, "effect": "on"}
    )
    assert "其中 7 条生效" in answer.content.decode()
    assert set(scene.points().values_list("state", "owner__name")) == {("in_effect", "孙责任")}
    nothing = desk.post("/plans/workpoint/deed/assign/", {"row": rows, "confirmed": "1"}).content.decode()
    assert "没有填写任何内容" in nothing


def test_supporting_departments_see_the_point(planned: Any, make_user: Any, client_of: Any) -> None:
    scene = planned
    point = scene.give(first(planned))
    helper = make_user("department_head", unit=scene.affairs)
    assert client_of(helper).get(f"/plans/workpoint/{point.uid}/").status_code == 404
    actions.set_supports(point, units=[scene.affairs, scene.academic], by=scene.director, at=scene.now)
    assert [row.unit for row in point.supports.all()] == [scene.affairs]
    assert client_of(helper).get(f"/plans/workpoint/{point.uid}/").status_code == 200
    assert point.text in client_of(helper).get("/plans/department/").content.decode()

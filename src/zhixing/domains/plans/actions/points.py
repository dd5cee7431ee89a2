"""Work points: written, given to people, handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from zhixing.kernel.notices.send import finish_todo, notify, set_todo
from zhixing.kernel.people.models import Unit, User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import UNDONE, PointState
from ..models import HandOver, PlanStage, Task, WorkPoint, WorkPointSupport

NAMES = {"lead": "牵头部门", "owner": "责任人", "due_date": "完成时限"}
DUTIES = ("lead", "owner", "sponsor", "start_date", "due_date")


def add_point(values: Mapping[str, Any], *, by: User | None, at: datetime) -> WorkPoint:
    """A new point of a task, behind the ones there are; it takes effect by its own step."""
    task = values["task"]
    if task.withdrawn_at is not None:
        raise ValidationError({"task": f"任务“{task}”已撤销，不能再增加要点。"})
    given = dict(values)
    given.setdefault("no", next_no(task))
    given["stage"] = given.get("stage") or stage_on(task, given.get("due_date"))
    _judge_people(given)
    return add_row(WorkPoint(**given), by=by, at=at)


def correct_point(
    point: WorkPoint, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> WorkPoint:  # fmt: skip
    """Amend a point. Another owner of a point in effect is a hand-over and is kept as one.

    Who answers for a point in effect, and until when, is changed only by those who may hand out duties.
    """
    _judge_settled(point)
    _judge_duties(point, values, by)
    _judge_people(values)
    giver, taker = point.owner, values.get("owner", point.owner)
    with transaction.atomic():
        point = amend_row(point, values, by=by, at=at, seen_version=seen_version)
        if giver is not None and taker is not None and giver != taker and point.state != PointState.DRAFT:
            _note_hand_over(point, giver, taker, "修改责任人", by, at)
    return point


def _judge_duties(point: WorkPoint, values: Mapping[str, Any], by: User) -> None:
    moved = [name for name in DUTIES if name in values and values[name] != getattr(point, name)]
    if moved and point.state != PointState.DRAFT and not by.can("assign", point):
        raise ValidationError(dict.fromkeys(moved, "要点已生效，分工和时限由有“分工”权限的人员调整。"))


def next_no(task: Task) -> int:
    """The number behind the task's last point."""
    return int(task.points.aggregate(last=Max("no"))["last"] or 0) + 1


def stage_on(task: Task, due: date | None) -> PlanStage | None:
    """The stage of the task's plan in whose days this day lies."""
    if due is None:
        return None
    found: PlanStage | None = PlanStage.objects.running(due).filter(plan=task.action.plan_id).first()
    return found


@transaction.atomic
def assign(
    point: WorkPoint, *, by: User, at: datetime, lead: Unit | None = None, owner: User | None = None,
    sponsor: User | None = None, start_date: date | None = None, due_date: date | None = None,
    expected_evidence: str = "", weight: int | None = None, supports: Iterable[Unit] | None = None, stage: Any = None,
    recurrence: str = "", note: str = "",
) -> WorkPoint:  # fmt: skip
    """Give a point its duties; what is None or blank stays as it was. ``supports`` replaces the supporting units."""
    _judge_settled(point)
    given = {
        "lead": lead, "owner": owner, "sponsor": sponsor, "start_date": start_date, "due_date": due_date,
        "expected_evidence": expected_evidence, "weight": weight, "stage": stage, "recurrence": recurrence,
        "note": note,
    }  # fmt: skip
    values = {name: value for name, value in given.items() if value not in (None, "")}
    if stage is None and due_date is not None and point.stage_id is None:
        values["stage"] = stage_on(point.task, due_date)
    _judge_people(values)
    giver = point.owner
    point = amend_row(point, values, by=by, at=at, action="assign")
    if giver is not None and owner is not None and giver != owner and point.state != PointState.DRAFT:
        _note_hand_over(point, giver, owner, "重新分工", by, at)
    if supports is not None:
        set_supports(point, units=supports, by=by, at=at)
    return point


@transaction.atomic
def set_supports(point: WorkPoint, *, units: Iterable[Unit], by: User, at: datetime) -> None:
    """The supporting units of a point from now on; the lead is never among them."""
    wanted = {unit.pk: unit for unit in units if unit.pk != point.lead_id}
    present = {row.unit_id: row for row in point.supports.select_related("unit")}
    if set(wanted) == set(present):
        return
    for key, row in present.items():
        if key not in wanted:
            row.delete()
    for key, unit in wanted.items():
        if key not in present:
            WorkPointSupport.objects.create(work_point=point, unit=unit)
    was, now = ("、".join(unit.name for unit in one) for one in ((r.unit for r in present.values()), wanted.values()))
    record(action="plans.assign", by=by, at=at, on=point, changes={"supports": [was, now]})


@transaction.atomic
def hand_over(point: WorkPoint, *, to: User, by: User | None, at: datetime, reason: str) -> WorkPoint:
    """A point goes to another owner with everything about it; who had it stays on the books."""
    if point.state not in UNDONE:
        raise ValidationError(f"“{point}”{point.get_state_display()}，不需要移交。")
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": "请写明移交原因（不少于 2 个字）。"})
    if point.owner_id == to.pk:
        raise ValidationError({"to": f"{to.name}已是这条要点的责任人。"})
    _judge_people({"owner": to})
    giver = point.owner
    values: dict[str, Any] = {"owner": to}
    point = amend_row(point, values, by=by, at=at, action="hand_over", reason=reason, inner=("owner",))
    _note_hand_over(point, giver, to, reason, by, at)
    return point


def subject(point: WorkPoint) -> str:
    """The key of the to-do that belongs to a point."""
    return f"workpoint:{point.uid}"


def address(point: WorkPoint) -> str:
    return f"/plans/workpoint/{point.uid}/"


def missing_duties(point: WorkPoint) -> list[str]:
    """What a point still lacks to take effect, in words."""
    return [word for name, word in NAMES.items() if getattr(point, f"{name}_id", None) is None
            and getattr(point, name, None) is None]  # fmt: skip


def _note_hand_over(
    point: WorkPoint, giver: User | None, taker: User, reason: str, by: User | None, at: datetime
) -> None:
    HandOver.objects.create(
        work_point=point, from_owner=giver, to_owner=taker, reason=reason.strip()[:200], by=by, at=at
    )  # fmt: skip
    if point.state != PointState.IN_EFFECT:
        return
    if giver is not None:
        finish_todo(subject(point), at=at, user=giver)
    set_todo(taker, subject(point), f"工作要点：{point}", body=f"由{giver.name if giver else '他人'}移交：{reason}",
             url=address(point), due_date=point.due_date)  # fmt: skip
    notify([taker], f"接手工作要点：{point}", body=reason, url=address(point))


def _judge_settled(point: WorkPoint) -> None:
    if point.state in (PointState.ACCEPTED, PointState.WITHDRAWN):
        raise ValidationError(f"“{point}”{point.get_state_display()}，不能再修改；确需修改的，请先退回或恢复。")


def _judge_people(values: Mapping[str, Any]) -> None:
    for name in ("owner", "sponsor"):
        user = values.get(name)
        if user is not None and (not user.is_active or user.leaves_on):
            raise ValidationError({name: f"{user.name}的账号已停用或即将离校，请另选他人。"})
    unit = values.get("lead")
    if unit is not None and unit.closed_on is not None:
        raise ValidationError({"lead": f"{unit.name}已撤销，请另选部门。"})

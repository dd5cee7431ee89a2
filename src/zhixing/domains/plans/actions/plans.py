"""Plans as such, and what answers what in the plan above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.people.models import User
from zhixing.kernel.trail.record import record
from zhixing.kernel.trail.writing import add_row, amend_row

from ..choices import MatchState, PlanLevel, PlanState
from ..models import Action, Plan, PlanStage, Safeguard, Task, TaskMatch
from ..queries.bindings import recognise
from ..queries.likeness import likeness
from ..queries.parents import ALIKE, best_answers, national_plan


def create_plan(values: Mapping[str, Any], *, by: User | None, at: datetime) -> Plan:
    """A new plan, still to be filled from a document."""
    _judge_parent(None, values)
    return add_row(Plan(**values), by=by, at=at)


def correct_plan(plan: Plan, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Plan:
    """Amend a plan's own facts; another parent brings proposals of what answers what."""
    _judge_parent(plan, values)
    was = plan.parent_id
    with transaction.atomic():
        plan = amend_row(plan, values, by=by, at=at, seen_version=seen_version)
        if plan.parent_id != was and plan.parent_id is not None:
            propose_matches(plan, by=by, at=at)
    return plan


def end_plan(plan: Plan, *, by: User, at: datetime, reason: str) -> Plan:
    """The plan has run its course, or is given up; its records stay."""
    if plan.state == PlanState.ENDED:
        raise ValidationError(f"“{plan}”已经结束。")
    values = {"state": PlanState.ENDED, "ended_at": at}
    return amend_row(plan, values, by=by, at=at, action="end", reason=reason, inner=tuple(values))


@transaction.atomic
def adopt_national_plan(*, by: User | None, at: datetime) -> Plan:
    """The shipped national plan as a plan of this school's books; the same one however often it is called."""
    told = national_plan()
    present: Plan | None = Plan.objects.filter(level=PlanLevel.NATIONAL, document_no=told["document_no"]).first()
    if present is not None:
        return present
    facts = ("title", "issuer", "document_no", "issued_date", "period_from", "period_to", "source", "goals",
             "principles")  # fmt: skip
    plan = add_row(
        Plan(level=PlanLevel.NATIONAL, state=PlanState.EFFECTIVE, effective_at=at, **{k: told[k] for k in facts}),
        by=by, at=at,
    )  # fmt: skip
    no = 0
    for one in told["actions"]:
        action = Action.objects.create(plan=plan, no=one["no"], title=one["title"], intro=one["intro"])
        tasks = []
        for task in one["tasks"]:
            no += 1
            tasks.append(
                Task(action=action, no=no, title=task["title"], body=task["body"], kind=recognise(task["title"]),
                     source=told["document_no"], certainty=task["certainty"])
            )  # fmt: skip
        Task.objects.bulk_create(tasks)
    record(action="plans.adopt", by=by, at=at, on=plan)
    return plan


@transaction.atomic
def propose_matches(plan: Plan, *, by: User | None, at: datetime) -> int:
    """Propose for every parent task that nobody has judged yet which task of the plan answers it; returns how many."""
    if plan.parent is None:
        return 0
    judged = set(
        TaskMatch.objects.filter(plan=plan, asked__action__plan=plan.parent, task__withdrawn_at=None).values_list(
            "asked_id", flat=True
        )
    )
    fresh = [
        TaskMatch(plan=plan, asked=asked, task=task, similarity=alike)
        for asked, task, alike in best_answers(plan, plan.parent)
        if asked.pk not in judged
    ]
    TaskMatch.objects.filter(plan=plan, asked__in=[one.asked_id for one in fresh]).exclude(
        task__withdrawn_at=None
    ).delete()
    TaskMatch.objects.bulk_create(fresh, ignore_conflicts=True)
    _pair_actions(plan)
    record(action="plans.propose_matches", by=by, at=at, on=plan, changes={"proposed": len(fresh)})
    return len(fresh)


@transaction.atomic
def answer_with(
    plan: Plan, asked: Task, *, tasks: list[Task], by: User, at: datetime, reason: str = ""
) -> list[TaskMatch]:
    """Say which tasks answer a parent's task; none with a reason: it is not adopted; none without: open again."""
    if any(task.action.plan_id != plan.pk for task in tasks) or asked.action.plan_id != plan.parent_id:
        raise ValidationError("只能在本方案的任务与它的上级方案的任务之间建立对应关系。")
    if tasks and reason.strip():
        raise ValidationError({"reason": "已选择对应任务时不需要填写不纳入的理由。"})
    before = [str(match.task or "未纳入") for match in TaskMatch.objects.filter(plan=plan, asked=asked)]
    TaskMatch.objects.filter(plan=plan, asked=asked).delete()
    made = [
        TaskMatch(
            plan=plan, asked=asked, task=task, state=MatchState.CONFIRMED,
            similarity=round(100 * likeness(asked.title, task.title)),
        )
        for task in tasks
    ]  # fmt: skip
    if not tasks and reason.strip():
        made = [TaskMatch(plan=plan, asked=asked, state=MatchState.NOT_ADOPTED, reason=reason.strip()[:200])]
    TaskMatch.objects.bulk_create(made)
    changes = {str(asked): ["、".join(before), "、".join(str(one.task or "未纳入") for one in made)]}
    record(action="plans.answer_with", by=by, at=at, on=plan, reason=reason, changes=changes)
    return made


def correct_task(task: Task, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Task:
    """Amend a task: its kind (what its live state is read from), weight, title or text."""
    return amend_row(task, values, by=by, at=at, seen_version=seen_version)


def correct_action(action: Action, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int) -> Action:
    return amend_row(action, values, by=by, at=at, seen_version=seen_version)


def correct_stage(
    stage: PlanStage, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> PlanStage:
    """Amend a stage that has not been closed."""
    if stage.closed_at is not None:
        raise ValidationError(f"阶段“{stage}”已于 {stage.closed_at:%Y-%m-%d} 关闭，不能再修改。")
    return amend_row(stage, values, by=by, at=at, seen_version=seen_version)


def correct_safeguard(
    safeguard: Safeguard, values: Mapping[str, Any], *, by: User, at: datetime, seen_version: int
) -> Safeguard:
    return amend_row(safeguard, values, by=by, at=at, seen_version=seen_version)


def _pair_actions(plan: Plan) -> None:
    """Each action of the plan to the parent's action of the likest title, where nobody has said so yet."""
    above = list(Action.objects.standing().filter(plan=plan.parent))
    for action in Action.objects.standing().filter(plan=plan, parent=None):
        best = max(above, key=lambda one: likeness(one.title, action.title), default=None)
        if best is not None and likeness(best.title, action.title) >= ALIKE:
            action.parent = best
            action.save(update_fields=["parent"])


def _judge_parent(plan: Plan | None, values: Mapping[str, Any]) -> None:
    """A parent stands above, and never in a ring."""
    parent = values.get("parent")
    level = values.get("level", plan.level if plan else PlanLevel.SCHOOL)
    if parent is None:
        return
    order = [PlanLevel.NATIONAL, PlanLevel.PROVINCE, PlanLevel.CITY, PlanLevel.SCHOOL]
    if order.index(parent.level) >= order.index(level):
        raise ValidationError({"parent": "上级方案的级别应高于本方案。"})

"""How a plan stands: its tree with lamps by action, task, department and stage, as far as the asker may see points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhixing.kernel.people.models import Unit, User

from ..choices import ALIVE, PlanLevel, PlanState
from ..models import Action, Plan, PlanStage, Safeguard, Task, WorkPoint
from .lamps import Day, Tally, lamp

FIELDS = (
    "uid", "no", "text", "state", "start_date", "due_date", "submitted_at", "weight", "task_id", "stage_id",
    "lead_id", "owner_id", "lead__name", "owner__name",
)  # fmt: skip
MARKS = ("pk", "state", "start_date", "due_date", "submitted_at", "weight", "task_id", "stage_id", "lead_id")


@dataclass(slots=True)
class PointLine:
    """One point as lists and pictures show it."""

    uid: Any
    no: int
    text: str
    state: str
    start: date | None
    due: date | None
    weight: int
    task_id: int
    stage_id: int | None
    lead_id: int | None
    owner_id: int | None
    lead: str
    owner: str
    lamp: str


@dataclass(slots=True)
class Mark:
    """As much of a point as a tally needs: a thousand of them are read faster than their words."""

    pk: int
    state: str
    due: date | None
    weight: int
    task_id: int
    stage_id: int | None
    lead_id: int | None
    lamp: str


Line = PointLine | Mark


@dataclass
class TaskLine:
    """A task with its points and how they stand."""

    task: Task
    points: list[Any] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass
class ActionLine:
    """An action with its tasks and the sum of their points."""

    action: Action
    tasks: list[TaskLine] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass
class GroupLine:
    """The points of one department or one stage."""

    group: Any
    tally: Tally = field(default_factory=Tally)


@dataclass
class Standing:
    """The whole plan on a day."""

    plan: Plan
    day: Day
    actions: list[ActionLine]
    units: list[GroupLine]
    stages: list[GroupLine]
    safeguards: list[Safeguard]
    tally: Tally
    points: list[Any]

    @property
    def tasks(self) -> list[TaskLine]:
        return [line for action in self.actions for line in action.tasks]


def school_plan() -> Plan | None:
    """The school's plan in effect, else the newest one that is still being made."""
    plans = list(Plan.objects.of_school().exclude(state=PlanState.ENDED).order_by("-pk"))
    return next((plan for plan in plans if plan.state == PlanState.EFFECTIVE), plans[0] if plans else None)


def effective_plan() -> Plan | None:
    """The school's plan in effect."""
    found: Plan | None = Plan.objects.of_school().effective().first()
    return found


def parent_plans() -> Any:
    """Plans of those above, the nearest first."""
    nearness = {level: rank for rank, level in enumerate((PlanLevel.CITY, PlanLevel.PROVINCE, PlanLevel.NATIONAL))}
    rows = Plan.objects.exclude(level=PlanLevel.SCHOOL).exclude(state=PlanState.DRAFT)
    return sorted(rows, key=lambda plan: (nearness[PlanLevel(plan.level)], -plan.pk))


def point_lines(points: Any, day: Day) -> list[PointLine]:
    """Points as lines, from a queryset; one query."""
    return [
        PointLine(
            uid, no, text, state, start, due, weight, task, stage, unit, person, lead or "", owner or "",
            lamp(state, start, due, submitted, day),
        )
        for uid, no, text, state, start, due, submitted, weight, task, stage, unit, person, lead, owner
        in points.values_list(*FIELDS)
    ]  # fmt: skip


def marks(points: Any, day: Day) -> list[Mark]:
    """Points as marks, in the order of the queryset; one query."""
    return [
        Mark(pk, state, due, weight, task, stage, unit, lamp(state, start, due, submitted, day))
        for pk, state, start, due, submitted, weight, task, stage, unit in points.values_list(*MARKS)
    ]


def points_of(plan: Plan, user: User | None) -> Any:
    """The living points of a plan that the person may see; all of them for the system."""
    rows = WorkPoint.objects.all() if user is None else WorkPoint.objects.all().visible_to(user)
    return rows.filter(task__action__plan=plan, state__in=ALIVE).order_by("task_id", "no", "pk")


def standing(plan: Plan, day: Day, user: User | None, points: Iterable[Line] | None = None) -> Standing:
    """The plan with its lamps; a constant number of queries. Without ``points`` the lines are marks only."""
    lines: list[Any] = marks(points_of(plan, user).order_by(), day) if points is None else list(points)
    actions = [ActionLine(row) for row in Action.objects.standing().filter(plan=plan).order_by("no")]
    by_action = {line.action.pk: line for line in actions}
    by_task: dict[int, TaskLine] = {}
    for task in Task.objects.standing().filter(action__in=list(by_action)).order_by("no"):
        line = TaskLine(task)
        by_task[task.pk] = line
        by_action[task.action_id].tasks.append(line)
    units, stages, whole = _by_unit(lines), _by_stage(plan, lines), Tally()
    for point in lines:
        whole.add(point.lamp, point.weight)
        if point.task_id in by_task:
            task_line = by_task[point.task_id]
            task_line.points.append(point)
            task_line.tally.add(point.lamp, point.weight)
            by_action[task_line.task.action_id].tally.add(point.lamp, point.weight)
    safeguards = list(Safeguard.objects.standing().filter(plan=plan).order_by("no"))
    return Standing(plan, day, actions, units, stages, safeguards, whole, lines)


def _by_unit(lines: list[Any]) -> list[GroupLine]:
    """Departments in their order; points without a lead are not theirs."""
    wanted = {line.lead_id for line in lines if line.lead_id}
    found = {unit.pk: GroupLine(unit) for unit in Unit.objects.filter(pk__in=wanted).order_by("position", "pk")}
    for line in lines:
        if line.lead_id in found:
            found[line.lead_id].tally.add(line.lamp, line.weight)
    return list(found.values())


def _by_stage(plan: Plan, lines: list[Any]) -> list[GroupLine]:
    found = {stage.pk: GroupLine(stage) for stage in PlanStage.objects.standing().filter(plan=plan).order_by("no")}
    for line in lines:
        if line.stage_id in found:
            found[line.stage_id].tally.add(line.lamp, line.weight)
    return list(found.values())

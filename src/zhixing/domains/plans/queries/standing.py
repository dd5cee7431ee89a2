"""How a plan stands: its tree with lamps by action, task, department and stage, as far as the asker may see points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhixing.kernel.people.models import Unit, User

from ..choices import ALIVE, PlanLevel, PlanState
from ..models import Action, Plan, PlanStage, Safeguard, Task, WorkPoint
from .lamps import Day, Tally, counted, lamp

FIELDS = (
    "uid", "no", "text", "state", "start_date", "due_date", "submitted_date", "weight", "task_id", "stage_id",
    "lead_id", "owner_id", "lead__name", "owner__name",
)  # fmt: skip
MARKS = ("pk", "state", "start_date", "due_date", "submitted_date")
KEYS = ("task_id", "lead_id", "stage_id")


Tallies = dict[Any, Tally]


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
    """As much of a point as a board's columns need: a thousand of them are read faster than their words."""

    pk: int
    state: str
    lamp: str


@dataclass
class TaskLine:
    """A task with its points and how they stand."""

    task: Task
    points: list[PointLine] = field(default_factory=list)
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
    points: list[PointLine]

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
        Mark(pk, state, lamp(state, start, due, submitted, day))
        for pk, state, start, due, submitted in points.values_list(*MARKS)
    ]


def points_of(plan: Plan, user: User | None) -> Any:
    """The living points of a plan that the person may see; all of them for the system."""
    rows = WorkPoint.objects.all() if user is None else WorkPoint.objects.all().visible_to(user)
    return rows.filter(task__action__plan=plan, state__in=ALIVE).order_by("task_id", "no", "pk")


def standing(plan: Plan, day: Day, user: User | None, points: Iterable[PointLine] | None = None) -> Standing:
    """The plan with its lamps; a constant number of queries.

    Without ``points`` the database counts, and no line of the tree has points; with them they are counted here.
    """
    lines: list[PointLine] = list(points or ())
    if points is None:
        groups = counted(points_of(plan, user), day, *KEYS)
    else:
        groups = [(one.task_id, one.lead_id, one.stage_id, one.lamp, 1, one.weight) for one in lines]
    by_task: Tallies = {}
    by_unit: Tallies = {}
    by_stage: Tallies = {}
    whole = Tally()
    for task, unit, stage, colour, count, weight in groups:
        whole.add(colour, weight, count)
        for found, key in ((by_task, task), (by_unit, unit), (by_stage, stage)):
            found.setdefault(key, Tally()).add(colour, weight, count)
    units = Unit.objects.filter(pk__in=[key for key in by_unit if key]).order_by("position", "pk")
    stages = PlanStage.objects.standing().filter(plan=plan).order_by("no")
    return Standing(
        plan=plan, day=day, actions=_tree(plan, lines, by_task),
        units=[GroupLine(unit, by_unit[unit.pk]) for unit in units],
        stages=[GroupLine(stage, by_stage.get(stage.pk) or Tally()) for stage in stages],
        safeguards=list(Safeguard.objects.standing().filter(plan=plan).order_by("no")), tally=whole, points=lines,
    )  # fmt: skip


def _tree(plan: Plan, lines: list[PointLine], by_task: Tallies) -> list[ActionLine]:
    """Actions with their tasks, points and tallies."""
    actions = {row.pk: ActionLine(row) for row in Action.objects.standing().filter(plan=plan).order_by("no")}
    tasks: dict[int, TaskLine] = {}
    for task in Task.objects.standing().filter(action__in=list(actions)).order_by("no"):
        line = tasks[task.pk] = TaskLine(task, tally=by_task.get(task.pk) or Tally())
        actions[task.action_id].tasks.append(line)
        actions[task.action_id].tally.join(line.tally)
    for point in lines:
        if point.task_id in tasks:
            tasks[point.task_id].points.append(point)
    return list(actions.values())

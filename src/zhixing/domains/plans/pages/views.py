"""The plan at a glance: tree with lamps, board, Gantt picture, load of people, the sheet on the wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.pages import Menu, Page, Panel, Request
from zhixing.kernel.people.models import Unit

from ..choices import UNDONE, PlanState, PointState
from ..models import Action, Plan, WorkPoint
from ..queries import (
    COLOURS,
    WORDS,
    Day,
    Mark,
    PointLine,
    bindings,
    coverage,
    findings_by_kind,
    loads,
    marks,
    point_lines,
    points_of,
    school_plan,
    shining,
    standing,
    the_day,
)
from .gantt import picture

CARDS = 30
LATEST = 12
STATES = (PointState.DRAFT, PointState.IN_EFFECT, PointState.SUBMITTED, PointState.ACCEPTED)


def sees_all(request: Request) -> bool:
    """Whether the person sees every point, or only those of the own department or person."""
    return bool(request.user.grants.holds_everywhere("plans.workpoint.view"))


class PlanPage(Page):
    """What the pages of one plan share."""

    abstract = True
    permission = "plans.plan.view"

    def plan(self) -> Plan | None:
        return school_plan()

    def usual(self, request: Request) -> dict[str, Any]:
        return {"words": WORDS, "colours": COLOURS, "sees_all": sees_all(request)}


class PlanHome(PlanPage):
    path = "plans/"
    name = "plans.home"
    title = "提升计划"
    menu = Menu("提升计划", "方案总览", "target-arrow", 10)
    template = "plans/home.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.plan()
        if plan is None or plan.state == PlanState.DRAFT:
            draft = plan.editions.filter(state="reviewing").first() if plan else None
            return {"plan": None, "draft": draft, "may_add": request.user.holds("plans.planversion.add")}
        day = the_day()
        lines = coverage(plan)
        return {
            **self.usual(request),
            "plan": plan,
            "title": plan.title,
            "now": standing(plan, day, request.user),
            "bindings": bindings(),
            "findings": findings_by_kind(request.user),
            "counted": set(indicators.codes()),
            "gaps": [line for line in lines if line.state == "gap"],
            "asked": len(lines),
            "answered": sum(line.answered for line in lines),
            "draft": plan.editions.filter(state="reviewing").first(),
            "may_add": request.user.holds("plans.planversion.add"),
        }


class Board(PlanPage):
    """Points as cards, in columns by lamp or by state."""

    path = "plans/board/"
    name = "plans.board"
    title = "看板"
    menu = Menu("提升计划", "看板", "layout-kanban", 40)
    permission = "plans.workpoint.view"
    template = "plans/board.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.plan()
        if plan is None:
            return {"plan": None}
        day, by_state = the_day(), request.GET.get("by") == "state"
        points, chosen = narrowed(points_of(plan, request.user), request)
        every = marks(points.order_by(F("due_date").asc(nulls_last=True), "pk"), day)
        shown = _columns(every, by_state, day)
        return {
            **self.usual(request), "plan": plan, "columns": shown, "by_state": by_state, "day": day, **chosen,
            "count": len(every), "list_url": reverse("plans.workpoint.list"),
        }  # fmt: skip


@dataclass
class BoardColumn:
    """One column: its filter (``name`` = ``value``), how many points stand in it, and the first of them."""

    value: str
    word: str
    name: str
    count: int
    points: list[PointLine]


def _columns(every: list[Mark], by_state: bool, day: Day) -> list[BoardColumn]:
    """The columns by lamp or by state; only the cards in sight are read in full, in one query."""
    kinds = [(state.value, str(state.label)) for state in STATES] if by_state else list(WORDS.items())
    inside = {value: [one.pk for one in every if (one.state if by_state else one.lamp) == value] for value, _ in kinds}
    wanted = [pk for keys in inside.values() for pk in keys[:CARDS]]
    rows = WorkPoint.objects.filter(pk__in=wanted)
    keys = rows.order_by("pk").values_list("pk", flat=True)
    lines = dict(zip(keys, point_lines(rows.order_by("pk"), day), strict=True))
    name = "state" if by_state else "lamp"
    return [
        BoardColumn(value, word, name, len(inside[value]), [lines[pk] for pk in inside[value][:CARDS]])
        for value, word in kinds
    ]


def narrowed(points: Any, request: Request) -> tuple[Any, dict[str, Any]]:
    """Points of the action and the department that the address names, with what the two selects need."""
    chosen = {name: request.GET.get(name, "") for name in ("action", "lead")}
    plan_actions = list(Action.objects.standing().filter(pk__in=points.values("task__action")).order_by("no"))
    units = list(Unit.objects.filter(pk__in=points.values("lead")).order_by("position", "pk"))
    action = next((one for one in plan_actions if str(one.uid) == chosen["action"]), None)
    unit = next((one for one in units if str(one.uid) == chosen["lead"]), None)
    if (chosen["action"] and action is None) or (chosen["lead"] and unit is None):
        raise Http404
    if action is not None:
        points = points.filter(task__action=action)
    if unit is not None:
        points = points.filter(lead=unit)
    return points, {"actions": plan_actions, "units": units, "action": action, "unit": unit}


class Gantt(PlanPage):
    path = "plans/gantt/"
    name = "plans.gantt"
    title = "甘特图"
    menu = Menu("提升计划", "甘特图", "chart-bar", 45)
    permission = "plans.workpoint.view"
    template = "plans/gantt.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.plan()
        if plan is None:
            return {"plan": None}
        day = the_day()
        points, chosen = narrowed(points_of(plan, request.user), request)
        now = standing(plan, day, request.user, point_lines(points, day))
        return {**self.usual(request), "plan": plan, "picture": picture(now), **chosen, "count": len(now.points)}


class LoadPage(PlanPage):
    path = "plans/load/"
    name = "plans.load"
    title = "人员负荷"
    menu = Menu("提升计划", "人员负荷", "scale", 50)
    permission = "plans.workpoint.view"
    template = "plans/load.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        from zhixing.kernel.standards.in_force import school_standards

        plan = self.plan()
        if plan is None:
            return {"plan": None}
        day = the_day()
        found = loads(plan, day, WorkPoint.objects.all().visible_to(request.user))
        most = int(school_standards().number("plan_load_most", day.today))
        return {
            **self.usual(request), "plan": plan, "loads": found, "most": most,
            "longest": max((one.open_count for one in found), default=1) or 1,
            "list_url": reverse("plans.workpoint.list"),
        }  # fmt: skip


class Wall(PlanPage):
    """挂图作战: one screen for the meeting room; it renews itself."""

    path = "plans/wall/"
    name = "plans.wall"
    title = "挂图作战"
    menu = Menu("提升计划", "挂图作战", "device-tv", 55)
    permission = "plans.workpoint.view"
    template = "plans/wall.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.plan()
        if plan is None or plan.state == PlanState.DRAFT:
            return {"plan": None}
        day = the_day()
        now = standing(plan, day, request.user)
        late = points_of(plan, request.user).filter(shining("red", day)).order_by("due_date", "pk")
        return {
            **self.usual(request), "plan": plan, "now": now, "late": point_lines(late[:LATEST], day),
            "late_count": now.tally.colours["red"],
            "stage": next((g for g in now.stages if g.group.from_date <= day.today <= g.group.to_date), None),
            "moment": timezone.localtime(), "findings": findings_by_kind(request.user), "bindings": bindings(),
        }  # fmt: skip


class MyPointsPanel(Panel):
    """One's own points on the first page."""

    on = "home"
    title = "我的工作要点"
    order = 12
    size = 6
    permission = "plans.workpoint.view"
    template = "plans/_my_points.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any] | None:  # type: ignore[override]
        mine = WorkPoint.objects.filter(owner=request.user, state__in=UNDONE).order_by(
            F("due_date").asc(nulls_last=True), "pk"
        )
        lines = point_lines(mine[:7], the_day())
        return {"points": lines[:6], "more": len(lines) > 6, "words": WORDS} if lines else None


class PlanPanel(Panel):
    """How the school's plan stands, for those who see all of it."""

    on = "home"
    title = "提升计划"
    order = 14
    size = 6
    permission = "plans.workpoint.view"
    template = "plans/_plan_panel.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any] | None:  # type: ignore[override]
        plan = school_plan() if sees_all(request) else None
        if plan is None or plan.state != PlanState.EFFECTIVE:
            return None
        day = the_day()
        return {"now": standing(plan, day, request.user), "words": WORDS, "colours": COLOURS}

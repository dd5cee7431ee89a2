"""What is counted about the plan in effect."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from zhixing.kernel.indicators import Count, Ratio, indicator

from .choices import ALIVE, UNDONE, PlanLevel, PlanState, PointState
from .models import DutyLetter, Plan, Task, TaskMatch, WorkPoint
from .queries.parents import LOOSE
from .queries.running import proofs, running

THEME = "提升计划"
LIST = "plans.workpoint.list"
BY = ("lead__name", "task__action__title", "stage__title")
ASKED = "提升计划实施方案"


def _living() -> Any:
    return running(WorkPoint.objects.filter(state__in=ALIVE))


def _due(on: date) -> Any:
    """Points that should be done by the day."""
    return running(WorkPoint.objects.filter(state__in=ALIVE, due_date__lt=on))


@indicator(
    "责任到人率", unit="%", by=BY, target=100, basis=f"{ASKED}“责任到人”", opens=LIST, theme=THEME, units="lead",
    formula="牵头部门、责任人、完成时限都已明确的工作要点数 ÷ 未撤销的工作要点数 × 100%。",
)  # fmt: skip
def assigned_rate(on: date) -> Ratio:
    return Ratio(of=_living(), part=Q(owner__isnull=False, lead__isnull=False, due_date__isnull=False))


@indicator(
    "工作要点完成率", unit="%", by=BY, basis=ASKED, opens=f"{LIST}?state=accepted", theme=THEME, units="lead",
    formula="经他人验收通过的工作要点数 ÷ 未撤销的工作要点数 × 100%。",
)  # fmt: skip
def point_completion_rate(on: date) -> Ratio:
    return Ratio(of=_living(), part=Q(state=PointState.ACCEPTED))


@indicator(
    "任务完成率", unit="%", by=("action__title",), basis=ASKED, theme=THEME,
    formula="所有工作要点都已验收通过的任务数 ÷ 有工作要点的任务数 × 100%。",
)  # fmt: skip
def task_completion_rate(on: date) -> Ratio:
    own = Task.objects.standing().filter(action__plan__level=PlanLevel.SCHOOL, action__plan__state=PlanState.EFFECTIVE)
    points = WorkPoint.objects.filter(task=OuterRef("pk"))
    own = own.filter(Exists(points.filter(state__in=ALIVE)))
    return Ratio(of=own, part=~Q(Exists(points.filter(state__in=UNDONE))))


@indicator(
    "按期完成率", unit="%", by=BY, target=95, basis=f"{ASKED}“加强督促检查”（目标为本校管理要求）", opens=LIST,
    theme=THEME, units="lead",
    formula="时限已到的工作要点中，在时限内提交并验收通过的数量 ÷ 时限已到的数量 × 100%。",
)  # fmt: skip
def on_time_rate(on: date) -> Ratio:
    in_time = Q(state=PointState.ACCEPTED, submitted_date__lte=F("due_date"))
    return Ratio(of=_due(on), part=in_time)


@indicator(
    "逾期工作要点数", unit="条", by=BY, better="less", target=0, basis=ASKED, opens=f"{LIST}?lamp=red", theme=THEME,
    units="lead", formula="时限已过、尚未提交验收的工作要点数。",
)  # fmt: skip
def overdue_point_count(on: date) -> Count:
    return Count(of=_due(on).filter(state=PointState.IN_EFFECT))


@indicator(
    "要点佐证齐备率", unit="%", by=BY, target=100, basis=f"{ASKED}“迎接评估”：佐证材料", opens=LIST, theme=THEME,
    units="lead", formula="时限已到且有未退回佐证材料的工作要点数 ÷ 时限已到的工作要点数 × 100%。",
)  # fmt: skip
def evidenced_rate(on: date) -> Ratio:
    return Ratio(of=_due(on), part=Q(Exists(proofs())))


@indicator(
    "上级任务覆盖率", unit="%", by=("action__title",), target=100, basis="上级提升计划", theme=THEME,
    opens="plans.plan.list",
    formula="已有本校任务对应的上级任务数 ÷ 上级任务数 × 100%；上级条目凭记忆整理且把握不大的不计。",
)  # fmt: skip
def parent_coverage_rate(on: date) -> Ratio:
    own = Plan.objects.of_school().effective()
    asked = Task.objects.standing().filter(action__plan__in=own.values("parent")).exclude(certainty__in=LOOSE)
    answered = TaskMatch.objects.filter(asked=OuterRef("pk"), plan__in=own, task__withdrawn_at=None)
    return Ratio(of=asked, part=Q(Exists(answered.exclude(task=None))))


@indicator(
    "责任书签订率", unit="%", by=("user__unit__name",), target=100, basis=f"{ASKED}“加强组织领导”",
    opens="plans.dutyletter.list", theme=THEME, units="user__unit",
    formula="本年度已登记签订的责任书数 ÷ 本年度责任书数 × 100%。",
)  # fmt: skip
def letter_signed_rate(on: date) -> Ratio:
    rows = DutyLetter.objects.filter(year=on.year, plan__state=PlanState.EFFECTIVE)
    return Ratio(of=rows, part=Q(signed_at__isnull=False))

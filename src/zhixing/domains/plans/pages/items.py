"""Plans, actions, tasks, stages and safeguards: lists, records, and what each opens to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse

from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    ListPage,
    Menu,
    Panel,
    Request,
    Tab,
    pages,
)
from zhixing.kernel.people.models import User

from .. import actions
from ..choices import ALIVE, PlanState, StageState
from ..models import Action, Plan, PlanStage, Safeguard, Task, WorkPoint
from ..queries import coverage, kind_choices, live_state, point_lines, tally, the_day
from ..queries.live import titles_of
from .forms import EndForm, YearForm
from .marks import kind_word
from .stage_deeds import STAGE_DEEDS


def make_letters(plan: Plan, *, by: User, at: datetime, year: int) -> str:
    made = actions.make_letters(plan, year=year, by=by, at=at)
    return f"已生成 {len(made)} 份 {year} 年责任书，可在“责任书”中打印、登记签订。"


def propose(plan: Plan, *, by: User, at: datetime) -> str:
    return f"新提出 {actions.propose_matches(plan, by=by, at=at)} 条对应关系，请在“上级任务对照”中核对。"


LETTERS = Deed(
    "letters", "生成责任书", make_letters, permission="plans.dutyletter.add", form=YearForm, icon="file-certificate",
    many=False, when=lambda plan: plan.state == PlanState.EFFECTIVE,
)  # fmt: skip
PROPOSE = Deed(
    "propose", "重新匹配上级任务", propose, icon="wand", many=False, permission="plans.plan.change",
    when=lambda plan: plan.parent_id is not None and plan.state != PlanState.ENDED,
)  # fmt: skip
END = Deed(
    "end", "结束方案", actions.end_plan, permission="plans.plan.end", form=EndForm, danger=True, icon="flag-off",
    many=False, when=lambda plan: plan.state != PlanState.ENDED, confirm="结束后可以导入并执行新的方案，原记录保留。",
)  # fmt: skip


class PlanList(ListPage):
    model = Plan
    title = "方案与文本"
    menu = Menu("提升计划", "方案与文本", "files", 80)
    columns = (
        Column("title", link=True, width="wide"), "level", "state", "issuer", "document_no", "period_from",
        "period_to", Column("parent__title", "上级方案"),
    )  # fmt: skip
    filters = ("level", "state")
    search = ("title", "issuer", "document_no")
    primary = ("导入方案", "plans.import")
    empty = "还没有方案。上传或粘贴学校的实施方案，系统会把它拆成行动、任务和工作要点供您校对。"


class PlanDetail(DetailPage):
    model = Plan
    facts = (
        Facts("方案", ("title", "level", "state", "issuer", "document_no", "issued_date", "period_from", "period_to",
                     Column("parent__title", "上级方案"), "source")),
        Facts("目标与原则", (Column("goals", width="wide"), Column("principles", render=lambda rows: "；".join(rows)))),
    )  # fmt: skip
    deeds = (LETTERS, PROPOSE, END)
    tabs = ("evidence", "trail")


class PlanEdit(EditPage):
    model = Plan
    groups = (
        Facts("方案", ("title", "level", "parent", "issuer", "document_no", "issued_date", "period_from", "period_to",
                     "source", Column("goals", width="wide"))),
    )  # fmt: skip
    create = actions.create_plan
    change = actions.correct_plan


class VersionsTab(Tab):
    on = Plan
    title = "文本版本"
    order = 10
    template = "plans/_versions.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {
            "versions": row.editions.select_related("read_by", "settled_by").order_by("-edition"),
            "may_add": request.user.holds("plans.planversion.add"),
        }


class CoverageTab(Tab):
    on = Plan
    title = "上级任务对照"
    order = 20
    template = "plans/_coverage.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        lines = coverage(row)
        return {
            "lines": lines, "gaps": [line for line in lines if line.state == "gap"],
            "answered": sum(line.answered for line in lines), "may_change": request.user.holds("plans.plan.change"),
        }  # fmt: skip


class StructureTab(Tab):
    """The items of a plan above the school, or one that has been retired."""

    on = Plan
    title = "行动与任务"
    order = 5
    template = "plans/_structure.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        tasks = Task.objects.standing().filter(action__plan=row).select_related("action").order_by("action__no", "no")
        return {
            "tasks": tasks,
            "stages": PlanStage.objects.standing().filter(plan=row),
            "safeguards": Safeguard.objects.standing().filter(plan=row),
        }


class ActionDetail(DetailPage):
    model = Action
    facts = (
        Facts("行动", ("no", Column("title", width="wide"), Column("plan__title", "方案"),
                     Column("parent__title", "对应的上级行动"), Column("intro", width="wide"))),
        Facts("方案原文", (Column("verbatim", "原文", width="wide"), "line_from")),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class ActionEdit(EditPage):
    model = Action
    groups = (Facts("行动", ("title", Column("intro", width="wide"), "parent")),)
    change = actions.correct_action


class ActionTasksTab(Tab):
    on = Action
    title = "任务"
    order = 10
    template = "plans/_structure.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        rows = Task.objects.standing().filter(action=row).select_related("action").order_by("no")
        return {"tasks": rows, "stages": [], "safeguards": []}


class TaskDetail(DetailPage):
    model = Task
    facts = (
        Facts("任务", ("no", Column("title", width="wide"), Column("action__title", "行动"),
                     Column("kind", "任务类型", render=kind_word), "weight", Column("body", width="wide"))),
        Facts("方案原文", (Column("verbatim", "原文", width="wide"), "line_from")),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class TaskEdit(EditPage):
    model = Task
    groups = (Facts("任务", ("title", "kind", "weight", Column("body", width="wide"))),)
    change = actions.correct_task

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        """The kind is chosen, never typed: it names a binding."""
        made = super().form(request, row, data)
        made.fields["kind"] = forms.ChoiceField(
            choices=kind_choices(), required=False, label="任务类型", help_text="决定实时状态从哪些核查、指标读取。",
            widget=forms.Select(attrs={"class": "form-select"}),
        )  # fmt: skip
        return made


class LiveTab(Tab):
    """What the records say about the task: findings, figures, modules still to come."""

    on = Task
    title = "实时状态"
    order = 10
    template = "plans/_live.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        state = live_state(row.kind, request.user)
        return {
            "live": state, "titles": titles_of(rule for rule, _ in state.rules),
            "pages": doors(state.binding.pages, request) if state.binding else [],
        }  # fmt: skip


def doors(names: Iterable[str], request: Request) -> list[tuple[str, str]]:
    """(title, address) of those of the pages that are here and that the person may open."""
    wanted = set(names)
    return [
        (page.heading(), reverse(page.entry()))
        for page in pages
        if page.entry() in wanted and (not page.view_permission() or request.user.holds(page.view_permission()))
    ]


class TaskPointsTab(Tab):
    on = Task
    title = "工作要点"
    order = 20
    template = "plans/_points.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        rows = WorkPoint.objects.filter(task=row, state__in=ALIVE).visible_to(request.user).order_by("no", "pk")
        lines = point_lines(rows, the_day())
        return {
            "points": lines, "tally": tally((line.lamp, line.weight) for line in lines),
            "may_add": request.user.holds("plans.workpoint.add"),
        }  # fmt: skip


class ProgressPanel(Panel):
    """Completion computed from accepted points, with the lamps beside it."""

    on = Task
    title = "完成情况"
    order = 10
    template = "plans/_progress.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        rows = WorkPoint.objects.filter(task=row, state__in=ALIVE).visible_to(request.user)
        lines = point_lines(rows, the_day())
        return {"tally": tally((line.lamp, line.weight) for line in lines)}


class StageDetail(DetailPage):
    model = PlanStage
    facts = (
        Facts("阶段", ("no", Column("title", width="wide"), Column("plan__title", "方案"), "from_date", "to_date",
                     "state", Column("closed_by__name", "关闭人"), "closed_at", Column("body", width="wide"))),
        Facts("方案原文", (Column("verbatim", "原文", width="wide"), "line_from")),
    )  # fmt: skip
    deeds = STAGE_DEEDS
    tabs = ("passages", "evidence", "trail")

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state == StageState.OPEN else ""


class StageEdit(EditPage):
    model = PlanStage
    groups = (Facts("阶段", ("title", "from_date", "to_date", Column("body", width="wide"))),)
    change = actions.correct_stage


class StagePointsTab(Tab):
    on = PlanStage
    title = "工作要点"
    order = 20
    template = "plans/_points.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        rows = WorkPoint.objects.filter(stage=row, state__in=ALIVE).visible_to(request.user).order_by("due_date", "pk")
        lines = point_lines(rows, the_day())
        return {
            "points": lines, "tally": tally((line.lamp, line.weight) for line in lines), "may_add": False,
        }  # fmt: skip


class SafeguardDetail(DetailPage):
    model = Safeguard
    facts = (
        Facts("保障措施", ("no", Column("title", width="wide"), Column("plan__title", "方案"),
                       Column("body", width="wide"))),
        Facts("方案原文", (Column("verbatim", "原文", width="wide"), "line_from")),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class SafeguardEdit(EditPage):
    model = Safeguard
    groups = (Facts("保障措施", ("title", Column("body", width="wide"))),)
    change = actions.correct_safeguard

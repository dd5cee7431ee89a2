"""Work points: everybody's list, one's own, one's department's; each with its evidence, course and deeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from zhixing.kernel.files.evidence import add_evidence
from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    Filter,
    ListPage,
    Menu,
    Panel,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.people.models import User

from .. import actions
from ..choices import UNDONE, PointState
from ..models import Plan, WorkPoint
from ..procedures import take
from ..queries import COLOURS, WORDS, effective_plan, lamp, shining, the_day
from .forms import AssignForm, HandInForm, HandOverForm, ReasonForm, RemarkForm, SupportForm, colleagues, open_units
from .marks import lamp_light, state_tag, with_lamp


def assign(rows: list[WorkPoint], *, by: User, at: datetime, effect: bool = False, **duties: Any) -> str:
    """Give several points the same duties; those that then have all they need take effect if wanted."""
    if not any(duties.values()):
        raise ValidationError("没有填写任何内容。请至少指定一项。")
    begun = 0
    for point in rows:
        point = actions.assign(point, by=by, at=at, **duties)
        if effect and point.state == PointState.DRAFT and not actions.missing_duties(point):
            take("put_in_effect", point, by=by, at=at)
            begun += 1
    return f"已更新 {len(rows)} 条要点的分工" + (f"，其中 {begun} 条生效。" if begun else "。")


def hand_over(rows: list[WorkPoint], *, by: User, at: datetime, to: User, reason: str) -> str:
    for point in rows:
        actions.hand_over(point, to=to, by=by, at=at, reason=reason)
    return f"已把 {len(rows)} 条要点移交给{to.name}。"


def hand_in(point: WorkPoint, *, by: User, at: datetime, file: Any = None, title: str = "", opinion: str = "") -> None:
    """Hand a point in, with a file if there is one."""
    if file is not None:
        add_evidence(title=title.strip() or file.name.rpartition(".")[0], upload=file, on=point, by=by, at=at)
    take("submit", point, by=by, at=at, opinion=opinion)


def support(point: WorkPoint, *, by: User, at: datetime, units: Iterable[Any]) -> None:
    actions.set_supports(point, units=units, by=by, at=at)


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(point: WorkPoint, *, by: User, at: datetime, opinion: str = "") -> None:
        take(name, point, by=by, at=at, opinion=opinion)

    return act


def at_state(*states: str) -> Any:
    return lambda point: point.state in states


ASSIGN = Deed(
    "assign", "分工", assign, permission="plans.workpoint.assign", form=AssignForm, icon="user-plus", bulk=True,
    when=at_state(*UNDONE),
)  # fmt: skip
EFFECT = Deed(
    "put_in_effect", "生效", step("put_in_effect"), permission="plans.workpoint.put_in_effect", icon="player-play",
    when=at_state(PointState.DRAFT),
)  # fmt: skip
HAND_IN = Deed(
    "submit", "提交验收", hand_in, permission="plans.workpoint.submit", form=HandInForm, icon="clipboard-check",
    when=at_state(PointState.IN_EFFECT), many=False,
)  # fmt: skip
ACCEPT = Deed(
    "accept", "验收通过", step("accept"), permission="plans.workpoint.accept", form=RemarkForm, icon="circle-check",
    when=at_state(PointState.SUBMITTED),
)  # fmt: skip
BACK = Deed(
    "send_back", "验收退回", step("send_back"), permission="plans.workpoint.send_back", form=ReasonForm,
    icon="arrow-back-up", when=at_state(PointState.SUBMITTED),
)  # fmt: skip
OVER = Deed(
    "hand_over", "移交", hand_over, permission="plans.workpoint.hand_over", form=HandOverForm, icon="users-minus",
    bulk=True, when=at_state(*UNDONE),
)  # fmt: skip
SUPPORT = Deed(
    "supports", "配合部门", support, permission="plans.workpoint.assign", form=SupportForm, icon="affiliate",
    when=at_state(*UNDONE), many=False,
)  # fmt: skip
REOPEN = Deed(
    "reopen", "重新办理", step("reopen"), permission="plans.workpoint.reopen", form=ReasonForm, icon="rotate",
    danger=True, when=at_state(PointState.ACCEPTED),
)  # fmt: skip
WITHDRAW = Deed(
    "withdraw", "撤销", step("withdraw"), permission="plans.workpoint.withdraw", form=ReasonForm, icon="circle-x",
    danger=True, when=at_state(*UNDONE),
)  # fmt: skip
RESTORE = Deed(
    "restore", "恢复", step("restore"), permission="plans.workpoint.restore", form=ReasonForm, icon="restore",
    when=at_state(PointState.WITHDRAWN),
)  # fmt: skip


def _by_lamp(rows: Any, value: str) -> Any:
    return rows.filter(shining(value, the_day()))


def _undone(rows: Any, value: str) -> Any:
    return rows.filter(state__in=UNDONE) if value == "1" else rows.exclude(state__in=UNDONE)


def _without(rows: Any, value: str) -> Any:
    """Points that lack what they need to take effect."""
    return rows.filter(Q(**{f"{value}": None}), state__in=UNDONE)


LACKING = (("owner", "责任人"), ("lead", "牵头部门"), ("due_date", "完成时限"))
LAMPS = Filter("lamp", "灯", options=tuple((colour, WORDS[colour]) for colour in COLOURS), apply=_by_lamp)
OPEN = Filter("undone", "是否完成", options=(("1", "未完成"), ("0", "已完成或撤销")), apply=_undone)
COLUMNS = (
    Column("text", link=True, width="wide"),
    Column("lamp", "灯", render=lamp_light),
    Column("state", render=state_tag),
    Column("lead__name", "牵头部门"),
    Column("owner__name", "责任人"),
    Column("due_date"),
    Column("task__title", "任务"),
    Column("task__action__title", "行动", default=False),
    Column("sponsor__name", "责任领导", default=False),
    Column("stage__title", "阶段", default=False),
    Column("start_date", default=False),
    Column("recurrence", default=False),
    Column("expected_evidence", default=False),
    Column("weight", numeric=True, default=False),
    Column("negative", default=False),
    Column("returned_count", numeric=True, default=False),
    Column("submitted_at", default=False),
    Column("accepted_by__name", "验收人", default=False),
    Column("accepted_at", default=False),
    Column("note", default=False),
)


class WorkPointList(ListPage):
    model = WorkPoint
    title = "工作要点"
    menu = Menu("提升计划", "工作要点", "list-details", 30)
    columns = COLUMNS
    filters = (
        LAMPS,
        "lead",
        "task",
        "state",
        OPEN,
        Filter("lacking", "缺少", options=LACKING, apply=_without),
        Filter("task__action", "行动"),
        "stage",
        "owner",
        "sponsor",
        "due_date",
        "negative",
    )
    search = ("text", "task__title", "owner__name", "owner__name_keys", "expected_evidence")
    order = ("task__action__no", "task__no", "no")
    batch = (ASSIGN, EFFECT, OVER, ACCEPT, BACK, WITHDRAW, RESTORE)
    primary = "add"
    sheet = "plans.DutySheet"
    presets = (
        ViewPreset("已逾期", "lamp=red"),
        ViewPreset("临近到期", "lamp=amber"),
        ViewPreset("待明确责任人", "lacking=owner"),
        ViewPreset("待验收", "state=submitted"),
    )
    hint = "进度不用填写：要点提交佐证、经他人验收后，任务完成率自动计算。"
    empty = "还没有工作要点。导入方案并生效后，要点会列在这里。"
    mark_findings = True

    def rows(self, request: Request) -> Any:
        return with_lamp(super().rows(request), the_day())


class MyPoints(ListPage):
    """What the person who asks answers for, or is to accept."""

    model = WorkPoint
    slug = "mine"
    title = "我的要点"
    menu = Menu("提升计划", "我的要点", "user-check", 20)
    columns = COLUMNS
    filters = (LAMPS, "state", OPEN, "due_date")
    search = ("text", "task__title")
    order = ("due_date", "task__no")
    presets = (ViewPreset("未完成", "undone=1"), ViewPreset("已逾期", "lamp=red"))
    empty = "没有由您负责或待您验收的工作要点。"

    def rows(self, request: Request) -> Any:
        mine = Q(owner=request.user) | Q(sponsor=request.user)
        return with_lamp(super().rows(request).filter(mine), the_day())


class DepartmentPoints(ListPage):
    """What one's own department leads or supports."""

    model = WorkPoint
    slug = "department"
    title = "本部门要点"
    menu = Menu("提升计划", "本部门要点", "building", 25)
    columns = COLUMNS
    filters = (LAMPS, "owner", "state", OPEN, "task", "due_date")
    search = ("text", "task__title", "owner__name")
    order = ("due_date", "task__no")
    batch = (OVER,)
    presets = (ViewPreset("未完成", "undone=1"), ViewPreset("已逾期", "lamp=red"))
    empty = "您所在的部门没有牵头或配合的工作要点。"

    def rows(self, request: Request) -> Any:
        unit = request.user.unit
        rows = super().rows(request)
        if unit is None:
            return with_lamp(rows.filter(pk__in=()), the_day())
        below = unit.path
        led = Q(lead__path__startswith=below)
        supported = Q(pk__in=WorkPoint.objects.filter(supports__unit__path__startswith=below).values("pk"))
        return with_lamp(rows.filter(led | supported), the_day())


class WorkPointDetail(DetailPage):
    model = WorkPoint
    facts = (
        Facts("要点", (Column("text", width="wide"), Column("task__title", "任务"),
                     Column("task__action__title", "行动"), Column("stage__title", "阶段"),
                     Column("state", render=state_tag), "weight", "negative")),
        Facts("责任", (Column("lead__name", "牵头部门"), Column("sponsor__name", "责任领导"),
                     Column("owner__name", "责任人"), "start_date", "due_date", "recurrence", "expected_evidence",
                     "note")),
        Facts("办理", (Column("submitted_by__name", "提交人"), "submitted_at", Column("accepted_by__name", "验收人"),
                     "accepted_at", "returned_count")),
        Facts("方案原文", (Column("verbatim", "原文", width="wide"),)),
    )  # fmt: skip
    deeds = (HAND_IN, ACCEPT, BACK, ASSIGN, SUPPORT, EFFECT, OVER, REOPEN, WITHDRAW, RESTORE)
    tabs = ("evidence", "passages", "findings", "trail")


class WorkPointEdit(EditPage):
    model = WorkPoint
    groups = (
        Facts("要点", ("task", "text", "stage", "weight", "negative")),
        Facts(
            "责任", ("lead", "sponsor", "owner", "start_date", "due_date", "recurrence", "expected_evidence", "note")
        ),
    )
    create = actions.add_point
    change = actions.correct_point

    def choices(self, request: Request, field: str) -> Any:
        if field in ("owner", "sponsor"):
            return colleagues()
        if field == "lead":
            return open_units()
        rows = super().choices(request, field)
        if field in ("task", "stage"):
            way = "action__plan" if field == "task" else "plan"
            plan: Plan | None = effective_plan()
            return rows.standing().filter(**{way: plan}) if plan else rows.standing()
        return rows


class StandingPanel(Panel):
    """The lamp, how long there is left, and who helps."""

    on = WorkPoint
    title = "进展"
    order = 10
    template = "plans/_point_side.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        day = the_day()
        return {
            "lamp": lamp(row.state, row.start_date, row.due_date, row.submitted_date, day), "words": WORDS, "day": day,
            "left": (row.due_date - day.today).days if row.due_date else None,
            "lacking": actions.missing_duties(row) if row.state == PointState.DRAFT else [],
            "supports": [one.unit for one in row.supports.select_related("unit")],
        }  # fmt: skip


class HandOverTab(Tab):
    on = WorkPoint
    title = "移交记录"
    order = 40
    template = "plans/_hand_overs.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"moves": row.hand_overs.select_related("from_owner", "to_owner", "by")}

"""The book of findings: everyone's list, one's own, and each finding with its deeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from markupsafe import Markup

from zhixing.kernel.checks.models import OPEN, Finding, Source, Stage
from zhixing.kernel.checks.observe import Fault, raise_finding
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
from zhixing.kernel.pages.cells import Cell
from zhixing.kernel.pages.words import severity_badge, stage_badge
from zhixing.kernel.people.models import User

from ..actions import due_after, plan_rectification, report_measure, sort_by_keeper
from ..choices import Level, MeasureKind
from ..models import Measure, Rectification
from ..procedures import issue_notices, take
from ..queries import lamp, leaders

WORK_DAYS = 10


class HandOutForm(forms.Form):
    """Whom to hand findings to, and by when."""

    owner = forms.ModelChoiceField(
        queryset=None, required=False, label="整改责任人",
        empty_label="交给各班班主任或部门负责人", help_text="不选时，按问题所属的班级或部门分别交办。",
    )  # fmt: skip
    work_days = forms.IntegerField(label="整改期限（工作日）", initial=WORK_DAYS, min_value=1, max_value=120)
    note = forms.CharField(label="交办说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            User.objects.filter(is_active=True, assignments__isnull=False)
            .exclude(assignments__role__code__in=["student", "guardian", "enterprise_mentor"])
            .distinct()
            .order_by("name")
        )


class MeasureForm(forms.Form):
    """What the owner did."""

    cause = forms.CharField(label="问题原因", required=False, max_length=300)
    deed = forms.CharField(label="整改措施", max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    before = forms.FileField(label="整改前佐证", required=False)
    after = forms.FileField(label="整改后佐证", required=False)


class PlanForm(forms.Form):
    """How the finding is to be mended: 五定."""

    level = forms.ChoiceField(label="等级", choices=Level.choices)
    kind = forms.ChoiceField(label="整改类型", choices=MeasureKind.choices)
    sponsor = forms.ModelChoiceField(
        queryset=None, required=False, label="责任领导", to_field_name="uid", empty_label="（未定）"
    )  # fmt: skip
    cause = forms.CharField(label="原因分析", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    measure = forms.CharField(
        label="整改措施", required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    standard = forms.CharField(
        label="整改标准", required=False, max_length=300, help_text="做到什么程度才算改好。"
    )  # fmt: skip
    funds = forms.CharField(label="所需经费", required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sponsor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = leaders()


class NoticeForm(forms.Form):
    """What a rectification notice says besides its findings."""

    demand = forms.CharField(label="整改要求", max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    due_date = forms.DateField(label="整改期限")
    reinspect_date = forms.DateField(label="复查日期", required=False)
    basis = forms.CharField(label="检查依据", max_length=300, required=False)


class ReasonForm(forms.Form):
    """Why."""

    opinion = forms.CharField(label="理由", min_length=2, max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class ClosureForm(forms.Form):
    """The verifier's word."""

    opinion = forms.CharField(
        label="复查意见", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="最近一次核查已查不到的问题可以不填；仍能查到的，须说明依据。",
    )  # fmt: skip


def hand_out(
    rows: list[Finding], *, by: User, at: datetime, work_days: int, owner: User | None = None, note: str = ""
) -> str:
    """Hand findings to one person, or each to whoever keeps its class or department; says who got how many."""
    due = due_after(work_days, at)
    if owner is not None:
        shares, orphans = {owner: rows}, []
    else:
        sorted_out = sort_by_keeper(rows, timezone.localdate(at))
        shares, orphans = sorted_out.by_owner, sorted_out.orphans
    if not shares:
        raise ValidationError("这些问题没有所属班级或部门的负责人，请指定整改责任人。")
    told: Counter[str] = Counter()
    for person, findings in shares.items():
        for finding in findings:
            take("assign", finding, by=by, at=at, owner=person, due_date=due, note=note)
            told[person.name] += 1
    said = "、".join(f"{name} {count} 条" for name, count in told.most_common(8))
    tail = f"；{len(orphans)} 条没有负责人，未交办" if orphans else ""
    return f"已交办 {sum(told.values())} 条，期限 {due:%Y-%m-%d}：{said}{tail}。"


def send_notices(rows: list[Finding], *, by: User, at: datetime, **values: Any) -> str:
    """Put findings to their units in writing; says which notices were made."""
    notices = issue_notices(rows, by=by, at=at, **values)
    return f"已下发 {len(notices)} 份整改通知书：" + "、".join(f"{n}（{n.unit.name}）" for n in notices[:6])


def plan(finding: Finding, *, by: User, at: datetime, **facts: Any) -> None:
    plan_rectification(finding, by=by, at=at, **facts)


def register(values: dict[str, Any], *, by: User, at: datetime) -> Finding:
    """A finding that a person writes down by hand about a department or class."""
    unit = values["unit"]
    fault = Fault(
        rule="", severity=values["severity"], title=values["title"], message=values["message"],
        object_type="people.unit", object_uid=unit.uid, object_label=unit.name, column=values.get("column", ""),
        basis=values.get("basis", ""), remedy=values.get("remedy", ""), unit_id=unit.pk, place=values["title"],
    )  # fmt: skip
    return raise_finding(fault, source=Source.SELF_CHECK, by=by, at=at)


def request_closure(finding: Finding, *, by: User, at: datetime, deed: str, **details: Any) -> None:
    """Report what was done and ask for someone else to look."""
    report_measure(finding, deed=deed, by=by, at=at, **details)
    take("request_closure", finding, by=by, at=at, opinion=deed)


def close(finding: Finding, *, by: User, at: datetime, opinion: str = "") -> None:
    take("close", finding, by=by, at=at, opinion=opinion, note=opinion)


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(finding: Finding, *, by: User, at: datetime, opinion: str = "") -> None:
        take(name, finding, by=by, at=at, opinion=opinion)

    return act


def at_stage(*stages: str) -> Any:
    return lambda finding: finding.stage in stages


HAND_OUT = Deed(
    "assign", "交办", hand_out, permission="checks.finding.assign", form=HandOutForm, icon="send", bulk=True,
    when=at_stage(Stage.FOUND, Stage.ASSIGNED, Stage.RECTIFYING, Stage.SENT_BACK),
)  # fmt: skip
START = Deed(
    "start", "开始整改", step("start"), permission="checks.finding.start", icon="player-play",
    when=at_stage(Stage.ASSIGNED, Stage.SENT_BACK),
)  # fmt: skip
ASK = Deed(
    "request_closure", "填报整改并申请复查", request_closure, permission="checks.finding.request_closure",
    form=MeasureForm, icon="clipboard-check", when=at_stage(Stage.ASSIGNED, Stage.RECTIFYING, Stage.SENT_BACK),
)  # fmt: skip
CLOSE = Deed(
    "close", "复查销号", close, permission="checks.finding.close", form=ClosureForm, icon="circle-check",
    when=lambda finding: finding.stage == Stage.CLOSURE_REQUESTED
    or (finding.stage in OPEN and not finding.is_present),
)  # fmt: skip
BACK = Deed(
    "send_back", "复查退回", step("send_back"), permission="checks.finding.send_back", form=ReasonForm,
    icon="arrow-back-up", when=at_stage(Stage.CLOSURE_REQUESTED),
)  # fmt: skip
DISMISS = Deed(
    "dismiss", "认定误报", step("dismiss"), permission="checks.finding.dismiss", form=ReasonForm, icon="circle-x",
    when=at_stage(*OPEN),
)  # fmt: skip
WAIVE = Deed(
    "waive", "豁免", step("waive"), permission="checks.finding.waive", form=ReasonForm, icon="shield-off",
    when=at_stage(*OPEN),
)  # fmt: skip
REOPEN = Deed(
    "reopen", "重新立案", step("reopen"), permission="checks.finding.reopen", form=ReasonForm, icon="rotate",
    danger=True, when=at_stage(Stage.CLOSED, Stage.DISMISSED, Stage.WAIVED),
)  # fmt: skip


NOTICE = Deed(
    "notice", "下发整改通知书", send_notices, permission="rectification.rectificationnotice.add", form=NoticeForm,
    icon="file-alert", bulk=True, when=at_stage(*OPEN),
)  # fmt: skip
PLAN = Deed(
    "plan", "整改方案", plan, permission="rectification.rectification.change", form=PlanForm, icon="clipboard-text",
    when=at_stage(*OPEN),
)  # fmt: skip


def _overdue(rows: QuerySet[Finding], value: str) -> QuerySet[Finding]:
    return rows.overdue(timezone.localdate()) if value == "1" else rows  # type: ignore[attr-defined]


def _open(rows: QuerySet[Finding], value: str) -> QuerySet[Finding]:
    return rows.filter(stage__in=OPEN) if value == "1" else rows.exclude(stage__in=OPEN)


COLUMNS = (
    Column("title", link=True, width="wrap"),
    Column("object_label", "对象"),
    Column("column"),
    Column("message", default=False),
    Column("severity", render=severity_badge),
    Column("stage", render=stage_badge),
    Column("source", default=False),
    Column("owner__name", "责任人"),
    Column("due_date"),
    Column("unit__name", "班级或部门"),
    Column("found_at"),
    Column("is_present", "仍存在", default=False),
    Column("relapse_count", numeric=True, default=False),
    Column("verifier__name", "复查人", default=False),
    Column("settled_at", default=False),
    Column("basis", default=False),
    Column("remedy", default=False),
)


class FindingList(ListPage):
    model = Finding
    title = "问题台账"
    menu = Menu("检查整改", "问题台账", "list-check", 30)
    columns = COLUMNS
    filters = (
        Filter("open", "是否了结", options=(("1", "未了结"), ("0", "已了结")), apply=_open),
        "stage",
        "severity",
        "source",
        "unit",
        "owner",
        Filter("overdue", "逾期", options=(("1", "已逾期"),), apply=_overdue),
        "is_present",
        "found_at",
        "rule",
    )
    search = ("title", "object_label", "message", "column")
    order = ("-found_at", "object_label")
    primary = "add"
    batch = (HAND_OUT, NOTICE, PLAN, START, CLOSE, BACK, DISMISS, WAIVE)
    presets = (
        ViewPreset("待交办", "stage=found"),
        ViewPreset("待复查", "stage=closure_requested"),
        ViewPreset("已逾期", "overdue=1"),
        ViewPreset("核查已查不到，可销号", "open=1&is_present=0"),
    )
    empty = "没有符合条件的问题。可到“核查中心”运行一次核查。"


class MyFindings(ListPage):
    """What the person who asks has to put right, or to look at again."""

    model = Finding
    slug = "mine"
    title = "我的整改"
    menu = Menu("工作台", "我的整改", "checklist", 20)
    columns = COLUMNS
    filters = ("stage", "severity", Filter("overdue", "逾期", options=(("1", "已逾期"),), apply=_overdue))
    search = ("title", "object_label")
    order = ("due_date",)
    batch = (START, ASK)
    empty = "没有交办给您的问题。"

    def rows(self, request: Request) -> Any:
        return super().rows(request).filter(owner=request.user)


def record_address(finding: Finding) -> str:
    """The page of the record that a finding is about; blank where its kind has none."""
    try:
        return reverse(f"{finding.object_type}.detail", args=[finding.object_uid])
    except NoReverseMatch:
        return ""


class FindingDetail(DetailPage):
    """One finding; its record is a click away at the top, where a phone shows it first."""

    model = Finding
    facts = (
        Facts("问题", ("title", "object_label", "column", "message", "severity", "stage", "source", "found_at",
                     "is_present")),
        Facts("依据与办法", ("basis", "remedy", Column("rule", "规则代码"))),
        Facts("整改", ("owner", "due_date", "assigned_by", "note", "verifier", "settled_at", "relapse_count",
                     "closed_before_by")),
    )  # fmt: skip
    deeds = (HAND_OUT, PLAN, NOTICE, START, ASK, CLOSE, BACK, DISMISS, WAIVE, REOPEN)
    tabs = ("evidence", "passages", "files", "trail")

    def _fact(self, cell: Cell, row: Finding) -> tuple[str, str, Any, bool]:
        path, heading, shown, broad = super()._fact(cell, row)
        if path == "object_label" and (href := record_address(row)):
            shown = Markup('<a href="{}">{}</a>').format(href, row.object_label)
        return path, heading, shown, broad


class FindingEdit(EditPage):
    """A finding written down by hand; what verification found is never edited."""

    model = Finding
    title = "登记问题"
    groups = (
        Facts("问题", ("title", "message", "severity", "unit")),
        Facts("依据与办法", ("basis", "remedy")),
    )
    create = register


class PlanPanel(Panel):
    """五定: what is decided about the work, beside the finding."""

    on = Finding
    title = "整改方案"
    order = 20
    template = "rectification/_plan.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"plan": Rectification.objects.filter(finding=row).select_related("sponsor").first()}


class MeasureTab(Tab):
    on = Finding
    title = "整改措施"
    order = 10
    template = "rectification/_measures.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"measures": Measure.objects.filter(finding=row).select_related("by")}


class SubjectPanel(Panel):
    """The record that the finding is about, a click away."""

    on = Finding
    title = "问题所在"
    order = 10
    template = "rectification/_subject.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"finding": row, "href": record_address(row), "lamp": lamp(row, timezone.localdate())}

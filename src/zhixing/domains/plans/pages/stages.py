"""Stages: the calendar with gates, each gate, the snapshot of a closed stage, the yearly summaries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from zhixing.kernel.indicators.declare import indicators
from zhixing.kernel.pages import Column, DetailPage, EditPage, Facts, ListPage, Menu, Panel, Request, Tab
from zhixing.kernel.pages.forms import RowField
from zhixing.kernel.papers.declare import papers
from zhixing.kernel.papers.models import IssuedPaper

from ..actions.stages import add_gate, correct_gate, correct_summary, write_summary
from ..choices import StageState
from ..models import PlanStage, StageGate, StageSnapshot, StageSummary
from ..queries import point_lines, points_of, tally, the_day
from ..queries.gates import LIGHTS, WORDS, judge, judged_stage
from ..queries.snapshots import group_of
from ..queries.summary_due import next_due
from .stage_deeds import GATE_DEEDS
from .views import PlanPage

SHOWN = 100
"""Rows of a frozen table on the page; the record on paper has all."""
TEXTS = tuple(Column(name, width="wide") for name in ("overview", "practices", "problems", "next_steps"))


class StageCalendar(PlanPage):
    """The plan's stages on one line of time, each with its lamp, days left and gates."""

    path = "plans/stages/"
    name = "plans.stages"
    title = "阶段推进"
    menu = Menu("提升计划", "阶段推进", "flag-3", 46)
    template = "plans/stages.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        plan = self.plan()
        if plan is None:
            return {"plan": None}
        day = the_day()
        lines = point_lines(points_of(plan, request.user), day)
        sees_gates = request.user.holds("plans.stagegate.view")
        rows = PlanStage.objects.standing().filter(plan=plan).select_related("snapshot", "plan").order_by("no")
        stages = [
            {
                "row": stage, "days": (stage.to_date - day.today).days,
                "gates": told_gates(stage) if sees_gates else [],
                "tally": tally((line.lamp, line.weight) for line in lines if line.stage_id == stage.pk),
                "now": stage.from_date <= day.today <= stage.to_date, "lamp": lamp_of(stage, day),
            }
            for stage in rows
        ]  # fmt: skip
        due = next_due(plan, day.today)
        return {
            **self.usual(request), "plan": plan, "stages": stages, "today": day.today, "due": due,
            "sees_gates": sees_gates, "span": _span(stages, day.today),
            "may_add": request.user.holds("plans.stagegate.add"),
        }  # fmt: skip


@dataclass(frozen=True)
class ToldGate:
    """A gate as pages show it: judged now, or as it was when the stage was closed."""

    title: str
    light: str
    label: str
    words: str
    is_needed: bool
    bars: bool = False
    opens: str = ""
    uid: Any = None


def told_gates(stage: PlanStage) -> list[ToldGate]:
    """The gates of an open stage judged now; of a closed one as its snapshot has them."""
    if stage.state == StageState.CLOSED:
        snapshot = StageSnapshot.objects.filter(stage=stage).select_related("evidence").first()
        rows = group_of(snapshot.payload, "gates")["rows"] if snapshot is not None else []
        lights = {WORDS[state]: light for state, light in LIGHTS.items()}
        return [
            ToldGate(title, "grey" if needed == "提示" and label == WORDS["failed"] else lights.get(label, "grey"),
                     label, words, needed == "必须")
            for title, needed, label, words in rows
        ]  # fmt: skip
    return [
        ToldGate(one.gate.title, one.light, one.label, one.words, one.gate.is_needed, one.bars, one.opens, one.gate.uid)
        for one in judged_stage(stage)
    ]


def lamp_of(stage: PlanStage, day: Any) -> str:
    """The lamp of a stage by its own last day; grey before it begins, done once it is closed."""
    if stage.state == StageState.CLOSED:
        return "done"
    if stage.from_date > day.today:
        return "grey"
    if stage.to_date < day.today:
        return "red"
    return "amber" if stage.to_date <= day.soon else "green"


def _span(stages: list[dict[str, Any]], today: Any) -> dict[str, Any] | None:
    """The line of time in days from its beginning: its length, where today is, where each stage lies."""
    if not stages:
        return None
    begin = min(one["row"].from_date for one in stages)
    end = max(one["row"].to_date for one in stages)
    for one in stages:
        one["at"], one["long"] = (one["row"].from_date - begin).days, (one["row"].to_date - one["row"].from_date).days
    return {"days": (end - begin).days or 1, "today": (today - begin).days if begin <= today <= end else None}


class GatesTab(Tab):
    on = PlanStage
    title = "关口"
    order = 5
    permission = "plans.stagegate.view"
    template = "plans/_stage_gates.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        gates = told_gates(row)
        return {
            "gates": gates, "bars": sum(one.bars for one in gates), "open": row.state == StageState.OPEN,
            "may_add": request.user.holds("plans.stagegate.add") and row.state == StageState.OPEN,
        }  # fmt: skip


class StageSidePanel(Panel):
    """Days left, the snapshot, and the summaries of the stage."""

    on = PlanStage
    title = "阶段状态"
    order = 5
    template = "plans/_stage_side.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        day = the_day()
        sees = request.user.holds("plans.stagesnapshot.view")
        summaries = row.summaries.order_by("-year") if request.user.holds("plans.stagesummary.view") else []
        return {
            "days": (row.to_date - day.today).days, "begun": row.from_date <= day.today,
            "light": lamp_of(row, day), "snapshot": StageSnapshot.objects.filter(stage=row).first() if sees else None,
            "summaries": summaries, "may_write": request.user.holds("plans.stagesummary.add"),
        }  # fmt: skip


class StageGateDetail(DetailPage):
    model = StageGate
    facts = (
        Facts("关口", ("title", Column("stage__title", "阶段"), "kind", "is_needed", "scope", Column("indicator"),
                     "at_least", "at_most", Column("paper"))),
        Facts("确认与豁免", (Column("confirmed_by__name", "确认人"), "confirmed_at", "confirmed_note",
                        Column("waived_by__name", "豁免人"), "waived_at", "waived_reason")),
    )  # fmt: skip
    deeds = GATE_DEEDS
    tabs = ("evidence", "trail")

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.stage.state == StageState.OPEN else ""


class GateStatePanel(Panel):
    on = StageGate
    title = "现在的情况"
    template = "plans/_gate_state.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        return {"judged": judge([row])[0], "stage": row.stage}


class PresetPage(EditPage):
    """An edit page whose relation ``preset`` may be named in the address (?stage=…), so that one needn't choose."""

    abstract = True
    preset = "stage"

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        made = super().form(request, row, data)
        field = made.fields[self.preset]
        if row is None and data is None and isinstance(field, RowField):
            with suppress(ValueError):
                wanted = uuid.UUID(request.GET.get(self.preset, ""))
                chosen = self.choices(request, self.preset).filter(uid=wanted).first()
                if chosen is not None:
                    field.initial, field.widget.shown = chosen, str(chosen)
        return made


class StageGateEdit(PresetPage):
    model = StageGate
    groups = (
        Facts("关口", ("stage", "title", "kind", "is_needed")),
        Facts("判断依据", ("scope", "indicator", "at_least", "at_most", "paper")),
    )
    create = add_gate
    change = correct_gate

    def choices(self, request: Request, field: str) -> Any:
        return PlanStage.objects.standing().exclude(state=StageState.CLOSED).select_related("plan")

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        """Indicators and papers are chosen by their names."""
        made = super().form(request, row, data)
        made.fields["is_needed"].label = "必须通过（不勾选的只作提示，不影响关闭阶段）"
        made.fields["is_needed"].help_text = ""
        known = {"indicator": [(one.code, f"{one.title}（{one.code}）") for one in indicators],
                 "paper": [(one.code(), one.title) for one in papers if one.kind]}  # fmt: skip
        for name, options in known.items():
            label, helped = made.fields[name].label, made.fields[name].help_text
            made.fields[name] = forms.ChoiceField(
                choices=[("", "不按这一项判断"), *sorted(options, key=lambda pair: pair[1])], required=False,
                label=label, help_text=helped, widget=forms.Select(attrs={"class": "form-select"}),
            )  # fmt: skip
        return made

    def after(self, request: Request, row: Any) -> str:
        return f"/plans/planstage/{row.stage.uid}/"


class StageSnapshotDetail(DetailPage):
    """What was frozen when the stage was closed, read from the frozen evidence only."""

    model = StageSnapshot
    title = "阶段快照"
    template = "plans/stage_snapshot.html"
    facts = (
        Facts("快照", (Column("stage__title", "阶段"), Column("requested_by__name", "申请人"), "requested_at",
                     Column("closed_by__name", "关闭人"), "closed_at", "digest")),
    )  # fmt: skip
    tabs = ("trail",)

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        payload = row.payload
        return {
            "payload": payload, "shown": SHOWN, "intact": row.digest == row.evidence.digest,
            "sees_findings": request.user.holds("checks.finding.view"),
            "sees_evidence": request.user.holds("files.evidence.view"),
        }  # fmt: skip


class StageSummaryList(ListPage):
    model = StageSummary
    title = "阶段总结"
    menu = Menu("提升计划", "阶段总结", "report-analytics", 47)
    columns = (
        Column("stage__title", "阶段", link=True), "year", Column("stage__plan__title", "方案", default=False),
        Column("written_by__name", "起草人"), "written_at",
    )  # fmt: skip
    filters = ("year",)
    order = ("-year", "stage__no")
    primary = "add"
    hint = "数字由系统读取：阶段关闭前为当日数据，关闭后为关闭时的快照。印发后内容不再改变。"
    empty = "还没有阶段总结。每年招生前应印发一份，点“新增”写好文字部分后打印。"


class StageSummaryDetail(DetailPage):
    model = StageSummary
    facts = (
        Facts("阶段总结", (Column("stage__title", "阶段"), "year", Column("written_by__name", "起草人"), "written_at")),
        Facts("文字部分", TEXTS),
    )  # fmt: skip
    tabs = ("evidence", "trail")


class SummaryPapersPanel(Panel):
    """What was issued of it."""

    on = StageSummary
    title = "印发情况"
    template = "plans/_stage_issued.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        held = IssuedPaper.objects.all().visible_to(request.user, "view").about(row).standing()
        return {"issued": held[:5], "closed": row.stage.state == StageState.CLOSED}


class StageSummaryEdit(PresetPage):
    model = StageSummary
    groups = (
        Facts("阶段总结", ("stage", "year")),
        Facts("文字部分", TEXTS),
    )  # fmt: skip
    create = write_summary
    change = correct_summary

    def choices(self, request: Request, field: str) -> Any:
        return PlanStage.objects.standing().filter(plan__level="school").select_related("plan")

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        made = super().form(request, row, data)
        made.fields["year"].initial = timezone.localdate().year if row is None else row.year
        for name in ("practices", "problems", "next_steps"):
            made.fields[name].widget.attrs["rows"] = "8"
        return made
